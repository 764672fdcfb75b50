// The partitions that one group reads of one topic, one row each. Numbers sort as numbers.
#pragma once

#include <QAbstractTableModel>
#include <optional>
#include <vector>

#include "widgets/theme/status.h"

namespace nova::models {

struct LagPartitionRow {
    int partition = 0;
    QString holder, holderTip;  // who reads it; empty: nobody, or not known
    bool holderKnown = true;
    std::optional<qint64> logStart, committed, logEnd, lso, lag;
    qint64 lost = 0;
    std::optional<double> oldestSeconds;
    QString oldestReason;  // why there is none
    std::optional<double> inPerSecond, outPerSecond;
    QString caughtUp;  // "1 m 5 s ± 4 s", "growing"
    theme::Status status = theme::Status::None;
    QString word, reason;  // "WARN"; why, may be empty
    bool over = false;     // its alarm fires
    bool growing = false;
    bool stale = false;  // offsets older than the sample
    bool operator==(const LagPartitionRow&) const = default;
};

class LagPartitionModel final : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column {
        Shape,
        Partition,
        Holder,
        Committed,
        LogEnd,
        Lso,
        Held,
        Lag,
        Oldest,
        In,
        Out,
        CaughtUp,
        Word,
        ColumnCount
    };
    enum Role {
        SortRole = Qt::UserRole,  // numbers as double; what is not known sorts below all that is
        StatusRole,               // int of theme::Status
        ToneRole,                 // int of Tone
        OverRole                  // bool, Lag column: with its ▲
    };
    enum Tone { Plain, Second, WarnTone, ErrTone, OkTone };

    using QAbstractTableModel::QAbstractTableModel;

    // By partition. The same partitions never reset the model; unchanged rows are not announced.
    void setRows(std::vector<LagPartitionRow> rows);
    [[nodiscard]] const std::vector<LagPartitionRow>& rows() const { return m_rows; }
    [[nodiscard]] int rowOf(int partition) const;  // -1: none
    [[nodiscard]] QString asText() const;          // tab-separated, with a heading

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    [[nodiscard]] QString text(const LagPartitionRow& row, int column) const;
    [[nodiscard]] QVariant sortValue(const LagPartitionRow& row, int column) const;
    [[nodiscard]] QString tip(const LagPartitionRow& row, int column) const;
    [[nodiscard]] static int tone(const LagPartitionRow& row, int column);

    std::vector<LagPartitionRow> m_rows;
};

}  // namespace nova::models
