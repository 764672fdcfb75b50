// <data>/run/parts.json: which processes the owner launched, by pid and start time, so that the next start can end what
// a killed owner left behind, and never anybody else's process. Also how each was launched, for whoever wants to do the
// same by hand. Thread: any.
#pragma once

#include <QVector>

#include "app/engine/stack/launch.h"
#include "app/engine/stack/proc_tree.h"

namespace nova::stack {

struct RecordedProcess {
    QString name;
    int replica = 0;
    ProcId id;
    Launch launch;
};

struct PartsRecord {
    QVector<RecordedProcess> processes;

    bool write(const QString& file, QString* fault) const;
    static PartsRecord read(const QString& file);  // empty when there is none, or it is of an earlier boot
    QVector<RecordedProcess> living() const;
    // Ends what still lives; blocks until it is gone. Names what was ended.
    QStringList sweep() const;
};

}  // namespace nova::stack
