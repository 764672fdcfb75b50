// The Lag view from elsewhere: what is shown is found, told and brought into sight.
#include <QLineEdit>

#include "app/engine/lag/lag_rules.h"
#include "app/views/lag_figures.h"
#include "app/views/lag_view.h"
#include "widgets/charts/heat_map.h"
#include "widgets/theme/numbers.h"

namespace nova::views {

using engine::LagRow;
using namespace Qt::StringLiterals;

void LagView::goToGroup(const QString& group, const QString& topic, int partition) {
    m_awaited.reset();
    if (!m_hasSample) {
        m_awaited = Subject{};
        m_awaited->group = group;
        m_awaited->topic = topic;
        m_awaited->partition = partition;
        return;
    }
    const auto* sought = rowOf(group, topic, partition);
    if (!sought) return;
    const QString key = LagIndex::keyOf(sought->group, sought->topic);
    if (!m_order.contains(key)) {
        clear();
        m_pinned.insert(key);
        refreshHeat(true);
    }
    int cell = -1;
    const auto rows = m_index.rowsOf(key);
    for (qsizetype i = 0; i < rows.size() && partition >= 0; ++i)
        if (rows[i].partition == partition) cell = int(i);
    choose(key, cell);
}

// The worst of those that fit; none of the console's own where another fits.
const LagRow* LagView::rowOf(const QString& group, const QString& topic, int partition) const {
    const LagRow *best = nullptr, *own = nullptr;
    for (const auto& row : m_index.sample().rows) {
        if (!group.isEmpty() && row.group != group) continue;
        if (!topic.isEmpty() && row.topic != topic) continue;
        if (partition >= 0 && row.partition != partition) continue;
        const auto* state = m_index.group(row.group);
        const LagRow*& worst = state && state->isConsole ? own : best;
        if (!worst || engine::worse(row, *worst)) worst = &row;
    }
    return best ? best : own;
}

Subject LagView::subject() const {
    Subject subject;
    const auto* row = focusRow();
    if (!row) return subject;
    subject.group = row->group;
    subject.topic = row->topic;
    subject.partition = row->partition;
    subject.offset = row->committed.value_or(row->logStart.value_or(-1));
    const bool allRead = row->logEnd && subject.offset >= *row->logEnd && *row->logEnd > row->logStart.value_or(0);
    if (allRead) subject.offset = *row->logEnd - 1;  // the latest record
    return subject;
}

void LagView::showSubject(const Subject& subject) {
    if (!subject.group.isEmpty() || !subject.topic.isEmpty())
        goToGroup(subject.group, subject.topic, subject.topic.isEmpty() ? -1 : subject.partition);
}

void LagView::focusFilter() {
    m_search->setFocus(Qt::ShortcutFocusReason);
    m_search->selectAll();
}

void LagView::goOldest() {
    if (!m_order.isEmpty()) choose(m_order.first(), m_cell);
}

void LagView::goNewest() {
    if (!m_order.isEmpty()) choose(m_order.last(), m_cell);
}

bool LagView::clear() {
    if (m_filter.isNarrow()) {
        const bool idle = m_filter.hideIdle, console = m_filter.hideConsole;
        m_filter = {};
        m_filter.hideIdle = idle;
        m_filter.hideConsole = console;
        m_search->clear();
        refreshHeat(true);
        return true;
    }
    if (m_cell < 0) return false;
    choose(m_key, -1);
    return true;
}

QVector<Found> LagView::find(const QString& text) {
    QVector<Found> found;
    const QString wanted = text.trimmed();
    if (wanted.size() < 2) return found;
    for (const auto& [key, span] : m_index.spans()) {
        if (found.size() >= 5) break;
        const QString group = key.section(u'\n', 0, 0), topic = key.section(u'\n', 1);
        if (!group.contains(wanted, Qt::CaseInsensitive) && !topic.contains(wanted, Qt::CaseInsensitive)) continue;
        const auto sum = summaryOf(m_index.rowsOf(key), m_index.group(group));
        found.append({Found::Section::go,
                      theme::Icon::Lag,
                      tr("Lag of %1").arg(group),
                      tr("%1 · %2 · %3 offsets").arg(topic, lagWord(sum.worst), theme::count(sum.lag)),
                      {},
                      {},
                      {},
                      [this, group, topic] { goToGroup(group, topic); }});
    }
    return found;
}

QVector<KeyHint> LagView::keys() const {
    return {{tr("↑ ↓ ← →"), tr("group and partition")},
            {tr("Enter"), tr("why does it lag?")},
            {tr("P"), tr("pin the row")},
            {tr("X"), tr("mute the alarms of the group, or hear of them again")},
            {tr("M"), tr("list or map")},
            {tr("U"), tr("offsets or seconds")},
            {tr("G then T"), tr("the first unread record in Traffic")},
            {tr("Space"), tr("pause or go on")},
            {tr("Ctrl+C"), tr("copy the cell of the table")},
            {tr("Ctrl+F or /"), tr("search groups")}};
}

}  // namespace nova::views
