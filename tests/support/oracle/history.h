// What the clients of a run asked for and what they heard, operation by operation: the half of the truth that no store
// holds. Thread: any.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

namespace nova::test {

enum class Kind {
    createPost,
    updatePost,
    deletePost,
    like,
    unlike,
    follow,
    unfollow,
    sendMessage,
    markRead,
    markSeen,
    upload,
    read
};
// ok: acknowledged. fail: refused, has not happened. info: no clear answer; happens at most once, then or later.
enum class Answer { ok, fail, info };

struct Op {
    Kind kind = Kind::read;
    Answer answer = Answer::info;
    std::string user{};    // who asks: id
    std::string target{};  // the post of an update, delete, like, upload; the user of a follow or message; the message
                           // that is read
    std::string token{};   // unique text of a createPost, updatePost or sendMessage (of all its retries)
    std::string key{};     // Idempotency-Key; empty: none
    std::string id{};      // of the result, when ok
    std::int64_t version = 0;           // of the result, when ok and it has one
    std::string error{};                // code or transport error
    std::int64_t begun = 0, ended = 0;  // steady clock, ns
};

std::int64_t steadyNs();

class History {
public:
    void add(Op op);
    [[nodiscard]] std::vector<Op> ops() const;  // by `begun`
    [[nodiscard]] int count(Kind kind, Answer answer) const;
    [[nodiscard]] std::string summary() const;  // "createPost 120 ok 3 fail 2 info, …"

private:
    mutable std::mutex m_mutex;
    std::vector<Op> m_ops;
};

}  // namespace nova::test
