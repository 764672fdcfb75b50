// A short list of facts: a status, what it is about, the thing itself and what is known of it. Values only.
#pragma once

#include <QAbstractTableModel>
#include <vector>

#include "widgets/theme/status.h"

namespace nova::models {

struct Fact {
    theme::Status status = theme::Status::None;
    QString kind;     // "key", "row": a word
    QString subject;  // "posts 0193…4e91": the thing, in mono; middle elided where it does not fit
    QString detail;   // "done · 6 d 23 h", at the right
    QString hint;     // tool tip: the whole of it, and why
    QString target;   // what it leads to when activated; empty: nowhere

    bool operator==(const Fact&) const = default;
};

class FactModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { Kind, Subject, Detail, ColumnCount };
    enum Role { StatusRole = Qt::UserRole, TargetRole };

    using QAbstractTableModel::QAbstractTableModel;

    // The same number of rows changes in place: a selection stays.
    void setFacts(std::vector<Fact> facts);
    const std::vector<Fact>& facts() const { return m_facts; }

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    std::vector<Fact> m_facts;
};

}  // namespace nova::models
