// Searching the history of topics: the range and its bounds, then what runs ("Scanning p0–p5: 38 % of 4.1 M, 212 hits
// so far."), then why it ended, exactly what was searched, and how to go on. Reads nothing itself.
#pragma once

#include <QFrame>
#include <optional>

#include "app/engine/traffic/scan.h"
#include "widgets/models/fact_model.h"

class QComboBox;
class QLabel;
class QPushButton;
class QStackedWidget;

namespace nova::views {

// "p0–p5" of one topic, "nova.content.events p0, p3" or "5 topics, 30 partitions".
QString partitionsText(const std::vector<engine::ScanRange>& ranges);
// "Scanning p0–p5: 38 % of 4 100 000 offsets, 212 found so far."
QString progressText(const engine::ScanReport& report);
// Why it ended and how far it came: "All was searched: …". `error`: of the job; empty: none.
QString endText(const engine::ScanReport& report, const QString& error);
// Each partition with the offsets that were searched.
std::vector<models::Fact> searchedFacts(const engine::ScanReport& report);

class ScanBar final : public QFrame {
    Q_OBJECT
public:
    explicit ScanBar(QWidget* parent = nullptr);

    void setTopics(const QString& words, bool any);  // what would be searched; `any` false: choose topics first
    void openForm();
    void setRunning(const engine::ScanReport& report);
    void setEnded(const engine::ScanReport& report, const QString& error, bool canContinue);
    void setFile(const QString& name, quint64 records);  // an export stands there
    // From the form: topics are left empty. None: a place cannot be understood, the form says which.
    std::optional<engine::ScanRequest> request();
    void setFrom(const QString& place);  // "earliest", "-5m", an offset, a time
    [[nodiscard]] bool isForm() const;
    [[nodiscard]] QPushButton& topicsButton() { return *m_topics; }

Q_SIGNALS:
    void scanWanted();
    void stopWanted();
    void continueWanted();
    void searchedWanted();  // the exact offsets
    void topicsWanted();
    void exportWanted();
    void closed();  // back to the live tail

private:
    QWidget* buildForm();
    QWidget* buildRun();
    void complain(QComboBox* field, const QString& what);

    QStackedWidget* m_pages;
    QComboBox* m_from;
    QComboBox* m_until;
    QComboBox* m_limit;
    QComboBox* m_bound;
    QPushButton* m_topics;
    QPushButton* m_scan;
    QLabel* m_fault;
    QLabel* m_words;
    class Progress;
    Progress* m_progress;
    QPushButton* m_stop;
    QPushButton* m_continue;
    QPushButton* m_searched;
    QPushButton* m_export;
};

}  // namespace nova::views
