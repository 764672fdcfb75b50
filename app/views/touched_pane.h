// "What this event touched": the idempotency key of each group, the row and its version, the gate, feed and cache
// entries, each group's position then and now, the action and the events that it caused. How old the reading is stands
// beside it; a source that was not asked, or did not answer, is named.
#pragma once

#include <QElapsedTimer>
#include <QTimer>
#include <QWidget>
#include <optional>
#include <vector>

#include "app/engine/keys/key_report.h"
#include "widgets/models/fact_model.h"

class QLabel;
class QPushButton;

namespace nova::tables {
class TableView;
}

namespace nova::views {

// The report as rows: what is known first, then what could not be asked. A target is "key:…", "event:…", "trace:…" or
// "group:…".
std::vector<models::Fact> factsOf(const engine::KeyReport& report);

class TouchedPane final : public QWidget {
    Q_OBJECT
public:
    explicit TouchedPane(QWidget* parent = nullptr);
    void setWaiting();  // a lookup runs
    void setReport(const engine::KeyReport& report);
    void setUnavailable(const QString& why);
    [[nodiscard]] models::FactModel* model() { return m_model; }

Q_SIGNALS:
    void readAgainWanted();
    void activated(const QString& target);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void showAge();
    void fitHeight();

    models::FactModel* m_model;
    tables::TableView* m_table;
    QLabel* m_age;
    QLabel* m_words;
    QPushButton* m_again;
    QElapsedTimer m_since;
    QTimer m_tick;
    bool m_waiting = false;
};

}  // namespace nova::views
