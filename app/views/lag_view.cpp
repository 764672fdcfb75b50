#include "app/views/lag_view.h"

#include <QDateTime>
#include <QHeaderView>
#include <QItemSelectionModel>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QSortFilterProxyModel>
#include <algorithm>
#include <cmath>

#include "app/engine/lag/lag_rules.h"
#include "app/views/lag_figures.h"
#include "app/views/lag_summary_pane.h"
#include "app/views/notice_bar.h"
#include "app/views/pane.h"
#include "widgets/charts/heat_legend.h"
#include "widgets/models/lag_partition_model.h"
#include "widgets/tables/table_view.h"
#include "widgets/theme/clock.h"
#include "widgets/theme/numbers.h"
#include "widgets/theme/segmented.h"
#include "widgets/theme/theme.h"

namespace nova::views {

using engine::LagRow;
using engine::LagStatus;
using models::LagPartitionModel;
using namespace Qt::StringLiterals;

namespace {

constexpr int mostPinned = 50;
constexpr int manyPartitions = 24;  // from here on the table begins worst first

}  // namespace

LagView::~LagView() = default;

bool LagView::seconds() const {
    return m_unit->current() == 1;
}

qint64 LagView::rangeMs() const {
    constexpr qint64 minutes[] = {5, 30, 360};
    return minutes[std::clamp(m_range->current(), 0, 2)] * 60'000;
}

engine::LagRule LagView::ruleOf(const QString& group) const {
    return m_profile.ruleOf(group);
}

void LagView::setProfile(const engine::Profile& profile) {
    m_profile = profile;
    refresh();
}

void LagView::setMutesKept(bool kept) {
    m_mutesKept = kept;
}

void LagView::setMuteFault(const QString& why) {
    m_muteFault = why;
    refreshNotice();
}

void LagView::setMuted(bool muted) {
    const QString group = m_key.section(u'\n', 0, 0);
    if (!group.isEmpty()) Q_EMIT muteWanted(group, muted);
}

void LagView::setScalable(const QStringList& services) {
    m_scalable = services;
    refreshSummary();
}

void LagView::takeSample(const engine::LagSample& sample) {
    if (!m_live) return;
    if (m_hasSample && sample.atMs > m_lastAtMs) {
        const double period = double(sample.atMs - m_lastAtMs) / 1000;
        m_periodSeconds = m_periodSeconds * 0.6 + period * 0.4;
    }
    m_lastAtMs = sample.atMs;
    m_hasSample = m_connected = true;
    if (sample.trouble.isEmpty()) m_trouble.clear();
    m_since.start();
    m_index.take(sample);
    refreshBar();
    if (isVisible()) refresh();
    if (m_awaited) showSubject(*std::exchange(m_awaited, std::nullopt));
}

void LagView::takeDiagnosed(const engine::Diagnosed& diagnosed) {
    m_diagnosed = diagnosed;
    m_asked.clear();
    m_summary->setDiagnosed(m_diagnosed);
}

void LagView::setConnected() {
    m_connected = true;
    m_trouble.clear();
    refresh();
}

void LagView::setDisconnected(const QString& why) {
    m_trouble = why;
    refreshNotice();
    Q_EMIT openProblems(1);
}

void LagView::refresh() {
    refreshBar();
    refreshNotice();
    refreshHeat(!m_heat->underMouse());
    refreshSummary();
    refreshTable();
    refreshHistory();
}

void LagView::refreshBar() {
    int alarms = 0, warnRows = 0, errRows = 0;
    for (const auto& [key, span] : m_index.spans()) {
        const auto& rows = m_index.sample().rows;
        const auto* group = m_index.group(rows[span.first].group);
        if (group && (group->muted || group->isConsole)) continue;
        auto worst = LagStatus::ok;
        bool fires = false;
        for (auto i = span.first; i < span.second; ++i) {
            fires = fires || rows[i].alarm;
            worst = std::max(worst, rows[i].status);
        }
        alarms += fires ? 1 : 0;
        warnRows += lagShape(worst) == theme::Status::Warn ? 1 : 0;
        errRows += lagShape(worst) == theme::Status::Err ? 1 : 0;
    }
    m_alarms->setText(tr("▲ %1 over limit").arg(theme::count(alarms)));
    m_alarms->setToolTip(tr("Groups and topics whose alert rule fires"));
    m_alarms->setVisible(alarms > 0);
    m_warns->setText(tr("%1 × WARN").arg(warnRows));
    m_warns->setToolTip(tr("Groups and topics whose lag does not fall, or whose commits went back"));
    m_warns->setVisible(warnRows > 0);
    m_errors->setText(tr("%1 × STOP or worse").arg(errRows));
    m_errors->setToolTip(
        tr("Groups and topics that are not read any more, stall, lost records, or are beyond the end"));
    m_errors->setVisible(errRows > 0);
    Q_EMIT openProblems(warnRows + errRows);
    refreshAge();
}

void LagView::refreshAge() {
    if (!m_hasSample) {
        m_age->setText(m_connected ? tr("asking …") : tr("not connected"));
        return;
    }
    const auto& sample = m_index.sample();
    const double age = double(theme::elapsedMs(m_since)) / 1000;
    const bool late = age > std::max(3.0, 3 * m_periodSeconds);
    const QString period =
        m_periodSeconds < 9.95
            ? QString::number(m_periodSeconds, 'f', m_periodSeconds < 0.95 || m_periodSeconds > 1.05 ? 1 : 0)
            : theme::count(std::llround(m_periodSeconds));
    QString text = age < 9.95 ? tr("sampled %1 s ago, every %2 s").arg(QString::number(age, 'f', 1), period)
                              : tr("sampled %1 ago, every %2 s").arg(theme::age(age), period);
    if (!m_live) text = tr("Paused at %1").arg(theme::clockText(sample.atMs * 1'000));
    if (sample.groupsAnswered < sample.groupsAsked)
        text = tr("Asking %1 groups, %2 answered · ")
                   .arg(theme::count(sample.groupsAsked), theme::count(sample.groupsAnswered)) +
               text;
    m_age->setText(text);
    m_age->setToolTip(tr("One sample took %1 ms. Commits: %2").arg(sample.tookMs).arg(sample.commits));
    const QString tone = late && m_live ? u"warn"_s : QString();
    if (m_age->property("status").toString() == tone) return;
    m_age->setProperty("status", tone);
    theme::repolish(m_age);
}

void LagView::refreshNotice() {
    const auto& sample = m_index.sample();
    const QString trouble = m_trouble.isEmpty() ? sample.trouble : m_trouble;
    if (!trouble.isEmpty()) {
        m_notice->setNotice(u"err"_s, tr("The broker does not answer."),
                            m_hasSample ? tr("What is shown is the last sample, %1 old. It said: %2")
                                              .arg(theme::age(double(theme::elapsedMs(m_since)) / 1000), trouble)
                                        : tr("It said: %1").arg(trouble));
        return;
    }
    if (!m_muteFault.isEmpty())
        return m_notice->setNotice(u"err"_s, tr("The alarms of this group stay as they were."), m_muteFault);
    if (!sample.missing.isEmpty())
        return m_notice->setNotice(u"warn"_s, tr("Not all groups are known."),
                                   tr("%1. What is known is shown.").arg(sample.missing));
    QStringList bad;
    for (const auto& group : sample.groups)
        if (const auto& why = group.trouble.isEmpty() ? group.description.trouble : group.trouble; !why.isEmpty())
            bad << tr("%1: %2").arg(group.listing.group, why);
    if (bad.isEmpty()) {
        const auto unkept = m_past.trouble ? m_past.trouble() : QString();
        if (unkept.isEmpty()) return m_notice->clearNotice();
        return m_notice->setNotice(
            u"warn"_s, tr("The history is not saved."),
            tr("It is held in memory until the window is closed. Its file: %1").arg(unkept));
    }
    const auto more = bad.size() - 2;
    m_notice->setNotice(u"warn"_s,
                        bad.size() == 1 ? tr("One group is not told of in full.")
                                        : tr("%1 groups are not told of in full.").arg(bad.size()),
                        bad.mid(0, 2).join(u" · "_s) + (more > 0 ? tr(" · and %1 more").arg(more) : QString()) +
                            tr(". What is known of them is shown."));
}

void LagView::refreshHeat(bool reorder) {
    const auto shown = shownRows(
        m_index, m_filter, m_pinned, seconds(), [this](const QString& g) { return ruleOf(g); },
        reorder ? QStringList() : m_order);
    m_order.clear();
    for (const auto& row : shown.rows) m_order << row.key;
    m_heat->setSeconds(seconds());
    m_heat->setSideTitle(seconds() ? tr("offsets") : tr("oldest"));
    m_heat->setEmptyText(emptyText(shown));
    m_heat->setRows(shown.rows);
    const auto rule = ruleOf(m_key.section(u'\n', 0, 0));
    m_legend->setLimit(seconds() ? tr("over %1 s").arg(theme::count(qint64(rule.maxSeconds.value_or(secondsThreshold))))
                                 : tr("over %1").arg(theme::count(rule.maxLag)));
    QStringList hidden;
    if (shown.hiddenConsole > 0) hidden << tr("%1 × console-*").arg(shown.hiddenConsole);
    if (shown.hiddenIdle > 0) hidden << tr("%1 idle").arg(shown.hiddenIdle);
    m_hidden->setText(hidden.isEmpty() ? QString() : tr("hidden: %1").arg(hidden.join(u", "_s)));
    m_hidden->setVisible(!hidden.isEmpty() && !isNarrow());
    refreshFilterText();
    keepSelection();
    tellOnScreen();
}

void LagView::refreshFilterText() {
    QStringList parts;
    if (!m_filter.topic.isEmpty()) parts << m_filter.topic;
    if (!m_filter.state.isEmpty()) parts << m_filter.state;
    if (m_filter.status) parts << lagWord(*m_filter.status);
    if (!m_filter.owner.isEmpty()) parts << m_filter.owner;
    if (m_filter.onlyAlarms) parts << tr("alarms");
    const QString text = parts.join(u" · "_s);
    m_filterText->setText(fontMetrics().elidedText(text, Qt::ElideRight, 150) + u" ✕"_s);
    m_filterText->setAccessibleName(tr("Clear the filter: %1").arg(text));
    m_filterText->setVisible(!parts.isEmpty());
    m_legend->setVisible(!isNarrow() && parts.isEmpty());
}

QString LagView::emptyText(const ShownRows& shown) const {
    if (!m_hasSample)
        return m_trouble.isEmpty() ? (m_connected ? tr("Asking which groups there are …")
                                                  : tr("Not connected. Lag appears here as soon as Kafka answers."))
                                   : tr("Nothing was sampled before the broker went away.");
    if (shown.filteredOut > 0)
        return tr("No group fits the filter: %1 are left out. Esc clears it.").arg(shown.filteredOut);
    const int hidden = shown.hiddenConsole + shown.hiddenIdle;
    if (hidden > 0)
        return tr("No group reads these topics. %1 hidden: %2 of the console's own, %3 idle. Filter shows them.")
            .arg(hidden)
            .arg(shown.hiddenConsole)
            .arg(shown.hiddenIdle);
    return tr("No group reads these topics.");
}

// The selection stays with its group and topic; without one the worst is chosen.
void LagView::keepSelection() {
    const bool known = m_index.spans().contains(m_key);
    if (known && m_order.contains(m_key)) {
        m_heat->select(m_key, m_cell);
        return;
    }
    if (m_order.isEmpty()) return;
    if (known && !m_filter.isNarrow()) return;
    choose(m_order.first(), -1);
}

void LagView::choose(const QString& key, int cell) {
    if (key == m_key && cell == m_cell) return;
    const bool another = key != m_key;
    m_key = key;
    m_cell = cell;
    m_heat->select(key, cell);
    const auto* focus = focusRow();
    const bool same = m_diagnosed && focus && m_diagnosed->group == focus->group &&
                      m_diagnosed->topic == focus->topic && m_diagnosed->partition == focus->partition;
    if (!same) {
        m_diagnosed.reset();
        m_summary->setDiagnosed({});
    }
    refreshSummary();
    if (another) {
        const bool many = m_index.rowsOf(key).size() > manyPartitions;
        m_table->horizontalHeader()->setSortIndicator(many ? LagPartitionModel::Lag : LagPartitionModel::Partition,
                                                      many ? Qt::DescendingOrder : Qt::AscendingOrder);
    }
    refreshTable();
    refreshHistory();
}

const LagRow* LagView::focusRow() const {
    if (m_cell >= 0) return m_index.row(m_key, m_cell);
    const LagRow* worst = nullptr;
    const auto found = m_index.spans().find(m_key);
    if (found == m_index.spans().end()) return nullptr;
    for (auto i = found->second.first; i < found->second.second; ++i) {
        const auto& row = m_index.sample().rows[i];
        if (!worst || engine::worse(row, *worst)) worst = &row;
    }
    return worst;
}

void LagView::refreshSummary() {
    const auto rows = m_index.rowsOf(m_key);
    if (rows.isEmpty()) {
        m_summary->clearSummary(
            m_hasSample && m_order.isEmpty()
                ? tr("No group reads these topics. Start a consumer, or show what is hidden by Filter.")
                : tr("Select a group to see how far it is behind, and why."));
        return;
    }
    const auto* group = m_index.group(rows.first().group);
    m_summary->setSummary(summaryOf(rows, group), group, focusRow(), m_index.sample().atMs);
    m_summary->setPinned(m_pinned.contains(m_key));
    m_summary->setCanAddReplica(m_scalable.contains(rows.first().group));
    m_summary->setAsking(!m_asked.isEmpty());
}

void LagView::refreshTable() {
    const auto rows = m_index.rowsOf(m_key);
    std::vector<models::LagPartitionRow> shown;
    for (const auto& row : rows)
        shown.push_back(partitionRowOf(row, m_index.group(row.group), ruleOf(row.group), m_index.sample().atMs));
    const auto before = m_model->rowCount();
    m_model->setRows(std::move(shown));
    if (before != m_model->rowCount() || !m_table->underMouse()) {
        auto* head = m_table->horizontalHeader();
        m_proxy->sort(head->sortIndicatorSection(), head->sortIndicatorOrder());
    }
    m_partitionsText->setText(rows.isEmpty()
                                  ? QString()
                              : rows.size() == 1
                                  ? tr("%1 · %2, 1 partition").arg(rows.first().group, rows.first().topic)
                                  : tr("%1 · %2, %3 partitions")
                                        .arg(rows.first().group, rows.first().topic, theme::count(rows.size())));
    const auto at = m_cell >= 0 ? m_proxy->mapFromSource(m_model->index(m_cell, 0)) : QModelIndex();
    if (at.isValid() && m_table->currentIndex().row() != at.row())
        m_table->selectionModel()->setCurrentIndex(at, QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
    else if (!at.isValid())
        m_table->clearSelection();
}

void LagView::askWhy() {
    const auto* row = focusRow();
    if (!row || !m_summary->canAsk()) return;
    if (m_cell < 0) {
        const auto rows = m_index.rowsOf(m_key);
        for (qsizetype i = 0; i < rows.size(); ++i)
            if (rows[i].partition == row->partition) choose(m_key, int(i));
        row = focusRow();
    }
    m_asked = m_key + u'\n' + QString::number(row->partition);
    m_summary->setAsking(true);
    Q_EMIT whyWanted(row->group, row->topic, row->partition);
}

void LagView::togglePin() {
    if (m_key.isEmpty()) return;
    if (!m_pinned.remove(m_key) && m_pinned.size() < mostPinned) m_pinned.insert(m_key);
    m_summary->setPinned(m_pinned.contains(m_key));
    refreshHeat(true);
}

void LagView::tellOnScreen() {
    QVector<std::pair<QString, QString>> rows;
    if (isVisible()) {
        QStringList keys = m_heat->visibleKeys();
        if (!m_key.isEmpty() && !keys.contains(m_key)) keys << m_key;
        for (const auto& key : keys) rows.append({key.section(u'\n', 0, 0), key.section(u'\n', 1)});
    }
    if (const QString key = isVisible() ? m_key : QString(); key != m_told) {
        m_told = key;
        Q_EMIT selectedChanged(key.section(u'\n', 0, 0), key.section(u'\n', 1));
    }
    if (rows == m_onScreen) return;
    m_onScreen = rows;
    Q_EMIT onScreenChanged(rows);
}

void LagView::showMenu(const QPoint& at) {
    QMenu menu(this);
    auto* why = menu.addAction(tr("Why?\tEnter"), this, &LagView::askWhy);
    why->setEnabled(m_summary->canAsk());
    menu.addAction(tr("Show in Traffic\tG T"), this, [this] { Q_EMIT m_summary->trafficWanted(); });
    menu.addAction(m_pinned.contains(m_key) ? tr("Unpin\tP") : tr("Pin\tP"), this, &LagView::togglePin);
    menu.addSeparator();
    const QString group = m_key.section(u'\n', 0, 0), topic = m_key.section(u'\n', 1);
    const bool muted = ruleOf(group).muted;
    auto* mute = menu.addAction(muted ? tr("Tell of alarms of %1 again\tX").arg(group)
                                : m_mutesKept ? tr("Mute alarms of %1\tX").arg(group)
                                              : tr("Mute alarms of %1 until the window is closed\tX").arg(group),
                                this, [this, muted] { setMuted(!muted); });
    mute->setEnabled(!group.isEmpty());
    mute->setToolTip(m_mutesKept ? tr("Written into the profile: its lag is shown, and never an alarm")
                                 : tr("Its lag is shown, and never an alarm"));
    menu.setToolTipsVisible(true);
    menu.addAction(tr("Only topic %1").arg(topic), this, [this, topic] {
        m_filter.topic = topic;
        refreshHeat(true);
    });
    menu.exec(at);
}

void LagView::setLive(bool live) {
    m_live = live;
    refreshAge();
}

void LagView::timeZoneChanged() {
    refreshHistory();
    refreshSummary();
}

}  // namespace nova::views
