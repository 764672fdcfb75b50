// Watches the lag of every group of a cluster: samples on a thread of its own, judges, keeps history. One batch signal
// a sample: each second, later where a sample takes longer; a broker that has to be asked for every group rests half as
// long as that took. Bounds: see LagWatch (200,000 partitions of groups) and LagHistory (600 points a partition and 64
// MiB in memory, a file of 64 MiB); 100 marks. Thread: main, except where said; stop() waits for the look that is under
// way.
#pragma once

#include <QObject>
#include <memory>

#include "app/engine/cluster/target.h"
#include "app/engine/lag/lag_types.h"

namespace nova::engine {

class LagBoard : public QObject {
    Q_OBJECT
public:
    explicit LagBoard(QObject* parent = nullptr);
    ~LagBoard() override;

    void start(const Target& target, const QString& historyFile);  // stops a former one
    void stop();
    // Rows whose time lag is to be measured, besides those in alarm; (group, topic). At most 20 reads a second in all.
    void setOnScreen(const QVector<std::pair<QString, QString>>& rows);
    // Whose history is drawn: what commits tell of before the start is asked for, of no other; see PastLag. Empty:
    // none.
    void setSelected(const QString& group, const QString& topic);
    void setRules(const QVector<LagRule>& rules);  // other thresholds and mutes, from the next look on
    void addMark(const LagMark& mark);             // of the supervisor: crash, deploy

    [[nodiscard]] const LagSample& latest() const;
    [[nodiscard]] QVector<LagPoint> history(const QString& group, const QString& topic, int partition,
                                            qint64 fromMs) const;
    [[nodiscard]] QVector<LagMark> marks(const QString& group, qint64 fromMs) const;
    [[nodiscard]] QString historyTrouble() const;  // why its file is not written; empty: it is

Q_SIGNALS:
    void sampled(const nova::engine::LagSample& sample);
    void alarm(const nova::engine::LagRow& row);  // begins to fire; once until it ended

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

}  // namespace nova::engine
