// The owner's Stack: lock, leftovers, ports, secrets, recipes of the catalogue, run file, control socket. Thread: the
// main one.
#pragma once

#include <memory>

#include "app/engine/stack/alert_watch.h"
#include "app/engine/stack/control_server.h"
#include "app/engine/stack/data_lock.h"
#include "app/engine/stack/recipes.h"
#include "app/engine/stack/stack.h"
#include "app/engine/stack/supervisor.h"

namespace nova::stack {

class LocalStack : public Stack {
    Q_OBJECT
public:
    // `lock` is held, or says in its fault why it cannot be.
    LocalStack(StackOptions options, std::unique_ptr<DataLock> lock);
    ~LocalStack() override;

    bool isOwner() const override { return true; }
    qint64 ownerPid() const override;
    Phase phase() const override { return m_phase; }
    QVector<PartStatus> parts() const override;
    QVector<LogLine> log(const QString& part, int newest) const override;

    QVector<Alert> alerts() const override { return m_alertWatch.alerts(); }

    void start() override;
    void stop() override;
    void startPart(const QString& name, int replica) override;
    void stopPart(const QString& name, int replica) override;
    void restartPart(const QString& name, int replica) override;
    void killPart(const QString& name, int replica) override;
    void pausePart(const QString& name, int replica) override;
    void resumePart(const QString& name, int replica) override;
    void scalePart(const QString& name, int replicas) override;

private:
    void openDoor();
    QString own();
    void buildSupervisor();
    bool begin(QString* fault);
    std::shared_ptr<LocalNova> describe(QString* fault) const;
    bool choosePorts(LocalNova& nova, const QMap<QString, int>& replicas, QString* fault) const;
    void addParts();
    void addPart(const CataloguePart& part, int replica);
    int replicasAtStart(const CataloguePart& part) const;
    bool grow(const CataloguePart& part, int replicas, QString* fault);
    void watchAlerts();
    bool writeEndpoints(QString* fault);
    bool writeRunFile(QString* fault);
    void partsChanged();
    void allReady();
    void fail(const QString& reason);
    void enter(Phase phase);
    Part* part(const QString& name, int replica) const;

    const Catalogue& m_catalogue;
    DataPaths m_paths;
    std::unique_ptr<DataLock> m_lock;
    std::unique_ptr<Supervisor> m_supervisor;
    std::unique_ptr<ControlServer> m_control;
    NovaPtr m_nova;
    Phase m_phase = Phase::stopped;
    QByteArray m_endpoints, m_runFile;  // as last written
    AlertWatch m_alertWatch;
    bool m_everReady = false;
    QDateTime m_started;
    Background m_background{this};
};

}  // namespace nova::stack
