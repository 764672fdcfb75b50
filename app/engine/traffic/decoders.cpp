#include "app/engine/traffic/decoders.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <google/protobuf/stubs/logging.h>

#include <algorithm>
#include <memory>
#include <mutex>

#include "app/engine/traffic/generic_decoders.h"
#include "app/engine/traffic/offsets_topic.h"
#include "app/engine/traffic/proto_json.h"
#include "app/engine/traffic/user_types.h"
#include "contract/topics.h"

namespace nova::engine {
namespace {

using Json = nlohmann::ordered_json;
constexpr std::string_view offsetsTopic = "__consumer_offsets";

std::mutex typesMutex;
std::shared_ptr<const UserTypes> types;  // guarded by typesMutex; null: none given

std::shared_ptr<const UserTypes> typesInUse() {
    const std::lock_guard lock(typesMutex);
    return types;
}

DecodeAttempt novaEvent(const DecodeTask& task) {
    DecodeAttempt attempt;
    attempt.mine = true;
    // What lies there and is none cannot be read by whom it is for, however nice it looks.
    attempt.binding = task.isNova;
    attempt.schema = "an event of Nova";
    if (task.schema.empty()) {
        attempt.error = "the record has no header ce_dataschema";
        return attempt;
    }
    const auto* descriptor = google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(task.schema);
    if (!descriptor) {
        attempt.error = "no schema known by the name " + task.schema;
        return attempt;
    }
    attempt.binding = true;
    attempt.schema = "Protobuf " + task.schema;
    const google::protobuf::LogSilencer silence;  // what is wrong is told to whoever asked
    const std::unique_ptr<google::protobuf::Message> message(
        google::protobuf::MessageFactory::generated_factory()->GetPrototype(descriptor)->New());
    if (message->ParseFromString(task.event.value))
        attempt.payload = protoToJson(*message);
    else
        attempt.error = "the " + std::to_string(task.event.value.size()) + " bytes are no " + task.schema;
    return attempt;
}

Json jsonOf(const OffsetCommitRecord& commit) {
    return {{"kind", "offset-commit"},
            {"group", commit.group},
            {"topic", commit.topic},
            {"partition", commit.partition},
            {"offset", commit.offset},
            {"leader_epoch", commit.leaderEpoch < 0 ? Json(nullptr) : Json(commit.leaderEpoch)},
            {"metadata", commit.metadata},
            {"commit_time_ms", commit.commitTimeMs}};
}

Json jsonOf(const GroupMetadataRecord& group) {
    Json members = Json::array();
    for (const auto& member : group.members) {
        Json partitions = Json::object();
        for (const auto& [topic, numbers] : member.partitions) partitions[topic] = numbers;
        members.push_back(
            {{"id", member.id}, {"client_id", member.clientId}, {"host", member.host}, {"partitions", partitions}});
    }
    return {{"kind", "group-metadata"},           {"group", group.group},         {"protocol_type", group.protocolType},
            {"generation", group.generation},     {"protocol", group.protocol},   {"leader", group.leader},
            {"state_time_ms", group.stateTimeMs}, {"members", std::move(members)}};
}

DecodeAttempt consumerOffsets(const DecodeTask& task) {
    DecodeAttempt attempt;
    if (task.topic != offsetsTopic) return attempt;
    attempt.mine = attempt.binding = true;
    attempt.schema = std::string(offsetsTopic);
    const auto record = decodeOffsetsTopic(task.event.key, task.event.value);
    if (!record)
        attempt.error = record.error().what;
    else if (record.value().commit)
        attempt.payload = jsonOf(*record.value().commit);
    else if (record.value().group)
        attempt.payload = jsonOf(*record.value().group);
    else
        attempt.error = "a record of the new group protocol (" + record.value().other + "), which is not taken apart";
    return attempt;
}

DecodeAttempt userTypes(const DecodeTask& task) {
    DecodeAttempt attempt;
    const auto given = typesInUse();
    if (!given) return attempt;
    attempt.mine = true;
    std::string type;
    attempt.payload = given->decode(task.topic, task.event.headers(), task.event.value, type, attempt.error);
    attempt.binding = !type.empty();
    attempt.schema = "Protobuf " + type;
    return attempt;
}

template <std::optional<Json> (*Decode)(std::string_view, std::string&)>
DecodeAttempt generic(const DecodeTask& task) {
    DecodeAttempt attempt;
    attempt.mine = true;
    attempt.payload = Decode(task.event.value, attempt.error);
    return attempt;
}

DecodeAttempt json(const DecodeTask& task) {
    auto attempt = generic<decodeJson>(task);
    attempt.schema = "JSON";
    return attempt;
}
DecodeAttempt messagePack(const DecodeTask& task) {
    auto attempt = generic<decodeMessagePack>(task);
    attempt.schema = "MessagePack";
    return attempt;
}
DecodeAttempt text(const DecodeTask& task) {
    auto attempt = generic<decodeText>(task);
    attempt.schema = "text";
    return attempt;
}

}  // namespace

DecodeTask taskOf(const Event& event) {
    DecodeTask task{event, Names::topicName(event.topic), {}, false, false};
    task.schema = task.topic == contract::topic::spans
                      ? "opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest"
                      : std::string(lastHeader(event, contract::header::dataSchema));
    task.isProtobuf = lastHeader(event, contract::header::contentType).find("protobuf") != std::string_view::npos;
    std::string_view base = task.topic;
    if (base.ends_with(contract::topic::deadLetterSuffix)) base.remove_suffix(contract::topic::deadLetterSuffix.size());
    task.isNova = std::ranges::find(contract::topic::events, base) != contract::topic::events.end();
    return task;
}

const std::vector<Decoder>& decoders() {
    static const std::vector<Decoder> all{{"nova", novaEvent},          {"consumer-offsets", consumerOffsets},
                                          {"protobuf", userTypes},      {"json", json},
                                          {"messagepack", messagePack}, {"text", text}};
    return all;
}

kit::Result<void> useDescriptors(const QStringList& files) {
    std::shared_ptr<const UserTypes> loaded;
    if (!files.isEmpty()) {
        BOOST_OUTCOME_TRY(loaded, UserTypes::load(files));
    }
    const std::lock_guard lock(typesMutex);
    types = std::move(loaded);
    return kit::outcome::success();
}

bool isDecodable(const Event& event) {
    const auto task = taskOf(event);
    const bool plain = task.schema.empty() && !task.isProtobuf && !task.isNova && task.topic != offsetsTopic;
    if (plain && !typesInUse() && isText(event.value)) return true;
    return decode(event, 0).ok;
}

}  // namespace nova::engine
