#include "app/engine/stack/part.h"

#include <signal.h>

#include <algorithm>
#include <utility>

#include "app/engine/stack/log_book.h"

namespace nova::stack {
namespace {

constexpr int startingAskMs = 10, slowAskMs = 50, blockedAskMs = 100, healingAskMs = 250, steadyAskMs = 1'000;
constexpr int lastWordsMs = 5'000, longestReason = 400;
const QLatin1String exitedWith("exited with ");
constexpr int slowStartMs = 10'000;  // beyond it a start is asked less often

}  // namespace

Part::Part(PartSpec spec, const Neighbours& neighbours, Watchdog& watchdog, LogBook& log)
    : m_spec(std::move(spec)), m_neighbours(neighbours), m_log(log), m_child(&watchdog) {
    m_status.name = m_spec.name;
    m_status.replica = m_spec.replica;
    m_status.ports = m_spec.ports;
    m_status.binary = m_spec.recipe->binary();
    for (auto* timer : {&m_again, &m_ask, &m_stopTimer}) timer->setSingleShot(true);
    connect(&m_again, &QTimer::timeout, this, &Part::proceed);
    connect(&m_ask, &QTimer::timeout, this, [this] {
        if (m_probe) m_probe->ask();
    });
    connect(&m_stopTimer, &QTimer::timeout, this, &Part::stopStep);
    connect(&m_child, &Child::line, this, [this](const QByteArray& text) { m_log.add(m_status.id(), text); });
    connect(&m_child, &Child::ended, this, &Part::ended);
}

Part::~Part() {
    if (m_cancelled) *m_cancelled = true;
    m_child.disconnect(this);
}

void Part::set(PartState state) {
    m_status.state = state;
    Q_EMIT changed();
}

void Part::start() {
    m_wanted = true;
    m_backoff.reset();
    resume();
    if (m_step != Step::idle) return;
    m_status.restarts = 0;
    m_status.lastError.clear();
    proceed();
}

void Part::proceed() {
    m_step = Step::waiting;
    m_status.blockedBy = m_neighbours.notServing(m_spec.startAfter);
    if (!m_status.blockedBy.isEmpty()) {
        m_status.note.clear();
        return set(PartState::waiting);
    }
    prepare();
}

void Part::prepare() {
    m_step = Step::preparing;
    m_status.note.clear();
    m_status.readyMs = -1;
    set(PartState::starting);
    m_cancelled = std::make_shared<std::atomic<bool>>(false);
    auto say = [this, post = m_background.poster()](const QString& note) { post([this, note] { told(note); }); };
    m_background.run(
        [recipe = m_spec.recipe, say, cancelled = m_cancelled] {
            return recipe->prepare({say, [cancelled] { return cancelled->load(); }});
        },
        [this](const Prepared& prepared) {
            if (!m_wanted) return goIdle();
            if (*m_cancelled) return proceed();  // stopped, and wanted again before the work noticed
            if (prepared.ok) return launch(prepared);
            if (prepared.hopeless) return fail(prepared.fault);
            endedByItself(prepared.fault);
        });
}

void Part::told(const QString& note) {
    if (m_step != Step::preparing) return;
    m_status.note = note;
    m_log.note(m_status.id(), QLatin1Char('I'), note);
    Q_EMIT changed();
}

void Part::launch(const Prepared& prepared) {
    m_launch = prepared.launch;
    m_launch.setMark();
    m_step = Step::running;
    m_up.start();
    m_launchedAt = QDateTime::currentMSecsSinceEpoch();
    m_status.note.clear();
    m_status.upSince = QDateTime::fromMSecsSinceEpoch(m_launchedAt, Qt::UTC);
    m_child.start(m_launch);
    m_status.pid = m_child.id().pid;
    m_status.binary = m_launch.program;
    m_log.note(m_status.id(), QLatin1Char('I'), QStringLiteral("started, pid %1").arg(m_status.pid));
    m_probe = m_spec.recipe->probe();
    connect(m_probe.get(), &Probe::answered, this, &Part::answered);
    set(PartState::starting);
    if (m_status.pid > 0)
        Q_EMIT launchedProcess(
            {m_spec.name, m_spec.replica, m_status.pid, m_launch.program, m_launch.workDir, m_launch.arguments});
    Q_EMIT processChanged();
    m_probe->ask();
}

void Part::answered(const ProbeAnswer& answer) {
    if (m_step != Step::running || m_paused || !m_wanted) return;
    const auto before = m_status;
    if (answer.serving) {
        if (m_status.readyMs < 0) {
            m_status.readyMs = m_up.elapsed();
            m_log.note(m_status.id(), QLatin1Char('I'), QStringLiteral("ready after %1 ms").arg(m_status.readyMs));
        }
        m_everReady = true;
        m_status.state = answer.degraded.isEmpty() ? PartState::ready : PartState::degraded;
        m_status.note = answer.note.isEmpty() ? m_launch.remark : answer.note;
        if (!answer.degraded.isEmpty()) m_status.note = tr("without %1").arg(answer.degraded.join(QLatin1String(", ")));
        m_status.blockedBy.clear();
        m_status.lastError.clear();
    } else {
        m_status.state = m_status.readyMs < 0 ? PartState::starting : PartState::degraded;
        m_status.note = answer.missing;
        m_status.blockedBy = m_neighbours.notServing(m_spec.needs);
    }
    m_ask.start(nextAskMs());
    if (!(m_status == before)) Q_EMIT changed();
}

int Part::nextAskMs() const {
    if (m_status.state == PartState::ready) return steadyAskMs;
    if (!m_neighbours.notServing(m_spec.needs).isEmpty()) return blockedAskMs;
    if (m_status.state == PartState::starting) return m_up.elapsed() < slowStartMs ? startingAskMs : slowAskMs;
    return m_probeOften ? startingAskMs : healingAskMs;
}

QString Part::why(const QString& how) const {
    if (!how.startsWith(exitedWith)) return how;  // who is killed has no last word
    const auto since = std::max(m_launchedAt, QDateTime::currentMSecsSinceEpoch() - lastWordsMs);
    const auto words = m_log.lastWords(m_status.id(), since).left(longestReason);
    return words.isEmpty() ? how : QStringLiteral("%1: %2").arg(how, words);
}

void Part::ended(const QString& how) {
    m_ask.stop();
    m_stopTimer.stop();
    m_probe.reset();
    m_paused = false;
    m_status.pid = 0;
    m_status.cpuPercent = 0;
    m_status.rssBytes = 0;
    m_status.upSince = {};
    Q_EMIT processChanged();
    const bool asked = m_step == Step::stopping;
    const auto reason = why(how);
    m_log.note(m_status.id(), QLatin1Char(asked ? 'I' : 'E'), how);
    if (!m_wanted) return goIdle();
    if (!asked) return endedByItself(reason);
    ++m_status.restarts;
    proceed();
}

void Part::endedByItself(const QString& how) {
    m_status.lastError = how;
    const int wait = m_backoff.next(m_up.isValid() ? m_up.elapsed() : 0);
    if (!m_everReady && m_backoff.inARow() >= givesUpAfter) return fail(how);
    ++m_status.restarts;
    m_step = Step::waiting;
    m_status.note = tr("restart %1 in %2 ms").arg(m_status.restarts).arg(wait);
    set(PartState::failed);
    m_again.start(wait);
}

void Part::fail(const QString& reason) {
    m_wanted = false;
    m_status.lastError = reason;
    m_status.note.clear();
    m_status.blockedBy.clear();
    m_step = Step::idle;
    set(PartState::failed);
    Q_EMIT gaveUp(reason);
}

void Part::stop(bool inOrder) {
    m_wanted = false;
    m_inOrder = inOrder;
    m_again.stop();
    if (m_cancelled) *m_cancelled = true;
    if (m_step == Step::waiting) return goIdle();
    resume();
    if (m_step == Step::running) sendStop();
}

void Part::restart() {
    if (m_step == Step::idle) return start();
    m_wanted = true;
    m_inOrder = false;
    m_backoff.reset();
    resume();
    if (m_step == Step::running) sendStop();
    if (m_step == Step::waiting) m_again.start(0);
}

void Part::kill() {
    if (m_step == Step::running || m_step == Step::stopping) m_child.kill();
}

void Part::pause() {
    if (m_step != Step::running || m_paused) return;
    m_paused = true;
    m_ask.stop();
    m_child.signalAll(SIGSTOP);
    m_log.note(m_status.id(), QLatin1Char('I'), QStringLiteral("paused"));
    m_status.note.clear();
    m_status.blockedBy.clear();
    set(PartState::paused);
}

// It stays shown as paused until it answers again.
void Part::resume() {
    if (!std::exchange(m_paused, false)) return;
    m_child.signalAll(SIGCONT);
    m_log.note(m_status.id(), QLatin1Char('I'), QStringLiteral("resumed"));
    if (m_probe) m_probe->ask();
}

void Part::abandon() {
    stop(false);
    m_child.kill();
}

void Part::sendStop() {
    m_status.blockedBy = m_inOrder ? m_neighbours.notGone(m_spec.stopAfter) : QStringList();
    m_status.note.clear();
    if (m_status.blockedBy.isEmpty()) {
        m_step = Step::stopping;
        m_ask.stop();
        m_nextStop = 0;
        stopStep();
    }
    set(PartState::stopping);
}

void Part::stopStep() {
    const auto steps = m_spec.recipe->stopSteps();
    if (m_nextStop >= steps.size()) {
        m_log.note(m_status.id(), QLatin1Char('W'), QStringLiteral("does not stop, is killed"));
        return m_child.kill();
    }
    const auto step = steps[m_nextStop++];
    m_child.signalLeader(step.signal);
    m_stopTimer.start(step.waitMs);
}

void Part::goIdle() {
    m_step = Step::idle;
    m_again.stop();
    m_status.note.clear();
    m_status.blockedBy.clear();
    m_status.readyMs = -1;
    set(PartState::stopped);
}

void Part::reconsider() {
    if (m_step == Step::waiting && m_wanted && !m_again.isActive()) {
        const auto blockers = m_neighbours.notServing(m_spec.startAfter);
        if (blockers.isEmpty()) return prepare();
        if (blockers == m_status.blockedBy) return;
        m_status.blockedBy = blockers;
        Q_EMIT changed();
    }
    // What it waited for may be there now.
    if (m_step == Step::running && m_wanted && m_ask.isActive())
        m_ask.start(std::min(m_ask.remainingTime(), nextAskMs()));
    if (m_step == Step::running && !m_wanted) {
        const auto before = m_status.blockedBy;
        if (const auto now = m_neighbours.notGone(m_spec.stopAfter); now.isEmpty() || now != before) sendStop();
    }
}

void Part::measured(double cpuPercent, qint64 rssBytes) {
    if (qAbs(m_status.cpuPercent - cpuPercent) < 0.05 && m_status.rssBytes == rssBytes) return;
    m_status.cpuPercent = cpuPercent;
    m_status.rssBytes = rssBytes;
    Q_EMIT changed();
}

}  // namespace nova::stack
