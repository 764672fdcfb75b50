// Idempotency keys: one field for an event id, a post, a user, a message or a key; which group has which key with its
// time running down, how often it suppressed a repeat, each delivery, versions against the owner's row, effects,
// consumers; and a scan of the keys that there are. Reads only.
#pragma once

#include <QElapsedTimer>
#include <QTimer>
#include <memory>

#include "app/engine/keys/key_lookup.h"
#include "app/views/view.h"

class QLabel;
class QLineEdit;
class QProgressBar;
class QPushButton;
class QSplitter;
class QStackedWidget;

namespace nova::charts {
class DeliveryStrip;
}
namespace nova::models {
class CellTableModel;
class KeyTableModel;
}  // namespace nova::models
namespace nova::tables {
class TableView;
}
namespace nova::theme {
class Segmented;
}

namespace nova::views {

class NoticeBar;
class PaneHeader;

class KeysView final : public View {
    Q_OBJECT
public:
    explicit KeysView(QWidget* parent = nullptr);
    ~KeysView() override;

    void setTarget(const engine::Target& target);
    void setDisconnected();  // nothing can be asked; what is shown stays
    void lookUp(const QString& id);
    void lookUp(const engine::Event& event);
    void scan(const QString& pattern);

    // What is shown; the engine's answers come here too.
    void showReport(const engine::KeyReport& report);
    void showScan(const engine::KeyScan& scan);

    void focusFilter() override;
    bool clear() override;
    void timeZoneChanged() override;
    QVector<Found> find(const QString& text) override;
    Subject subject() const override;
    void showSubject(const Subject& subject) override;
    QVector<KeyHint> keys() const override;
    QByteArray saveLayout() const override;
    void restoreLayout(const QByteArray& state) override;

protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

private:
    void buildBar();
    QWidget* buildHelp();
    QWidget* buildResult();
    QWidget* buildHeader();
    QWidget* buildDeliveries();
    QWidget* buildVersions();
    QWidget* buildSides();
    QWidget* buildFoot();
    QWidget* buildScanBar();
    tables::TableView* newTable(models::CellTableModel* model, const QString& name, QWidget* parent);

    void submit();
    void begin();    // something was asked
    void waited();   // it takes longer than a moment
    void runDown();  // once a second: times left
    void refresh();
    void refreshKeys();
    void refreshHeader();
    void refreshDeliveries();
    void refreshSides();
    void refreshSources();
    void refreshNotice();
    void refreshKind();
    void refreshScanBar();
    void openRow(const QModelIndex& index);
    void openRelated(const QModelIndex& index);
    [[nodiscard]] const engine::KeyState* selectedKey() const;
    [[nodiscard]] double elapsedSeconds() const;
    [[nodiscard]] const QVector<engine::Source>& sources() const;

    std::unique_ptr<engine::KeyLookup> m_lookup;  // none: not connected
    engine::KeyReport m_report;
    engine::KeyScan m_scan;
    bool m_hasReport = false, m_scanShown = false, m_scanning = false;
    bool m_scanLeft = false;  // a lookup has ended the scan: what it still tells is not shown
    quint64 m_awaited = 0;  // request; 0: none
    QString m_asked;
    QElapsedTimer m_since, m_read;  // since it was asked; since the keys were read
    QTimer m_second;

    NoticeBar* m_notice;
    QLineEdit* m_field;
    QLabel* m_kind;
    QPushButton* m_go;
    QPushButton* m_scanAll;
    QStackedWidget* m_pages;
    QLabel* m_help;
    QLabel *m_title, *m_by, *m_template;
    QPushButton *m_place, *m_timeline;
    models::KeyTableModel* m_keyModel;
    tables::TableView* m_keyTable;
    QLabel* m_deliveriesTitle;
    charts::DeliveryStrip* m_deliveries;
    QWidget* m_deliveryPane;
    models::CellTableModel* m_versionModel;
    tables::TableView* m_versionTable;
    QLabel *m_impossible, *m_behind, *m_missing;
    QSplitter* m_columns;
    theme::Segmented* m_sides;
    QStackedWidget* m_sidePages;
    models::CellTableModel *m_effectModel, *m_consumerModel, *m_relatedModel, *m_templateModel;
    tables::TableView *m_effectTable, *m_consumerTable, *m_relatedTable, *m_templateTable;
    QLabel *m_sources, *m_searched;
    QWidget* m_scanBar;
    QWidget* m_foot;
    QLabel* m_scanWords;
    QProgressBar* m_scanProgress;
    QPushButton* m_stop;
};

}  // namespace nova::views
