#include "messaging/messages.h"

#include <thread>

#include "kit/rpc/server.h"
#include "kit/runtime/log.h"
#include "messaging/deliveries.h"
#include "messaging/receivers.h"

namespace nova::messaging {
namespace {

constexpr int undoTries = 3;
constexpr std::chrono::milliseconds undoPause{100};

// The caller is told of the failure whether or not the undoing works; what stays then is named in the log.
template <typename Undo>
kit::Error undone(const kit::Error& failure, const std::string& id, Undo undo) {
    for (int i = 0; i < undoTries; ++i) {
        if (i > 0) std::this_thread::sleep_for(undoPause);
        const auto done = undo();
        if (done) return kit::transient("not delivered: " + failure.what, failure.hint);
        kit::logError("messaging", "message {} was not delivered and its change not undone: {}", id, done.error().what);
    }
    return kit::transient("not delivered: " + failure.what, failure.hint);
}

}  // namespace

kit::Result<Message> Messages::send(const Caller& caller, const std::string& to, const std::string& text,
                                    const std::string& idempotencyKey) {
    if (auto exists = m_receivers.check(to, caller.token); !exists) return exists.error();
    auto sent = m_store.send(caller.user, to, text, idempotencyKey, caller.mode);
    if (!sent) return sent.error();
    const Message& message = sent.value().message;
    if (!sent.value().fresh) kit::noteRepeated();
    if (caller.mode == kit::Mode::events || !sent.value().fresh) return message;
    if (const auto delivered = m_deliveries.sent(message, caller.token); !delivered)
        return undone(delivered.error(), message.id, [&] { return m_store.withdraw(message, idempotencyKey); });
    return message;
}

kit::Result<Message> Messages::markRead(const Caller& caller, const std::string& id) {
    auto read = m_store.markRead(caller.user, id, caller.mode);
    if (!read) return read.error();
    const Message& message = read.value().message;
    if (!read.value().fresh) kit::noteRepeated();
    if (caller.mode == kit::Mode::events || !read.value().fresh) return message;
    if (const auto delivered = m_deliveries.read(message, caller.token); !delivered)
        return undone(delivered.error(), message.id, [&] { return m_store.markUnread(message); });
    return message;
}

}  // namespace nova::messaging
