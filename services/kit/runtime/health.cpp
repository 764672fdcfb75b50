#include "kit/runtime/health.h"

#include <algorithm>
#include <utility>

namespace nova::kit {
namespace {

constexpr std::chrono::milliseconds fastest{5};
constexpr std::chrono::milliseconds slowest{20};
constexpr std::chrono::milliseconds whileFine{1'000};
constexpr std::chrono::seconds overdue{3};

// libpq's errors go on with advice; a list of what is missing wants a line.
std::string firstLine(std::string text) {
    text.resize(std::min(text.find('\n'), text.size()));
    return text;
}

void put(Health::State& state, Health::Weight weight, std::string what) {
    if (what.empty()) return;
    auto& list = weight == Health::Weight::needed     ? state.missing
                 : weight == Health::Weight::degrades ? state.degraded
                                                      : state.notes;
    list.push_back(std::move(what));
}

}  // namespace

Probe::Probe(std::string name, Check check, std::string initially)
    : m_name(std::move(name)), m_check(std::move(check)), m_state(std::move(initially)) {
    m_thread = std::thread([this] { run(); });
}

Probe::~Probe() {
    askToStop();
    m_thread.join();
}

void Probe::askToStop() {
    const std::lock_guard lock(m_mutex);
    m_over = true;
    m_changed.notify_all();
}

void Probe::run() {
    auto pause = fastest;
    std::unique_lock lock(m_mutex);
    while (!m_over) {
        m_asking = true;
        m_asked = std::chrono::steady_clock::now();
        lock.unlock();
        std::string state = firstLine(m_check());
        lock.lock();
        m_asking = false;
        m_fine = state.empty();
        m_state = m_fine || m_name.empty() ? state : m_name + ": " + state;
        m_changed.notify_all();
        pause = m_fine ? fastest : std::min(pause * 2, slowest);
        m_changed.wait_for(lock, m_fine ? whileFine : pause, [this] { return m_over; });
    }
}

std::string Probe::state() const {
    const std::lock_guard lock(m_mutex);
    const auto since = std::chrono::steady_clock::now() - m_asked;
    if (!m_asking || since < overdue) return m_state;
    return (m_name.empty() ? "check" : m_name) + ": no answer for " +
           std::to_string(std::chrono::floor<std::chrono::seconds>(since).count()) + " s";
}

bool Probe::waitFine(std::chrono::milliseconds limit) {
    std::unique_lock lock(m_mutex);
    return m_changed.wait_for(lock, limit, [this] { return m_fine; });
}

Health::Health(std::string phase) : m_phase(std::move(phase)) {}
Health::~Health() {
    stop();
}

Probe& Health::watch(Weight weight, std::string name, Probe::Check check) {
    std::string initially = weight == Weight::needed ? (name.empty() ? "a check" : name) + ": not asked yet" : "";
    const std::lock_guard lock(m_mutex);
    m_watched.push_back({weight, std::make_unique<Probe>(std::move(name), std::move(check), std::move(initially))});
    return *m_watched.back().probe;
}

void Health::add(Weight weight, Probe::Check check) {
    const std::lock_guard lock(m_mutex);
    m_added.push_back({weight, std::move(check)});
}

void Health::setPhase(std::string phase) {
    const std::lock_guard lock(m_mutex);
    m_phase = std::move(phase);
}

Health::State Health::state() const {
    const std::lock_guard lock(m_mutex);
    State state;
    put(state, Weight::needed, m_phase);
    for (const Watched& watched : m_watched) put(state, watched.weight, watched.probe->state());
    for (const Added& added : m_added) put(state, added.weight, added.check());
    return state;
}

void Health::stop() {
    std::vector<Watched> watched;
    {
        const std::lock_guard lock(m_mutex);
        watched.swap(m_watched);
        m_added.clear();
    }
    for (const Watched& one : watched) one.probe->askToStop();
}

}  // namespace nova::kit
