#include "app/engine/stack/watchdog.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <QFile>
#include <QProcess>
#include <QTimer>

namespace nova::stack {

Watchdog::Watchdog(QString program, QObject* parent) : QObject(parent), m_program(std::move(program)) {}

Watchdog::~Watchdog() {
    if (m_process) m_process->disconnect(this);
    if (m_pipe >= 0) close(m_pipe);
    if (m_process) m_process->waitForFinished(15'000);
}

bool Watchdog::start(QString* fault) {
    ::signal(SIGPIPE, SIG_IGN);
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) {
        *fault = QStringLiteral("no pipe for the watchdog");
        return false;
    }
    m_process = std::make_unique<QProcess>();
    m_process->setProgram(m_program);
    m_process->setStandardInputFile(QProcess::nullDevice());
    m_process->setStandardOutputFile(QProcess::nullDevice());
    m_process->setStandardErrorFile(QProcess::nullDevice());
    m_process->setChildProcessModifier([read = ends[0]] { dup2(read, STDIN_FILENO); });
    m_process->start();
    close(ends[0]);
    if (!m_process->waitForStarted()) {
        *fault = QStringLiteral("%1 does not start: %2").arg(m_program, m_process->errorString());
        close(ends[1]);
        return false;
    }
    connect(m_process.get(), &QProcess::finished, this, [this] {
        m_process.release()->deleteLater();
        QTimer::singleShot(200, this, [this] {
            QString why;
            if (!start(&why)) qWarning("%s", qPrintable(why));
        });
    });
    const QMutexLocker lock(&m_mutex);
    if (m_pipe >= 0) close(m_pipe);
    m_pipe = ends[1];
    for (const auto& [pid, ward] : m_wards) send(line(ward));
    for (const auto& file : std::as_const(m_files)) send("file " + QFile::encodeName(file));
    return true;
}

QByteArray Watchdog::line(const Ward& ward) const {
    return "add " + QByteArray::number(ward.id.pid) + ' ' + QByteArray::number(static_cast<qulonglong>(ward.id.start)) +
           ' ' + QByteArray::number(ward.signal) + ' ' + QByteArray::number(ward.graceMs) + ' ' + ward.mark;
}

// A line is far shorter than PIPE_BUF: it arrives whole. A watchdog that is gone is noticed by its process.
void Watchdog::send(const QByteArray& line) {
    const QByteArray whole = line + '\n';
    if (m_pipe >= 0 && write(m_pipe, whole.constData(), static_cast<std::size_t>(whole.size())) < 0) return;
}

void Watchdog::add(const ProcId& leader, const Launch& launch) {
    const QMutexLocker lock(&m_mutex);
    m_wards[leader.pid] = {leader, launch.deathSignal, launch.deathGraceMs, launch.mark().toUtf8()};
    send(line(m_wards[leader.pid]));
}

void Watchdog::remove(pid_t leader) {
    const QMutexLocker lock(&m_mutex);
    if (m_wards.erase(leader)) send("del " + QByteArray::number(leader));
}

void Watchdog::removeFileAtEnd(const QString& file) {
    const QMutexLocker lock(&m_mutex);
    m_files << file;
    send("file " + QFile::encodeName(file));
}

void Watchdog::keepFile(const QString& file) {
    const QMutexLocker lock(&m_mutex);
    m_files.remove(file);
    send("keep " + QFile::encodeName(file));
}

qint64 Watchdog::pid() const {
    return m_process ? m_process->processId() : 0;
}

}  // namespace nova::stack
