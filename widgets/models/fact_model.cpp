#include "widgets/models/fact_model.h"

#include "widgets/theme/plain_tip.h"

namespace nova::models {

void FactModel::setFacts(std::vector<Fact> facts) {
    if (facts == m_facts) return;
    if (facts.size() != m_facts.size()) {
        beginResetModel();
        m_facts = std::move(facts);
        endResetModel();
        return;
    }
    m_facts = std::move(facts);
    Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
}

int FactModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_facts.size());
}

int FactModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant FactModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid()) return {};
    const Fact& fact = m_facts[static_cast<std::size_t>(index.row())];
    switch (role) {
        case Qt::DisplayRole:
            return index.column() == Kind ? fact.kind : index.column() == Subject ? fact.subject : fact.detail;
        case Qt::ToolTipRole:
            return fact.hint.isEmpty() ? QVariant() : theme::plainTip(fact.hint);
        case Qt::AccessibleTextRole:
            return QString(fact.kind + u' ' + fact.subject + u' ' + fact.detail);
        case StatusRole:
            return static_cast<int>(fact.status);
        case TargetRole:
            return fact.target;
        default:
            return {};
    }
}

QVariant FactModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation == Qt::Horizontal && role == Qt::TextAlignmentRole)
        return static_cast<int>((section == Detail ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole) return {};
    return section == Kind ? tr("What") : section == Subject ? tr("Where") : tr("State");
}

}  // namespace nova::models
