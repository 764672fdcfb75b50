// A connection to a broker that is encrypted and logged in by SCRAM before librdkafka says its first word: the client
// holds one end of a pair of sockets, and a thread carries the bytes between the other end and the broker. Nobody else
// on the machine can reach that pair. One object a client; librdkafka's threads call it.
#pragma once

#include <sys/socket.h>

#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "kit/kafka/handles.h"

namespace nova::engine {

class LoginChannel {
public:
    // `settings`: a client's own, in librdkafka's names. `failed`: why a connection was not to be had, in the broker's
    // words, and whether the broker refused us.
    LoginChannel(kit::kafka::Settings settings, std::function<void(std::string why, bool refused)> failed);
    ~LoginChannel();  // ends all connections

    // Whether the client needs one: it would log in by SCRAM, and its librdkafka cannot with a broker of Kafka 4.
    static bool isNeeded(const kit::kafka::Settings& settings);
    // What is left for librdkafka to be told: neither login nor encryption.
    static void strip(kit::kafka::Settings& settings);

    int makeSocket();  // the client's end; −1 with errno
    // To `address`, which is of "host:port".
    int connect(int socket, const sockaddr* address, socklen_t size, const std::string& name);

private:
    struct Broker;
    bool enter(int fd);  // a broker's end, for as long as the login takes; false: the client is being closed
    void leave(int fd);
    void carry(int ours, const std::string& name, const std::vector<char>& address);
    std::string open(Broker& broker, const std::string& name, const std::vector<char>& address, bool& refused);
    std::string logIn(Broker& broker, bool& refused);

    const kit::kafka::Settings m_settings;
    const std::function<void(std::string, bool)> m_failed;
    std::atomic<bool> m_stopping{false};
    std::mutex m_mutex;
    std::condition_variable m_ended;
    std::map<int, int> m_pairs;  // guarded: the client's end → ours
    std::set<int> m_logins;      // guarded: brokers' ends that are not logged in yet
    int m_open = 0;              // guarded: connections, each with a thread
};

}  // namespace nova::engine
