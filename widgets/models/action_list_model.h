// The latest user actions, newest first; at most `bound()` rows are kept.
#pragma once

#include <QAbstractListModel>
#include <optional>
#include <vector>

namespace nova::models {

enum class ActionMark { None, Retry, Duplicate, Stale, Failed };

struct ActionRow {
    QString traceId;
    QString action;  // "createPost"
    QString user;
    qint64 startedUs = 0;              // µs since the epoch, UTC
    std::optional<double> answeredMs;  // none: no root span or failed
    std::optional<double> visibleMs;   // none: open or without recipient
    std::optional<double> answeredBudget;
    std::optional<double> visibleBudget;
    double overMs = 0;  // over the worst broken budget; 0: kept
    ActionMark mark = ActionMark::None;
    QString markText;  // "retry 1", "503"
    bool complete = true;

    bool operator==(const ActionRow&) const = default;
};

class ActionListModel : public QAbstractListModel {
    Q_OBJECT

public:
    enum Role { TraceRole = Qt::UserRole };

    explicit ActionListModel(QObject* parent = nullptr);

    // Newest first. New rows come in at the front, old ones leave at the back, changed ones are announced: selection
    // stays.
    void setRows(std::vector<ActionRow> rows);
    const ActionRow* rowAt(int row) const;
    int rowOf(const QString& traceId) const;
    static constexpr int bound() { return 2000; }

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index,
                  int role) const override;  // Display: one spoken sentence; the delegate reads rowAt()

private:
    std::vector<ActionRow> m_rows;
};

}  // namespace nova::models
