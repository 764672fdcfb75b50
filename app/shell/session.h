// One window's Nova: opens the data folder, starts it or attaches to its owner, and once it is ready observes it.
// Everything the views are given lives here. GUI thread; nothing blocks it.
#pragma once

#include <QObject>
#include <QSettings>
#include <QVector>
#include <functional>
#include <memory>

#include "app/engine/actions/action_store.h"
#include "app/engine/actions/key_probe.h"
#include "app/engine/actions/span_observer.h"
#include "app/engine/cluster/metrics_reader.h"
#include "app/engine/stack/stack.h"
#include "app/engine/traffic/traffic_observer.h"
#include "app/shell/status_strip.h"
#include "app/views/people.h"

namespace nova::shell {

// How a session comes by its stack; tests bring their own.
struct StackAccess {
    std::function<std::unique_ptr<stack::Stack>(const stack::StackOptions&)> open = stack::Stack::open;
    std::function<QVector<stack::Requirement>(const stack::StackOptions&)> requirements = stack::Stack::requirements;
};

class Session final : public QObject {
    Q_OBJECT
public:
    explicit Session(const QString& dataDir, StackAccess access = {}, QObject* parent = nullptr);
    ~Session() override;

    [[nodiscard]] QString dataDir() const { return m_options.dataDir; }
    void begin();                                                        // opens the folder; then opened()
    [[nodiscard]] stack::Stack* stack() const { return m_stack.get(); }  // null before begin()
    [[nodiscard]] QVector<stack::Requirement> requirements() const { return m_requirements; }
    [[nodiscard]] bool complete() const;  // every needed requirement is found
    void checkAgain();                    // asks for the requirements anew
    void start();                         // all parts
    void end();                           // stops what it started, leaves what it is attached to; then ended()

    [[nodiscard]] engine::TrafficObserver& traffic() { return m_traffic; }
    [[nodiscard]] engine::ActionStore& actions() { return m_actions; }
    [[nodiscard]] engine::MetricsReader& metrics() { return m_metrics; }
    [[nodiscard]] views::People& people() { return m_people; }
    [[nodiscard]] bool isConnected() const { return !m_brokers.isEmpty(); }
    [[nodiscard]] QString brokers() const { return m_brokers; }  // of the observed Nova; empty: none
    [[nodiscard]] TrafficReading trafficReading() const;

Q_SIGNALS:
    void opened();
    void connected();  // Nova is ready and observed
    void disconnected(const QString& why);
    void ended();

private:
    void connectTo(const QString& runFile);
    void disconnectFrom(const QString& why);
    void followReplicas(const QVector<stack::PartStatus>& parts);  // whose metrics are read
    void keepPeople();

    StackAccess m_access;
    stack::StackOptions m_options;
    QVector<stack::Requirement> m_requirements;
    std::unique_ptr<stack::Stack> m_stack;
    engine::ActionStore m_actions;
    engine::TrafficObserver m_traffic;
    engine::SpanObserver m_spans;
    engine::MetricsReader m_metrics;
    engine::KeyProbe m_keys;  // tells outcomes whose spans were lost
    views::People m_people;
    engine::TrafficBatch m_batch;
    QString m_brokers, m_graphql, m_websocket;
    bool m_brokerAway = false;
};

}  // namespace nova::shell
