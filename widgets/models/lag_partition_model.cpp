#include "widgets/models/lag_partition_model.h"

#include <algorithm>

#include "widgets/theme/numbers.h"
#include "widgets/theme/plain_tip.h"

namespace nova::models {
namespace {

const QString dash = QStringLiteral("–");

QString number(const std::optional<qint64>& value) {
    return value ? theme::count(*value) : dash;
}

QString perSecond(const std::optional<double>& value) {
    return value ? theme::rate(*value).chopped(2) : dash;
}

bool isRight(int column) {
    using M = LagPartitionModel;
    return column >= M::Committed && column <= M::Out;
}

std::optional<qint64> held(const LagPartitionRow& row) {
    if (!row.logEnd || !row.lso) return std::nullopt;
    return std::max<qint64>(0, *row.logEnd - *row.lso);
}

QVariant order(const std::optional<qint64>& value) {
    return value ? static_cast<double>(*value) : -1.0;
}

QVariant order(const std::optional<double>& value) {
    return value.value_or(-1.0);
}

}  // namespace

void LagPartitionModel::setRows(std::vector<LagPartitionRow> rows) {
    const auto same = [](const LagPartitionRow& a, const LagPartitionRow& b) { return a.partition == b.partition; };
    if (!std::equal(rows.begin(), rows.end(), m_rows.begin(), m_rows.end(), same)) {
        beginResetModel();
        m_rows = std::move(rows);
        endResetModel();
        return;
    }
    // One announcement for each run of changed rows.
    for (std::size_t from = 0; from < rows.size();) {
        std::size_t until = from;
        while (until < rows.size() && rows[until] != m_rows[until]) {
            m_rows[until] = std::move(rows[until]);
            ++until;
        }
        if (until > from)
            Q_EMIT dataChanged(index(static_cast<int>(from), 0), index(static_cast<int>(until) - 1, ColumnCount - 1));
        from = until + 1;
    }
}

int LagPartitionModel::rowOf(int partition) const {
    const auto found = std::find_if(m_rows.begin(), m_rows.end(),
                                    [&](const LagPartitionRow& row) { return row.partition == partition; });
    return found == m_rows.end() ? -1 : static_cast<int>(found - m_rows.begin());
}

QString LagPartitionModel::asText() const {
    QString all;
    for (int column = Partition; column < ColumnCount; ++column)
        all +=
            headerData(column, Qt::Horizontal, Qt::DisplayRole).toString() + (column + 1 < ColumnCount ? u'\t' : u'\n');
    for (const LagPartitionRow& row : m_rows) {
        for (int column = Partition; column < ColumnCount; ++column)
            all += text(row, column) + (column + 1 < ColumnCount ? u'\t' : u'\n');
    }
    return all.replace(QChar(0x00a0), QLatin1Char(' '));
}

int LagPartitionModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int LagPartitionModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : ColumnCount;
}

QString LagPartitionModel::text(const LagPartitionRow& row, int column) const {
    switch (column) {
        case Partition:
            return QLatin1Char('p') + QString::number(row.partition);
        case Holder:
            return !row.holder.isEmpty() ? row.holder : row.holderKnown ? tr("nobody") : tr("not known");
        case Committed:
            return number(row.committed);
        case LogEnd:
            return number(row.logEnd);
        case Lso:
            return number(row.lso);
        case Held:
            return number(held(row));
        case Lag:
            return number(row.lag);
        case Oldest:
            return row.oldestSeconds ? theme::seconds(*row.oldestSeconds) : dash;
        case In:
            return perSecond(row.inPerSecond);
        case Out:
            return perSecond(row.outPerSecond);
        case CaughtUp:
            return row.caughtUp.isEmpty() ? dash : row.caughtUp;
        case Word:
            return row.reason.isEmpty() ? row.word : QString(row.word + QStringLiteral(" · ") + row.reason);
        default:
            return {};
    }
}

QVariant LagPartitionModel::sortValue(const LagPartitionRow& row, int column) const {
    switch (column) {
        case Shape:
            return static_cast<double>(row.status);
        case Partition:
            return static_cast<double>(row.partition);
        case Committed:
            return order(row.committed);
        case LogEnd:
            return order(row.logEnd);
        case Lso:
            return order(row.lso);
        case Held:
            return order(held(row));
        case Lag:
            return order(row.lag);
        case Oldest:
            return order(row.oldestSeconds);
        case In:
            return order(row.inPerSecond);
        case Out:
            return order(row.outPerSecond);
        default:
            return text(row, column);
    }
}

QString LagPartitionModel::tip(const LagPartitionRow& row, int column) const {
    switch (column) {
        case Holder:
            return row.holderTip;
        case Committed:
            if (row.lost > 0)
                return tr("%1 offsets below the log start were never read: they have left the log.")
                    .arg(theme::count(row.lost));
            return row.committed ? QString() : tr("This group never committed here.");
        case Held:
            return tr(
                "Held by open transactions: the high watermark minus the last stable offset (LSO). A consumer "
                "with isolation.level read_committed waits at the LSO.");
        case Oldest:
            return row.oldestSeconds ? tr("Age of the record at the committed offset, measured") : row.oldestReason;
        case CaughtUp:
            return tr("Lag divided by how fast it falls, with the error of that");
        case Word:
            return row.reason;
        default:
            return {};
    }
}

int LagPartitionModel::tone(const LagPartitionRow& row, int column) {
    const bool bad = row.status == theme::Status::Err;
    switch (column) {
        case Lag:
            return row.over || bad ? ErrTone : row.lag ? Plain : Second;
        case Committed:
            return row.lost > 0 ? ErrTone : row.committed ? Plain : Second;
        case Held:
            return held(row).value_or(0) > 0 ? WarnTone : Second;
        case CaughtUp:
            return row.growing ? WarnTone : Second;
        case Holder:
            return row.holder.isEmpty() && row.holderKnown ? WarnTone : row.holder.isEmpty() ? Second : Plain;
        case Word:
            return bad ? ErrTone : row.status == theme::Status::Warn ? WarnTone : Second;
        case Lso:
        case LogEnd:
            return row.stale ? Second : Plain;
        default:
            return Plain;
    }
}

QVariant LagPartitionModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= rowCount()) return {};
    const LagPartitionRow& row = m_rows[static_cast<std::size_t>(index.row())];
    switch (role) {
        case Qt::DisplayRole:
            return text(row, index.column());
        case Qt::ToolTipRole: {
            const QString said = tip(row, index.column());
            return said.isEmpty() ? QVariant() : theme::plainTip(said);
        }
        case Qt::TextAlignmentRole:
            return static_cast<int>((isRight(index.column()) ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
        case Qt::AccessibleTextRole:
            return index.column() == Shape ? row.word : text(row, index.column());
        case SortRole:
            return sortValue(row, index.column());
        case StatusRole:
            return static_cast<int>(row.status);
        case ToneRole:
            return tone(row, index.column());
        case OverRole:
            return row.over && index.column() == Lag;
        default:
            return {};
    }
}

QVariant LagPartitionModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) return {};
    if (role == Qt::TextAlignmentRole)
        return static_cast<int>((isRight(section) ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    if (role == Qt::ToolTipRole) {
        if (section == LogEnd) return tr("High watermark: the end of the log as kafka-consumer-groups has it");
        if (section == Lso) return tr("Last stable offset: the end for consumers that read committed records only");
        if (section == Held) return tr("Offsets held by open transactions: high watermark − LSO");
        if (section == Lag)
            return tr("Offsets, an upper bound of records: compaction and transaction markers leave gaps");
        if (section == Oldest) return tr("Age of the oldest unread record, in seconds");
        return {};
    }
    if (role != Qt::DisplayRole) return {};
    switch (section) {
        case Partition:
            return tr("Part.");
        case Holder:
            return tr("Held by");
        case Committed:
            return tr("Committed");
        case LogEnd:
            return tr("High watermark");
        case Lso:
            return tr("LSO");
        case Held:
            return tr("Open txn");
        case Lag:
            return tr("Lag");
        case Oldest:
            return tr("Oldest s");
        case In:
            return tr("In /s");
        case Out:
            return tr("Out /s");
        case CaughtUp:
            return tr("Caught up in");
        case Word:
            return tr("Status");
        default:
            return {};
    }
}

}  // namespace nova::models
