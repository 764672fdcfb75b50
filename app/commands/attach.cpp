#include "app/commands/attach.h"

namespace nova::commands {

Attached attach(const Arguments& arguments, const CommonOptions& common) {
    const auto text = [](const kit::Error& error) {
        return QString::fromStdString(error.hint.empty() ? error.what : error.what + "; " + error.hint);
    };
    if (!common.profile.isEmpty()) {
        const auto profile = engine::Profile::load(common.profile);
        if (!profile) return {std::nullopt, usageError(arguments, text(profile.error()))};
        return {engine::Target::of(profile.value())};
    }
    const auto run = engine::RunFile::read(common.runFile);
    if (!run) return {std::nullopt, fail(exitCode::cannotConnect, text(run.error()))};
    return {engine::Target::of(run.value())};
}

}  // namespace nova::commands
