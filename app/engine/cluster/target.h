// What is looked at: a run file's Nova or a profile's cluster, in one shape for commands and views. Parts that it does
// not have are empty, and whoever needs them says "not configured" rather than nothing. Thread: any.
#pragma once

#include <QString>

#include "app/engine/cluster/profile.h"
#include "app/engine/cluster/session.h"

namespace nova::engine {

struct Target {
    Profile profile;  // of a local Nova: made up, environment "local", not read-only
    bool local = false;
    ReadSession kafka;
    QString postgres, redis;  // URIs; empty: not configured
    QString graphql, upload, websocket;
    QVector<RunFile::Process> processes;  // Nova's own, with their HTTP doors, as far as known

    static Target of(const RunFile& run);
    static Target of(const Profile& profile);
    // The configured address in words for a title: "127.0.0.1:9092".
    [[nodiscard]] QString address() const { return QString::fromStdString(kafka.bootstrap()); }
};

}  // namespace nova::engine
