// A local Nova: all processes of one data folder. There is one owner per folder (a lock); it launches and supervises,
// everybody else attaches to the owner and sees and may do the same. Both are a Stack. Thread: the main one, with an
// event loop; nothing here blocks it. Signals come at most ten times a second, batched.
#pragma once

#include <QObject>
#include <memory>

#include "app/engine/stack/stack_types.h"

namespace nova::stack {

class Stack : public QObject {
    Q_OBJECT
public:
    // The owner's Stack when the folder is free, else one attached to the owner. Never fails: what stands against it
    // comes by failed() after start().
    static std::unique_ptr<Stack> open(const StackOptions& options);
    // Attached to the owner of the folder; none when nobody owns it.
    static std::unique_ptr<Stack> attach(const StackOptions& options);
    ~Stack() override;  // an owner's: whatever still runs is killed

    virtual bool isOwner() const = 0;
    virtual qint64 ownerPid() const = 0;  // this process for an owner; 0 when the owner went away
    virtual Phase phase() const = 0;
    virtual QVector<PartStatus> parts() const = 0;  // in the order of the catalogue
    // The newest lines of a part, oldest first; at most 10,000 are kept per process (older ones are in <data>/log/).
    virtual QVector<LogLine> log(const QString& part, int newest = 10'000) const = 0;
    virtual QVector<Alert> alerts() const = 0;  // firing and pending ones, firing first
    QString dataDir() const { return m_options.dataDir; }
    QString runFile() const { return m_options.dataDir + QLatin1String("/run.json"); }
    // Java, Kafka's jars, PostgreSQL, Redis, the services, room: quick, reads files only.
    static QVector<Requirement> requirements(const StackOptions& options);

    virtual void start() = 0;  // all parts; once more after failed() or stopped() is fine
    virtual void stop() = 0;   // all parts, in order; then stopped()
    virtual void startPart(const QString& name, int replica) = 0;
    virtual void stopPart(const QString& name, int replica) = 0;  // stays stopped until asked
    virtual void restartPart(const QString& name, int replica) = 0;
    virtual void killPart(const QString& name, int replica) = 0;  // kill -9; the supervisor starts it again
    virtual void pausePart(const QString& name, int replica) = 0;   // SIGSTOP to all of it; nobody asks or restarts it
    virtual void resumePart(const QString& name, int replica) = 0;  // SIGCONT; all else asked of it resumes it too
    // So many replicas of a service, 1 to mostReplicas; the highest ones go first. Stores have one.
    virtual void scalePart(const QString& name, int replicas) = 0;

Q_SIGNALS:
    void changed(const QVector<nova::stack::PartStatus>& parts);  // all parts, whenever one changed
    void launched(const nova::stack::Launched& process);          // said by the owner alone
    void logged(const QVector<nova::stack::LogLine>& lines);      // of all parts, in order of arrival
    void alertsChanged(const QVector<nova::stack::Alert>& alerts);  // all of them, whenever one came, fired or went
    void ready(const QString& runFile);  // every part is ready, the run file is written; again after a restart
    void failed(const QString& reason);  // the start is given up; what ran is being stopped
    void stopped();                      // nothing runs any more
    void ownerNeeded();  // start() was asked of an attached one whose owner is gone: open() another, and start that

protected:
    explicit Stack(StackOptions options) : m_options(std::move(options)) {}
    StackOptions m_options;
};

// Stopped, or what failed to start has ended: start() would begin at once.
bool nothingRuns(const Stack& stack);

}  // namespace nova::stack
