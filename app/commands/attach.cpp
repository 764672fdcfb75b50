#include "app/commands/attach.h"

#include <unistd.h>

#include <QFile>
#include <cerrno>
#include <cstring>

#include "app/engine/stack/paths.h"

namespace nova::commands {
namespace {

QString textOf(const kit::Error& error) {
    return QString::fromStdString(error.hint.empty() ? error.what : error.what + "; " + error.hint);
}

}  // namespace

Attached attach(const Arguments& arguments, const CommonOptions& common) {
    if (!common.profile.isEmpty()) {
        const auto profile = engine::Profile::load(common.profile);
        if (!profile) return {std::nullopt, usageError(arguments, textOf(profile.error()))};
        return {engine::Target::of(profile.value())};
    }
    const auto run = engine::RunFile::read(common.runFile);
    if (!run) return {std::nullopt, fail(exitCode::cannotConnect, textOf(run.error()))};
    return {engine::Target::of(run.value())};
}

std::optional<int> refuseProfile(const Arguments& arguments, const CommonOptions& common) {
    if (common.profile.isEmpty()) return std::nullopt;
    const auto profile = engine::Profile::load(common.profile);
    if (!profile) return usageError(arguments, textOf(profile.error()));
    const auto command = QString::fromStdString(arguments.command);
    return fail(exitCode::badNews,
                profile.value().readOnly
                    ? QStringLiteral("%1 refused: the profile %2 is read-only").arg(command, profile.value().name)
                    : QStringLiteral("%1 refused: it is for a local Nova, and %2 is not one")
                          .arg(command, profile.value().name));
}

int noNova(const CommonOptions& common) {
    const auto lock = QFile::encodeName(stack::DataPaths(common.dataDir).lock());
    if (access(lock.constData(), R_OK) == 0 || errno == ENOENT || errno == ENOTDIR)
        return fail(exitCode::cannotConnect, QStringLiteral("no Nova runs in %1").arg(common.dataDir));
    return fail(exitCode::cannotConnect,
                QStringLiteral("cannot look into %1: %2").arg(common.dataDir, QString::fromLocal8Bit(strerror(errno))));
}

int noAnswer(const CommonOptions& common) {
    return fail(exitCode::cannotConnect, QStringLiteral("the owner of %1 does not answer").arg(common.dataDir));
}

}  // namespace nova::commands
