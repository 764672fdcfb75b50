// One group and topic in key figures, and why it lags: what its status says at once, and on asking the record at the
// committed offset, what its consumer last did with it, and the diagnosis with its evidence.
#pragma once

#include <QFrame>
#include <QPointer>
#include <array>
#include <optional>

#include "app/engine/lag/diagnosis.h"
#include "app/views/lag_figures.h"

class QGridLayout;
class QLabel;
class QPushButton;

namespace nova::views {

class PaneHeader;

class LagSummaryPane final : public QWidget {
    Q_OBJECT
public:
    explicit LagSummaryPane(QWidget* parent = nullptr);

    // `focus`: the partition that "Why?" asks of; null: none.
    void setSummary(const LagSummary& summary, const engine::GroupState* group, const engine::LagRow* focus,
                    qint64 sampleAtMs);
    void clearSummary(const QString& why);
    void setPinned(bool pinned);
    void setCanAddReplica(bool can);  // a local Nova's own service
    void setAsking(bool asking);      // the answer to "Why?" is on its way
    void setDiagnosed(const std::optional<engine::Diagnosed>& diagnosed);
    [[nodiscard]] bool canAsk() const;

Q_SIGNALS:
    void whyWanted();
    void trafficWanted();
    void recordWanted(const QString& topic, int partition, qint64 offset);
    void addReplicaWanted();
    void pinWanted(bool pinned);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    struct Figure {
        QWidget* box = nullptr;
        QLabel *value = nullptr, *name = nullptr;
    };
    void buildHeader();
    QWidget* buildFigures(QWidget* parent);
    QWidget* buildWhy(QWidget* parent);
    QWidget* buildButtons(QWidget* parent);
    void setFigure(int index, const QString& value, const QString& name, const QString& tone = {},
                   const QString& tip = {});
    void layFigures();
    void showWhy();
    [[nodiscard]] QString statusText() const;
    void setTone(const QString& tone);

    PaneHeader* m_header;
    QLabel *m_group, *m_topic, *m_tag;
    QPushButton* m_pin;
    QWidget* m_body;
    QLabel* m_empty;
    std::array<Figure, 4> m_figures;
    QGridLayout* m_grid;
    QFrame* m_banner;
    QLabel *m_why, *m_evidence, *m_record, *m_advice;
    QPushButton *m_ask, *m_traffic, *m_addReplica;
    LagSummary m_summary;
    std::optional<engine::LagRow> m_focus;
    std::optional<engine::Diagnosed> m_diagnosed;
    bool m_asking = false;
    int m_columns = 0;
};

// Rich text of a record and of what its group last did with it.
QString recordText(const engine::Diagnosed& diagnosed);
QString evidenceText(const engine::Diagnosis& diagnosis);
QString adviceText(const LagSummary& summary, const engine::GroupState* group);

}  // namespace nova::views
