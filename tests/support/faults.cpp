#include "tests/support/faults.h"

#include <signal.h>

#include <QDeadlineTimer>
#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QThread>
#include <set>

#include "kit/http/client.h"

using namespace Qt::StringLiterals;

namespace nova::test {
namespace {

const QStringList stores{u"kafka"_s, u"postgres"_s, u"redis"_s, u"s3"_s};

QByteArray whole(const QString& path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

qint64 parentOf(qint64 pid) {
    const auto stat = whole(u"/proc/%1/stat"_s.arg(pid));
    return stat.mid(stat.lastIndexOf(')') + 2).split(' ').value(1).toLongLong();
}

QList<qint64> allPids() {
    QList<qint64> pids;
    for (const auto& name : QDir(u"/proc"_s).entryList({u"[0-9]*"_s}, QDir::Dirs)) pids << name.toLongLong();
    return pids;
}

std::set<qint64> withDescendants(qint64 leader) {
    std::set<qint64> family{leader};
    const auto all = allPids();
    for (std::size_t before = 0; before != family.size();) {
        before = family.size();
        for (const auto pid : all)
            if (family.contains(parentOf(pid))) family.insert(pid);
    }
    return family;
}

}  // namespace

Faults::Faults(LiveNova& nova) : m_nova(nova) {
    qputenv("NOVA_FAILPOINT", '@' + m_folder.path().toUtf8());
}

Faults::~Faults() {
    qunsetenv("NOVA_FAILPOINT");
}

qint64 Faults::pid(const QString& part, int replica) const {
    if (stores.contains(part)) {
        for (const auto& value : m_nova.run().value(u"processes").toArray())
            if (value.toObject().value(u"name").toString() == part) return value.toObject().value(u"pid").toInteger();
        return 0;
    }
    const auto config = u"%1/run/%2-%3.toml"_s.arg(m_nova.dataDir(), part).arg(replica).toUtf8();
    for (const auto pid : allPids()) {
        const auto words = whole(u"/proc/%1/cmdline"_s.arg(pid)).split('\0');
        if (words.contains(config) && !words.value(0).endsWith("watchdog")) return pid;
    }
    return 0;
}

bool Faults::signal(const QString& part, int replica, int number) {
    const auto leader = pid(part, replica);
    if (leader <= 0) return false;
    for (const auto member : withDescendants(leader)) ::kill(static_cast<pid_t>(member), number);
    return true;
}

bool Faults::kill9(const QString& part, int replica) {
    const auto victim = pid(part, replica);
    return victim > 0 && ::kill(static_cast<pid_t>(victim), SIGKILL) == 0;
}

bool Faults::pause(const QString& part, int replica) {
    return signal(part, replica, SIGSTOP);
}

bool Faults::resume(const QString& part, int replica) {
    return signal(part, replica, SIGCONT);
}

QString Faults::fault(const QStringList& words) {
    const auto result = runConsole(m_nova.with(QStringList{u"fault"_s} + words));
    return result.exitCode == 0 ? QString() : QString::fromUtf8(result.out + result.err);
}

void Faults::arm(const QString& service, const QString& point, const QString& when) {
    const auto path = u"%1/%2@%3"_s.arg(m_folder.path(), service, point);
    QFile::remove(path + u".fired"_s);
    QFile file(path + u".new"_s);
    if (!file.open(QIODevice::WriteOnly)) qFatal("cannot arm %s", qPrintable(path));
    file.write(when.toUtf8());
    file.close();
    file.rename(path);
}

void Faults::disarmAll() {
    for (const auto& name : QDir(m_folder.path()).entryList(QDir::Files)) QFile::remove(m_folder.path() + u'/' + name);
}

bool Faults::fired(const QString& service, const QString& point) const {
    return QFile::exists(u"%1/%2@%3.fired"_s.arg(m_folder.path(), service, point));
}

QString Faults::http(const QString& service, int replica) const {
    for (const auto& value : m_nova.run().value(u"processes").toArray()) {
        const auto process = value.toObject();
        if (process.value(u"name").toString() == service && process.value(u"replica").toInt() == replica)
            return process.value(u"http").toString();
    }
    return {};
}

int Faults::readyz(const QString& service, int replica, QByteArray* body) const {
    const auto base = http(service, replica);
    if (base.isEmpty()) return 0;
    kit::HttpClient client(base.toStdString(), std::chrono::seconds{2});
    const auto answer = client.send("GET", "/readyz");
    if (!answer) return 0;
    if (body) *body = QByteArray::fromStdString(answer.value().body);
    return answer.value().status;
}

QStringList Faults::services() const {
    QStringList names;
    for (const auto& value : m_nova.run().value(u"processes").toArray()) {
        const auto name = value.toObject().value(u"name").toString();
        if (!stores.contains(name) && !names.contains(name)) names << name;
    }
    return names;
}

QString Faults::notHealed() const {
    const auto processes = m_nova.run().value(u"processes").toArray();
    if (processes.isEmpty()) return u"no run file"_s;
    const auto parts = services();
    for (const auto& value : processes) {
        const auto process = value.toObject();
        const auto name = process.value(u"name").toString();
        if (stores.contains(name)) continue;
        QByteArray body;
        const int status = readyz(name, process.value(u"replica").toInt(), &body);
        if (status != 200) return u"%1 says %2 %3"_s.arg(name).arg(status).arg(QString::fromUtf8(body));
        for (const auto& missing : QJsonDocument::fromJson(body).object().value(u"degraded").toArray()) {
            const auto text = missing.toString();  // a service that was not built is missed for good
            if (!text.endsWith(u"-service"_s) || parts.contains(text)) return name + u" is without "_s + text;
        }
    }
    return {};
}

int Faults::awaitHealed(int limitMs) {
    QElapsedTimer clock;
    clock.start();
    while (clock.elapsed() < limitMs) {
        if (notHealed().isEmpty()) return static_cast<int>(clock.elapsed());
        QThread::msleep(100);
    }
    return -1;
}

double Faults::metric(const QString& service, const QString& name, const QStringList& labels) const {
    double sum = 0;
    for (const auto& value : m_nova.run().value(u"processes").toArray()) {
        const auto process = value.toObject();
        if (process.value(u"name").toString() != service) continue;
        kit::HttpClient client(process.value(u"http").toString().toStdString(), std::chrono::seconds{2});
        const auto answer = client.send("GET", "/metrics");
        if (!answer) continue;
        for (const auto& line : QString::fromStdString(answer.value().body).split(u'\n')) {
            if (!line.startsWith(name + u'{') && !line.startsWith(name + u' ')) continue;
            const bool wanted = std::all_of(labels.begin(), labels.end(), [&](const QString& label) { return line.contains(label); });
            if (wanted) sum += line.section(u' ', -1).toDouble();
        }
    }
    return sum;
}

}  // namespace nova::test
