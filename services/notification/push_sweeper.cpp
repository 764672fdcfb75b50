#include "notification/push_sweeper.h"

#include "kit/runtime/log.h"
#include "notification/pusher.h"
#include "notification/store.h"

namespace nova::notification {
namespace {

constexpr int atOnce = 16;  // with a dead realtime-chat-service: 5 s of deadlines, as long as they are lent

}  // namespace

void PushSweeper::sweep() {
    while (!m_rounds.stopping()) {
        const auto due = m_store.duePushes(atOnce);
        if (!due) return kit::logWarn("push", "pending pushes wait: {}", due.error().what);
        if (due.value().empty() || m_pusher.pushNow(due.value()) == 0) return;
    }
}

}  // namespace nova::notification
