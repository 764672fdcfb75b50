// User actions as measured: the latest in a list, one of them as a sequence timeline drawn to scale, its hops one by
// one.
#pragma once

#include <QTimer>
#include <optional>

#include "app/engine/actions/action_store.h"
#include "app/views/view.h"

class QDockWidget;
class QLabel;
class QLineEdit;
class QListView;
class QMainWindow;
class QModelIndex;
class QPushButton;
class QSplitter;

namespace nova::models {
class ActionListModel;
}
namespace nova::timeline {
class TimelineWidget;
}

namespace nova::views {

class ActionInspector;
class NoticeBar;
class PaneHeader;
class ViewBar;

class ActionsView final : public View {
    Q_OBJECT
public:
    // The store outlives the view.
    explicit ActionsView(const engine::ActionStore& store, QWidget* parent = nullptr);
    ~ActionsView() override;

    void selectAction(const QString& traceId);  // also one that has not come yet: it is awaited by name
    [[nodiscard]] QString selectedAction() const { return m_trace; }
    void setConnected();
    // What would be read if a person wants it; `action` empty: nothing can be.
    void setOffer(const QString& headline, const QString& text, const QString& action = {});
    void setDisconnected(const QString& why);
    void setRunnable(bool runnable);  // somebody can act: Ctrl+Enter runs Alice to Bob
    void exportTo(const QString& file);  // the timeline as .svg or .png; the notice says how it ended
    void refresh();  // list and timeline, now
    [[nodiscard]] timeline::TimelineWidget* timeline() { return m_timeline; }
    [[nodiscard]] ActionInspector* inspector() { return m_inspector; }
    [[nodiscard]] models::ActionListModel* model() { return m_model; }

    void focusFilter() override;
    void goOldest() override;
    void goNewest() override;
    bool clear() override;
    void setLive(bool live) override;
    void timeZoneChanged() override;
    QVector<Found> find(const QString& text) override;
    Subject subject() const override;
    void showSubject(const Subject& subject) override;
    QVector<KeyHint> keys() const override;
    QByteArray saveLayout() const override;
    void restoreLayout(const QByteArray& state) override;

Q_SIGNALS:
    void offerTaken();
    void runWanted();

protected:
    void showEvent(QShowEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    QWidget* buildList();
    QWidget* buildMiddle();
    void buildInspector();
    void connectStore();
    void connectKeys();
    void setNarrow(bool narrow);
    void refreshList();
    void refreshAction();
    void refreshHop();  // inspector and the line that stands for it where it is folded
    void chooseRow(const QModelIndex& index);
    void selectHop(const QString& hop);
    void run();
    void askExport();
    void giveSizes();
    [[nodiscard]] QString emptyText() const;

    const engine::ActionStore& m_store;
    QTimer m_soon;  // gathers changes: at most four refreshes a second
    QString m_trace;
    std::optional<engine::Action> m_action;  // the one shown
    QString m_offer;
    QString m_trouble;
    bool m_connected = false;
    bool m_runnable = false;
    bool m_follow = true;  // the newest is selected by itself until a person chooses
    bool m_live = true;
    bool m_narrow = false;
    bool m_defaultLayout = true;

    NoticeBar* m_notice;
    QMainWindow* m_plan;
    QSplitter* m_split;
    QWidget* m_listPane;
    QLineEdit* m_filter;
    QLabel* m_count;
    models::ActionListModel* m_model;
    QListView* m_list;
    ViewBar* m_bar;
    QPushButton* m_showList;
    QLabel* m_user;
    QLabel* m_id;
    QLabel* m_state;
    QPushButton* m_run;
    QPushButton* m_export;
    QPushButton* m_whole;
    timeline::TimelineWidget* m_timeline;
    QWidget* m_foot;
    QLabel* m_hopLine;
    QPushButton* m_details;
    QDockWidget* m_inspectorDock;
    PaneHeader* m_inspectorHeader;
    ActionInspector* m_inspector;
};

}  // namespace nova::views
