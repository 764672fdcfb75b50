#include "kit/runtime/failpoint.h"

#include <atomic>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace nova::kit {
namespace {

enum class Action { kill, stop, err, delay };

struct When {
    int nth = 0;
    Action action = Action::err;
};

// "2:kill"
std::optional<When> parseWhen(std::string_view text) {
    const auto colon = text.find(':');
    if (colon == text.npos) return std::nullopt;
    When when;
    const auto parsed = std::from_chars(text.data(), text.data() + colon, when.nth);
    if (parsed.ec != std::errc{} || parsed.ptr != text.data() + colon || when.nth < 1) return std::nullopt;
    const auto verb = text.substr(colon + 1);
    if (verb == "kill")
        when.action = Action::kill;
    else if (verb == "stop")
        when.action = Action::stop;
    else if (verb == "err")
        when.action = Action::err;
    else if (verb == "delay")
        when.action = Action::delay;
    else
        return std::nullopt;
    return when;
}

struct Armed {
    std::mutex mutex;
    std::atomic<bool> active{false};  // the only cost where nothing is armed
    std::string name;
    When when;
    std::string folder;
    std::map<std::string, int, std::less<>> passes;  // of what the folder arms

    Armed() {
        if (const char* spec = std::getenv("NOVA_FAILPOINT")) arm(spec);
    }

    bool arm(std::string_view spec) {
        const std::lock_guard lock(mutex);
        active = false;
        folder.clear();
        if (spec.empty()) return true;
        if (spec.front() == '@') {
            folder = spec.substr(1);
            active = !folder.empty();
            return active;
        }
        const auto colon = spec.find(':');
        const auto parsed = colon == spec.npos ? std::nullopt : parseWhen(spec.substr(colon + 1));
        if (!parsed) return false;
        name = spec.substr(0, colon);
        when = *parsed;
        if (const auto slash = name.find('/'); slash != name.npos) {
            if (name.substr(0, slash) != program_invocation_short_name) return true;  // another service's
            name.erase(0, slash + 1);
        }
        active = true;
        return true;
    }

    // The action, if this is the nth pass of the armed point.
    std::optional<Action> fires(std::string_view point) {
        const std::lock_guard lock(mutex);
        if (!active) return std::nullopt;
        if (!folder.empty()) return firesFromFolder(point);
        if (point != name || --when.nth > 0) return std::nullopt;
        active = false;
        return when.action;
    }

    std::optional<Action> firesFromFolder(std::string_view point) {
        const std::string file = folder + '/' + program_invocation_short_name + '@' + std::string(point);
        std::ifstream in(file);
        std::string text;
        const auto wanted = in && std::getline(in, text) ? parseWhen(text) : std::nullopt;
        auto& seen = passes[std::string(point)];
        if (!wanted) seen = 0;
        if (!wanted || ++seen < wanted->nth) return std::nullopt;
        seen = 0;
        if (std::rename(file.c_str(), (file + ".fired").c_str()) != 0) return std::nullopt;  // another was first
        return wanted->action;
    }
};

Armed& armed() {
    static Armed instance;
    return instance;
}

}  // namespace

bool failpoint(std::string_view name) {
    Armed& state = armed();
    if (!state.active.load(std::memory_order_relaxed)) return false;
    const auto action = state.fires(name);
    if (!action) return false;
    switch (*action) {
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
