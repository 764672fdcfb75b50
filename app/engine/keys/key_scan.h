// Which keys there are: a walk through Redis by SCAN, in small steps, with what each idempotency key says and how each
// version key stands to the owner's row.
#pragma once

#include <QMap>
#include <QMetaType>
#include <atomic>
#include <functional>

#include "app/engine/cluster/target.h"
#include "app/engine/keys/key_report.h"

namespace nova::engine {

struct KeyScan {
    QString pattern;
    double fraction = 0;              // 0 … 1 of Redis' own table walked through
    qint64 walked = 0;                // keys passed by, an estimate while it runs
    qint64 matched = 0;               // keys that match the pattern, each counted once a time that Redis names it
    double perSecond = 0;             // keys walked
    bool ended = false;               // nothing more comes
    bool complete = false;            // the whole table was walked through
    QMap<QString, qint64> templates;  // of those matched: template → keys; "" for other keys
    QVector<KeyState> keys;           // idempotency keys, the first `limit`
    QVector<VersionState> versions;   // version keys, the first `limit`; drift against the owner's row
    QVector<Source> sources;          // redis, postgres
};

struct KeyScanRequest {
    QString pattern = QStringLiteral("*");  // as Redis matches: * ? [a-z]
    qint64 limit = 10'000;                  // rows kept of each kind; 0: all. Counting goes on
};

// Blocks; `progress` at most 10 times a second, on the caller's thread.
KeyScan scanKeys(const Target& target, const KeyScanRequest& request,
                 const std::function<void(const KeyScan&)>& progress, const std::atomic<bool>& stop);

}  // namespace nova::engine

Q_DECLARE_METATYPE(nova::engine::KeyScan)
