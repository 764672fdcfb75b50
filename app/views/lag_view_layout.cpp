// The sizes of the Lag view, and what of it outlives the window.
#include <QDataStream>
#include <QIODevice>
#include <QLabel>
#include <QSplitter>
#include <algorithm>

#include "app/views/lag_view.h"
#include "widgets/tables/table_view.h"
#include "widgets/theme/segmented.h"

namespace nova::views {
namespace {

constexpr quint32 layoutVersion = 1;
constexpr int narrowWidth = 1100;

}  // namespace

QByteArray LagView::saveLayout() const {
    QByteArray state;
    QDataStream out(&state, QIODevice::WriteOnly);
    out << layoutVersion << m_split->saveState() << m_upper->saveState()
        << QStringList(m_pinned.begin(), m_pinned.end()) << m_filter.hideIdle << m_filter.hideConsole
        << m_unit->current() << m_range->current();
    return state;
}

void LagView::restoreLayout(const QByteArray& state) {
    QDataStream in(state);
    quint32 version = 0;
    QByteArray split, upper;
    QStringList pinned;
    bool idle = false, console = true;
    int unit = 0, range = 1;
    in >> version >> split >> upper >> pinned >> idle >> console >> unit >> range;
    m_defaultLayout = version != layoutVersion || in.status() != QDataStream::Ok;
    if (!m_defaultLayout) {
        m_split->restoreState(split);
        m_upper->restoreState(upper);
        m_pinned = QSet<QString>(pinned.begin(), pinned.end());
        m_filter.hideIdle = idle;
        m_filter.hideConsole = console;
    }
    m_unit->setCurrent(m_defaultLayout ? 0 : unit);
    m_range->setCurrent(m_defaultLayout ? 1 : range);
    if (m_defaultLayout && isVisible()) giveSizes();
}

void LagView::giveSizes() {
    m_defaultLayout = false;
    const int tall = m_split->height(), wide = m_upper->width();
    const int top = std::clamp(tall * 38 / 100, 236, 330), table = std::clamp(tall * 27 / 100, 120, 216);
    m_split->setSizes({top, tall - top - table, table});
    const int summary = std::clamp(wide * 41 / 100, 340, 600);
    m_upper->setSizes({wide - summary, summary});
}

bool LagView::isNarrow() const {
    return width() < narrowWidth;
}

void LagView::fitColumns() {
    using Columns = std::vector<tables::ColumnSpec>;
    const Columns narrow{{28}, {54}, {106}, {78}, {108}, {70}, {70}, {70}, {66}, {54}, {56}, {112}, {88, true}};
    const Columns wide{{28}, {56}, {180}, {100}, {112}, {100}, {84}, {96}, {84}, {80}, {80}, {160}, {160, true}};
    m_table->setColumns(isNarrow() ? narrow : wide);
}

void LagView::resizeEvent(QResizeEvent* event) {
    View::resizeEvent(event);
    fitColumns();
    m_hidden->setVisible(!m_hidden->text().isEmpty() && !isNarrow());
    refreshFilterText();
}

void LagView::showEvent(QShowEvent* event) {
    View::showEvent(event);
    m_clock.start();
    if (m_defaultLayout) giveSizes();
    refresh();
}

void LagView::hideEvent(QHideEvent* event) {
    View::hideEvent(event);
    m_clock.stop();
    tellOnScreen();
}

}  // namespace nova::views
