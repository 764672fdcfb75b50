// Services off local: what Kafka itself knows of a cluster: brokers, topics, partitions, configuration, groups. Worst
// first. Nova's topology where Nova's topics are. Reads nothing but what it is told; what it wants to know of a topic
// it asks for by configWanted.
#pragma once

#include <QDateTime>
#include <QSet>
#include <QTimer>

#include "app/engine/cluster/cluster_look.h"
#include "app/engine/cluster/target.h"
#include "app/views/cluster_rows.h"
#include "app/views/view.h"

class QLabel;
class QLineEdit;
class QPushButton;
class QSplitter;
class QStackedWidget;

namespace nova::models {
class CellTableModel;
}
namespace nova::tables {
class TableView;
}
namespace nova::theme {
class Segmented;
}
namespace nova::topology {
class TopologyWidget;
}

namespace nova::views {

class NoticeBar;

class ClusterView final : public View {
    Q_OBJECT
public:
    explicit ClusterView(engine::Target target, QWidget* parent = nullptr);

    void setLook(const engine::ClusterLook& look);
    // `why`: the broker's own text; empty: it answers.
    void setReached(bool reachable, const QString& why);
    void setConfig(const engine::TopicConfig& config);
    void setGroups(const QVector<engine::GroupState>& groups);
    void setFigures(const QVector<engine::ReplicaFigures>& figures);
    void selectTopic(const QString& topic);
    [[nodiscard]] QString selectedTopic() const { return m_topic; }

    void focusFilter() override;
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
    void configWanted(const QString& topic);
    void retryWanted();

protected:
    void showEvent(QShowEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    QWidget* buildBar();
    QWidget* buildTopics();
    QWidget* buildSide();
    QWidget* buildTopicPage();
    tables::TableView* newTable(models::CellTableModel* model, const QString& name, QWidget* parent);
    void refresh();  // everything that is shown
    void refreshTopic();
    void refreshNotice();
    void refreshAge();
    void refreshMap();
    void reselect();
    void wantConfigs();  // of the topics on screen
    void retry();        // all of it, now
    void openTopic();
    void openGroup();
    void giveColumns();
    void foldTopics(int width);
    void foldGroups(bool narrow);
    void showSide(int page);
    [[nodiscard]] const engine::TopicRow* topic() const;

    engine::Target m_target;
    engine::ClusterLook m_look;
    TopicConfigs m_configs;
    QSet<QString> m_asked;  // configurations that are on their way or here
    QVector<engine::GroupState> m_groupStates;
    FiguresByPart m_figures;
    QString m_topic;  // selected
    QString m_trouble;
    bool m_reachable = true;
    bool m_live = true;
    bool m_stale = true;
    bool m_hasMap = false;
    bool m_defaultLayout = true, m_defaultColumns = true;
    QTimer m_clock;  // the age of the look, once a second while shown

    NoticeBar* m_notice;
    QLabel* m_summary;
    QLabel* m_leaderless;
    QLabel* m_underReplicated;
    QLabel* m_age;
    QSplitter* m_rows;
    QSplitter* m_columns;
    topology::TopologyWidget* m_map;
    QLineEdit* m_search;
    models::CellTableModel* m_topicModel;
    tables::TableView* m_topics;
    theme::Segmented* m_sides;
    QStackedWidget* m_side;
    QLabel* m_topicName;
    QPushButton* m_records;
    models::CellTableModel* m_partitionModel;
    tables::TableView* m_partitions;
    models::CellTableModel* m_configModel;
    tables::TableView* m_config;
    models::CellTableModel* m_brokerModel;
    tables::TableView* m_brokers;
    models::CellTableModel* m_groupModel;
    tables::TableView* m_groups;
    QLabel* m_groupStatesText;
};

}  // namespace nova::views
