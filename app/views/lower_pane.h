// The pane under the table of events, one page at a time: two events side by side, all held records of one key, the
// exact offsets of a scan, or help. Hidden until it is asked for; Esc closes it.
#pragma once

#include <QWidget>
#include <memory>

#include "app/engine/traffic/event.h"
#include "app/engine/traffic/scan.h"
#include "app/views/ring_rows.h"
#include "widgets/models/diff_model.h"
#include "widgets/models/fact_model.h"

class QAbstractItemDelegate;
class QAbstractItemModel;
class QCheckBox;
class QLabel;
class QPushButton;
class QStackedWidget;
class QTextBrowser;

namespace nova::tables {
class EventTable;
class TableView;
}  // namespace nova::tables

namespace nova::views {

class PaneHeader;

// A filter that matches the records of this topic and key; empty where a key cannot be written in it (bytes, or none).
QString historyFilter(const engine::Event& event);

class LowerPane final : public QWidget {
    Q_OBJECT
public:
    explicit LowerPane(QWidget* parent = nullptr);

    void compare(const engine::Event& left, const engine::Event& right);
    // Of what `rows` stand over; they outlive the pane or closePane() comes first.
    void showHistory(const engine::Event& event, const engine::EventRing& ring, std::shared_ptr<EventIndex> index);
    void showSearched(const engine::ScanReport& report);
    void showHelp(const QString& resource, const QString& title);
    void refresh();  // once a tick, while visible
    bool closePane();  // false: it was closed
    [[nodiscard]] models::DiffModel* diff() { return m_diff; }
    [[nodiscard]] RingRows* history() { return m_history.get(); }
    [[nodiscard]] models::FactModel* searched() { return m_searched; }

Q_SIGNALS:
    void eventChosen(const nova::engine::Event& event);  // in the history
    void closed();

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void fitDiff();
    void open(QWidget* page, const QString& title, const QString& words);
    void showHistoryWords();
    tables::TableView* newTable(QAbstractItemModel* model, QAbstractItemDelegate* delegate, const QString& name);

    PaneHeader* m_header;
    QLabel* m_words;
    QCheckBox* m_onlyChanges;
    QStackedWidget* m_pages;
    models::DiffModel* m_diff;
    models::FactModel* m_searched;
    tables::TableView* m_diffTable;
    tables::TableView* m_searchedTable;
    tables::EventTable* m_historyTable;
    QTextBrowser* m_help;
    std::unique_ptr<RingRows> m_history;
    QString m_key;
};

}  // namespace nova::views
