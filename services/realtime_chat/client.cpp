#include "realtime_chat/client.h"

#include <algorithm>

namespace nova::realtime_chat {
namespace {

constexpr std::size_t mostHeld = 256, mostConversations = 10'000, mostFacts = 4'096;
// A fact older than the connection by more is a repeat: what is pushed comes within seconds of its event.
constexpr std::chrono::seconds factPatience{10};

}  // namespace

Client::Client(kit::WebSocketPtr socket, kit::Claims user, std::string token)
    : m_socket(std::move(socket)), m_user(std::move(user)), m_token(std::move(token)) {}

std::string Client::token() const {
    const std::lock_guard lock(m_mutex);
    return m_token;
}

void Client::renew(std::string token) {
    const std::lock_guard lock(m_mutex);
    m_token = std::move(token);
}

bool Client::seen(const std::string& conversationId, std::int64_t seq, std::int64_t inboxSeq) const {
    if (inboxSeq > 0 && inboxSeq <= m_base) return true;
    const auto newest = m_newest.find(conversationId);
    return newest != m_newest.end() && seq <= newest->second;
}

void Client::note(const std::string& conversationId, std::int64_t seq) {
    if (m_newest.size() >= mostConversations && !m_newest.contains(conversationId)) m_newest.erase(m_newest.begin());
    m_newest[conversationId] = seq;
}

bool Client::toldBefore(const Push& push) {
    if (push.at && *push.at < m_opened - factPatience) return true;
    if (push.fact.empty()) return false;
    if (!m_facts.insert(push.fact).second) return true;
    m_factOrder.push_back(push.fact);
    if (m_factOrder.size() > mostFacts) {
        m_facts.erase(m_factOrder.front());
        m_factOrder.pop_front();
    }
    return false;
}

Given Client::give(const Push& push) {
    const std::lock_guard lock(m_mutex);
    if (push.conversationId.empty()) {
        if (toldBefore(push)) return Given::stale;
        return m_socket->send(push.frame) ? Given::pushed : Given::gone;
    }
    if (seen(push.conversationId, push.seq, push.inboxSeq)) return Given::stale;
    if (m_catchingUp) {
        m_missed = true;
        if (m_held.size() < mostHeld) m_held.try_emplace({push.conversationId, push.seq}, push.frame);
        return Given::held;
    }
    if (!m_socket->send(push.frame)) return Given::gone;
    note(push.conversationId, push.seq);
    return Given::pushed;
}

bool Client::beginCatchUp() {
    const std::lock_guard lock(m_mutex);
    return !std::exchange(m_catchingUp, true);
}

void Client::beginPage() {
    const std::lock_guard lock(m_mutex);
    m_missed = false;
}

bool Client::bring(const std::string& conversationId, std::int64_t seq, std::int64_t inboxSeq,
                   const std::function<std::string()>& frame) {
    const std::lock_guard lock(m_mutex);
    auto held = m_held.extract({conversationId, seq});
    if (seen(conversationId, seq, inboxSeq)) return false;
    if (!m_socket->send(held ? std::move(held.mapped()) : frame())) return false;
    note(conversationId, seq);
    return true;
}

bool Client::live(std::int64_t inboxSeq) {
    const std::lock_guard lock(m_mutex);
    if (m_missed) return false;
    m_base = std::max(m_base, inboxSeq);
    m_held.clear();
    m_catchingUp = false;
    return true;
}

}  // namespace nova::realtime_chat
