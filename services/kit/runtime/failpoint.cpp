#include "kit/runtime/failpoint.h"

#include <atomic>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <mutex>
#include <string>
#include <thread>

namespace nova::kit {
namespace {

enum class Action { kill, stop, err, delay };

struct Armed {
    std::mutex mutex;
    std::atomic<bool> active{false};  // the only cost where nothing is armed
    std::string name;
    int left = 0;
    Action action = Action::err;

    Armed() {
        if (const char* spec = std::getenv("NOVA_FAILPOINT")) arm(spec);
    }

    bool arm(std::string_view spec) {
        const std::lock_guard lock(mutex);
        active = false;
        if (spec.empty()) return true;
        const auto first = spec.find(':');
        const auto second = first == spec.npos ? spec.npos : spec.find(':', first + 1);
        if (second == spec.npos) return false;
        const auto count = spec.substr(first + 1, second - first - 1);
        const auto parsed = std::from_chars(count.data(), count.data() + count.size(), left);
        if (parsed.ec != std::errc{} || parsed.ptr != count.data() + count.size() || left < 1) return false;
        const auto verb = spec.substr(second + 1);
        if (verb == "kill")
            action = Action::kill;
        else if (verb == "stop")
            action = Action::stop;
        else if (verb == "err")
            action = Action::err;
        else if (verb == "delay")
            action = Action::delay;
        else
            return false;
        name = spec.substr(0, first);
        active = true;
        return true;
    }

    // The action, if this is the nth pass of the armed point.
    bool fires(std::string_view point, Action& what) {
        const std::lock_guard lock(mutex);
        if (!active || point != name || --left > 0) return false;
        active = false;
        what = action;
        return true;
    }
};

Armed& armed() {
    static Armed instance;
    return instance;
}

}  // namespace

bool failpoint(std::string_view name) {
    Armed& state = armed();
    Action action{};
    if (!state.active.load(std::memory_order_relaxed) || !state.fires(name, action)) return false;
    switch (action) {
        case Action::kill:
            std::raise(SIGKILL);
            break;
        case Action::stop:
            std::raise(SIGSTOP);
            break;
        case Action::delay:
            std::this_thread::sleep_for(std::chrono::seconds{2});
            break;
        case Action::err:
            return true;
    }
    return false;
}

bool armFailpoint(std::string_view spec) {
    return armed().arm(spec);
}

}  // namespace nova::kit
