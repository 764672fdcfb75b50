// What /readyz says. Each dependency is asked by a thread of its own, so that one that hangs hides no other and no
// request waits.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace nova::kit {

// Asks again and again: each second while fine, with backoff 5 → 50 ms while not.
class Probe {
public:
    using Check = std::function<std::string()>;  // "" when fine, else "name: what is missing"
    // `name` empty: the check's text names it already. `initially`: the state until the first answer.
    Probe(std::string name, Check check, std::string initially);
    ~Probe();
    // The latest answer; an answer that is 3 s overdue counts as missing.
    [[nodiscard]] std::string state() const;
    // True when the check has been fine; false when `limit` passed first.
    bool waitFine(std::chrono::milliseconds limit);
    void askToStop();  // the thread ends after the check in hand; the destructor waits for it
private:
    void run();

    const std::string m_name;
    const Check m_check;
    mutable std::mutex m_mutex;
    std::condition_variable m_changed;
    std::string m_state;
    bool m_fine = false;
    std::chrono::steady_clock::time_point m_asked;
    bool m_asking = false;
    bool m_over = false;
    std::thread m_thread;
};

class Health {
public:
    enum class Weight { needed, degrades, noted };
    struct State {
        std::vector<std::string> missing, degraded, notes;
    };

    explicit Health(std::string phase);
    ~Health();
    // Asked by a thread of its own. The reference holds until stop().
    Probe& watch(Weight weight, std::string name, Probe::Check check);
    // A check that does not block, called at each request for the state.
    void add(Weight weight, Probe::Check check);
    // What the process itself is doing; "" when it serves. Anything else counts as missing.
    void setPhase(std::string phase);
    [[nodiscard]] State state() const;
    void stop();

private:
    struct Watched {
        Weight weight;
        std::unique_ptr<Probe> probe;
    };
    struct Added {
        Weight weight;
        Probe::Check check;
    };
    mutable std::mutex m_mutex;
    std::string m_phase;
    std::vector<Watched> m_watched;
    std::vector<Added> m_added;
};

}  // namespace nova::kit
