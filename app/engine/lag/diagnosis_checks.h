// The checks that a diagnosis is made of, one a cause. Each says what it looked at, and answers only when the facts
// bear its cause out. Pure.
#pragma once

#include <optional>

#include "app/engine/lag/diagnosis_facts.h"

namespace nova::engine::diagnosis {

// What was looked at on the way, and what could not be.
struct Looked {
    QVector<DiagnosisEvidence> against;
    QVector<QString> missing;
    void at(const QString& text) { against.append({text, false}); }
};

using Found = std::optional<Diagnosis>;
Found found(Cause cause, const QString& sentence, const QVector<QString>& evidence);

// What keeps a group from reading at all.
Found rebalanceLoop(const DiagnosisFacts& facts, Looked& looked);
Found consumerPaused(const DiagnosisFacts& facts, Looked& looked);
Found consumerDead(const DiagnosisFacts& facts, Looked& looked);
Found openTransaction(const DiagnosisFacts& facts, Looked& looked);
// What its handling waits for.
Found slowDependency(const DiagnosisFacts& facts, Looked& looked);
Found poisonRecord(const DiagnosisFacts& facts, Looked& looked);
// What makes more than it can read.
Found skewedKeys(const DiagnosisFacts& facts, Looked& looked);
Found producerBurst(const DiagnosisFacts& facts, Looked& looked);
Found tooManyConsumers(const DiagnosisFacts& facts, Looked& looked);

QString say(const char* text);
QString perSecond(double rate);     // "1 204/s", "0.3/s"
QString spanOf(qint64 ms);          // "4 s", "2 min 5 s"
QString nameOf(const LagRow& row);  // "p2"
// The group commits: within the last seconds, or by its rate.
bool isRead(const DiagnosisFacts& facts);

}  // namespace nova::engine::diagnosis
