// The local Nova: map with live rates, processes, log of what is selected, start and stop of the whole and of each
// part.
#pragma once

#include <QHash>
#include <QMainWindow>
#include <QPointer>
#include <QTimer>

#include "app/engine/stack/stack.h"
#include "app/views/services_map.h"
#include "app/views/services_words.h"
#include "app/views/view.h"

class QDockWidget;
class QLabel;
class QLineEdit;
class QPushButton;
class QSplitter;

namespace nova::engine {
class PlayProcess;
}
namespace nova::models {
class LogModel;
class ProcessTableModel;
}  // namespace nova::models
namespace nova::tables {
class LogView;
class TableView;
}  // namespace nova::tables
namespace nova::theme {
class Segmented;
class StatusLabel;
}  // namespace nova::theme
namespace nova::topology {
class TopologyWidget;
}

namespace nova::views {

class AlertStrip;
class NoticeBar;
class PlayMenu;
class PlayPane;
class ViewBar;
struct Cure;

class ServicesView final : public View {
    Q_OBJECT
public:
    // The stack outlives the view.
    explicit ServicesView(stack::Stack& stack, QWidget* parent = nullptr);

    // Scenarios can be played from then on; the process outlives the view.
    void setPlays(engine::PlayProcess& plays);
    void setRates(const TopicRates& rates);                           // at most four times a second
    void setFigures(const QVector<engine::ReplicaFigures>& figures);  // of /metrics, once a second
    void selectPart(const QString& id);                               // "kafka/0"
    [[nodiscard]] QString selectedPart() const { return m_selected; }

    void focusFilter() override;
    bool clear() override;
    void setLive(bool live) override;
    void timeZoneChanged() override;
    QVector<Found> find(const QString& text) override;
    QVector<KeyHint> keys() const override;
    QByteArray saveLayout() const override;
    void restoreLayout(const QByteArray& state) override;

protected:
    void showEvent(QShowEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

Q_SIGNALS:
    void wanted();  // to be seen: a play was asked for from elsewhere

private:
    void buildBar();
    void buildPlan();
    QWidget* buildProcesses();
    void buildLog();
    void connectStack();
    void refresh();  // everything that is shown, from m_parts
    void judge();    // what is wrong, if anything
    void refreshNotice();
    void refreshButtons();
    void refreshReadiness();
    void loadLog();
    void takeLog(const QVector<stack::LogLine>& lines);
    void selectNode(const QString& node);
    void reselect();
    void actOnNotice();
    void cure(const Cure& cure);
    bool actOnKey(int key);
    void scaleBy(int more);  // replicas of the selected part
    [[nodiscard]] int replicasOf(const QString& name) const;
    void giveSizes();
    void setNarrow(bool narrow);
    void showPlay(bool shown);
    void foldLog();  // where something else needs the room
    [[nodiscard]] const stack::PartStatus* selected() const;

    stack::Stack& m_stack;
    QVector<stack::PartStatus> m_parts;
    TopicRates m_rates;
    FiguresByPart m_figures;
    QString m_failure;
    QHash<QString, QDateTime> m_downSince;  // part id → when it was first seen down
    QString m_selected;
    Notice m_notice;
    bool m_live = true;
    bool m_stale = true;  // something changed while hidden or paused
    bool m_narrow = false;
    bool m_defaultLayout = true;  // sizes still to be given, at the first show
    QTimer m_clock;               // ages in words, once a second while shown

    NoticeBar* m_noticeBar;
    AlertStrip* m_alerts;
    ViewBar* m_bar;
    QLabel* m_summary;
    QPushButton* m_startAll;
    QPushButton* m_stopAll;
    QSplitter* m_split;
    topology::TopologyWidget* m_map;
    QMainWindow* m_lower;
    models::ProcessTableModel* m_processModel;
    tables::TableView* m_processes;
    QLabel* m_partName;
    QLabel* m_replicas;
    QPushButton* m_fewer;
    QPushButton* m_more;
    QPushButton* m_startPart;
    QPushButton* m_pausePart;
    QPushButton* m_resumePart;
    QPushButton* m_restartPart;
    QPushButton* m_stopPart;
    QPushButton* m_killPart;
    QPushButton* m_showLog;
    QDockWidget* m_logDock;
    QLabel* m_logPart;
    QLineEdit* m_logSearch;
    theme::Segmented* m_logLevel;
    models::LogModel* m_logModel;
    tables::LogView* m_log;
    theme::StatusLabel* m_readiness;
    PlayMenu* m_plays = nullptr;  // these three: once there is something that plays
    PlayPane* m_play = nullptr;
    QDockWidget* m_playDock = nullptr;
};

}  // namespace nova::views
