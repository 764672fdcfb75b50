// before-after: one workload as calls in a chain (Nova-Mode: sync) and with events. Latency per action, answers while a
// service further down the chain is stopped, and CPU-seconds of a usual load and of ten times as much; each beside the
// design's tables (contract §5 and §6).
#pragma once

#include <QMap>

#include "app/engine/plays/load.h"
#include "app/engine/plays/play.h"

namespace nova::engine {

class Faults;

class BeforeAfterPlay : public Play {
    Q_OBJECT
public:
    using Play::Play;

protected:
    void perform() override;

private:
    struct Times {
        QVector<double> answered, visible;  // ms
        int failed = 0;
    };
    struct Cost {
        double seconds = 0;         // of the load
        QMap<QString, double> cpu;  // CPU-seconds by service, until the backlog was worked off
        LoadReport report;
    };
    struct Kind {
        QString action, query, downstream;  // downstream: the service that the chain ends at
    };
    static QVector<Kind> kinds();
    QJsonObject variablesOf(const Kind& kind) const;
    kit::Result<Acted> call(const Kind& kind);

    void measureLatency(const QString& mode);
    void measureUploads(const QString& mode);
    void compareLatency();
    void measureAvailability(Faults& faults);
    void tellAvailability(const QString& mode, const QString& action, int answered, int tried, const QString& victim);
    Cost measureCost(const QString& mode, int rate, int seconds);
    void compareCost(int rate, int seconds);

    Person m_alice, m_bob;
    QString m_post;                               // Alice's, to be liked by new people
    QMap<QString, QMap<QString, Times>> m_times;  // mode → action
};

}  // namespace nova::engine
