#include "widgets/tables/event_table.h"

#include <QClipboard>
#include <QContextMenuEvent>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QItemSelectionModel>
#include <QKeyEvent>
#include <QScrollBar>
#include <QWheelEvent>
#include <algorithm>
#include <array>
#include <limits>

#include "widgets/tables/delegates.h"
#include "widgets/tables/table_view.h"

namespace nova::tables {

using models::EventTableModel;

namespace {

// In the order in which columns leave a narrow table.
constexpr EventTableModel::Column leaving[] = {EventTableModel::Version,   EventTableModel::Bytes,
                                               EventTableModel::User,      EventTableModel::Partition,
                                               EventTableModel::Latency,   EventTableModel::Offset};
constexpr int typeWidth = 150;  // what the stretched column needs at least

const std::vector<ColumnSpec>& columns() {
    static const std::vector<ColumnSpec> specs{{108}, {144}, {36}, {84}, {136}, {180, true}, {36}, {84}, {76}, {88}};
    return specs;
}

}  // namespace

// The inner table shows the model's window and never scrolls by itself.
class EventView : public TableView {
public:
    explicit EventView(EventTable* table) : TableView(table), m_table(table) {
        setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
        setAutoScroll(false);
    }

    void scrollTo(const QModelIndex&, ScrollHint) override {}

protected:
    // Qt would choose the first row, and what is chosen holds: nothing is chosen until a person does it.
    void focusInEvent(QFocusEvent* event) override {
        QWidget::focusInEvent(event);  // NOLINT(bugprone-parent-virtual-call)
        viewport()->update();
    }
    void keyPressEvent(QKeyEvent* event) override {
        if (event->matches(QKeySequence::Copy) && currentIndex().isValid()) {
            QGuiApplication::clipboard()->setText(currentIndex().data(EventTableModel::FullTextRole).toString());
            return;
        }
        if (event->modifiers().testFlag(Qt::ControlModifier) || !m_table->handleKey(event->key()))
            TableView::keyPressEvent(event);
    }

private:
    EventTable* m_table;
};

EventTable::EventTable(QWidget* parent)
    : QWidget(parent),
      m_model(new EventTableModel(this)),
      m_view(new EventView(this)),
      m_bar(new QScrollBar(Qt::Vertical, this)) {
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    row->addWidget(m_view, 1);
    row->addWidget(m_bar);
    setFocusProxy(m_view);
    m_view->setAccessibleName(tr("Events"));
    // A row that leaves the window takes no selection with it. Heard before the view hears it.
    connect(m_model, &EventTableModel::rowsAboutToBeRemoved, this, [this] { m_syncing = true; });
    m_view->setModel(m_model);
    connect(m_model, &EventTableModel::rowsRemoved, this, [this] { m_syncing = false; });
    m_view->setItemDelegate(new EventDelegate(m_view));
    m_view->setColumns(columns());
    m_view->horizontalHeader()->setSectionsClickable(true);
    m_view->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    connect(m_view->horizontalHeader(), &QHeaderView::sectionClicked, this, &EventTable::sortWanted);
    m_view->viewport()->installEventFilter(this);
    m_bar->setFocusPolicy(Qt::NoFocus);
    QSizePolicy policy = m_bar->sizePolicy();
    policy.setRetainSizeWhenHidden(true);
    m_bar->setSizePolicy(policy);
    connect(m_model, &EventTableModel::windowChanged, this, [this] {
        syncScrollBar();
        syncSelection();
    });
    connect(m_bar, &QScrollBar::valueChanged, this, [this](int value) {
        if (!m_syncing && m_model->source()) m_model->setTop(m_model->source()->first() + static_cast<quint64>(value));
    });
    connect(m_view->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this](const QModelIndex& current) {
                if (m_syncing || !current.isValid()) return;
                m_selected = m_model->sequenceOf(current);
                m_model->setFollowing(false);  // what is being looked at must not run away
                Q_EMIT rowSelected(*m_selected);
            });
    connect(m_view, &QTableView::doubleClicked, this, [this](const QModelIndex& index) {
        if (const auto sequence = m_model->sequenceOf(index)) Q_EMIT rowActivated(*sequence);
    });
    syncScrollBar();
}

void EventTable::setEmptyText(const QString& text) {
    m_view->setEmptyText(text);
}

void EventTable::syncScrollBar() {
    m_syncing = true;
    const models::RowSource* source = m_model->source();
    const quint64 count = source ? source->count() : 0;
    const auto page = static_cast<quint64>(m_model->pageRows());
    const quint64 most = std::min<quint64>(count > page ? count - page : 0, std::numeric_limits<int>::max());
    m_bar->setRange(0, static_cast<int>(most));
    m_bar->setPageStep(m_model->pageRows());
    m_bar->setValue(source ? static_cast<int>(std::min(m_model->top() - source->first(), most)) : 0);
    m_bar->setVisible(most > 0);
    m_syncing = false;
}

// The selection belongs to a sequence: it follows its row through the window and waits while the row is outside.
void EventTable::syncSelection() {
    QItemSelectionModel* selection = m_view->selectionModel();
    const int column = std::max(0, selection->currentIndex().column());
    const QModelIndex wanted = m_selected ? m_model->indexOf(*m_selected, column) : QModelIndex();
    if (selection->currentIndex().row() == wanted.row() && selection->hasSelection() == wanted.isValid()) return;
    m_syncing = true;
    if (wanted.isValid())
        selection->setCurrentIndex(wanted, QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
    else
        selection->clear();
    m_syncing = false;
}

void EventTable::selectSequence(std::optional<quint64> sequence) {
    m_selected = sequence;
    if (sequence && m_model->source() && !m_model->indexOf(*sequence).isValid()) {
        const auto half = static_cast<quint64>(m_model->pageRows() / 2);
        m_model->setTop(*sequence > half ? *sequence - half : 0);
    }
    if (sequence) m_model->setFollowing(false);
    syncSelection();
}

// What is chosen and in sight stays in sight.
void EventTable::fitPage() {
    const bool inSight = m_selected && m_model->indexOf(*m_selected).isValid();
    m_model->setPageRows(m_view->viewport()->height() / m_view->rowHeight());
    if (!inSight || m_model->following() || m_model->indexOf(*m_selected).isValid()) return;
    const auto rows = static_cast<quint64>(m_model->pageRows());
    m_model->setTop(*m_selected >= rows ? *m_selected - rows + 1 : 0);
    m_model->setFollowing(false);
}

void EventTable::scrollBy(qint64 rows) {
    if (!m_model->source()) return;
    const quint64 top = m_model->top();
    const quint64 back = static_cast<quint64>(-rows);
    m_model->setTop(rows < 0 ? (top > back ? top - back : 0) : top + static_cast<quint64>(rows));
}

bool EventTable::handleKey(int key) {
    const models::RowSource* source = m_model->source();
    if (!source || source->count() == 0) return false;
    const qint64 page = std::max(1, m_model->pageRows() - 1);
    qint64 step = 0;
    switch (key) {
        case Qt::Key_Home:
            m_model->setTop(source->first());
            return true;
        case Qt::Key_End:
            m_model->setFollowing(true);
            return true;
        case Qt::Key_Up:
            step = -1;
            break;
        case Qt::Key_Down:
            step = 1;
            break;
        case Qt::Key_PageUp:
            step = -page;
            break;
        case Qt::Key_PageDown:
            step = page;
            break;
        case Qt::Key_Return:
        case Qt::Key_Enter:
            if (m_selected) Q_EMIT rowActivated(*m_selected);
            return true;
        default:
            return false;
    }
    const auto first = static_cast<qint64>(source->first());
    const auto last = static_cast<qint64>(source->last()) - 1;
    const qint64 from = m_selected ? static_cast<qint64>(*m_selected) : static_cast<qint64>(m_model->top()) - step;
    m_selected = static_cast<quint64>(std::clamp(from + step, first, last));
    m_model->setFollowing(false);
    const quint64 top = m_model->top();
    const auto rows = static_cast<quint64>(m_model->pageRows());
    if (*m_selected < top) m_model->setTop(*m_selected);
    if (*m_selected >= top + rows) m_model->setTop(*m_selected - rows + 1);
    m_model->setFollowing(false);
    syncSelection();
    Q_EMIT rowSelected(*m_selected);
    return true;
}

void EventTable::mark(std::optional<quint64> sequence) {
    m_model->setMarked(sequence);
    if (sequence) Q_EMIT rowMarked(*sequence);
}

// Columns keep the widths a person gave them; they only leave and come back.
void EventTable::fitColumns() {
    const int room = m_view->viewport()->width();
    int needed = typeWidth;
    for (int i = 0; i < EventTableModel::ColumnCount; ++i) {
        const bool hidden = m_view->isColumnHidden(i);
        const int given = hidden ? columns()[static_cast<std::size_t>(i)].width : m_view->columnWidth(i);
        if (i != EventTableModel::Type) needed += given;
    }
    const auto widthOf = [this](int column) {
        return m_view->isColumnHidden(column) ? columns()[static_cast<std::size_t>(column)].width
                                              : m_view->columnWidth(column);
    };
    std::array<bool, EventTableModel::ColumnCount> hide{};
    for (const auto column : leaving) {
        hide[column] = needed > room;
        if (hide[column]) needed -= widthOf(column);
    }
    bool changed = false;
    for (auto column = std::rbegin(leaving); column != std::rend(leaving); ++column) {
        if (hide[*column] && needed + widthOf(*column) <= room) {  // a narrow one fits where a wide one did not
            hide[*column] = false;
            needed += widthOf(*column);
        }
        if (hide[*column] == m_view->isColumnHidden(*column)) continue;
        m_view->setColumnHidden(*column, hide[*column]);
        if (!hide[*column]) m_view->setColumnWidth(*column, columns()[*column].width);
        changed = true;
    }
    if (changed) Q_EMIT hiddenColumnsChanged();
}

QStringList EventTable::hiddenColumns() const {
    QStringList titles;
    for (int i = 0; i < EventTableModel::ColumnCount; ++i) {
        if (m_view->isColumnHidden(i))
            titles << m_model->headerData(i, Qt::Horizontal, Qt::DisplayRole).toString();
    }
    return titles;
}

QPoint EventTable::menuPlace() const {
    const QModelIndex index = m_selected ? m_model->indexOf(*m_selected, EventTableModel::Key) : QModelIndex();
    const QPoint place = index.isValid() ? m_view->visualRect(index).bottomLeft() : QPoint(40, 40);
    return m_view->viewport()->mapToGlobal(place);
}

void EventTable::takeClick(const QPoint& place, bool secondary) {
    const auto sequence = m_model->sequenceOf(m_view->indexAt(place));
    if (!sequence) return;
    if (!secondary) return mark(*sequence);
    if (m_selected != sequence) {
        selectSequence(sequence);
        Q_EMIT rowSelected(*sequence);
    }
    Q_EMIT menuWanted(m_view->viewport()->mapToGlobal(place));
}

bool EventTable::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::Resize) {
        fitColumns();
        fitPage();
    }
    if (event->type() == QEvent::ContextMenu) {
        const auto* menu = static_cast<QContextMenuEvent*>(event);
        if (menu->reason() == QContextMenuEvent::Mouse)
            takeClick(menu->pos(), true);
        else if (m_selected)
            Q_EMIT menuWanted(menuPlace());
        return true;
    }
    if (event->type() == QEvent::MouseButtonPress) {
        const auto* mouse = static_cast<QMouseEvent*>(event);
        if (mouse->button() == Qt::RightButton) return true;  // the menu's own event follows
        if (mouse->modifiers().testFlag(Qt::ControlModifier)) {
            takeClick(mouse->position().toPoint(), false);
            return true;
        }
    }
    if (event->type() == QEvent::Wheel) {
        const auto* wheel = static_cast<QWheelEvent*>(event);
        if (wheel->angleDelta().y() != 0) {
            m_wheel += wheel->angleDelta().y();
            const int rows = m_wheel / 40;  // three rows a notch
            m_wheel -= rows * 40;
            scrollBy(-rows);
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

}  // namespace nova::tables
