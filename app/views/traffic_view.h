// Traffic: the live tail of chosen topics, what a pause kept of it, what a scan of the history found, or an opened
// export; a filter over it, rates per topic, and one event in full with what it touched. What was found, kept, dropped
// and how far behind the reading is are always on screen.
#pragma once

#include <QDateTime>
#include <QPointer>
#include <QTimer>
#include <atomic>
#include <memory>
#include <optional>

#include "app/engine/cluster/target.h"
#include "app/engine/traffic/scan_job.h"
#include "app/engine/traffic/traffic_observer.h"
#include "app/views/record_link.h"
#include "app/views/view.h"
#include "widgets/charts/rate_strip.h"

class QDockWidget;
class QLabel;
class QMainWindow;
class QMenu;
class QPushButton;

namespace nova::engine {
class ActionStore;
class KeyLookup;
struct KeyReport;
}  // namespace nova::engine
namespace nova::tables {
class EventTable;
}

namespace nova::views {

class EventDetail;
class FilterField;
class KeptRows;
class LowerPane;
class NoticeBar;
class RingRows;
class ScanBar;
class TopicChooser;

class TrafficView final : public View {
    Q_OBJECT
public:
    // The ring outlives the view.
    explicit TrafficView(const engine::EventRing& ring, QWidget* parent = nullptr);
    ~TrafficView() override;

    void takeBatch(const engine::TrafficBatch& batch);  // once a tick
    void setConnected();
    void setDisconnected(const QString& why);  // the broker's own text
    // What is read: for scans, links, kcat commands and lookups. Without it these say that they cannot be had.
    void setTarget(const engine::Target& target);
    void setTopics(const QStringList& all);       // those that the cluster has
    void setFollowed(const QStringList& topics);  // those that are read now
    void setTroubles(const QStringList& partitions);
    void learnName(const QString& userId, const QString& handle);
    void followOutcomes(engine::ActionStore& actions);  // whose stale ones are marked; outlives the view
    void goToEvent(const QString& eventId);             // finds and selects it
    void goToRecord(const QString& topic, int partition, qint64 offset);  // held, or read from the cluster
    bool openLink(const RecordLink& link);  // false: it is of another profile
    void openCapture(const QString& file);  // an export, without a cluster
    // Writes what is shown; the ending decides: .jsonl or .csv. In the background; the foot tells the end. A view that
    // goes gives it up: then there is no file.
    void exportTo(const QString& file);
    void scan(const engine::ScanRequest& request);
    void setFilter(const QString& text);

    [[nodiscard]] tables::EventTable* table() { return m_table; }
    [[nodiscard]] EventDetail* detail() { return m_detail; }
    [[nodiscard]] FilterField* filterField() { return m_filter; }
    [[nodiscard]] ScanBar* scanBar() { return m_scanBar; }
    [[nodiscard]] TopicChooser* chooser() const;
    [[nodiscard]] LowerPane* lower() { return m_lower; }
    [[nodiscard]] RingRows* rows() { return m_rows; }  // of what is shown

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
    void tailWanted(const nova::engine::TailChoice& choice);  // a person chose other topics, or another start
    void exported();                                          // the foot says how it ended

protected:
    void showEvent(QShowEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    enum class Sheet { live, kept, found };  // which rows the table shows

    // traffic_view_build.cpp
    void buildBar();
    void buildRates();
    void buildScan();
    QWidget* buildTable();
    void buildFoot(QWidget* pane);
    void buildDetail();
    void buildMenu();
    void connectKeys();
    void key(const QKeySequence& keys, const std::function<void()>& act);
    // traffic_view.cpp
    void refresh();  // table and foot, from the ring
    void refreshRates();
    void refreshFoot();
    void refreshFilter();
    void giveSizes();
    void letGo();
    void loadWhole();
    void sampleRates();  // once a second
    void tellTopics();
    [[nodiscard]] QString emptyText() const;
    [[nodiscard]] QString footText() const;
    // traffic_view_sheets.cpp
    void show(Sheet sheet, RingRows* rows);
    void applyFilter(const QString& text);
    void showKept();
    void backToLive();
    void startScan();
    void scanOn();
    void followReordered();  // the chosen event and the top row stand elsewhere
    void sortBy(int column);
    void askTime();
    void goToTime(const QString& text);
    void chooseTopics(QPushButton& under, bool toScan = false);
    [[nodiscard]] QStringList scanTopics() const;
    // traffic_view_records.cpp
    void select(quint64 row);
    void showEvent(const engine::Event& event);
    void lookUp();
    void takeReport(const engine::KeyReport& report, quint64 request);
    void followSelection();  // its row may have another number, or have left
    void goToTarget(const QString& target);
    void compareWith(quint64 row);
    void showHistory();
    void copyJson();
    void copyKcat();
    void copyLink();
    void askExport();
    void askOpen();
    void refreshOutcomes(engine::ActionStore& actions);

    const engine::EventRing& m_liveRing;
    RingRows* m_live;          // of the live ring
    KeptRows* m_kept;          // of a pause
    const std::shared_ptr<std::atomic<bool>> m_closing = std::make_shared<std::atomic<bool>>(false);
    engine::ScanJob* m_scan;   // its ring is what was found
    RingRows* m_found;
    RingRows* m_rows;          // one of them
    Sheet m_sheet = Sheet::live;
    std::optional<engine::Target> m_target;
    std::unique_ptr<engine::KeyLookup> m_lookup;
    quint64 m_lookupRun = 0;
    engine::TrafficBatch m_batch;
    std::map<QString, std::vector<double>> m_history;  // 80 seconds a topic; bounded by the topics
    QStringList m_topics, m_followed, m_scanTopics, m_troubles, m_changedTraces;
    QTimer m_second, m_outcomes, m_lookupSoon;
    QDateTime m_attachedAt, m_selectedLeftAt;
    QString m_trouble, m_said, m_scanFilter, m_file;
    std::optional<quint64> m_selected;  // sequence in the ring of the sheet
    quint64 m_recordAsked = 0;          // the latest record that was asked for by its place
    bool m_defaultLayout = true;        // sizes still to be given, at the first show
    bool m_connected = false;
    bool m_isLive = true;
    bool m_narrow = false;
    bool m_fileOpen = false;
    bool m_choosingForScan = false;
    int m_pendingSort = -1;  // column, once the pause has kept its rows

    NoticeBar* m_notice;
    FilterField* m_filter;
    QPushButton* m_topicsButton;
    QPushButton* m_scanButton;
    QPushButton* m_exportButton;
    QPointer<TopicChooser> m_chooser;  // of the window, once it was open
    QWidget* m_problem;
    QLabel* m_problemText;
    ScanBar* m_scanBar;
    charts::RateStrip* m_strip;
    QLabel* m_in;
    QLabel* m_held;
    QLabel* m_lost;
    QMainWindow* m_plan;
    tables::EventTable* m_table;
    LowerPane* m_lower;
    QLabel* m_following;
    QLabel* m_hidden;
    QPushButton* m_newer;
    QDockWidget* m_detailDock;
    EventDetail* m_detail;
    QMenu* m_menu;
};

}  // namespace nova::views
