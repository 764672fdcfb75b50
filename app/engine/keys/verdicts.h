// From what the sources told to what it means: which keys an event has, why one is absent, how often it held a repeat
// back, what became of the event in each group. Pure; thread: any.
#pragma once

#include "app/engine/cluster/key_reader.h"
#include "app/engine/keys/evidence.h"
#include "app/engine/keys/key_names.h"
#include "app/engine/keys/key_report.h"

namespace nova::engine {

// A key to be asked for, and whose it is.
struct KeyAsk {
    KeyState state;            // key, group, keyTemplate and eventId are filled
    bool onlyIfThere = false;  // a template that this event's group does not use is not told as absent
};

// Of one record: a key for each group by the first template, further templates where they are found in use.
QVector<KeyAsk> keysOf(const SeenRecord& record, const QStringList& groups, const QVector<KeyTemplate>& templates);

// What Redis holds under an idempotency key: done, leased or absent, with its time left.
void applyValue(KeyState& state, const KeyReader::Value& value);
// Who set it, how often it suppressed a repeat, whether the same key stands for another payload.
void applyEvidence(KeyState& state, const SeenRecord* record, const Evidence& evidence,
                   const QVector<KeyTemplate>& templates);
// Of an absent key: expired, never or lost, as far as the record's age and the group's position tell.
QString whyAbsent(const KeyState& state, const SeenRecord* record, std::optional<qint64> committed, qint64 nowMs);

// What became of the event in a group; `keyState` of its idempotency key, "" where that is not known.
ConsumerState consumerOf(const QString& group, const QString& keyState, const Evidence& evidence);

}  // namespace nova::engine
