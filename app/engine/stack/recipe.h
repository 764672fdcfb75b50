// What the supervisor must know of one kind of part: how to prepare and launch it, how to ask it, how to stop it.
// Thread: `prepare` on a pool thread, the others on the main one; a recipe is immutable or guards itself.
#pragma once

#include <QVector>
#include <atomic>
#include <functional>
#include <memory>

#include "app/engine/stack/launch.h"
#include "app/engine/stack/probe.h"

namespace nova::stack {

struct Preparation {
    std::function<void(const QString& note)> say;  // what takes its time, for a person; any thread
    std::function<bool()> cancelled;               // ends long work early
};

struct Prepared {
    bool ok = false;
    bool hopeless = false;  // trying again will not help (a program is missing)
    Launch launch;
    QString fault;
};

struct StopStep {
    int signal;
    int waitMs;  // then the next step; after the last one SIGKILL to all of it
};

class Recipe {
public:
    virtual ~Recipe() = default;
    virtual Prepared prepare(const Preparation& preparation) = 0;
    virtual std::unique_ptr<Probe> probe() = 0;
    virtual QVector<StopStep> stopSteps() const = 0;
    virtual QString binary() const = 0;  // absolute; empty when it is not there
};

}  // namespace nova::stack
