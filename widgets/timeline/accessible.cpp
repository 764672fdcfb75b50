#include "widgets/timeline/accessible.h"

#include <QAccessibleWidget>
#include <QCoreApplication>
#include <algorithm>
#include <map>

#include "widgets/theme/numbers.h"
#include "widgets/timeline/timeline_widget.h"

namespace nova::timeline {
namespace {

struct Spoken {
    Q_DECLARE_TR_FUNCTIONS(Timeline)
};

class Table;

// One step of a lane, by position: what the widget shows may change under it.
class Cell final : public QAccessibleInterface, public QAccessibleTableCellInterface {
public:
    Cell(Table& table, int lane, int step) : m_table(table), m_lane(lane), m_step(step) {}

    bool isValid() const override { return bar() >= 0; }
    QObject* object() const override { return nullptr; }
    QWindow* window() const override;
    QAccessibleInterface* childAt(int, int) const override { return nullptr; }
    QAccessibleInterface* parent() const override;
    QAccessibleInterface* child(int) const override { return nullptr; }
    int childCount() const override { return 0; }
    int indexOfChild(const QAccessibleInterface*) const override { return -1; }
    QString text(QAccessible::Text kind) const override;
    void setText(QAccessible::Text, const QString&) override {}
    QRect rect() const override;
    QAccessible::Role role() const override { return QAccessible::Cell; }
    QAccessible::State state() const override;
    void* interface_cast(QAccessible::InterfaceType type) override {
        return type == QAccessible::TableCellInterface ? static_cast<QAccessibleTableCellInterface*>(this) : nullptr;
    }

    bool isSelected() const override;
    QList<QAccessibleInterface*> columnHeaderCells() const override { return {}; }
    QList<QAccessibleInterface*> rowHeaderCells() const override { return {}; }
    int columnIndex() const override { return m_step; }
    int rowIndex() const override { return m_lane; }
    int columnExtent() const override { return 1; }
    int rowExtent() const override { return 1; }
    QAccessibleInterface* table() const override { return parent(); }

private:
    int bar() const;  // into Data::bars; -1: no such step now
    Table& m_table;
    int m_lane, m_step;
};

class Table final : public QAccessibleWidget, public QAccessibleTableInterface {
public:
    explicit Table(TimelineWidget* widget) : QAccessibleWidget(widget, QAccessible::Table) {}
    ~Table() override {
        for (const auto& [place, id] : m_cells) QAccessible::deleteAccessibleInterface(id);
    }

    TimelineWidget& timeline() const { return *static_cast<TimelineWidget*>(widget()); }
    const Data& data() const { return timeline().data(); }

    void* interface_cast(QAccessible::InterfaceType type) override {
        if (type == QAccessible::TableInterface) return static_cast<QAccessibleTableInterface*>(this);
        return QAccessibleWidget::interface_cast(type);
    }
    int childCount() const override { return rowCount() * columnCount(); }
    QAccessibleInterface* child(int index) const override {
        const int columns = columnCount();
        return columns > 0 && index >= 0 ? cellAt(index / columns, index % columns) : nullptr;
    }
    int indexOfChild(const QAccessibleInterface* child) const override {
        auto* interface = const_cast<QAccessibleInterface*>(child);
        auto* cell = interface ? interface->tableCellInterface() : nullptr;
        return cell ? cell->rowIndex() * columnCount() + cell->columnIndex() : -1;
    }

    QAccessibleInterface* cellAt(int row, int column) const override {
        if (row < 0 || row >= rowCount() || column < 0 || column >= columnCount()) return nullptr;
        const auto place = std::pair(row, column);
        auto known = m_cells.find(place);
        if (known == m_cells.end()) {
            auto* cell = new Cell(const_cast<Table&>(*this), row, column);
            known = m_cells.emplace(place, QAccessible::registerAccessibleInterface(cell)).first;
        }
        return QAccessible::accessibleInterface(known->second);
    }
    int rowCount() const override { return static_cast<int>(data().lanes.size()); }
    int columnCount() const override {
        std::size_t most = 0;
        for (int lane = 0; lane < rowCount(); ++lane) most = std::max(most, stepsOf(data(), lane).size());
        return static_cast<int>(most);
    }
    QString rowDescription(int row) const override {
        if (row < 0 || row >= rowCount()) return {};
        const Lane& lane = data().lanes[static_cast<std::size_t>(row)];
        return lane.subtitle.isEmpty() ? lane.title : lane.title + QStringLiteral(", ") + lane.subtitle;
    }
    QString columnDescription(int column) const override { return Spoken::tr("step %1").arg(column + 1); }
    QAccessibleInterface* caption() const override { return nullptr; }
    QAccessibleInterface* summary() const override { return nullptr; }

    int selectedCellCount() const override { return timeline().selectedHop().isEmpty() ? 0 : 1; }
    QList<QAccessibleInterface*> selectedCells() const override {
        for (int row = 0; row < rowCount(); ++row) {
            const auto steps = stepsOf(data(), row);
            for (std::size_t step = 0; step < steps.size(); ++step)
                if (data().bars[static_cast<std::size_t>(steps[step])].hop == timeline().selectedHop())
                    return {cellAt(row, static_cast<int>(step))};
        }
        return {};
    }
    int selectedRowCount() const override { return 0; }
    int selectedColumnCount() const override { return 0; }
    QList<int> selectedRows() const override { return {}; }
    QList<int> selectedColumns() const override { return {}; }
    bool isRowSelected(int) const override { return false; }
    bool isColumnSelected(int) const override { return false; }
    bool selectRow(int) override { return false; }
    bool selectColumn(int) override { return false; }
    bool unselectRow(int) override { return false; }
    bool unselectColumn(int) override { return false; }
    void modelChange(QAccessibleTableModelChangeEvent*) override {}

private:
    mutable std::map<std::pair<int, int>, QAccessible::Id> m_cells;
};

int Cell::bar() const {
    if (m_lane >= static_cast<int>(m_table.data().lanes.size())) return -1;
    const auto steps = stepsOf(m_table.data(), m_lane);
    return m_step < static_cast<int>(steps.size()) ? steps[static_cast<std::size_t>(m_step)] : -1;
}

QWindow* Cell::window() const {
    return m_table.window();
}

QAccessibleInterface* Cell::parent() const {
    return &m_table;
}

QString Cell::text(QAccessible::Text kind) const {
    const int at = bar();
    return kind == QAccessible::Name && at >= 0 ? spokenStep(m_table.data(), at) : QString();
}

QRect Cell::rect() const {
    const int at = bar();
    if (at < 0) return {};
    const QRect box = m_table.timeline().currentLayout().bars[static_cast<std::size_t>(at)].rect.toAlignedRect();
    return {m_table.timeline().mapToGlobal(box.topLeft()), box.size()};
}

bool Cell::isSelected() const {
    const int at = bar();
    return at >= 0 && m_table.data().bars[static_cast<std::size_t>(at)].hop == m_table.timeline().selectedHop();
}

QAccessible::State Cell::state() const {
    QAccessible::State state;
    state.selectable = true;
    state.selected = isSelected();
    state.focused = state.selected && m_table.timeline().hasFocus();
    state.readOnly = true;
    state.invalid = bar() < 0;
    return state;
}

QAccessibleInterface* newInterface(const QString&, QObject* object) {
    auto* timeline = qobject_cast<TimelineWidget*>(object);
    return timeline ? new Table(timeline) : nullptr;
}

}  // namespace

std::vector<int> stepsOf(const Data& data, int lane) {
    std::vector<int> steps;
    for (std::size_t i = 0; i < data.bars.size(); ++i)
        if (data.bars[i].lane == lane && !data.bars[i].hop.isEmpty()) steps.push_back(static_cast<int>(i));
    std::stable_sort(steps.begin(), steps.end(), [&](int a, int b) {
        return data.bars[static_cast<std::size_t>(a)].start < data.bars[static_cast<std::size_t>(b)].start;
    });
    return steps;
}

QString spokenStep(const Data& data, int index) {
    const Bar& bar = data.bars[static_cast<std::size_t>(index)];
    QStringList words{data.lanes[static_cast<std::size_t>(bar.lane)].title};
    if (!bar.label.isEmpty()) words << bar.label;
    switch (bar.state) {
        case BarState::Done:
            words << Spoken::tr("%1 to %2 milliseconds").arg(theme::ms(bar.start), theme::ms(bar.end));
            break;
        case BarState::Unfinished:
            words << Spoken::tr("since %1 milliseconds, not finished").arg(theme::ms(bar.start));
            break;
        case BarState::Pending:
            words << Spoken::tr("waiting");
            break;
        case BarState::Missing:
            words << Spoken::tr("not received");
            break;
    }
    if (bar.over() > 0)
        words << Spoken::tr("%1 over budget").arg(theme::ms(bar.over()));
    else if (bar.budget)
        words << Spoken::tr("within the budget of %1").arg(theme::ms(*bar.budget));
    if (!bar.critical.empty()) words << Spoken::tr("critical");
    return words.join(QStringLiteral(", "));
}

void installAccessible() {
    static const bool once = [] {
        QAccessible::installFactory(newInterface);
        return true;
    }();
    Q_UNUSED(once)
}

}  // namespace nova::timeline
