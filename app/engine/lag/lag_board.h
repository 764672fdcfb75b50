// Watches the lag of every group of a cluster: samples on a thread of its own, judges, keeps history. One batch signal a
// sample (1 s; longer where a sample takes longer). Bounds: 600 points a partition in memory, 5,000 groups in detail, 100 marks; the
// history file is bounded by 64 MiB. Thread: main, except where said.
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
    void addMark(const LagMark& mark);  // of the supervisor: crash, deploy

    [[nodiscard]] const LagSample& latest() const;
    [[nodiscard]] QVector<LagPoint> history(const QString& group, const QString& topic, int partition,
                                            qint64 fromMs) const;
    [[nodiscard]] QVector<LagMark> marks(const QString& group, qint64 fromMs) const;

Q_SIGNALS:
    void sampled(const nova::engine::LagSample& sample);
    void alarm(const nova::engine::LagRow& row);  // begins to fire; once until it ended

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

}  // namespace nova::engine
