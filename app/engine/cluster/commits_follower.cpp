#include "app/engine/cluster/commits_follower.h"

#include <algorithm>
#include <chrono>

namespace nova::engine {
namespace {

using std::chrono::milliseconds;
constexpr milliseconds lookAgain{5'000}, nap{20};
constexpr int askMs = 3'000, pollMs = 100;

}  // namespace

CommitsFollower::CommitsFollower(ReadSession session, Record record)
    : m_session(std::move(session)), m_record(std::move(record)), m_thread([this] { run(); }) {}

CommitsFollower::~CommitsFollower() {
    m_stopping = true;
    m_thread.join();
}

CommitsFollower::State CommitsFollower::state() const {
    const std::lock_guard lock(m_mutex);
    return m_state;
}

void CommitsFollower::say(bool following, bool refused, const std::string& why) {
    const std::lock_guard lock(m_mutex);
    m_state.following = following;
    m_state.refused = refused;
    m_state.why = why;
}

void CommitsFollower::pause(milliseconds time) const {
    for (; time > milliseconds{0} && !m_stopping; time -= nap) std::this_thread::sleep_for(nap);
}

void CommitsFollower::run() {
    // A small queue: what is fetched ahead of the budget stays small too.
    auto handle = m_session.observer("commits", {{"isolation.level", "read_committed"},
                                                 {"enable.partition.eof", "true"},
                                                 {"fetch.wait.max.ms", "500"},
                                                 {"fetch.message.max.bytes", "262144"},
                                                 {"queued.max.messages.kbytes", "4096"}});
    if (!handle) return say(false, true, handle.error().what);
    while (!m_stopping && !begin(handle.value().get())) pause(lookAgain);
    while (!m_stopping) poll(handle.value().get());
    rd_kafka_assign(handle.value().get(), nullptr);
    rd_kafka_consumer_close(handle.value().get());
}

bool CommitsFollower::begin(rd_kafka_t* handle) {
    const auto listed = m_session.topics(handle, askMs);
    if (!listed) return say(false, true, listed.error().what), false;
    const auto found = std::find_if(listed.value().begin(), listed.value().end(),
                                    [](const auto& entry) { return entry.first == topic; });
    if (found == listed.value().end() || found->second == 0)
        return say(false, true, std::string(topic) + " is not there, or its description is not permitted"), false;
    const auto marks = m_session.watermarks(handle, {*found}, askMs);
    if (!marks) return say(false, true, marks.error().what), false;
    if (marks.value().empty()) return say(false, true, std::string(topic) + ": no partition tells its offsets"), false;

    const std::int64_t back = std::max<std::int64_t>(1, mostBack / found->second);
    kit::kafka::PartitionList list(rd_kafka_topic_partition_list_new(found->second));
    for (int p = 0; p < found->second; ++p) {
        // A partition without a leader now is read from its end on when it has one again.
        const auto mark = marks.value().find({topic, p});
        auto* entry = rd_kafka_topic_partition_list_add(list.get(), topic, p);
        entry->offset =
            mark == marks.value().end() ? RD_KAFKA_OFFSET_END : std::max(mark->second.low, mark->second.high - back);
        if (mark != marks.value().end()) m_ended[p] = mark->second.high == entry->offset;
    }
    rd_kafka_assign(handle, list.get());
    const bool empty = std::all_of(m_ended.begin(), m_ended.end(), [](const auto& entry) { return entry.second; });
    say(true, false, {});
    const std::lock_guard lock(m_mutex);
    m_state.caughtUp = empty;
    return true;
}

void CommitsFollower::poll(rd_kafka_t* handle) {
    if (const auto& budget = m_session.budget()) {
        if (const auto wait = budget->wait(); wait > milliseconds{0}) return pause(std::min(wait, milliseconds{200}));
    }
    const kit::kafka::Message message{rd_kafka_consumer_poll(handle, pollMs)};
    if (!message) return;
    if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) return m_record(*message, m_ended[message->partition]);
    if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
        m_ended[message->partition] = true;
        if (!std::all_of(m_ended.begin(), m_ended.end(), [](const auto& entry) { return entry.second; })) return;
        const std::lock_guard lock(m_mutex);
        m_state.caughtUp = true;
    } else if (message->err == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED ||
               message->err == RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED) {
        say(false, true, rd_kafka_err2str(message->err));
    }
}

}  // namespace nova::engine
