// The console's end of the watchdog's pipe (see watchdog/main.cpp). A watchdog that dies is replaced and told
// everything again. Thread: made and destroyed on the main thread; add and remove from any.
#pragma once

#include <QMutex>
#include <QObject>
#include <QSet>
#include <map>
#include <memory>

#include "app/engine/stack/launch.h"
#include "app/engine/stack/proc_tree.h"

class QProcess;

namespace nova::stack {

class Watchdog : public QObject {
    Q_OBJECT
public:
    explicit Watchdog(QString program, QObject* parent = nullptr);
    ~Watchdog() override;  // the pipe ends: the watchdog stops whatever is still registered

    bool start(QString* fault);
    void add(const ProcId& leader, const Launch& launch);
    void remove(pid_t leader);
    void removeFileAtEnd(const QString& file);
    void keepFile(const QString& file);
    qint64 pid() const;

private:
    struct Ward {
        ProcId id;
        int signal, graceMs;
        QByteArray mark;
    };
    void send(const QByteArray& line);
    QByteArray line(const Ward& ward) const;

    QString m_program;
    mutable QMutex m_mutex;
    std::map<pid_t, Ward> m_wards;
    QSet<QString> m_files;
    std::unique_ptr<QProcess> m_process;
    int m_pipe = -1;
};

}  // namespace nova::stack
