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

AdminOptions optionsFor(rd_kafka_t* handle, rd_kafka_admin_op_t operation, int timeoutMs, std::intptr_t index = 0) {
    AdminOptions options(rd_kafka_AdminOptions_new(handle, operation));
    std::array<char, errorSize> text{};
    rd_kafka_AdminOptions_set_request_timeout(options.get(), std::max(1, timeoutMs), text.data(), text.size());
    // NOLINTNEXTLINE(performance-no-int-to-ptr): librdkafka hands an opaque pointer back; a number travels in it.
    rd_kafka_AdminOptions_set_opaque(options.get(), reinterpret_cast<void*>(index));
    return options;
}

QString textOf(const rd_kafka_event_t* event) {
    const char* text = rd_kafka_event_error_string(const_cast<rd_kafka_event_t*>(event));
    return QString::fromUtf8(text ? text
                                  : rd_kafka_err2str(rd_kafka_event_error(const_cast<rd_kafka_event_t*>(event))));
}

// One call a group, so many at once; `answered` gets each answer, in any order, and what no answer came for by then.
void askEach(rd_kafka_t* handle, int count, int timeoutMs,
             const std::function<void(int, int leftMs, rd_kafka_queue_t*)>& ask,
             const std::function<void(int, rd_kafka_event_t*)>& answered) {
    const Queue queue(rd_kafka_queue_new(handle));
    const auto until = Clock::now() + std::chrono::milliseconds(timeoutMs);
    const auto left = [&] {
        return static_cast<int>(std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now()).count());
    };
    int asked = 0, open = 0;
    while (asked < count || open > 0) {
        while (asked < count && open < GroupReader::inFlight && left() > 0) {
            ask(asked++, left(), queue.get());
            ++open;
        }
        if (open == 0) break;  // out of time before all were asked
        const Event event(rd_kafka_queue_poll(queue.get(), std::max(100, left() + 1'000)));
        if (!event) break;
        --open;
        answered(static_cast<int>(reinterpret_cast<std::intptr_t>(rd_kafka_event_opaque(event.get()))), event.get());
    }
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
    GroupOffsets offsets{name, {}, {}};
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

const QString late = QStringLiteral("no answer in time");

}  // namespace

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
                       rd_kafka_ConsumerGroupListing_is_simple_consumer_group(found[i]) ? QString()
                                                                                        : QStringLiteral("consumer")});
    }
    std::size_t faults = 0;
    const auto** errors = rd_kafka_ListConsumerGroups_result_errors(result, &faults);
    if (faults == 0) return list;
    const auto why = ReadSession::why(m_handle.get(), rd_kafka_error_code(errors[0]));
    if (list.groups.isEmpty()) return kit::transient("Kafka did not list its groups: " + why);
    list.missing = QStringLiteral("%1 of the brokers did not list their groups: %2")
                       .arg(faults)
                       .arg(QString::fromStdString(why));
    return list;
}

kit::Result<void> GroupReader::describe(const QStringList& groups, int timeoutMs,
                                        const std::function<void(GroupDescription)>& each) const {
    std::vector<bool> seen(static_cast<std::size_t>(groups.size()));
    askEach(
        m_handle.get(), static_cast<int>(groups.size()), timeoutMs,
        [&](int index, int leftMs, rd_kafka_queue_t* queue) {
            const auto name = groups[index].toUtf8();
            const char* names[] = {name.constData()};
            const auto options = optionsFor(m_handle.get(), RD_KAFKA_ADMIN_OP_DESCRIBECONSUMERGROUPS, leftMs, index);
            rd_kafka_DescribeConsumerGroups(m_handle.get(), names, 1, options.get(), queue);
        },
        [&](int index, rd_kafka_event_t* event) {
            seen[static_cast<std::size_t>(index)] = true;
            each(described(groups[index], event));
        });
    for (int i = 0; i < groups.size(); ++i) {
        if (!seen[static_cast<std::size_t>(i)]) each({groups[i], QStringLiteral("Unknown"), false, {}, {}, late, {}});
    }
    return kit::outcome::success();
}

kit::Result<void> GroupReader::offsets(const QStringList& groups, int timeoutMs,
                                       const std::function<void(GroupOffsets)>& each) const {
    std::vector<bool> seen(static_cast<std::size_t>(groups.size()));
    askEach(
        m_handle.get(), static_cast<int>(groups.size()), timeoutMs,
        [&](int index, int leftMs, rd_kafka_queue_t* queue) {
            const Question question(rd_kafka_ListConsumerGroupOffsets_new(groups[index].toUtf8().constData(), nullptr));
            auto* raw = question.get();
            const auto options = optionsFor(m_handle.get(), RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPOFFSETS, leftMs, index);
            rd_kafka_ListConsumerGroupOffsets(m_handle.get(), &raw, 1, options.get(), queue);
        },
        [&](int index, rd_kafka_event_t* event) {
            seen[static_cast<std::size_t>(index)] = true;
            each(offsetsOf(groups[index], event));
        });
    for (int i = 0; i < groups.size(); ++i) {
        if (!seen[static_cast<std::size_t>(i)]) each({groups[i], late, {}});
    }
    return kit::outcome::success();
}

}  // namespace nova::engine
