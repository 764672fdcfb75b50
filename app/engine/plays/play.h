// A scenario played on a running Nova: user actions through the real doors, measured from this run's spans, and beside
// each what the design promised. One class a scenario; scenarios.h lists them. Thread: main, with an event loop.
#pragma once

#include <QJsonObject>
#include <QObject>
#include <QVector>
#include <memory>
#include <optional>

#include "app/engine/plays/stage.h"

namespace nova::stack {
class Stack;
}

namespace nova::engine {

struct PlaySettings {
    RunFile run;
    QString mode;                   // "events" or "sync"; empty: as configured
    stack::Stack* stack = nullptr;  // for faults; none: this Nova is not ours to hurt
    int rate = 0, seconds = 0;      // of an open loop; 0: the scenario's own
};

// One thing that was promised and measured.
struct Finding {
    QString what;
    std::optional<double> designed, measured;
    QString unit;              // "ms", "%", "" for counts
    std::optional<bool> kept;  // none: only told, nothing was promised
    QString remark;
};

struct PlayResult {
    QString problem;           // why it went wrong; empty: all promised effects came within their class
    bool unreachable = false;  // the gateway or Kafka does not answer
    bool refused = false;      // it needs faults, and this Nova is not ours
    QVector<Action> actions;   // those that were played, in order
    QVector<Finding> findings;
};

class Play : public QObject {
    Q_OBJECT
public:
    explicit Play(PlaySettings settings);
    ~Play() override;
    PlayResult play();
    void stop();  // ends play() soon

Q_SIGNALS:
    void step(const QString& text);                                            // what happens now
    void played(const nova::engine::Action& action, const QJsonObject& more);  // more: members beside the action's
    void found(const nova::engine::Finding& finding);

protected:
    // Returns early once failed() or problem() was called.
    virtual void perform() = 0;

    Stage& stage() { return *m_stage; }
    const PlaySettings& settings() const { return m_settings; }
    void say(const QString& text) { Q_EMIT step(text); }
    void find(const Finding& finding);
    // A promise in ms: kept when there is a measure within it. `hard`: missing it makes the play fail.
    void promise(const QString& what, std::optional<double> designedMs, std::optional<double> measuredMs,
                 bool hard = false, const QString& remark = {});
    void tell(const QString& what, std::optional<double> measured, const QString& unit, const QString& remark = {});
    void expect(bool kept, const QString& what, const QString& remark, const QString& problem);
    void problem(const QString& text);  // the first one stays
    bool hasProblem() const { return !m_result.problem.isEmpty(); }

    // Two people of which the second follows the first; false: it was said why.
    bool twoPeople(Person& alice, Person& bob);
    // The value, or false after the error was noted as the problem.
    template <typename T>
    bool take(kit::Result<T>&& from, T& into) {
        if (!from) return fail(from.error());
        into = std::move(from).value();
        return true;
    }
    bool take(const kit::Result<void>& from) { return from ? true : fail(from.error()); }
    bool fail(const kit::Error& error);
    // Waits until the reader's feed serves the post; ms since `sinceUs`, none when it never did.
    std::optional<double> readableAfter(const Person& reader, const QString& postId, qint64 sinceUs,
                                        int limitMs = Stage::waitMs);

private:
    PlaySettings m_settings;
    std::unique_ptr<Stage> m_stage;
    PlayResult m_result;
};

qint64 wallUs();  // Unix µs

}  // namespace nova::engine
