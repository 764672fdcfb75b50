#include "kit/runtime/stop.h"

#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <condition_variable>
#include <csignal>
#include <cstdint>
#include <mutex>
#include <thread>

#include "kit/runtime/log.h"

namespace nova::kit {

struct StopSignal::Impl {
    explicit Impl(std::chrono::seconds stopLimit) : limit(stopLimit) {
        sigset_t set;
        sigemptyset(&set);
        sigaddset(&set, SIGTERM);
        sigaddset(&set, SIGINT);
        pthread_sigmask(SIG_BLOCK, &set, nullptr);
        signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
        wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        thread = std::thread([this] { watch(); });
    }
    ~Impl() {
        {
            const std::lock_guard lock(mutex);
            over = true;
        }
        poke();
        thread.join();
        close(signals);
        close(wake);
    }
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;

    void poke() const {
        const std::uint64_t one = 1;
        [[maybe_unused]] const auto written = write(wake, &one, sizeof one);
    }

    void watch() {
        auto deadline = std::chrono::steady_clock::time_point::max();
        for (;;) {
            int timeout = -1;
            if (deadline != std::chrono::steady_clock::time_point::max()) {
                const auto left = deadline - std::chrono::steady_clock::now();
                if (left <= std::chrono::steady_clock::duration::zero()) endHard();
                timeout = static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(left).count());
            }
            pollfd fds[] = {{signals, POLLIN, 0}, {wake, POLLIN, 0}};
            poll(fds, 2, timeout);
            drain(signals, (fds[0].revents & POLLIN) != 0);
            drainWake((fds[1].revents & POLLIN) != 0);
            const std::lock_guard lock(mutex);
            if (over) return;
            if (asked && deadline == std::chrono::steady_clock::time_point::max()) {
                deadline = std::chrono::steady_clock::now() + limit;
            }
        }
    }

    void drain(int fd, bool readable) {
        if (!readable) return;
        signalfd_siginfo info{};
        while (read(fd, &info, sizeof info) == static_cast<ssize_t>(sizeof info)) {
            logInfo("service", "signal {}: stopping", info.ssi_signo == SIGTERM ? "SIGTERM" : "SIGINT");
            ask();
        }
    }

    void drainWake(bool readable) const {
        std::uint64_t count = 0;
        if (readable) [[maybe_unused]]
            const auto taken = read(wake, &count, sizeof count);
    }

    void ask() {
        const std::lock_guard lock(mutex);
        asked = true;
        changed.notify_all();
    }

    [[noreturn]] void endHard() const {
        logError("service", "not stopped after {} s: ending hard", limit.count());
        _exit(1);
    }

    const std::chrono::seconds limit;
    int signals = -1;
    int wake = -1;
    mutable std::mutex mutex;
    std::condition_variable changed;
    bool asked = false;
    bool over = false;
    std::thread thread;
};

StopSignal::StopSignal(std::chrono::seconds limit) : m_impl(std::make_unique<Impl>(limit)) {}
StopSignal::~StopSignal() = default;

bool StopSignal::requested() const {
    const std::lock_guard lock(m_impl->mutex);
    return m_impl->asked;
}

bool StopSignal::waitFor(std::chrono::milliseconds timeout) {
    std::unique_lock lock(m_impl->mutex);
    return m_impl->changed.wait_for(lock, timeout, [this] { return m_impl->asked; });
}

void StopSignal::wait() {
    std::unique_lock lock(m_impl->mutex);
    m_impl->changed.wait(lock, [this] { return m_impl->asked; });
}

void StopSignal::request() {
    m_impl->ask();
    m_impl->poke();
}

}  // namespace nova::kit
