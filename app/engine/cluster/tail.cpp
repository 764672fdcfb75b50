#include "app/engine/cluster/tail.h"

#include <algorithm>
#include <chrono>

namespace nova::engine {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;
constexpr milliseconds refreshEvery{2'000}, sparingEvery{10'000}, idleEvery{20}, retryEvery{300};
constexpr int pollMs = 10, askMs = 3'000, lookMs = 1'000;

std::int64_t nowMs() {
    return std::chrono::duration_cast<milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

void assign(rd_kafka_t* handle, const std::map<std::pair<std::string, int>, std::int64_t>& next) {
    kit::kafka::PartitionList list(rd_kafka_topic_partition_list_new(static_cast<int>(next.size())));
    for (const auto& [partition, offset] : next) {
        rd_kafka_topic_partition_list_add(list.get(), partition.first.c_str(), partition.second)->offset = offset;
    }
    rd_kafka_assign(handle, list.get());
}

}  // namespace

Tail::Tail(ReadSession session, TailOptions options)
    : m_session(std::move(session)), m_options(std::move(options)), m_thread([this] { run(); }) {}

Tail::~Tail() {
    m_stopping = true;
    m_thread.join();
}

void Tail::setUp(bool up, const std::string& why) {
    if (m_said && up == m_up) return;
    m_said = true;
    m_up = up;
    if (m_options.connection) m_options.connection(up, why);
}

void Tail::run() {
    auto handle = m_session.observer(m_options.purpose,
                                     {{"fetch.wait.max.ms", "100"}, {"topic.metadata.refresh.interval.ms", "5000"}});
    if (!handle) return setUp(false, handle.error().what);
    auto nextRefresh = Clock::now();
    auto nextIdle = nextRefresh;
    while (!m_stopping) {
        const auto now = Clock::now();
        if (now >= nextRefresh)
            nextRefresh = Clock::now() + (!refresh(handle.value().get()) ? retryEvery
                                          : m_session.budget()           ? sparingEvery
                                                                         : refreshEvery);
        poll(handle.value().get());
        if (Clock::now() >= nextIdle) {
            if (m_options.idle) m_options.idle();
            nextIdle = Clock::now() + idleEvery;
        }
    }
    rd_kafka_assign(handle.value().get(), nullptr);
    rd_kafka_consumer_close(handle.value().get());
}

// Partitions of the first look start `backSeconds` ago, however late one gets a leader; those that appear later were made
// since and start at their beginning.
bool Tail::refresh(rd_kafka_t* handle) {
    const auto listed = m_session.topics(handle, lookMs);
    if (!listed) return setUp(false, listed.error().what), false;
    std::vector<std::pair<std::string, int>> fresh;
    std::vector<std::string> names;
    for (const auto& [topic, partitions] : listed.value()) {
        if (!m_options.wanted(topic) || partitions == 0) continue;
        names.push_back(topic);
        if (m_first) m_atStart[topic] = partitions;
        if (!hasAll(topic, partitions)) fresh.emplace_back(topic, partitions);
    }
    if (!fresh.empty() && !add(handle, fresh, std::move(names))) return false;
    m_first = m_first && m_atStart.empty();
    setUp(true, {});
    return true;
}

bool Tail::hasAll(const std::string& topic, int partitions) const {
    for (int p = 0; p < partitions; ++p)
        if (!m_next.contains({topic, p})) return false;
    return true;
}

bool Tail::add(rd_kafka_t* handle, const std::vector<std::pair<std::string, int>>& fresh,
               std::vector<std::string> names) {
    const auto from =
        m_first && m_options.backSeconds == 0 ? nowMs() + 3'600'000 : nowMs() - m_options.backSeconds * 1'000;
    const auto offsets = m_session.offsetsAt(handle, fresh, from, askMs);
    if (!offsets) return setUp(false, offsets.error().what), false;
    const auto before = m_next.size();
    for (const auto& [partition, offset] : offsets.value()) {
        const auto old = m_atStart.find(partition.first);
        m_next.try_emplace(partition, old != m_atStart.end() && partition.second < old->second ? offset : 0);
    }
    if (m_next.size() == before) return true;
    assign(handle, m_next);
    std::sort(names.begin(), names.end());
    if (m_options.topics) m_options.topics(names);
    return true;
}

// Takes what is there, for at most one idle period, so that the idle callback keeps its time.
void Tail::poll(rd_kafka_t* handle) {
    if (m_session.pause()) return;
    const auto until = Clock::now() + idleEvery;
    int wait = pollMs;
    while (kit::kafka::Message message{rd_kafka_consumer_poll(handle, wait)}) {
        wait = 0;
        if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
            m_next[{rd_kafka_topic_name(message->rkt), message->partition}] = message->offset + 1;
            m_options.record(*message);
        }
        if (Clock::now() >= until || m_stopping) return;
    }
}

}  // namespace nova::engine
