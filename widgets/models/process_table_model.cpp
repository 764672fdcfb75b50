#include "widgets/models/process_table_model.h"

#include <algorithm>

#include "widgets/theme/numbers.h"
#include "widgets/theme/plain_tip.h"

namespace nova::models {
namespace {

constexpr QChar dash(0x2013);

bool isRight(int column) {
    switch (column) {
        case ProcessTableModel::Name:
        case ProcessTableModel::State:
        case ProcessTableModel::Up:
            return false;
        default:
            return true;
    }
}

theme::Status statusOf(const ProcessRow& row) {
    return row.badge.isEmpty() ? theme::statusOfState(row.state) : theme::Status::Warn;
}

bool runs(const ProcessRow& row) {
    return row.pid > 0;
}

}  // namespace

ProcessTableModel::ProcessTableModel(QObject* parent) : QAbstractTableModel(parent) {}

void ProcessTableModel::setRows(std::vector<ProcessRow> rows) {
    const auto sameProcess = [](const ProcessRow& a, const ProcessRow& b) {
        return a.name == b.name && a.replica == b.replica;
    };
    if (!std::equal(rows.begin(), rows.end(), m_rows.begin(), m_rows.end(), sameProcess)) {
        beginResetModel();
        m_rows = std::move(rows);
        endResetModel();
        return;
    }
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (rows[i] == m_rows[i]) continue;
        m_rows[i] = std::move(rows[i]);
        const int row = static_cast<int>(i);
        Q_EMIT dataChanged(index(row, 0), index(row, ColumnCount - 1));
    }
}

int ProcessTableModel::rowOf(const QString& id) const {
    const auto found =
        std::find_if(m_rows.begin(), m_rows.end(), [&](const ProcessRow& row) { return row.id() == id; });
    return found == m_rows.end() ? -1 : static_cast<int>(found - m_rows.begin());
}

int ProcessTableModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int ProcessTableModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : ColumnCount;
}

QString ProcessTableModel::text(const ProcessRow& row, int column) const {
    switch (column) {
        case Name:
            return row.name;
        case Replica:
            return QString::number(row.replica);
        case State:
            return row.badge.isEmpty() ? theme::stateWord(row.state) : row.badge;
        case Pid:
            return runs(row) ? QString::number(row.pid) : QString(dash);
        case Cpu:
            return runs(row) ? theme::percent(row.cpuPercent) : QString(dash);
        case Memory:
            return runs(row) ? theme::count(row.rssBytes >> 20) : QString(dash);
        case Restarts:
            return theme::count(row.restarts);
        case Ready:
            return row.readyMs ? theme::seconds(*row.readyMs / 1000) : QString(dash);
        case Port:
            return row.port > 0 ? QString::number(row.port) : QString(dash);
        case Up:
            return !row.note.isEmpty() ? row.note : row.upSeconds ? theme::age(*row.upSeconds) : QString(dash);
        default:
            return {};
    }
}

int ProcessTableModel::tone(const ProcessRow& row, int column) const {
    switch (column) {
        case Replica:
        case Port:
            return Second;
        case Restarts:
            return row.restarts > 0 ? WarnTone : Second;
        case Up:
            return row.noteIsBad && !row.note.isEmpty() ? ErrTone : Second;
        case State:
            switch (statusOf(row)) {
                case theme::Status::Warn:
                    return WarnTone;
                case theme::Status::Err:
                    return ErrTone;
                case theme::Status::Starting:
                    return InfoTone;
                default:
                    return Second;
            }
        default:
            return Plain;
    }
}

QVariant ProcessTableModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= rowCount()) return {};
    const ProcessRow& row = m_rows[static_cast<std::size_t>(index.row())];
    switch (role) {
        case Qt::DisplayRole:
            return text(row, index.column());
        case Qt::ToolTipRole:
            return index.column() == Up && !row.note.isEmpty() ? theme::plainTip(row.note) : QVariant();
        case Qt::TextAlignmentRole:
            return static_cast<int>((isRight(index.column()) ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
        case IdRole:
            return row.id();
        case StatusRole:
            return static_cast<int>(statusOf(row));
        case FractionRole:
            return std::clamp(row.cpuPercent / 100, 0.0, 1.0);
        case ColorKeyRole:
            return row.dependency ? QStringLiteral("store") : row.name;
        case ToneRole:
            return tone(row, index.column());
        default:
            return {};
    }
}

QVariant ProcessTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) return {};
    if (role == Qt::TextAlignmentRole)
        return static_cast<int>((isRight(section) ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    if (role != Qt::DisplayRole) return {};
    switch (section) {
        case Name:
            return tr("Process");
        case Replica:
            return tr("#");
        case State:
            return tr("State");
        case Pid:
            return tr("Pid");
        case Cpu:
            return tr("CPU %");
        case Memory:
            return tr("Mem MiB");
        case Restarts:
            return tr("Restarts");
        case Ready:
            return tr("Ready in s");
        case Port:
            return tr("Port");
        case Up:
            return tr("Up");
        default:
            return {};
    }
}

}  // namespace nova::models
