// What a play does to the parts of a local Nova, and what it then waits for: the supervisor's own word. Thread: main,
// with an event loop.
#pragma once

#include <QString>
#include <optional>

#include "app/engine/plays/stage.h"
#include "app/engine/stack/stack.h"

namespace nova::engine {

class Faults {
public:
    static constexpr int readyMs = 60'000;
    Faults(stack::Stack& stack, Stage& stage) : m_stack(stack), m_stage(stage) {}
    ~Faults();  // resumes and starts again what it left paused or stopped

    bool known(const QString& part);  // the supervisor has told of its parts
    // kill -9; over when the process is gone. The supervisor starts it again by itself.
    bool kill(const QString& part);
    bool pause(const QString& part);  // SIGSTOP, all replicas; over when the supervisor says so
    bool resume(const QString& part);
    bool stop(const QString& part);  // all replicas; over when none has a process
    bool start(const QString& part);
    // The moment (Unix µs) when the supervisor says that all replicas are ready.
    std::optional<qint64> ready(const QString& part, int limitMs = readyMs);
    QVector<stack::PartStatus> replicas(const QString& part) const;

private:
    bool all(const QString& part, stack::PartState state, int limitMs);
    stack::Stack& m_stack;
    Stage& m_stage;
    QStringList m_paused, m_stopped;
};

}  // namespace nova::engine
