// Lag of one partition of one group, and of a whole look at a cluster. Unit of lag: offsets (compaction and transaction
// markers leave gaps, so it is an upper bound of records). Source of the rules: contract §7. Values only.
#pragma once

#include <QMetaType>
#include <QString>
#include <QVector>
#include <optional>

#include "app/engine/cluster/group_reader.h"

namespace nova::engine {

// In order of how bad: `worse` compares by it. The last five but unknown are Burrow's.
enum class LagStatus { ok, noCommit, unknown, warn, rewind, stall, stop, lost, beyondEnd };
QString statusWord(LagStatus status);  // "ok no-commit unknown warn rewind stall stop lost beyond-end"
std::optional<LagStatus> statusOf(const QString& word);

struct LagRow {
    QString group, topic;
    int partition = 0;
    std::optional<qint64> logStart, logEnd, lso, committed;  // logEnd: high watermark; none: not told
    std::optional<qint64> lag;          // logEnd − max(committed, logStart); none: no commit, beyond the end, unknown
    qint64 lost = 0;                    // offsets below the log start that the group never read
    qint64 heldByTransactions = 0;      // logEnd − lso
    std::optional<double> lagSeconds;   // measured: age of the record at `committed`; 0 at the end
    QString secondsReason;              // why there is none: "not read", "budget", the broker's own text
    LagStatus status = LagStatus::unknown;
    QString statusReason;  // "watching, 3 of 10", "members unknown", "leader not available"; may be empty
    QString member, clientId, host;     // who holds it; empty: nobody, or not known
    std::optional<double> inPerSecond, outPerSecond;        // log end and commits, over the last minute
    std::optional<double> catchUpSeconds, catchUpError;     // ± error; none: not falling, or not known
    qint64 readAtMs = 0;   // Unix ms of the offsets shown: older than the sample where a read failed
    bool alarm = false;    // a rule of the profile fires
    QString alarmReason;   // "lag 1 204 > 1 000"
    std::optional<qint64> lastCommitted;  // of a commit that is gone: expired or removed
};

struct GroupState {
    GroupListing listing;
    GroupDescription description;
    LagStatus worst = LagStatus::ok;
    qint64 lag = 0;        // sum of what is known
    bool isConsole = false;  // console-*: ours
    bool muted = false;
    QString trouble;         // its commits could not be read; the broker's own text
};

// One sample. Rows sorted by group, topic, partition; groups by name.
struct LagSample {
    qint64 atMs = 0, tookMs = 0;
    QVector<LagRow> rows;
    QVector<GroupState> groups;
    int groupsAsked = 0, groupsAnswered = 0;
    QString trouble;  // the whole sample failed; rows are the last ones, with their age
    QString missing;  // why some groups are not known; empty: all are
    QString commits;  // "followed" or "polled: <why>"
};

// On the axis of the history.
struct LagMark {
    enum class Kind { rebalance, crash, deploy, reset } kind = Kind::rebalance;
    qint64 atMs = 0;
    QString group, text;  // group empty: of all
};

struct LagPoint {
    qint64 atMs = 0;
    std::optional<qint64> lag;
    std::optional<double> seconds, inPerSecond, outPerSecond;
    bool fromCommit = false;  // of before the start: not measured, see PastLag
};

}  // namespace nova::engine

Q_DECLARE_METATYPE(nova::engine::LagSample)
