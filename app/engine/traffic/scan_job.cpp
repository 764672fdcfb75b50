#include "app/engine/traffic/scan_job.h"

#include <QTimer>
#include <algorithm>
#include <mutex>
#include <thread>

#include "app/engine/traffic/capture.h"
#include "app/engine/traffic/time_merge.h"

namespace nova::engine {
namespace {

constexpr int tickMs = 34;  // ≤ 30 Hz
constexpr std::size_t ringRows = 262'144, ringBytes = 256u << 20, handOverRows = 4'096;

void add(ScanReport& sum, const ScanReport& before) {
    sum.records += before.records;
    sum.matched += before.matched;
    sum.bytes += before.bytes;
    sum.filterErrors += before.filterErrors;
    sum.seconds += before.seconds;
}

}  // namespace

struct ScanJob::Impl {
    EventRing ring{ringRows, ringBytes};
    std::thread worker;
    std::atomic<bool> stop{false};
    QTimer tick;
    std::optional<ReadSession> session;
    ScanRequest request;
    Filter filter;
    std::shared_ptr<SeenEvents> seen;
    ScanReport report, before;  // of this run and those before; before it
    QString error;
    bool running = false;

    std::vector<Event> found;  // of the worker, as is the next
    TimeMerge merge{[this](Event&& event) { take(std::move(event)); }};
    std::mutex mutex;  // guards what the worker has for the main thread
    ScanReport news;
    bool isNew = false, over = false;
    std::unique_ptr<EventRing> inOrder;  // the rows by time, where they are not
    QString fault;

    // On a reader's thread. Rows are handed to the ring in steps, by the worker's side alone.
    void take(Event&& event) {
        found.push_back(std::move(event));
        if (found.size() >= handOverRows) handOver();
    }
    void handOver() {
        if (found.empty()) return;
        ring.append(std::move(found));
        found.clear();
    }
    void tell(const ScanReport& so) {
        handOver();
        const std::lock_guard lock(mutex);
        news = so;
        isNew = true;
    }
    // As TimeMerge places them; none: they stand so.
    std::unique_ptr<EventRing> ordered() const {
        const auto rows = ring.snapshot();
        PlacingTime placing;
        std::vector<std::pair<std::int64_t, const Event*>> order;
        order.reserve(rows.rows());
        for (auto row = rows.first(); row < rows.last(); ++row) {
            const Event* event = rows.at(row);
            order.emplace_back(placing.of(*event), event);
        }
        const auto byTime = [](const auto& a, const auto& b) { return a.first < b.first; };
        if (std::ranges::is_sorted(order, byTime)) return nullptr;
        std::ranges::stable_sort(order, byTime);
        auto next = ring.successor();
        std::vector<Event> some;
        for (const auto& [time, event] : order) {
            some.push_back(*event);
            if (some.size() < handOverRows && event != order.back().second) continue;
            next->append(std::move(some));
            some.clear();
        }
        return next;
    }
    void end(const ScanReport& last, const QString& why) {
        merge.flush();
        handOver();
        if (before.records > 0) inOrder = ordered();
        const std::lock_guard lock(mutex);
        news = last;
        fault = why;
        isNew = over = true;
    }
};

ScanJob::ScanJob(QObject* parent) : QObject(parent), m_impl(std::make_unique<Impl>()) {
    m_impl->tick.setInterval(tickMs);
    connect(&m_impl->tick, &QTimer::timeout, this, &ScanJob::takeNews);
}

ScanJob::~ScanJob() {
    halt();
}

void ScanJob::halt() {
    m_impl->stop = true;
    if (m_impl->worker.joinable()) m_impl->worker.join();
    m_impl->tick.stop();
    m_impl->running = false;
    const std::lock_guard lock(m_impl->mutex);
    m_impl->isNew = m_impl->over = false;
    m_impl->inOrder.reset();
}

void ScanJob::reset() {
    halt();
    m_impl->ring.clear();
    m_impl->found.clear();
    m_impl->report = m_impl->before = m_impl->news = {};
    m_impl->session.reset();
    m_impl->request = {};
    m_impl->seen = {};
    m_impl->error.clear();
}

void ScanJob::start(const ReadSession& session, const ScanRequest& request, const Filter& filter,
                    std::shared_ptr<SeenEvents> seen) {
    reset();
    m_impl->session = session;
    m_impl->request = request;
    if (request.limit == 0) m_impl->request.limit = mostMatches;
    m_impl->filter = filter;
    m_impl->seen = std::move(seen);
    run();
}

void ScanJob::continueOn() {
    if (!canContinue()) return;
    halt();
    m_impl->request.ranges = m_impl->report.ranges;
    for (auto& range : m_impl->request.ranges) range.trouble.clear();
    m_impl->before = m_impl->report;
    m_impl->error.clear();
    run();
}

void ScanJob::run() {
    m_impl->stop = false;
    m_impl->running = true;
    m_impl->tick.start();
    m_impl->worker = std::thread([impl = m_impl.get()] {
        ScanHooks hooks;
        hooks.record = [impl](const rd_kafka_message_t& message) {
            impl->merge.add(heldEventFrom(&message));
            return true;
        };
        hooks.reached = [impl](std::int64_t timeMs) { impl->merge.reached(timeMs); };
        hooks.judge = judgeOf(impl->filter, impl->seen);
        hooks.progress = [impl](const ScanReport& so) { impl->tell(so); };
        const auto done = scan(*impl->session, impl->request, hooks, impl->stop);
        if (done) return impl->end(done.value(), {});
        auto last = impl->news;
        last.end = ScanEnd::unavailable;
        if (last.ranges.empty()) last.ranges = impl->request.ranges;
        impl->end(last, QString::fromStdString(done.error().what));
    });
}

void ScanJob::open(const QString& file, const Filter& filter) {
    reset();
    m_impl->filter = filter;
    m_impl->stop = false;
    m_impl->running = true;
    m_impl->tick.start();
    m_impl->worker = std::thread([impl = m_impl.get(), file] {
        ScanReport so;
        const auto began = std::chrono::steady_clock::now();
        auto lastTold = began;
        const auto read = readCapture(file, [&](Event&& event) {
            ++so.records;
            so.bytes += static_cast<std::int64_t>(event.key.size() + event.value.size());
            if (impl->filter.matches(event)) {
                ++so.matched;
                cutValue(event);
                impl->take(std::move(event));
            }
            const auto now = std::chrono::steady_clock::now();
            so.seconds = std::chrono::duration<double>(now - began).count();
            if (now - lastTold > std::chrono::milliseconds{tickMs}) {
                impl->tell(so);
                lastTold = now;
            }
            return !impl->stop && so.matched < mostMatches;
        });
        so.limited = so.matched >= mostMatches;
        so.filterErrors = static_cast<std::int64_t>(impl->filter.errors());
        so.end = !read        ? ScanEnd::unavailable
                 : impl->stop ? ScanEnd::stopped
                 : so.limited ? ScanEnd::limit
                              : ScanEnd::reachedEnd;
        impl->end(so, read ? QString() : QString::fromStdString(read.error().what));
    });
}

void ScanJob::stop() {
    m_impl->stop = true;
}

void ScanJob::takeNews() {
    bool isNew = false, over = false;
    {
        const std::lock_guard lock(m_impl->mutex);
        isNew = std::exchange(m_impl->isNew, false);
        over = std::exchange(m_impl->over, false);
        if (isNew) m_impl->report = m_impl->news;
        if (over) m_impl->error = m_impl->fault;
    }
    if (isNew) {
        add(m_impl->report, m_impl->before);
        Q_EMIT progressed();
    }
    if (!over) return;
    m_impl->worker.join();
    m_impl->tick.stop();
    m_impl->running = false;
    if (const auto rows = std::exchange(m_impl->inOrder, nullptr)) {
        m_impl->ring.replaceBy(*rows);
        Q_EMIT reordered();
    }
    Q_EMIT finished();
}

bool ScanJob::canContinue() const {
    const auto& ranges = m_impl->report.ranges;
    return !m_impl->running && m_impl->session &&
           std::any_of(ranges.begin(), ranges.end(), [](const ScanRange& range) { return !range.isDone(); });
}

bool ScanJob::isRunning() const {
    return m_impl->running;
}
const EventRing& ScanJob::ring() const {
    return m_impl->ring;
}
const ScanReport& ScanJob::report() const {
    return m_impl->report;
}
QString ScanJob::error() const {
    return m_impl->error;
}

}  // namespace nova::engine
