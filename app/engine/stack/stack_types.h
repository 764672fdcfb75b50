// Values that the supervisor of a local Nova hands out. Copyable, no behaviour. Times: milliseconds unless the name
// says otherwise.
#pragma once

#include <QDateTime>
#include <QHash>
#include <QMap>
#include <QString>
#include <QStringList>
#include <QVector>

namespace nova::stack {

inline constexpr int mostReplicas = 32;  // of one service

enum class PartState { waiting, starting, ready, degraded, paused, stopping, stopped, failed };
QString stateName(PartState state);  // "waiting" … as the contract writes them

struct PartStatus {
    QString name;  // "feed-service", "kafka"
    int replica = 0;
    PartState state = PartState::stopped;
    qint64 pid = 0;            // 0: no process
    QMap<QString, int> ports;  // "grpc", "http", "broker", "ws", "controller", "sql", "redis", "s3"
    double cpuPercent = 0;     // of one core, over the last second
    qint64 rssBytes = 0;
    int restarts = 0;       // by the supervisor, since start(); asked restarts count too
    qint64 readyMs = -1;    // from launch of the process until its first ready answer; -1: not yet
    QDateTime upSince;      // launch of the process, UTC; invalid without one
    QStringList blockedBy;  // what it waits for: names of parts while starting or stopping
    QString note;           // what it is doing or what is missing, for a person; may be empty
    QString lastError;      // why it ended or is not ready, the last line that says so; may be empty
    QString binary;         // absolute path, empty when not found
    bool operator==(const PartStatus&) const = default;

    QString id() const { return name + QLatin1Char('/') + QString::number(replica); }
    int port() const {  // the one a person looks for
        for (const char* key : {"http", "broker", "sql", "redis", "s3"})
            if (const int p = ports.value(QLatin1String(key))) return p;
        return 0;
    }
};

// How a process was started. Nothing secret is in it: secrets travel in files.
struct Launched {
    QString name;
    int replica = 0;
    qint64 pid = 0;
    QString program, workDir;
    QStringList arguments;
};

struct LogLine {
    QString part;   // name/replica
    qint64 at = 0;  // Unix ms, taken as the line arrived
    QChar level;    // 'E' 'W' 'I' 'D', or ' ' where the line names none
    QString text;   // whole line, at most 4,096 characters
};

// One rule of resources/alerts that holds, for one set of labels.
struct Alert {
    QString rule;        // "NovaConsumerLag"
    QString severity;    // "warning", "critical": its label
    QString summary;     // for a person, labels and value filled in
    QMap<QString, QString> labels;  // of the sample: group, topic, … and service, replica
    double value = 0;    // of the expression's left side
    qint64 since = 0;    // Unix ms, when it began to hold
    bool firing = false; // has held for the rule's time; else pending
    bool operator==(const Alert&) const = default;
};

// One line of First run's check list.
struct Requirement {
    QString name;  // "PostgreSQL"
    bool found = false;
    bool needed = true;  // false: worth saying, does not stop a start
    QString detail;      // "15, /usr/lib/postgresql/15/bin", or what is missing
    QString install;     // the command that brings it, empty when found
};

struct StackOptions {
    QString dataDir;                             // absolute
    QString binDir;                              // services and nova-watchdog; empty: where this program lies
    QHash<QString, QMap<QString, QString>> set;  // service → TOML key → value as written, merged into its configuration
    QHash<QString, int> replicas = {};           // service → how many at start, 1 to mostReplicas; absent: one
};

enum class Phase { stopped, starting, ready, degraded, stopping, failed };

}  // namespace nova::stack
