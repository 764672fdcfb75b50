// Clients that use a Nova as people do, from threads of their own, and log what they asked and heard. Each user acts
// from one thread alone, so that a user's operations never overlap. The choice of operations follows the seed.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/live_nova.h"
#include "tests/support/oracle/history.h"

namespace nova::test {

struct WorkloadOptions {
    std::uint64_t seed = 1;
    int users = 12, clients = 3;
    int pauseMs = 40;  // of each client between two operations
    bool messages = false;
};

class Workload {
public:
    Workload(const LiveNova& nova, WorkloadOptions options);
    ~Workload();

    // Signs the users up and lets each follow about half of the others. False: a door refused.
    bool prepare();
    void start();
    void stop();               // waits for the clients' last answers
    void run(int operations);  // by the calling thread, all users in turn; not while started

    [[nodiscard]] const std::vector<Account>& users() const { return m_users; }
    [[nodiscard]] const History& history() const { return m_history; }
    // Acknowledged operations so far; reads apart.
    [[nodiscard]] int acknowledged() const { return m_acknowledged; }
    [[nodiscard]] int readsAnswered() const { return m_readsAnswered; }

    // One operation, logged. Public for tests that need a certain one.
    Op createPost(const Account& by, const std::string& key = {}, const std::string& token = {});
    Op updatePost(const Account& by, const std::string& post);
    Op deletePost(const Account& by, const std::string& post);
    Op like(const Account& by, const std::string& post, bool on = true, const std::string& key = {});
    Op follow(const Account& by, const std::string& user, bool on = true);
    Op sendMessage(const Account& by, const std::string& to, const std::string& key = {},
                   const std::string& token = {});
    Op readFeed(const Account& by);
    Op markRead(const Account& by, const std::string& message);
    Op markSeen(const Account& by);
    Op upload(const Account& by, const std::string& post);  // a small picture

private:
    // A copy of `op`: the other arguments are often made of it.
    Op ask(Op op, const Account& by, const QString& query, const QJsonObject& variables, const QString& field);
    void act(std::size_t user, std::mt19937_64& random);
    void create(std::size_t user, std::mt19937_64& random);
    void send(std::size_t user, std::mt19937_64& random);
    void readOne(std::size_t user, std::mt19937_64& random);
    void note(Op op);
    std::string newToken();
    std::string anyPost(std::mt19937_64& random);
    void publish(const std::string& post);

    const LiveNova& m_nova;
    WorkloadOptions m_options;
    std::vector<Account> m_users;
    std::vector<std::vector<std::string>> m_posts;  // own live ones of each user: touched by its one thread
    History m_history;
    std::mutex m_mutex;
    std::vector<std::string> m_known;                            // guarded: posts that others may like
    std::map<std::string, std::string> m_tokens;                 // guarded: post → token of its creation
    std::map<std::string, std::vector<std::string>> m_received;  // guarded: user → messages to them
    std::atomic<int> m_acknowledged{0}, m_readsAnswered{0}, m_nextToken{0};
    std::atomic<bool> m_stopping{false};
    std::vector<std::thread> m_threads;
    std::string m_run;  // in every token of this workload
    std::string m_door;
};

}  // namespace nova::test
