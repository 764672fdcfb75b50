#include "app/commands/filter_option.h"

#include <unistd.h>
#include <wchar.h>

#include <QFile>
#include <algorithm>
#include <cstdio>

#include "app/commands/output.h"

static void loadResources() {
    Q_INIT_RESOURCE(engine);
}

namespace nova::commands {
namespace {

// Columns of a terminal.
int columns(const QString& text) {
    int sum = 0;
    for (const auto c : text.toUcs4()) sum += std::max(0, ::wcwidth(static_cast<wchar_t>(c)));
    return sum;
}

}  // namespace

QStringList underlined(const QString& text, const engine::FilterError& error, int width) {
    QString line = text;
    std::replace_if(
        line.begin(), line.end(), [](QChar c) { return c.isSpace() || !c.isPrint(); }, QChar(u' '));
    int from = std::max(0, error.position - width / 2);
    if (line.size() <= width) from = 0;
    if (from > 0 && line[from].isLowSurrogate()) --from;
    const QString before = line.mid(from, error.position - from);
    const QString wrong = line.mid(error.position, std::min(error.length, width / 2));
    const QString shown = line.mid(from, width);
    return {shown, QString(columns(before), u' ') + QString(std::max(1, columns(wrong)), u'^')};
}

std::variant<engine::Filter, int> filterOption(const Arguments& arguments, const std::string& text,
                                               engine::FilterContext context) {
    auto compiled = engine::Filter::compile(QString::fromStdString(text), std::move(context));
    const auto* error = std::get_if<engine::FilterError>(&compiled);
    if (!error) return std::get<engine::Filter>(std::move(compiled));
    std::fprintf(stderr, "nova-console %s: --filter: %s\n", arguments.command.c_str(), qPrintable(error->sentence()));
    const int width = isTerminal(STDERR_FILENO) ? std::max(20, terminalWidth() - 2) : 118;
    for (const auto& line : underlined(QString::fromStdString(text), *error, width))
        std::fprintf(stderr, "  %s\n", line.toUtf8().constData());
    std::fprintf(stderr, "Try: nova-console %s --help-filter\n", arguments.command.c_str());
    return exitCode::wrongUsage;
}

void learnHandles(engine::FilterHandles& handles, const engine::Filter& filter, const engine::Target& target) {
    if (!filter.needs().handles) return;
    if (target.postgres.isEmpty()) {
        std::fputs("No PostgreSQL is configured: handles of users are known only from events that are read.\n", stderr);
        return;
    }
    const auto read = handles.readFrom(target.postgres, target.kafka.budget());
    if (!read) std::fprintf(stderr, "Handles of users are not known: %s\n", read.error().what.c_str());
}

void learnOutcomes(engine::FilterOutcomes& outcomes, const engine::Filter& filter, const engine::ReadSession& session,
                   const engine::Place& from, bool follow, const std::atomic<bool>& stop) {
    if (!filter.needs().stale) return;
    const auto read = outcomes.readFrom(session, from, stop);
    if (!read)
        std::fprintf(stderr, "Stale outcomes are not known: %s\n", read.error().what.c_str());
    else if (read.value().end != engine::ScanEnd::reachedEnd)
        std::fprintf(stderr, "Not all stale outcomes are known: %.0f %% of the spans were read.\n",
                     read.value().done() * 100);
    if (follow)
        std::fputs("Outcomes come after their events: is:stale knows only those that were there at the start.\n",
                   stderr);
}

int printFilterHelp() {
    loadResources();
    QFile page(QStringLiteral(":/nova/help/filter.md"));
    if (!page.open(QIODevice::ReadOnly)) return fail(exitCode::badNews, page.errorString());
    std::fputs(page.readAll().constData(), stdout);
    return exitCode::done;
}

}  // namespace nova::commands
