// The live tail: a filter, rates per topic, the table that follows or holds, one event in full.
#pragma once

#include <QDateTime>
#include <QHash>
#include <QTimer>

#include "app/engine/traffic/traffic_observer.h"
#include "app/views/view.h"
#include "widgets/charts/rate_strip.h"

class QLabel;
class QLineEdit;
class QMainWindow;
class QPushButton;
class QDockWidget;

namespace nova::tables {
class EventTable;
}

namespace nova::views {

class EventDetail;
class NoticeBar;
class RingRows;

class TrafficView final : public View {
    Q_OBJECT
public:
    // The ring outlives the view.
    explicit TrafficView(const engine::EventRing& ring, QWidget* parent = nullptr);
    ~TrafficView() override;

    void takeBatch(const engine::TrafficBatch& batch);  // once a tick
    void setConnected();
    void setDisconnected(const QString& why);  // the broker's own text
    void learnName(const QString& userId, const QString& handle);
    void goToEvent(const QString& eventId);  // finds and selects it
    [[nodiscard]] tables::EventTable* table() { return m_table; }
    [[nodiscard]] EventDetail* detail() { return m_detail; }

    void focusFilter() override;
    void goOldest() override;
    void goNewest() override;
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

private:
    void buildBar();
    void buildRates();
    QWidget* buildTable();
    void buildDetail();
    void connectKeys();
    void refresh();  // table and foot, from the ring
    void refreshRates();
    void refreshFoot();
    void giveSizes();
    void sampleRates();  // once a second
    void select(quint64 row);
    [[nodiscard]] QString emptyText() const;

    RingRows* m_rows;
    engine::TrafficBatch m_batch;
    std::map<QString, std::vector<double>> m_history;  // 80 seconds a topic; bounded by the topics
    QTimer m_second;
    QDateTime m_attachedAt;
    QString m_trouble;
    bool m_defaultLayout = true;  // sizes still to be given, at the first show
    bool m_connected = false;
    bool m_live = true;
    bool m_narrow = false;

    NoticeBar* m_notice;
    QLineEdit* m_filter;
    QLabel* m_matches;
    charts::RateStrip* m_strip;
    QLabel* m_in;
    QLabel* m_lost;
    QMainWindow* m_plan;
    tables::EventTable* m_table;
    QLabel* m_following;
    QPushButton* m_newer;
    QDockWidget* m_detailDock;
    EventDetail* m_detail;
};

}  // namespace nova::views
