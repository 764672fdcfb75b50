#include "app/engine/traffic/acting_user.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>

#include <array>
#include <map>

#include "app/engine/traffic/decode.h"
#include "nova/events/v1/events.pb.h"

namespace nova::engine {
namespace {

using google::protobuf::internal::WireFormatLite;

// Number of the field that names the acting user, by message; −1: the schema is not known.
int userField(std::string_view schema) {
    static const std::map<std::string, int, std::less<>> fields = [] {
        std::map<std::string, int, std::less<>> known;
        const auto* file = events::v1::PostCreated::descriptor()->file();
        for (int i = 0; i < file->message_type_count(); ++i) {
            const auto* message = file->message_type(i);
            int number = 0;
            for (const char* name : {"author_id", "follower_id", "from_id", "reader_id", "user_id"}) {
                if (const auto* field = message->FindFieldByName(name)) number = field->number();
            }
            known[message->full_name()] = number;
        }
        return known;
    }();
    const auto found = fields.find(schema);
    return found == fields.end() ? -1 : found->second;
}

}  // namespace

void readPayload(Event& event, std::string_view dataSchema) {
    const int wanted = userField(dataSchema);
    if (wanted < 0) {
        event.undecodable = !dataSchema.starts_with("opentelemetry.") && !isDecodable(event);
        return;
    }
    google::protobuf::io::CodedInputStream in(reinterpret_cast<const std::uint8_t*>(event.value.data()),
                                              static_cast<int>(event.value.size()));
    while (const auto tag = in.ReadTag()) {
        if (WireFormatLite::GetTagFieldNumber(tag) == wanted &&
            WireFormatLite::GetTagWireType(tag) == WireFormatLite::WIRETYPE_LENGTH_DELIMITED) {
            std::uint32_t size = 0;
            if (!in.ReadVarint32(&size) || !in.ReadString(&event.user, static_cast<int>(size))) {
                event.undecodable = true;
                return;
            }
        } else if (!WireFormatLite::SkipField(&in, tag)) {
            event.undecodable = true;
            return;
        }
    }
    event.undecodable = !in.ConsumedEntireMessage();
}

}  // namespace nova::engine
