#include "app/engine/cluster/target.h"

namespace nova::engine {

Target Target::of(const RunFile& run) {
    Profile profile;
    profile.name = QStringLiteral("nova-local");
    profile.file = run.path;
    profile.readOnly = false;
    Target target{std::move(profile), true, ReadSession(run.kafka.toStdString()), run.postgres, run.redis, {}, {}, {},
                  run.processes};
    target.graphql = run.graphql;
    target.upload = run.upload;
    target.websocket = run.websocket;
    return target;
}

Target Target::of(const Profile& profile) {
    auto access = profile.kafka;
    const auto bootstrap = access["bootstrap.servers"];
    access.erase("bootstrap.servers");
    auto budget = std::make_shared<ReadBudget>(profile.readBytesPerSecond);
    Target target{profile,
                  false,
                  ReadSession(bootstrap, std::move(access), std::move(budget)),
                  profile.postgres,
                  profile.redis,
                  {},
                  {},
                  {},
                  {}};
    for (auto it = profile.services.begin(); it != profile.services.end(); ++it) {
        if (it.key() == QLatin1String("graphql"))
            target.graphql = it.value();
        else if (it.key() == QLatin1String("upload"))
            target.upload = it.value();
        else if (it.key() == QLatin1String("websocket"))
            target.websocket = it.value();
        else
            target.processes.append({it.key().section(u'/', 0, 0), it.value(), it.key().section(u'/', 1).toInt(), 0});
    }
    return target;
}

}  // namespace nova::engine
