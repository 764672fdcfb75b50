// Two records side by side: a row a field, changed ones first marked. Values only; the views make the rows.
#pragma once

#include <QAbstractTableModel>
#include <vector>

namespace nova::models {

struct DiffRow {
    enum class Kind { heading, same, changed, onlyLeft, onlyRight };
    Kind kind = Kind::same;
    QString field, left, right;

    bool operator==(const DiffRow&) const = default;
};

class DiffModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { Field, Left, Right, ColumnCount };
    enum Role { KindRole = Qt::UserRole };  // int of DiffRow::Kind

    using QAbstractTableModel::QAbstractTableModel;

    void setRows(std::vector<DiffRow> rows);
    void setTitles(const QString& left, const QString& right);  // of the two columns
    void setOnlyChanges(bool only);
    int changes() const;  // rows that are not the same

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    void choose();

    std::vector<DiffRow> m_rows;
    std::vector<int> m_shown;  // indices
    QString m_left, m_right;
    bool m_only = false;
};

}  // namespace nova::models
