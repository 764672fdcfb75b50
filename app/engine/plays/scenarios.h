// The scenarios that can be played, in the order of the contract.
#pragma once

#include <QString>
#include <QVector>
#include <memory>

#include "app/engine/plays/play.h"

namespace nova::engine {

struct Scenario {
    QString name = {};      // "kill-feed"
    QString shows = {};     // one or two sentences for a person
    bool faults = false;    // hurts parts of the Nova: a local one that is ours
    bool bothModes = true;  // false: it is about events, or plays both modes itself
    bool load = false;      // knows a rate and a time
    std::unique_ptr<Play> (*make)(PlaySettings settings) = nullptr;
};

const QVector<Scenario>& scenarios();
const Scenario* scenarioOf(const QString& name);  // nullptr: there is none of that name

}  // namespace nova::engine
