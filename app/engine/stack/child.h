// One supervised process: launched in a group of its own, known to the watchdog, its output cut into lines. "Ended" is
// said only when its whole group and all that it made are gone. Thread: the main one.
#pragma once

#include <QObject>
#include <QProcess>
#include <QTimer>
#include <memory>

#include "app/engine/stack/launch.h"
#include "app/engine/stack/proc_tree.h"

namespace nova::stack {

class Watchdog;

class Child : public QObject {
    Q_OBJECT
public:
    explicit Child(Watchdog* watchdog, QObject* parent = nullptr);
    ~Child() override;  // kills what still runs, without waiting for it to clean up

    void start(const Launch& launch);  // a failure comes as ended()
    bool isRunning() const { return m_running; }
    ProcId id() const { return m_id; }
    void signalLeader(int signal);
    void signalAll(int signal);  // to it and all that it made
    void kill();                 // SIGKILL to leader and group

Q_SIGNALS:
    void line(const QByteArray& text);
    void ended(const QString& how);  // "exited with 1", "killed by signal 9", "could not be started: …"

private:
    void takeOutput(bool all);
    void leaderEnded();
    void waitForGroup();

    Watchdog* m_watchdog;
    std::unique_ptr<QProcess> m_process;
    ProcId m_id;
    bool m_running = false;
    QByteArray m_partial;
    QString m_how;
    std::string m_mark;
    QTimer m_groupTimer;
    int m_groupLooks = 0;
};

}  // namespace nova::stack
