// The lag of every group: heat map, key figures with the reason, history, partitions. Takes samples as they come; works
// on them while it is visible only.
#pragma once

#include <QElapsedTimer>
#include <QSet>
#include <QTimer>
#include <functional>

#include "app/engine/lag/diagnosis.h"
#include "app/views/lag_rows.h"
#include "app/views/view.h"

class QLabel;
class QLineEdit;
class QMenu;
class QPushButton;
class QSortFilterProxyModel;
class QSplitter;

namespace nova::charts {
class HeatLegend;
class HistoryChart;
}  // namespace nova::charts
namespace nova::engine {
class LagBoard;
}
namespace nova::models {
class LagPartitionModel;
}
namespace nova::tables {
class TableView;
}
namespace nova::theme {
class Segmented;
}

namespace nova::views {

class LagSummaryPane;
class NoticeBar;
class PaneHeader;

class LagView final : public View {
    Q_OBJECT
public:
    // Where the history of one partition, and what happened to a group, are kept.
    struct Past {
        std::function<QVector<engine::LagPoint>(const QString& group, const QString& topic, int partition,
                                                qint64 fromMs)>
            history;
        std::function<QVector<engine::LagMark>(const QString& group, qint64 fromMs)> marks;
        std::function<QString()> trouble{};  // why it does not survive a restart; empty: it does
    };

    explicit LagView(QWidget* parent = nullptr);
    ~LagView() override;

    // Samples and history of the board, and what is on screen told to it. The board outlives the view.
    void connectTo(engine::LagBoard& board);
    void setPast(Past past) { m_past = std::move(past); }
    void setProfile(const engine::Profile& profile);  // thresholds, mutes
    void setMutesKept(bool kept);                     // in the profile's file; else until the window is closed
    void setMuteFault(const QString& why);            // why a group stays as it was; empty: it does not
    void setMuted(bool muted);                        // of the selected group: asks for it
    // Groups that a replica can be added to: a local Nova's consumers; none elsewhere.
    void setScalable(const QStringList& services);

    void takeSample(const engine::LagSample& sample);
    void takeDiagnosed(const engine::Diagnosed& diagnosed);
    void setConnected();
    void setDisconnected(const QString& why);  // the broker's own text

    // An empty group: the one furthest behind on the topic. Before the first sample it is done as soon as that is
    // there.
    void goToGroup(const QString& group, const QString& topic = {}, int partition = -1);
    void askWhy();  // of the selected partition, or of the worst of the selected row

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
    void whyWanted(const QString& group, const QString& topic, int partition);
    void addReplicaWanted(const QString& service);
    void muteWanted(const QString& group, bool muted);
    void selectedChanged(const QString& group, const QString& topic);  // whose history is drawn; empty: none
    void onScreenChanged(const QVector<std::pair<QString, QString>>& rows);  // group, topic

protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void buildBar();
    QWidget* buildHeat();
    QWidget* buildHistory();
    QWidget* buildPartitions();
    void buildFilterMenu();
    void addChoices(QMenu* menu, const QString& title, const QStringList& names, QString LagFilter::*field);
    void connectHeat();
    void connectSummary();
    void connectKeys();

    void refresh();  // all, from the sample in hand
    void refreshBar();
    void refreshAge();
    void refreshNotice();
    void refreshHeat(bool reorder);
    void refreshSummary();
    void refreshTable();
    void refreshHistory();
    void refreshFilterText();
    void choose(const QString& key, int cell);
    void keepSelection();
    void togglePin();
    void tellOnScreen();
    void giveSizes();
    void fitColumns();
    void showMenu(const QPoint& at);
    [[nodiscard]] QVector<int> chosenPartitions(const QVector<engine::LagRow>& rows) const;
    [[nodiscard]] const engine::LagRow* focusRow() const;  // what "Why?" asks of
    [[nodiscard]] const engine::LagRow* rowOf(const QString& group, const QString& topic, int partition) const;
    [[nodiscard]] engine::LagRule ruleOf(const QString& group) const;
    [[nodiscard]] QString emptyText(const ShownRows& shown) const;
    [[nodiscard]] bool seconds() const;
    [[nodiscard]] bool isNarrow() const;
    [[nodiscard]] qint64 rangeMs() const;

    LagIndex m_index;
    LagFilter m_filter;
    Past m_past;
    engine::Profile m_profile;
    QSet<QString> m_pinned;
    QStringList m_order, m_scalable;
    QString m_key;    // selected row
    int m_cell = -1;  // selected partition's place in it; -1: the row
    QVector<std::pair<QString, QString>> m_onScreen;
    QString m_told;  // the key that was told to be selected
    std::optional<engine::Diagnosed> m_diagnosed;
    QString m_asked;  // key and partition of the question under way
    std::optional<Subject> m_awaited;  // to be shown once something was sampled
    QString m_trouble, m_muteFault;
    QElapsedTimer m_since;  // the last sample's arrival
    double m_periodSeconds = 1;
    qint64 m_lastAtMs = 0;
    bool m_hasSample = false, m_connected = false, m_live = true, m_defaultLayout = true;
    bool m_mutesKept = true;
    QTimer m_clock;

    NoticeBar* m_notice;
    QLabel *m_alarms, *m_warns, *m_errors, *m_hidden, *m_age;
    theme::Segmented *m_unit, *m_range, *m_shape;
    QSplitter *m_split, *m_upper;
    QLineEdit* m_search;
    QPushButton *m_filterButton, *m_filterText;
    QMenu* m_filterMenu;
    charts::HeatLegend* m_legend;
    charts::HeatMap* m_heat;
    LagSummaryPane* m_summary;
    QLabel *m_historyTitle, *m_historyLegend, *m_historyRange;
    charts::HistoryChart* m_history;
    PaneHeader* m_partitionsHeader;
    QLabel* m_partitionsText;
    models::LagPartitionModel* m_model;
    QSortFilterProxyModel* m_proxy;
    tables::TableView* m_table;
};

}  // namespace nova::views
