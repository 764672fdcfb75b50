#include "kit/rpc/endpoints.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <thread>
#include <tuple>

#include "kit/runtime/log.h"

namespace nova::kit {
namespace {

std::optional<Endpoints> readFile(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) return std::nullopt;
    try {
        return nlohmann::json::parse(in).get<Endpoints>();
    } catch (const nlohmann::json::exception& e) {
        logWarn("endpoints", "{} is not a list of replicas, the last good one stays: {}", file, e.what());
        return std::nullopt;
    }
}

}  // namespace

struct EndpointsWatch::Impl {
    Impl(std::string path, std::function<void(const Endpoints&)> callback)
        : file(std::move(path)), changed(std::move(callback)) {
        stop = eventfd(0, EFD_CLOEXEC);
        if (file.empty()) return;
        notify = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
        watchFolder();
        look();
        thread = std::thread([this] { run(); });
    }
    ~Impl() {
        const std::uint64_t one = 1;
        [[maybe_unused]] const auto written = write(stop, &one, sizeof one);
        if (thread.joinable()) thread.join();
        close(stop);
        if (notify >= 0) close(notify);
    }
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;

    void watchFolder() {
        const auto folder = std::filesystem::path(file).parent_path();
        const std::string name = folder.empty() ? "." : folder.string();
        watching =
            notify >= 0 && inotify_add_watch(notify, name.c_str(), IN_MOVED_TO | IN_CLOSE_WRITE | IN_DELETE_SELF) >= 0;
    }

    void run() {
        for (;;) {
            pollfd fds[] = {{stop, POLLIN, 0}, {notify, POLLIN, 0}};
            poll(fds, watching ? 2 : 1, watching ? 1'000 : 50);  // without inotify: by time alone
            if ((fds[0].revents & POLLIN) != 0) return;
            drain();
            if (!watching) watchFolder();
            look();
        }
    }

    void drain() const {
        alignas(inotify_event) char buffer[4'096];
        while (notify >= 0 && read(notify, buffer, sizeof buffer) > 0) {
        }
    }

    void look() {
        struct stat now {};
        if (stat(file.c_str(), &now) != 0) return;
        const Stamp stamp{now.st_ino, now.st_mtim.tv_sec, now.st_mtim.tv_nsec, now.st_size};
        if (stamp == last) return;
        last = stamp;
        if (const auto endpoints = readFile(file)) changed(*endpoints);
    }

    using Stamp = std::tuple<ino_t, time_t, long, off_t>;
    const std::string file;
    const std::function<void(const Endpoints&)> changed;
    Stamp last{};
    int stop = -1;
    int notify = -1;
    bool watching = false;
    std::thread thread;
};

EndpointsWatch::EndpointsWatch(std::string file, std::function<void(const Endpoints&)> changed)
    : m_impl(std::make_unique<Impl>(std::move(file), std::move(changed))) {}
EndpointsWatch::~EndpointsWatch() = default;

}  // namespace nova::kit
