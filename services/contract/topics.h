// Names of the Nova contract: topics, record headers, Redis keys. The one place where they are written.
#pragma once

#include <array>
#include <string_view>

namespace nova::contract {

namespace topic {
inline constexpr std::string_view identity = "nova.identity.events";
inline constexpr std::string_view content = "nova.content.events";
inline constexpr std::string_view media = "nova.media.events";
inline constexpr std::string_view message = "nova.message.events";
inline constexpr std::string_view social = "nova.social.events";
inline constexpr std::string_view spans = "otlp_spans";
inline constexpr std::string_view deadLetterSuffix = ".dlq";
inline constexpr std::array events{identity, content, media, message, social};
inline constexpr int partitions = 6;
}  // namespace topic

// CloudEvents 1.0, Kafka binding, binary mode, and what Nova adds.
namespace header {
inline constexpr std::string_view specVersion = "ce_specversion";
inline constexpr std::string_view id = "ce_id";
inline constexpr std::string_view source = "ce_source";
inline constexpr std::string_view type = "ce_type";
inline constexpr std::string_view time = "ce_time";
inline constexpr std::string_view subject = "ce_subject";
inline constexpr std::string_view dataSchema = "ce_dataschema";
inline constexpr std::string_view contentType = "content-type";
inline constexpr std::string_view traceParent = "traceparent";
inline constexpr std::string_view version = "nova-version";
inline constexpr std::string_view replay = "nova-replay";
inline constexpr std::string_view replayGroup = "nova-replay-group";
inline constexpr std::string_view dlqTopic = "nova-dlq-topic";
inline constexpr std::string_view dlqPartition = "nova-dlq-partition";
inline constexpr std::string_view dlqOffset = "nova-dlq-offset";
inline constexpr std::string_view dlqGroup = "nova-dlq-group";
inline constexpr std::string_view dlqError = "nova-dlq-error";
inline constexpr std::string_view dlqTime = "nova-dlq-time";
}  // namespace header

// Between services, in gRPC metadata: `sync` or `events` for this one request (contract §6).
namespace metadata {
inline constexpr std::string_view mode = "nova-mode";
inline constexpr std::string_view repeated = "nova-repeated";  // trailing: see attr::repeated
inline constexpr std::string_view refused = "nova-refused";    // trailing: the error's words are the service's, not gRPC's
}  // namespace metadata

namespace key {
inline constexpr std::string_view processed = "processed:{group}:{event_id}";  // `done`, or a lease
inline constexpr int processedTtlSeconds = 604'800;
inline constexpr int feedCap = 500;
}  // namespace key

// Attributes of Nova's spans beyond OpenTelemetry's own; what the console reads to build an action's hops.
namespace attr {
inline constexpr std::string_view kind = "nova.kind";            // http grpc sql outbox produce kafka consume redis s3 push
inline constexpr std::string_view action = "nova.action";        // GraphQL root field, on the gateway's root span
inline constexpr std::string_view userId = "nova.user.id";
inline constexpr std::string_view userHandle = "nova.user.handle";
inline constexpr std::string_view eventId = "nova.event.id";
inline constexpr std::string_view outcome = "nova.outcome";      // done duplicate stale skipped retried dead-lettered failed
inline constexpr std::string_view effect = "nova.effect";        // feed, unfeed, notification …: the user-visible effect of this span
inline constexpr std::string_view recipients = "nova.recipients";// how many users the effect reaches by this span
inline constexpr std::string_view statements = "nova.statements";// statements or commands in this span
inline constexpr std::string_view topicName = "messaging.destination.name";
inline constexpr std::string_view partition = "messaging.destination.partition.id";
inline constexpr std::string_view offset = "messaging.kafka.offset";
inline constexpr std::string_view group = "messaging.consumer.group.name";
inline constexpr std::string_view tries = "nova.tries";
inline constexpr std::string_view mode = "nova.mode";  // "sync" on the owner's handler: nothing is published (contract §6)
inline constexpr std::string_view more = "nova.more";  // on a chunk of a fan-out: "true", or "false" for its last
// "true": nothing was changed and no event made, an earlier call had done it; on the root span when an owner said so.
inline constexpr std::string_view repeated = "nova.repeated";
}  // namespace attr

}  // namespace nova::contract
