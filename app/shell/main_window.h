// The window: bars around the views, palette, keys, what is remembered. Views are made when they are first shown, so
// that the first frame comes at once.
#pragma once

#include <QElapsedTimer>
#include <QMainWindow>
#include <QStackedWidget>
#include <QTimer>

#include "app/engine/plays/play_process.h"
#include "app/shell/lag_alarms.h"
#include "app/shell/session.h"
#include "app/shell/settings.h"
#include "app/views/record_link.h"
#include "app/views/view.h"

class QLabel;

namespace nova::views {
class ActionsView;
class ClusterView;
class FirstRunView;
class KeysView;
class LagView;
class NoticeBar;
class ProfileChooser;
class ServicesView;
class TrafficView;
}  // namespace nova::views

namespace nova::shell {

class CommandPalette;
class KeySheet;
class Rail;
class StatusStrip;
class TopBar;

class MainWindow final : public QMainWindow {
    Q_OBJECT
public:
    // Both outlive the window.
    MainWindow(Session& session, Settings& settings);
    ~MainWindow() override;

    void showView(const QString& name);  // "services", "traffic", "actions", "people"
    void showTimeline(const QString& traceId);
    void showRecord(const QString& eventId);
    void showPart(const QString& part);  // "kafka/0", "people", a topic of a cluster
    void showLag(const QString& group, const QString& topic = {}, int partition = -1);
    void showKey(const QString& id);  // event id, post id or key
    // Partition −1: the topic's records from now and some minutes back.
    void showLogRecord(const QString& topic, int partition, qint64 offset);
    // nova://…: opened here, or in the cluster that it names; false: it is no such link.
    bool openLink(const QString& link);
    [[nodiscard]] views::View* currentView() const;
    [[nodiscard]] CommandPalette& palette() { return *m_palette; }

Q_SIGNALS:
    void closed();  // hidden; what it started is still to be stopped

protected:
    void closeEvent(QCloseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    struct Page {
        QString name, title;
        theme::Icon icon;
        bool localOnly = false;
        views::View* view = nullptr;  // made when first shown
        QAction* action = nullptr;
    };
    void buildBars();
    void buildPages();
    void buildActions();
    void buildMenu();
    void buildClusters();
    void buildAlarms();
    void buildPalette();
    void connectSession();
    void opened();
    void openedLocal();
    void connectLag();  // to the board there is now
    void showAlarms();
    void offerSpans();
    void openWaitingLink();
    void tellTopics();
    void watchCluster();  // as often as somebody looks
    void dropViews();
    void setPlace();
    void fillClusters();
    void lookAt(const QString& profile);  // once the event at hand is done
    void showChooser();
    void showPage(int index);
    void closeOverlays();
    [[nodiscard]] bool isOffered(int index) const;
    [[nodiscard]] int indexOf(const QString& name) const;
    void jump(const QString& name);  // the same thing in another view
    void stepBack(int steps);        // through the views as they were shown; negative: forward
    void copyCommand();
    views::View* viewOf(int index);
    views::View* make(const QString& name);
    views::View* makeServices();
    views::View* makeCluster();
    views::View* makeTraffic();
    views::View* makeLag();
    views::View* makeActions();
    views::View* makeKeys();
    views::View* makePeople();
    void adopt(int index, views::View* view);
    void showFirstRun();
    void setLive(bool live);
    void setUtc(bool utc);
    void tick();
    void showStores();
    void showOwner();  // whom an attached window belongs to
    void showReads();
    void resetLayout();
    void nextPane(bool backwards);
    void addAction(const QString& text, theme::Icon icon, const QList<QKeySequence>& keys,
                   const std::function<void()>& act);
    [[nodiscard]] QVector<views::Found> findIn(int page, const QString& text);
    [[nodiscard]] QVector<views::Found> findLinks(const QString& text);
    [[nodiscard]] QVector<views::Found> findCommands(const QString& text);
    [[nodiscard]] QVector<views::KeyHint> keysEverywhere() const;

    struct Command {
        QString text;
        theme::Icon icon;
        QAction* action;
    };

    Session& m_session;
    Settings& m_settings;
    TopBar* m_top;
    Rail* m_rail;
    QWidget* m_side;  // the bar around the rail
    QWidget* m_foot;  // the bar around the status strip
    QStackedWidget* m_stack;
    QLabel* m_opening;
    views::FirstRunView* m_firstRun = nullptr;
    views::ProfileChooser* m_chooser = nullptr;
    views::ServicesView* m_services = nullptr;
    views::ClusterView* m_cluster = nullptr;
    views::NoticeBar* m_alarmLine;
    LagAlarms m_alarms;
    engine::PlayProcess m_plays;  // on the local Nova, whatever is looked at meanwhile
    engine::ClusterLook m_look;  // the latest, of a cluster that is not ours
    views::TrafficView* m_traffic = nullptr;
    views::LagView* m_lag = nullptr;
    views::KeysView* m_keysView = nullptr;
    engine::LagBoard* m_board = nullptr;  // that m_alarms and m_lag hear
    views::ActionsView* m_actions = nullptr;
    StatusStrip* m_status;
    CommandPalette* m_palette;
    KeySheet* m_keys;
    QVector<Page> m_pages;
    QVector<Command> m_commands;
    QTimer m_tick;  // bars, four times a second
    QElapsedTimer m_sinceRates, m_sinceReads;
    qint64 m_readBytes = 0;                   // of the session, when last looked
    std::optional<views::RecordLink> m_link;  // to be opened once its cluster is
    int m_current = -1;
    QVector<int> m_trail;  // views in the order they were shown, the latest 50
    qsizetype m_place = -1;  // in it
    bool m_live = true;
    bool m_utc = true;
};

}  // namespace nova::shell
