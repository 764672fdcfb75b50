// One user's WebSocket and what it was given already, so that it never shows a message twice or an older one after a
// newer one of its conversation, however often and from wherever the message comes. Thread: any.
//
// A client begins by catching up: what it missed is fetched from messaging-service page by page, in the order of the
// inbox; what is pushed meanwhile is held back and its coming noted, since a later page brings it too. Bounds: 256 held
// frames (more are made anew from the page), 10,000 conversations and 4,096 facts remembered.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "kit/http/websocket.h"
#include "kit/rpc/auth.h"

namespace nova::realtime_chat {

// A frame for a user's sockets. A message bears its three numbers; another frame may bear a fact and its time.
struct Push {
    std::string userId, frame;
    std::string conversationId;  // of a message; empty: another frame
    std::int64_t seq = 0, inboxSeq = 0;
    std::string fact;                 // what it tells, e.g. "read:<message id>": told once; empty: told each time
    std::optional<kit::WallTime> at;  // when that came to be
};

enum class Given { pushed, held, stale, gone };  // held: comes with the catching up

class Client {
public:
    Client(kit::WebSocketPtr socket, kit::Claims user, std::string token);

    const std::string& id() const { return m_socket->id(); }
    const std::string& userId() const { return m_user.userId; }
    const kit::Claims& user() const { return m_user; }
    kit::WebSocket& socket() const { return *m_socket; }
    std::string token() const;
    void renew(std::string token);  // a later token of the same user

    Given give(const Push& push);

    // Catching up, by one thread at a time. beginPage() before each page is asked for; bring() for each message of it,
    // `frame` is called only when none is held; live() after the last page: false when a message came since its
    // beginPage(), so that one more is to be asked for. `inboxSeq`: all up to it was brought, or is not to be.
    bool beginCatchUp();  // false: it is at it already
    void beginPage();
    bool bring(const std::string& conversationId, std::int64_t seq, std::int64_t inboxSeq,
               const std::function<std::string()>& frame);
    bool live(std::int64_t inboxSeq);

private:
    using Place = std::pair<std::string, std::int64_t>;  // conversation, seq
    bool seen(const std::string& conversationId, std::int64_t seq, std::int64_t inboxSeq) const;
    bool toldBefore(const Push& push);
    void note(const std::string& conversationId, std::int64_t seq);

    const kit::WebSocketPtr m_socket;
    const kit::Claims m_user;
    const kit::WallTime m_opened = kit::wallNow();

    mutable std::mutex m_mutex;  // guards all below, and the order of sends
    std::string m_token;
    bool m_catchingUp = false, m_missed = false;
    std::int64_t m_base = 0;                                 // inbox numbers up to it are done with
    std::unordered_map<std::string, std::int64_t> m_newest;  // by conversation
    std::map<Place, std::string> m_held;
    std::unordered_set<std::string> m_facts;
    std::deque<std::string> m_factOrder;
};

}  // namespace nova::realtime_chat
