#include "notification/pusher.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "contract/topics.h"
#include "kit/rpc/client.h"
#include "kit/runtime/log.h"
#include "kit/runtime/metrics.h"
#include "notification/names.h"
#include "nova/rpc/v1/realtime.grpc.pb.h"

namespace nova::notification {
namespace {

namespace attr = contract::attr;
using Clock = std::chrono::steady_clock;
constexpr int threads = 4;  // a push waits for another process most of its time
constexpr std::size_t mostWaiting = 10'000, atOnce = 64;
constexpr std::chrono::milliseconds deadline{300};
constexpr std::chrono::seconds stopTime{1};

}  // namespace

std::string frameOf(const Push& push, const std::string& handle, const std::string& traceparent) {
    nlohmann::ordered_json frame{{"type", "notification"}, {"id", push.id}, {"kind", push.type}};
    frame["actor"] = push.actorId;
    frame["actor_handle"] = handle.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(handle);
    frame["post_id"] = push.postId.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(push.postId);
    frame["text"] = textOf(push.type, handle);
    frame["traceparent"] = traceparent;
    return frame.dump();
}

void Pusher::start() {
    for (int i = 0; i < threads; ++i) m_threads.emplace_back([this] { run(); });
}

void Pusher::stop() {
    {
        const std::lock_guard lock(m_mutex);
        m_stopping = true;
        m_stopBy = Clock::now() + stopTime;
    }
    m_wake.notify_all();
    for (auto& thread : m_threads) thread.join();
    m_threads.clear();
}

void Pusher::add(std::vector<Push> pushes) {
    if (pushes.empty()) return;
    std::size_t left = 0;
    {
        const std::lock_guard lock(m_mutex);
        const std::size_t room = mostWaiting - std::min(mostWaiting, m_waiting.size());
        const std::size_t taken = std::min(room, pushes.size());
        left = pushes.size() - taken;
        std::move(pushes.begin(), pushes.begin() + static_cast<std::ptrdiff_t>(taken), std::back_inserter(m_waiting));
    }
    if (left > 0) count("left", static_cast<double>(left));
    m_wake.notify_all();
}

std::size_t Pusher::pushNow(const std::vector<Push>& pushes) {
    std::vector<std::string> actors;
    for (const auto& push : pushes)
        if (push.online && std::ranges::find(actors, push.actorId) == actors.end()) actors.push_back(push.actorId);
    std::map<std::string, std::string> handles;
    if (!actors.empty()) {
        const kit::trace::Scope scope(pushes.front().trace);
        handles = m_names.of(actors);
    }
    std::vector<std::string> told;
    for (const auto& push : pushes)
        if (this->push(push, handles[push.actorId])) told.push_back(push.id);
    if (auto noted = m_store.told(told); !noted)
        kit::logWarn("push", "{} pushes stay pending and may come again: {}", told.size(), noted.error().what);
    return told.size();
}

// One of several threads leaves the others their share.
std::vector<Push> Pusher::take() {
    std::unique_lock lock(m_mutex);
    m_wake.wait(lock, [this] { return m_stopping || !m_waiting.empty(); });
    if (m_stopping && Clock::now() > m_stopBy) {
        const auto left = m_waiting.size();
        m_waiting.clear();
        lock.unlock();
        if (left > 0) count("left", static_cast<double>(left));
        return {};
    }
    const std::size_t share = std::min(atOnce, (m_waiting.size() + threads - 1) / threads);
    const auto end = m_waiting.begin() + static_cast<std::ptrdiff_t>(share);
    std::vector<Push> mine(std::make_move_iterator(m_waiting.begin()), std::make_move_iterator(end));
    m_waiting.erase(m_waiting.begin(), end);
    return mine;
}

void Pusher::run() {
    for (;;) {
        const auto mine = take();
        if (mine.empty()) return;
        pushNow(mine);
    }
}

bool Pusher::push(const Push& push, const std::string& handle) {
    kit::trace::Span span("push notification", kit::trace::SpanKind::client, "push", push.trace);
    span.set(attr::effect, "push");
    if (!push.online) {
        span.set(attr::recipients, std::int64_t{0});
        count("offline");
        return true;
    }
    rpc::v1::PushRequest request;
    request.set_user_id(push.recipientId);
    request.set_frame(frameOf(push, handle, span.context().valid() ? span.context().traceparent() : std::string()));
    const auto reply = kit::unary<rpc::v1::Realtime>(
        m_clients, {"realtime-chat-service", "Realtime/Push", {}, deadline}, &rpc::v1::Realtime::Stub::Push, request);
    if (!reply) {
        span.fail(reply.error().what);
        count("failed");
        return false;
    }
    span.set(attr::recipients, std::int64_t{reply.value().delivered()});
    count(reply.value().delivered() > 0 ? "delivered" : "offline");
    return true;
}

void Pusher::count(const char* outcome, double n) {
    m_metrics
        .counter("nova_notification_pushes_total", "New notifications by what became of their push",
                 {{"outcome", outcome}})
        .add(n);
}

}  // namespace nova::notification
