#include "widgets/models/cell_table_model.h"

#include <algorithm>
#include <numeric>

#include "widgets/theme/numbers.h"
#include "widgets/theme/plain_tip.h"

namespace nova::models {

namespace {

constexpr QChar dash(0x2013);

QString textOf(const Cell& cell) {
    if (cell.kind == Cell::Kind::text || !cell.number) return cell.text;
    switch (cell.kind) {
        case Cell::Kind::rate:
            return theme::rate(*cell.number);
        case Cell::Kind::bytes:
            return theme::bytes(static_cast<qint64>(*cell.number));
        default:
            return theme::count(static_cast<qint64>(*cell.number));
    }
}

Cell numberOr(Cell::Kind kind, std::optional<double> number, const QString& why) {
    Cell cell;
    cell.kind = kind;
    cell.number = number;
    if (!number) {
        cell.text = dash;
        cell.tone = CellTone::second;
        cell.toolTip = why;
    }
    return cell;
}

// < 0: a first. What has no number stands last.
int compare(const Cell& a, const Cell& b) {
    if (a.number && b.number) return *a.number < *b.number ? -1 : *a.number > *b.number ? 1 : 0;
    if (a.number || b.number) return a.number ? -1 : 1;
    return QString::compare(a.text, b.text);
}

}  // namespace

Cell Cell::of(const QString& text, CellTone tone) {
    Cell cell;
    cell.text = text;
    cell.tone = tone;
    return cell;
}

Cell Cell::count(std::optional<double> number, const QString& why) {
    return numberOr(Kind::count, number, why);
}

Cell Cell::rate(std::optional<double> perSecond, const QString& why) {
    return numberOr(Kind::rate, perSecond, why);
}

CellTableModel::CellTableModel(std::vector<CellColumn> columns, QObject* parent)
    : QAbstractTableModel(parent), m_columns(std::move(columns)) {}

bool CellTableModel::found(const CellRow& row) const {
    return std::all_of(m_words.begin(), m_words.end(), [&](const QString& word) {
        return std::any_of(row.cells.begin(), row.cells.end(),
                           [&](const Cell& cell) { return cell.text.contains(word, Qt::CaseInsensitive); });
    });
}

std::vector<int> CellTableModel::arranged(const std::vector<CellRow>& rows) const {
    std::vector<int> order;
    order.reserve(rows.size());
    for (int i = 0; i < static_cast<int>(rows.size()); ++i) {
        if (found(rows[static_cast<std::size_t>(i)])) order.push_back(i);
    }
    const auto row = [&](int i) -> const CellRow& { return rows[static_cast<std::size_t>(i)]; };
    std::stable_sort(order.begin(), order.end(), [&](int a, int b) {
        if (m_sortColumn < 0) {
            if (row(a).badness != row(b).badness) return row(a).badness > row(b).badness;
            return row(a).id < row(b).id;
        }
        const Cell& left = row(a).cells[m_sortColumn];
        const Cell& right = row(b).cells[m_sortColumn];
        if (left.number.has_value() != right.number.has_value()) return left.number.has_value();
        const int order3 = compare(left, right);
        return m_sortOrder == Qt::AscendingOrder ? order3 < 0 : order3 > 0;
    });
    return order;
}

void CellTableModel::setRows(std::vector<CellRow> rows) {
    const auto order = arranged(rows);
    const bool same = std::equal(order.begin(), order.end(), m_shown.begin(), m_shown.end(), [&](int now, int before) {
        return rows[static_cast<std::size_t>(now)].id == m_rows[static_cast<std::size_t>(before)].id;
    });
    if (!same) {
        beginResetModel();
        m_rows = std::move(rows);
        m_shown = order;
        endResetModel();
        return;
    }
    std::swap(m_rows, rows);
    const auto before = std::exchange(m_shown, order);
    for (int i = 0; i < static_cast<int>(m_shown.size()); ++i) {
        const auto at = static_cast<std::size_t>(i);
        if (rows[static_cast<std::size_t>(before[at])] == m_rows[static_cast<std::size_t>(m_shown[at])]) continue;
        Q_EMIT dataChanged(index(i, 0), index(i, columnCount() - 1));
    }
}

void CellTableModel::rearrange() {
    beginResetModel();
    m_shown = arranged(m_rows);
    endResetModel();
}

void CellTableModel::setSearch(const QString& text) {
    if (m_search == text) return;
    m_search = text;
    m_words = text.split(QLatin1Char(' '), Qt::SkipEmptyParts);
    rearrange();
}

void CellTableModel::sort(int column, Qt::SortOrder order) {
    m_sortColumn = column < columnCount() ? column : -1;
    m_sortOrder = order;
    rearrange();
}

int CellTableModel::rowOf(const QString& id) const {
    const auto place = std::find_if(m_shown.begin(), m_shown.end(),
                                    [&](int i) { return m_rows[static_cast<std::size_t>(i)].id == id; });
    return place == m_shown.end() ? -1 : static_cast<int>(place - m_shown.begin());
}

const CellRow* CellTableModel::at(const QModelIndex& index) const {
    if (!index.isValid() || index.row() >= rowCount()) return nullptr;
    return &m_rows[static_cast<std::size_t>(m_shown[static_cast<std::size_t>(index.row())])];
}

int CellTableModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_shown.size());
}

int CellTableModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_columns.size());
}

QVariant CellTableModel::data(const QModelIndex& index, int role) const {
    const CellRow* row = at(index);
    if (!row) return {};
    const Cell& cell = row->cells[index.column()];
    const CellColumn& column = m_columns[static_cast<std::size_t>(index.column())];
    switch (role) {
        case Qt::DisplayRole:
            return textOf(cell);
        case Qt::ToolTipRole:
            return cell.toolTip.isEmpty() ? QVariant() : theme::plainTip(cell.toolTip);
        case Qt::TextAlignmentRole:
            return static_cast<int>((column.right ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
        case IdRole:
            return row->id;
        case StatusRole:
            return static_cast<int>(cell.status);
        case ToneRole:
            return static_cast<int>(cell.tone);
        case MonoRole:
            return column.mono;
        default:
            return {};
    }
}

QVariant CellTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || section < 0 || section >= columnCount()) return {};
    const CellColumn& column = m_columns[static_cast<std::size_t>(section)];
    switch (role) {
        case Qt::DisplayRole:
            return column.title;
        case Qt::ToolTipRole:
            return column.toolTip.isEmpty() ? QVariant() : column.toolTip;
        case Qt::TextAlignmentRole:
            return static_cast<int>((column.right ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
        default:
            return {};
    }
}

}  // namespace nova::models
