// A list of things, some cells about each: brokers, topics, partitions, groups. Sorts and searches by itself; what is
// worst stands first until a column is chosen. Text of numbers is made only for rows on screen. GUI thread.
#pragma once

#include <QAbstractTableModel>
#include <QString>
#include <QVector>
#include <optional>
#include <vector>

#include "widgets/theme/status.h"

namespace nova::models {

enum class CellTone { plain, second, ok, warn, err, info };

struct Cell {
    enum class Kind { text, count, rate, bytes };
    Kind kind = Kind::text;
    QString text;                  // of Kind::text; of the others what stands where there is no number
    std::optional<double> number;  // sorts before the text; shown by its kind
    CellTone tone = CellTone::plain;
    theme::Status status = theme::Status::None;  // its shape stands before the text
    QString toolTip;
    bool operator==(const Cell&) const = default;

    static Cell of(const QString& text, CellTone tone = CellTone::plain);
    // None: an en dash, with `why` as its tooltip.
    static Cell count(std::optional<double> number, const QString& why = {});
    static Cell rate(std::optional<double> perSecond, const QString& why = {});
};

struct CellRow {
    QString id;
    QVector<Cell> cells;
    int badness = 0;  // higher stands first while no column is chosen
    bool operator==(const CellRow&) const = default;
};

struct CellColumn {
    QString title, toolTip;
    bool right = false;
    bool mono = false;
};

class CellTableModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Role {
        IdRole = Qt::UserRole,  // QString
        StatusRole,             // int of theme::Status
        ToneRole,               // int of CellTone
        MonoRole                // bool
    };
    explicit CellTableModel(std::vector<CellColumn> columns, QObject* parent = nullptr);

    // Rows that stay where they are keep their index; another order or other rows reset the model.
    void setRows(std::vector<CellRow> rows);
    void setSearch(const QString& text);  // all its words occur in the row's texts, whatever the case
    [[nodiscard]] QString search() const { return m_search; }
    [[nodiscard]] int rowOf(const QString& id) const;  // -1: none, or not found by the search
    [[nodiscard]] const CellRow* at(const QModelIndex& index) const;
    [[nodiscard]] int total() const { return int(m_rows.size()); }  // whatever is searched

    // Column -1: worst first, then by name.
    void sort(int column, Qt::SortOrder order = Qt::AscendingOrder) override;
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    [[nodiscard]] std::vector<int> arranged(const std::vector<CellRow>& rows) const;
    [[nodiscard]] bool found(const CellRow& row) const;
    void rearrange();

    std::vector<CellColumn> m_columns;
    std::vector<CellRow> m_rows;
    std::vector<int> m_shown;  // into m_rows
    QString m_search;
    QStringList m_words;
    int m_sortColumn = -1;
    Qt::SortOrder m_sortOrder = Qt::AscendingOrder;
};

}  // namespace nova::models
