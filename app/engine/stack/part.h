// One part of the local Nova through its life: waiting → starting (prepared, launched, probed) → ready or degraded →
// stopping → stopped, and again after it ended by itself, with growing waits. Thread: the main one.
#pragma once

#include <QElapsedTimer>
#include <QTimer>
#include <atomic>
#include <memory>

#include "app/engine/stack/backoff.h"
#include "app/engine/stack/child.h"
#include "app/engine/stack/recipe.h"
#include "app/engine/stack/stack_types.h"

namespace nova::stack {

class LogBook;
class Watchdog;

struct PartSpec {
    QString name;
    int replica = 0;
    QMap<QString, int> ports;
    std::shared_ptr<Recipe> recipe;
    QStringList startAfter;  // names of parts that must serve before this one is launched
    QStringList needs;       // names that explain why it is not ready yet
    QStringList stopAfter;   // names of parts that must be gone before this one is stopped in order
};

// What a part asks about the others. Names of `names` that do not serve, and that are not gone.
class Neighbours {
public:
    virtual ~Neighbours() = default;
    virtual QStringList notServing(const QStringList& names) const = 0;
    virtual QStringList notGone(const QStringList& names) const = 0;
};

class Part : public QObject {
    Q_OBJECT
public:
    static constexpr int givesUpAfter = 6;  // ends in a row without ever having been ready

    Part(PartSpec spec, const Neighbours& neighbours, Watchdog& watchdog, LogBook& log);
    ~Part() override;

    void start();             // wanted from now on
    void stop(bool inOrder);  // inOrder: after those that need it
    void restart();
    void kill();
    void pause();       // SIGSTOP to all of it; neither asked nor restarted until it is resumed, stopped or ended
    void resume();
    void abandon();     // stop at once, by SIGKILL
    void reconsider();  // something changed among the neighbours

    const PartSpec& spec() const { return m_spec; }
    const PartStatus& status() const { return m_status; }
    bool serving() const { return m_status.state == PartState::ready || m_status.state == PartState::degraded; }
    bool gone() const { return m_step == Step::idle; }
    bool stoppedOnPurpose() const { return gone() && !m_wanted && m_status.state == PartState::stopped; }
    ProcId process() const { return m_child.isRunning() ? m_child.id() : ProcId{}; }
    const Launch& launched() const { return m_launch; }
    bool everReady() const { return m_everReady; }  // since it was made
    bool wanted() const { return m_wanted; }
    bool paused() const { return m_paused; }
    void measured(double cpuPercent, qint64 rssBytes);
    void probeOften(bool often) { m_probeOften = often; }

Q_SIGNALS:
    void changed();
    void launchedProcess(const nova::stack::Launched& process);
    void processChanged();  // launched or ended: the record of processes is to be written anew
    void gaveUp(const QString& reason);

private:
    enum class Step { idle, waiting, preparing, running, stopping };
    void set(PartState state);
    void proceed();
    void prepare();
    void launch(const Prepared& prepared);
    void told(const QString& note);
    int nextAskMs() const;
    void answered(const ProbeAnswer& answer);
    void ended(const QString& how);
    void endedByItself(const QString& how);
    void fail(const QString& reason);
    void sendStop();
    void stopStep();
    void goIdle();
    QString why(const QString& how) const;

    PartSpec m_spec;
    const Neighbours& m_neighbours;
    LogBook& m_log;
    Child m_child;
    std::unique_ptr<Probe> m_probe;
    PartStatus m_status;
    Launch m_launch;
    Step m_step = Step::idle;
    bool m_wanted = false, m_inOrder = false, m_probeOften = true, m_everReady = false, m_paused = false;
    Backoff m_backoff;
    QTimer m_again, m_ask, m_stopTimer;
    QElapsedTimer m_up;
    qint64 m_launchedAt = 0;  // Unix ms
    int m_nextStop = 0;
    std::shared_ptr<std::atomic<bool>> m_cancelled;
    Background m_background{this};
};

}  // namespace nova::stack
