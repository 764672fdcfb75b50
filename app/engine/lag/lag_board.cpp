#include "app/engine/lag/lag_board.h"

#include <QDateTime>
#include <QElapsedTimer>
#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>

#include "app/engine/lag/lag_history.h"
#include "app/engine/lag/lag_watch.h"

namespace nova::engine {
namespace {

using std::chrono::milliseconds;
constexpr qint64 everyMs = 1'000;
constexpr int catchUpMs = 2'000;

}  // namespace

struct LagBoard::Impl {
    explicit Impl(LagBoard* of) : board(of) {}

    LagBoard* board;
    LagSample latest;  // main thread
    std::mutex mutex;
    std::shared_ptr<LagHistory> history;  // the pointer is guarded; it has locks of its own
    std::condition_variable wake;
    bool stopping = false;                           // guarded
    std::set<std::pair<QString, QString>> onScreen;  // guarded
    std::pair<QString, QString> selected;            // guarded
    std::optional<QVector<LagRule>> newRules;        // guarded: to be handed to the watch
    QVector<LagMark> marks, newMarks;                // guarded: those told; those to be handed to the watch
    std::thread thread;

    std::shared_ptr<LagHistory> past() {
        const std::lock_guard lock(mutex);
        return history;
    }
    void run(const Target& target, const QString& historyFile, quint64 number);
    void look(LagWatch& watch, quint64 number);
    bool rest(milliseconds time);  // false: stop
    quint64 runs = 0;              // main thread: which start() a sample belongs to
};

bool LagBoard::Impl::rest(milliseconds time) {
    std::unique_lock lock(mutex);
    return !wake.wait_for(lock, time, [this] { return stopping; });
}

void LagBoard::Impl::run(const Target& target, const QString& historyFile, quint64 number) {
    auto opened = std::make_shared<LagHistory>(historyFile);
    {
        const std::lock_guard lock(mutex);
        history = std::move(opened);
    }
    for (;;) {
        auto watch = LagWatch::make(target);
        if (!watch) {
            LagSample sample;
            sample.atMs = QDateTime::currentMSecsSinceEpoch();
            sample.trouble = QString::fromStdString(watch.error().what);
            QMetaObject::invokeMethod(board, [this, sample, number] {
                if (number != runs) return;
                latest = sample;
                Q_EMIT board->sampled(latest);
            });
            if (!rest(milliseconds(5 * everyMs))) return;
            continue;
        }
        watch.value()->catchUp(catchUpMs);
        for (;;) {
            // Not by the wall clock: a computer that slept meanwhile would rest for half as long once more.
            QElapsedTimer clock;
            clock.start();
            look(*watch.value(), number);
            const auto took = clock.elapsed();
            // Where every group is polled, the broker has as long a rest as a look took.
            const auto pause = watch.value()->backlog() ? 0 : std::max(everyMs - took, took / 2);
            if (!rest(milliseconds(pause))) return;
        }
    }
}

void LagBoard::Impl::look(LagWatch& watch, quint64 number) {
    std::set<std::pair<QString, QString>> wanted;
    std::pair<QString, QString> drawn;
    {
        const std::lock_guard lock(mutex);
        wanted = onScreen;
        drawn = selected;
        for (const auto& mark : newMarks) watch.mark(mark);
        newMarks.clear();
        if (newRules) watch.setRules(*std::exchange(newRules, std::nullopt));
    }
    auto sample = watch.look();
    watch.measure(sample, [&](const LagRow& row) { return wanted.contains({row.group, row.topic}); });
    past()->add(sample, watch.marks());
    {
        const std::lock_guard lock(mutex);
        marks = watch.marks();
    }
    QMetaObject::invokeMethod(board,
                              [this, number, sample = std::move(sample), begun = watch.alarms().begun()]() mutable {
                                  if (number != runs) return;
                                  latest = std::move(sample);
                                  Q_EMIT board->sampled(latest);
                                  for (const auto& row : begun) Q_EMIT board->alarm(row);
                              });
    if (!drawn.first.isEmpty()) past()->addPast(drawn.first, drawn.second, watch.past(drawn.first, drawn.second));
}

LagBoard::LagBoard(QObject* parent) : QObject(parent), m_impl(std::make_unique<Impl>(this)) {}

LagBoard::~LagBoard() {
    stop();
}

void LagBoard::start(const Target& target, const QString& historyFile) {
    stop();
    m_impl->latest = {};
    m_impl->stopping = false;
    m_impl->marks.clear();
    m_impl->newRules.reset();
    m_impl->history.reset();
    m_impl->thread = std::thread(
        [this, target, historyFile, number = m_impl->runs] { m_impl->run(target, historyFile, number); });
}

void LagBoard::stop() {
    ++m_impl->runs;
    if (!m_impl->thread.joinable()) return;
    {
        const std::lock_guard lock(m_impl->mutex);
        m_impl->stopping = true;
    }
    m_impl->wake.notify_all();
    m_impl->thread.join();
}

void LagBoard::setOnScreen(const QVector<std::pair<QString, QString>>& rows) {
    const std::lock_guard lock(m_impl->mutex);
    m_impl->onScreen = {rows.begin(), rows.end()};
}

void LagBoard::setSelected(const QString& group, const QString& topic) {
    const std::lock_guard lock(m_impl->mutex);
    m_impl->selected = {group, topic};
}

void LagBoard::setRules(const QVector<LagRule>& rules) {
    const std::lock_guard lock(m_impl->mutex);
    m_impl->newRules = rules;
}

void LagBoard::addMark(const LagMark& mark) {
    const std::lock_guard lock(m_impl->mutex);
    m_impl->newMarks.append(mark);
    m_impl->marks.append(mark);
}

const LagSample& LagBoard::latest() const {
    return m_impl->latest;
}

QVector<LagPoint> LagBoard::history(const QString& group, const QString& topic, int partition, qint64 fromMs) const {
    const auto past = m_impl->past();
    return past ? past->points(group, topic, partition, fromMs) : QVector<LagPoint>();
}

QString LagBoard::historyTrouble() const {
    const auto past = m_impl->past();
    return past ? past->trouble() : QString();
}

QVector<LagMark> LagBoard::marks(const QString& group, qint64 fromMs) const {
    QVector<LagMark> marks;
    if (const auto past = m_impl->past()) marks = past->marks(group, fromMs);
    const std::lock_guard lock(m_impl->mutex);
    for (const auto& mark : m_impl->marks) {
        const bool known = std::any_of(marks.begin(), marks.end(), [&](const auto& m) {
            return m.kind == mark.kind && m.atMs == mark.atMs && m.group == mark.group;
        });
        if (!known && mark.atMs >= fromMs && (mark.group.isEmpty() || group.isEmpty() || mark.group == group))
            marks.append(mark);
    }
    std::stable_sort(marks.begin(), marks.end(), [](const auto& a, const auto& b) { return a.atMs < b.atMs; });
    return marks;
}

}  // namespace nova::engine
