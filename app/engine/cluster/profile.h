// A profile (contract §7): which cluster, with which credentials and which limits, as TOML. Names lie in
// $XDG_CONFIG_HOME/nova-console/profiles/NAME.toml; what holds a `/` or ends in .toml is a file. Thread: any.
#pragma once

#include <QMap>
#include <QString>
#include <QStringList>
#include <QVector>
#include <optional>

#include "kit/kafka/handles.h"
#include "kit/runtime/error.h"

namespace nova::engine {

// `*` matches any run; others match themselves.
bool matchesPattern(const QString& pattern, const QString& text);

// Thresholds of the groups whose name matches `groups` (`*` matches any run); the first rule that matches counts.
struct LagRule {
    QString groups = QStringLiteral("*");
    qint64 maxLag = 1'000;             // offsets; more is an alarm
    std::optional<double> maxSeconds;  // age of the oldest unread record; none: not judged by age
    bool muted = false;                // shown, never an alarm
};

struct Profile {
    QString name, file;
    QString environment = QStringLiteral("local");  // local, staging, production
    bool readOnly = true;
    QStringList descriptors;   // absolute paths of Protobuf descriptor sets and .proto files
    QStringList keyTemplates;  // empty: the contract's own
    kit::kafka::Settings kafka;      // librdkafka's names, secrets filled in; bootstrap.servers among them
    QString postgres;                // libpq URI with its password filled in; empty: not configured
    QString redis;                   // redis://…; empty: not configured
    QMap<QString, QString> services; // "graphql" or "feed-service/0" → http://…
    qint64 readBytesPerSecond = 8 << 20;  // of all reads together
    QVector<LagRule> lag;                 // as written; the built-in rule follows the last

    // badInput: not TOML, a wrong value, a key that is not supported (named with its line), a secret that is a literal
    // or readable by others. notFound: no such profile; names those that there are.
    static kit::Result<Profile> load(const QString& nameOrFile);
    static QStringList names();  // of the user's folder, sorted
    static QString folder();
    [[nodiscard]] const LagRule& ruleOf(const QString& group) const;
};

}  // namespace nova::engine
