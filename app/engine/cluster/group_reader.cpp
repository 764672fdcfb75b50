#include "app/engine/cluster/group_reader.h"

#include <array>
#include <chrono>
#include <memory>

namespace nova::engine {
namespace {

using kit::kafka::AdminOptions;
using kit::kafka::Deleter;
using kit::kafka::Event;
using kit::kafka::Queue;
using Clock = std::chrono::steady_clock;
using Question =
    std::unique_ptr<rd_kafka_ListConsumerGroupOffsets_t, Deleter<rd_kafka_ListConsumerGroupOffsets_destroy>>;
constexpr std::size_t errorSize = 512;
constexpr int answerMs = 20'000;  // librdkafka tries for so long

AdminOptions optionsFor(rd_kafka_t* handle, rd_kafka_admin_op_t operation, int timeoutMs, std::uint64_t number = 0) {
    AdminOptions options(rd_kafka_AdminOptions_new(handle, operation));
    std::array<char, errorSize> text{};
    rd_kafka_AdminOptions_set_request_timeout(options.get(), std::max(1, timeoutMs), text.data(), text.size());
    // NOLINTNEXTLINE(performance-no-int-to-ptr): librdkafka hands an opaque pointer back; a number travels in it.
    rd_kafka_AdminOptions_set_opaque(options.get(), reinterpret_cast<void*>(number));
    return options;
}

QString textOf(const rd_kafka_event_t* event) {
    const char* text = rd_kafka_event_error_string(const_cast<rd_kafka_event_t*>(event));
    return QString::fromUtf8(text ? text
                                  : rd_kafka_err2str(rd_kafka_event_error(const_cast<rd_kafka_event_t*>(event))));
}

QString stateName(rd_kafka_consumer_group_state_t state) {
    return QString::fromLatin1(rd_kafka_consumer_group_state_name(state));
}

GroupMember memberOf(const rd_kafka_MemberDescription_t* from) {
    GroupMember member{QString::fromUtf8(rd_kafka_MemberDescription_consumer_id(from)),
                       QString::fromUtf8(rd_kafka_MemberDescription_client_id(from)),
                       QString::fromUtf8(rd_kafka_MemberDescription_host(from)),
                       {}};
    if (member.host.startsWith(u'/')) member.host.remove(0, 1);  // Java's way to print an address
    const auto* assignment = rd_kafka_MemberDescription_assignment(from);
    const auto* list = assignment ? rd_kafka_MemberAssignment_partitions(assignment) : nullptr;
    for (int i = 0; list && i < list->cnt; ++i)
        member.partitions.append({QString::fromUtf8(list->elems[i].topic), list->elems[i].partition});
    return member;
}

// Brokers call "Dead" what they do not know as a group of the classic protocol: one of the new protocol, or one that
// was deleted since it was listed.
GroupDescription descriptionOf(const rd_kafka_ConsumerGroupDescription_t* from) {
    GroupDescription group;
    group.group = QString::fromUtf8(rd_kafka_ConsumerGroupDescription_group_id(from));
    group.state = stateName(rd_kafka_ConsumerGroupDescription_state(from));
    if (const auto* error = rd_kafka_ConsumerGroupDescription_error(from)) {
        group.trouble = QString::fromUtf8(rd_kafka_error_string(error));
        return group;
    }
    if (const auto* node = rd_kafka_ConsumerGroupDescription_coordinator(from))
        group.coordinator =
            QStringLiteral("%1:%2").arg(QString::fromUtf8(rd_kafka_Node_host(node))).arg(rd_kafka_Node_port(node));
    if (rd_kafka_ConsumerGroupDescription_state(from) == RD_KAFKA_CONSUMER_GROUP_STATE_DEAD) {
        group.state = QStringLiteral("Unknown");
        group.trouble = QStringLiteral("the broker lists this group and does not describe it");
        return group;
    }
    group.assignor = QString::fromUtf8(rd_kafka_ConsumerGroupDescription_partition_assignor(from));
    for (std::size_t i = 0; i < rd_kafka_ConsumerGroupDescription_member_count(from); ++i)
        group.members.append(memberOf(rd_kafka_ConsumerGroupDescription_member(from, i)));
    group.membersKnown = true;
    return group;
}

GroupDescription described(const QString& name, rd_kafka_event_t* event) {
    GroupDescription failed;
    failed.group = name;
    failed.state = QStringLiteral("Unknown");
    if (rd_kafka_event_error(event)) {
        failed.trouble = textOf(event);
        return failed;
    }
    std::size_t count = 0;
    const auto* result = rd_kafka_event_DescribeConsumerGroups_result(event);
    const auto** groups = rd_kafka_DescribeConsumerGroups_result_groups(result, &count);
    if (count == 1) return descriptionOf(groups[0]);
    failed.trouble = QStringLiteral("the broker answered without this group");
    return failed;
}

GroupOffsets offsetsOf(const QString& name, rd_kafka_event_t* event) {
    GroupOffsets offsets{name, {}, {}, true};
    if (rd_kafka_event_error(event)) {
        offsets.trouble = textOf(event);
        return offsets;
    }
    std::size_t count = 0;
    const auto* result = rd_kafka_event_ListConsumerGroupOffsets_result(event);
    const auto** groups = rd_kafka_ListConsumerGroupOffsets_result_groups(result, &count);
    for (std::size_t g = 0; g < count; ++g) {
        if (const auto* error = rd_kafka_group_result_error(groups[g]))
            offsets.trouble = QString::fromUtf8(rd_kafka_error_string(error));
        const auto* list = rd_kafka_group_result_partitions(groups[g]);
        for (int i = 0; list && i < list->cnt; ++i) {
            const auto& one = list->elems[i];
            if (one.err == RD_KAFKA_RESP_ERR_NO_ERROR && one.offset >= 0)
                offsets.committed[{one.topic, one.partition}] = one.offset;
            else if (one.err != RD_KAFKA_RESP_ERR_NO_ERROR && offsets.trouble.isEmpty())
                offsets.trouble = QStringLiteral("%1 %2: %3")
                                      .arg(QString::fromUtf8(one.topic))
                                      .arg(one.partition)
                                      .arg(QString::fromUtf8(rd_kafka_err2str(one.err)));
        }
    }
    return offsets;
}

const QString late = QStringLiteral("no answer in time"), notAsked = QStringLiteral("not asked yet, for want of time");

}  // namespace

GroupReader::GroupReader(kit::kafka::Handle handle, ReadSession session)
    : m_session(std::move(session)),
      m_handle(std::move(handle)),
      m_offsets(std::make_unique<Asking>(Asking{kit::kafka::Queue(rd_kafka_queue_new(m_handle.get())), {}})),
      m_descriptions(std::make_unique<Asking>(Asking{kit::kafka::Queue(rd_kafka_queue_new(m_handle.get())), {}})) {}

AskSlots::Ways GroupReader::ways(const Asking& asking, const std::function<void(std::uint64_t, const QString&)>& ask,
                                 const std::function<void(const QString&, rd_kafka_event_t*)>& answered) const {
    const auto next = [queue = asking.queue.get(), answered](int waitMs) -> std::optional<AskSlots::Answer> {
        const std::shared_ptr<rd_kafka_event_t> event(rd_kafka_queue_poll(queue, waitMs),
                                                      Deleter<rd_kafka_event_destroy>());
        if (!event) return std::nullopt;
        return AskSlots::Answer{reinterpret_cast<std::uint64_t>(rd_kafka_event_opaque(event.get())),
                                [event, answered](const QString& name) { answered(name, event.get()); }};
    };
    return {ask, next, [] {
                return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now().time_since_epoch()).count();
            }};
}

kit::Result<GroupReader> GroupReader::make(const ReadSession& session) {
    BOOST_OUTCOME_TRY(auto handle, session.observer("groups"));
    return GroupReader(std::move(handle), session);
}

kit::Result<GroupList> GroupReader::list(int timeoutMs) const {
    const Queue queue(rd_kafka_queue_new(m_handle.get()));
    const auto options = optionsFor(m_handle.get(), RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPS, timeoutMs);
    rd_kafka_ListConsumerGroups(m_handle.get(), options.get(), queue.get());
    const Event event(rd_kafka_queue_poll(queue.get(), timeoutMs + 1'000));
    if (!event) return kit::transient("Kafka did not list its groups in time");
    if (rd_kafka_event_error(event.get()))
        return kit::transient("Kafka did not list its groups: " +
                              ReadSession::why(m_handle.get(), rd_kafka_event_error(event.get())));
    const auto* result = rd_kafka_event_ListConsumerGroups_result(event.get());
    std::size_t count = 0;
    const auto** found = rd_kafka_ListConsumerGroups_result_valid(result, &count);
    GroupList list;
    list.groups.reserve(static_cast<qsizetype>(count));
    for (std::size_t i = 0; i < count; ++i) {
        list.groups.append({QString::fromUtf8(rd_kafka_ConsumerGroupListing_group_id(found[i])),
                            stateName(rd_kafka_ConsumerGroupListing_state(found[i])),
                            rd_kafka_ConsumerGroupListing_is_simple_consumer_group(found[i])
                                ? QString()
                                : QStringLiteral("consumer")});
    }
    std::size_t faults = 0;
    const auto** errors = rd_kafka_ListConsumerGroups_result_errors(result, &faults);
    if (faults == 0) return list;
    const auto why = ReadSession::why(m_handle.get(), rd_kafka_error_code(errors[0]));
    if (list.groups.isEmpty()) return kit::transient("Kafka did not list its groups: " + why);
    list.missing =
        QStringLiteral("%1 of the brokers did not list their groups: %2").arg(faults).arg(QString::fromStdString(why));
    return list;
}

kit::Result<void> GroupReader::describe(const QStringList& groups, int timeoutMs,
                                        const std::function<void(GroupDescription)>& each,
                                        const std::set<QString>& hungBefore) const {
    const auto ask = [this](std::uint64_t number, const QString& group) {
        const auto name = group.toUtf8();
        const char* names[] = {name.constData()};
        const auto options = optionsFor(m_handle.get(), RD_KAFKA_ADMIN_OP_DESCRIBECONSUMERGROUPS, answerMs, number);
        rd_kafka_DescribeConsumerGroups(m_handle.get(), names, 1, options.get(), m_descriptions->queue.get());
    };
    const auto answered = [&](const QString& name, rd_kafka_event_t* event) { each(described(name, event)); };
    const auto left = m_descriptions->slots.run(groups, hungBefore, timeoutMs, ways(*m_descriptions, ask, answered));
    for (const auto& name : left.late) each({name, QStringLiteral("Unknown"), false, {}, {}, late, {}});
    for (const auto& name : left.notAsked) each({name, QStringLiteral("Unknown"), false, {}, {}, notAsked, {}});
    return kit::outcome::success();
}

kit::Result<void> GroupReader::offsets(const QStringList& groups, int timeoutMs,
                                       const std::function<void(GroupOffsets)>& each,
                                       const std::set<QString>& hungBefore) const {
    const auto ask = [this](std::uint64_t number, const QString& group) {
        const Question question(rd_kafka_ListConsumerGroupOffsets_new(group.toUtf8().constData(), nullptr));
        auto* raw = question.get();
        const auto options = optionsFor(m_handle.get(), RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPOFFSETS, answerMs, number);
        rd_kafka_ListConsumerGroupOffsets(m_handle.get(), &raw, 1, options.get(), m_offsets->queue.get());
    };
    const auto answered = [&](const QString& name, rd_kafka_event_t* event) { each(offsetsOf(name, event)); };
    const auto left = m_offsets->slots.run(groups, hungBefore, timeoutMs, ways(*m_offsets, ask, answered));
    for (const auto& name : left.late) each({name, late, {}, true});
    for (const auto& name : left.notAsked) each({name, notAsked, {}, false});
    return kit::outcome::success();
}

}  // namespace nova::engine
