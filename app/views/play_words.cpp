#include "app/views/play_words.h"

#include <QCoreApplication>
#include <QRegularExpression>
#include <algorithm>
#include <cmath>

#include "widgets/theme/numbers.h"

namespace nova::views {

using namespace Qt::StringLiterals;
using engine::PlayNews;
using engine::PlayTold;
using models::Cell;
using models::CellTone;
using theme::Status;
using Kind = PlayNews::Kind;
using End = PlayTold::End;

namespace {

constexpr QChar dash(0x2013), space(0x00a0);

QString tr(const char* text) {
    return QCoreApplication::translate("nova::views::PlayWords", text);
}

QString figure(std::optional<double> value, const QString& unit) {
    if (!value) return dash;
    const bool even = std::abs(*value - std::round(*value)) < 1e-9, large = std::abs(*value) >= 1'000;
    if (unit == "ms"_L1 && (!even || large)) return theme::duration(*value);
    const bool whole = even || large;
    const int digits = whole ? 0 : std::abs(*value) < 1 ? 2 : 1;
    const auto number = whole ? theme::count(qint64(std::round(*value))) : QString::number(*value, 'f', digits);
    return unit.isEmpty() ? number : QString(number + space + unit);
}

Cell cell(const QString& text, CellTone tone = CellTone::plain, Status status = Status::None) {
    auto made = Cell::of(text, tone);
    made.status = status;
    return made;
}

QVector<Cell> whole(Cell first) {
    first.toolTip = first.text;
    return {first, {}, {}, {}, {}};
}

QVector<Cell> cellsOf(const engine::Finding& finding) {
    const bool missed = finding.kept && !*finding.kept;
    auto first = !finding.kept ? cell(tr("told"), CellTone::second)
                 : missed      ? cell(tr("missed"), CellTone::err, Status::Err)
                               : cell(tr("kept"), CellTone::plain, Status::Ok);
    first.toolTip = !finding.kept ? tr("Only measured: nothing was promised")
                    : missed      ? tr("It was promised and did not come so")
                                  : tr("It came as it was promised");
    auto what = cell(finding.what);
    if (!finding.remark.isEmpty()) what.toolTip = finding.what + u'\n' + finding.remark;
    return {first, what, cell(figure(finding.measured, finding.unit), missed ? CellTone::err : CellTone::plain),
            cell(figure(finding.designed, finding.unit), CellTone::second), cell(finding.remark, CellTone::second)};
}

QVector<Cell> cellsOfAction(const PlayNews& news) {
    auto first = news.failed     ? cell(tr("action"), CellTone::err, Status::Err)
                 : news.complete ? cell(tr("action"), CellTone::second, Status::Ok)
                                 : cell(tr("action"), CellTone::second, Status::Starting);
    first.toolTip = news.failed     ? tr("A user's action that failed")
                    : news.complete ? tr("A user's action, complete with all that followed")
                                    : tr("A user's action of which a part is not known yet");
    auto what = cell(news.text.isEmpty() ? tr("action") : news.text, CellTone::info);
    what.toolTip = tr("Opens in Actions (Enter): %1").arg(news.traceId);
    const auto effect = news.visibleMs ? tr("in effect after %1").arg(theme::duration(*news.visibleMs)) : QString();
    return {first, what, cell(figure(news.answeredMs, u"ms"_s)), cell({}), cell(effect, CellTone::second)};
}

QVector<Cell> cellsOf(const PlayNews& news) {
    switch (news.kind) {
        case Kind::finding: return cellsOf(news.finding);
        case Kind::action: return cellsOfAction(news);
        case Kind::fault: return whole(cell(news.text, CellTone::warn, Status::Warn));
        case Kind::step: break;
    }
    return whole(cell(news.text));
}

// Of those that promised something: how many, and how many were missed.
std::pair<int, int> promisesOf(const PlayTold& told) {
    int promised = 0, missed = 0;
    for (const auto& news : told.news) {
        if (news.kind != Kind::finding || !news.finding.kept) continue;
        ++promised;
        if (!*news.finding.kept) ++missed;
    }
    return {promised, missed};
}

PlayVerdict endOf(const PlayTold& told) {
    const auto [promised, missed] = promisesOf(told);
    switch (told.end) {
        case End::kept:
            if (missed > 0)
                return {Status::Warn, tr("Done"),
                        tr("All effects came within their class; %1 of %2 promised figures were missed.")
                            .arg(missed)
                            .arg(promised)};
            return {Status::Ok, tr("Kept"),
                    promised > 0 ? tr("All %1 promises were kept.").arg(promised) : tr("It went through.")};
        case End::broken: return {Status::Err, tr("Not kept"), told.why};
        case End::stopped: return {Status::Off, tr("Stopped"), told.why};
        case End::refused: return {Status::Err, tr("Refused"), told.why};
        case End::unreachable:
            return {Status::Err, tr("No connection"), tr("%1. Start all parts, then play it again.").arg(told.why)};
        case End::failed: return {Status::Err, tr("Failed"), told.why};
        case End::none: break;
    }
    return {};
}

}  // namespace

QString shortOf(const engine::Scenario& scenario) {
    static const QRegularExpression end(u"[:;.](\\s|$)"_s);
    const auto at = scenario.shows.indexOf(end);
    return at > 0 ? scenario.shows.left(at) : scenario.shows;
}

QString toolTipOf(const engine::Scenario& scenario) {
    if (!scenario.faults) return scenario.shows;
    return scenario.shows + u'\n' + tr("Hurts parts of this Nova while it plays, and brings them back at its end.");
}

std::vector<models::CellColumn> playColumns() {
    return {{tr("Promise"), tr("Whether what was promised came so; of an action: whether it is complete")},
            {tr("What"), tr("What was promised or measured, and the user's actions that were played")},
            {tr("Measured"), tr("In this run; of an action: until its user was answered"), true},
            {tr("Designed"), tr("What the design promises"), true},
            {tr("Remark"), {}}};
}

std::vector<models::CellRow> playRows(const PlayTold& told) {
    std::vector<models::CellRow> rows;
    int n = 0;
    for (const auto& news : told.news) {
        const auto id = news.traceId.isEmpty() ? QString::number(n) : u"%1 %2"_s.arg(n).arg(news.traceId);
        rows.push_back({id, cellsOf(news), -n});  // in their order
        ++n;
    }
    return rows;
}

bool isWhole(const PlayNews& news) {
    return news.kind == Kind::step || news.kind == Kind::fault;
}

QString traceOfRow(const QString& id) {
    return id.section(u' ', 1);
}

PlayVerdict verdictOf(const PlayTold& told, bool stopping) {
    const auto* scenario = engine::scenarioOf(told.scenario);
    auto verdict = told.end != End::none ? endOf(told)
                   : stopping            ? PlayVerdict{Status::Starting, tr("Stopping"),
                                            tr("What it paused or stopped is brought back first.")}
                              : PlayVerdict{Status::Starting, tr("Playing"), scenario ? scenario->shows : QString()};
    if (told.dropped > 0) verdict.text += u' ' + tr("%1 further lines are not shown.").arg(theme::count(told.dropped));
    return verdict;
}

}  // namespace nova::views
