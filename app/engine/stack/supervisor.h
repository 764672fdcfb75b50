// All parts together: starts them side by side as far as they do not need each other, stops them in order, measures
// them, and says what changed, batched. Knows nothing of Kafka or Nova: parts come with their recipes. Thread: the main
// one.
#pragma once

#include <QObject>
#include <QTimer>
#include <map>
#include <memory>
#include <vector>

#include "app/engine/stack/log_book.h"
#include "app/engine/stack/part.h"
#include "app/engine/stack/watchdog.h"

namespace nova::stack {

class Supervisor : public QObject, public Neighbours {
    Q_OBJECT
public:
    static constexpr int stopLimitMs = 25'000;  // then everything left is killed

    // `recordFile`: parts.json, what a later start sweeps.
    Supervisor(QString recordFile, QString logFolder, QString watchdogProgram);
    ~Supervisor() override;

    // Beside the others of its name. Before start() it starts with all; afterwards it waits for its own start().
    void add(PartSpec spec);
    void remove(const QString& name, int replica);  // stopped, and forgotten once it is gone
    bool leaving(const QString& name, int replica) const;
    void keep(const QString& name, int replica);  // takes a remove() back
    void clear();             // only while nothing runs
    bool start(QString* fault);
    void stop();
    Part* part(const QString& name, int replica);

    QVector<PartStatus> statuses() const;
    const std::vector<std::unique_ptr<Part>>& parts() const { return m_parts; }
    bool allGone() const;
    bool allReady() const;
    LogBook& log() { return m_log; }
    Watchdog& watchdog() { return m_watchdog; }
    void probeOften(bool often);

Q_SIGNALS:
    void changed();  // at most ten times a second
    void ready();    // all parts are (or have been serving without something for 3 s);
                     // once more after one of them was launched anew
    void launched(const nova::stack::Launched& process);
    void removed(const QString& name, int replica);
    void gaveUp(const QString& part, const QString& reason);
    void stopped();

private:
    struct Usage {
        std::uint64_t cpuTicks = 0;
        qint64 rssBytes = 0;
    };
    using Usages = std::map<pid_t, Usage>;
    QStringList notServing(const QStringList& names) const override;
    QStringList notGone(const QStringList& names) const override;
    void partChanged();
    void consider();
    void forgetGone();
    void measure();
    void apply(const Usages& usages, qint64 elapsedMs);
    void record() const;

    QString m_recordFile;
    LogBook m_log;
    Watchdog m_watchdog;
    std::vector<std::unique_ptr<Part>> m_parts;  // replicas of one name side by side, in order
    std::vector<Part*> m_leaving;
    bool m_watchdogRuns = false, m_stopping = false, m_saidReady = false, m_patienceOver = false;
    QTimer m_batch, m_consider, m_measure, m_stopLimit, m_patience;
    QElapsedTimer m_sinceMeasure;
    Usages m_before;
    Background m_background{this};
};

}  // namespace nova::stack
