#include "app/views/lag_rows.h"

#include <QCoreApplication>
#include <algorithm>
#include <cmath>
#include <tuple>

#include "app/views/lag_figures.h"
#include "widgets/theme/numbers.h"

namespace nova::views {

using engine::GroupState;
using engine::LagRow;
using engine::LagStatus;
using namespace Qt::StringLiterals;

namespace {

constexpr int mostOwners = 50;

struct Words {
    Q_DECLARE_TR_FUNCTIONS(LagView)
};

using Rows = QVector<LagRow>;

bool holds(const QString& text, const QString& wanted) {
    return text.contains(wanted, Qt::CaseInsensitive);
}

bool isIdle(const Rows& rows, const GroupState* group) {
    if (group && !(group->description.trouble.isEmpty() && group->trouble.isEmpty())) return false;
    return std::all_of(rows.begin(), rows.end(), [](const LagRow& row) {
        const bool still = row.inPerSecond.value_or(0) <= 0 && row.outPerSecond.value_or(0) <= 0;
        const bool never = row.status == LagStatus::noCommit && !row.lastCommitted;
        return still && !row.alarm && (row.lag == 0 || never);
    });
}

bool isMuted(const GroupState* group) {
    return group && group->muted;
}

bool matches(const LagFilter& filter, const Rows& rows, const QString& group, const QString& topic,
             const GroupState* state) {
    const auto any = [&](auto&& test) { return std::any_of(rows.begin(), rows.end(), test); };
    if (!filter.topic.isEmpty() && topic != filter.topic) return false;
    if (!filter.state.isEmpty() && (!state || state->listing.state != filter.state)) return false;
    if (filter.onlyAlarms && !any([](const LagRow& r) { return r.alarm; })) return false;
    if (filter.status && !any([&](const LagRow& r) { return r.status == *filter.status; })) return false;
    if (!filter.owner.isEmpty() &&
        !any([&](const LagRow& r) { return r.clientId == filter.owner || r.host == filter.owner; }))
        return false;
    if (filter.text.isEmpty() || holds(group, filter.text) || holds(topic, filter.text)) return true;
    return any([&](const LagRow& r) { return holds(r.clientId, filter.text) || holds(r.host, filter.text); });
}

charts::HeatCell cellOf(const LagRow& row, const engine::LagRule& rule, bool seconds, qint64 sampleAtMs) {
    charts::HeatCell cell;
    using Kind = charts::HeatCell::Kind;
    cell.partition = row.partition;
    cell.alarm = isOver(row, rule);
    cell.lost = row.lost > 0;
    if (row.status == LagStatus::noCommit) {
        cell.kind = Kind::never;
    } else if (row.status == LagStatus::beyondEnd) {
        cell.kind = Kind::beyond;
    } else if (!row.lag) {
        cell.kind = Kind::unknown;
        cell.ageSeconds = row.readAtMs > 0 ? std::max(0.0, std::floor(double(sampleAtMs - row.readAtMs) / 1000)) : 0;
    } else if (seconds) {
        cell.kind = row.lagSeconds ? Kind::value : Kind::unread;
        cell.value = row.lagSeconds.value_or(0);
    } else {
        cell.value = double(*row.lag);
    }
    return cell;
}

charts::HeatRow heatRowOf(const Rows& rows, const GroupState* group, const engine::LagRule& rule, bool seconds,
                          qint64 sampleAtMs) {
    const LagSummary sum = summaryOf(rows, group);
    charts::HeatRow out;
    out.title = sum.group;
    out.subtitle = sum.topic;
    out.muted = isMuted(group);
    out.status = sum.alarms > 0 && sum.worst == LagStatus::ok ? theme::Status::Warn : lagShape(sum.worst);
    out.word = lagWord(sum.worst);
    if (sum.alarms > 0 && sum.worst == LagStatus::ok) out.word = Words::tr("over limit");
    if (out.muted) out.word += Words::tr(" · muted");
    if (seconds)
        out.side = sum.never == sum.partitions ? u"–"_s : theme::count(sum.lag);
    else
        out.side = !sum.oldest           ? u"–"_s
                   : *sum.oldest < 99.95 ? QString::number(*sum.oldest, 'f', 1) + u" s"_s
                                         : theme::age(*sum.oldest);
    out.threshold = seconds ? rule.maxSeconds.value_or(secondsThreshold) : double(rule.maxLag);
    for (const auto& row : rows) out.cells.push_back(cellOf(row, rule, seconds, sampleAtMs));
    return out;
}

struct Candidate {
    QString key;
    charts::HeatRow row;
    bool alarm = false;
    LagStatus worst = LagStatus::ok;
    qint64 lag = 0;
};

bool comesFirst(const Candidate& a, const Candidate& b) {
    const auto rank = [](const Candidate& c) {
        return std::tuple(c.row.pinned, !c.row.muted, c.alarm, c.worst, c.lag);
    };
    return rank(a) != rank(b) ? rank(a) > rank(b) : a.key < b.key;
}

void arrange(std::vector<Candidate>& all, const QStringList& order) {
    if (order.isEmpty()) return std::sort(all.begin(), all.end(), comesFirst);
    std::map<QString, qsizetype> place;
    for (qsizetype i = 0; i < order.size(); ++i) place.emplace(order[i], i);
    const auto at = [&](const Candidate& c) {
        const auto found = place.find(c.key);
        return found == place.end() ? order.size() : found->second;  // new ones come last: nothing jumps
    };
    std::stable_sort(all.begin(), all.end(), [&](const Candidate& a, const Candidate& b) { return at(a) < at(b); });
}

QStringList sorted(const QSet<QString>& set) {
    QStringList list(set.begin(), set.end());
    list.sort();
    return list;
}

}  // namespace

void LagIndex::take(const engine::LagSample& sample) {
    m_sample = sample;
    m_spans.clear();
    m_groups.clear();
    const auto& rows = m_sample.rows;
    for (qsizetype from = 0; from < rows.size();) {
        qsizetype past = from + 1;
        while (past < rows.size() && rows[past].group == rows[from].group && rows[past].topic == rows[from].topic)
            ++past;
        m_spans.emplace(keyOf(rows[from].group, rows[from].topic), std::pair(from, past));
        from = past;
    }
    for (qsizetype i = 0; i < m_sample.groups.size(); ++i) m_groups.emplace(m_sample.groups[i].listing.group, i);
}

QVector<LagRow> LagIndex::rowsOf(const QString& key) const {
    const auto found = m_spans.find(key);
    if (found == m_spans.end()) return {};
    return m_sample.rows.mid(found->second.first, found->second.second - found->second.first);
}

const LagRow* LagIndex::row(const QString& key, int cell) const {
    const auto found = m_spans.find(key);
    if (found == m_spans.end() || cell < 0 || found->second.first + cell >= found->second.second) return nullptr;
    return &m_sample.rows[found->second.first + cell];
}

const GroupState* LagIndex::group(const QString& name) const {
    const auto found = m_groups.find(name);
    return found == m_groups.end() ? nullptr : &m_sample.groups[found->second];
}

QStringList LagIndex::topics() const {
    QSet<QString> names;
    for (const auto& [key, span] : m_spans) names << m_sample.rows[span.first].topic;
    return sorted(names);
}

QStringList LagIndex::states() const {
    QSet<QString> names;
    for (const auto& group : m_sample.groups)
        if (!group.listing.state.isEmpty()) names << group.listing.state;
    return sorted(names);
}

QStringList LagIndex::owners() const {
    QSet<QString> names;
    for (const auto& row : m_sample.rows) {
        if (names.size() >= mostOwners) break;
        if (!row.clientId.isEmpty()) names << row.clientId;
        if (!row.host.isEmpty()) names << row.host;
    }
    return sorted(names);
}

ShownRows shownRows(const LagIndex& index, const LagFilter& filter, const QSet<QString>& pinned, bool seconds,
                    const RuleOf& ruleOf, const QStringList& order) {
    ShownRows shown;
    std::vector<Candidate> all;
    for (const auto& [key, span] : index.spans()) {
        const auto rows = index.rowsOf(key);
        const auto* state = index.group(rows.first().group);
        const bool isPinned = pinned.contains(key);
        if (!matches(filter, rows, rows.first().group, rows.first().topic, state)) {
            ++shown.filteredOut;
        } else if (filter.hideConsole && !isPinned && state && state->isConsole) {
            ++shown.hiddenConsole;
        } else if (filter.hideIdle && !isPinned && isIdle(rows, state)) {
            ++shown.hiddenIdle;
        } else {
            Candidate candidate;
            candidate.key = key;
            candidate.row = heatRowOf(rows, state, ruleOf(rows.first().group), seconds, index.sample().atMs);
            candidate.row.key = key;
            candidate.row.pinned = isPinned;
            for (const auto& row : rows) {
                candidate.alarm = candidate.alarm || row.alarm;
                candidate.worst = std::max(candidate.worst, row.status);
                candidate.lag += row.lag.value_or(0);
            }
            all.push_back(std::move(candidate));
        }
    }
    arrange(all, order);
    for (auto& candidate : all) shown.rows.push_back(std::move(candidate.row));
    return shown;
}

}  // namespace nova::views
