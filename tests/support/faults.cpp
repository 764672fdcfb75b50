#include "tests/support/faults.h"

#include <signal.h>

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QThread>
#include <QtTest>
#include <set>

#include "kit/http/client.h"

using namespace Qt::StringLiterals;

namespace nova::test {
namespace {

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

// Stores have no door for HTTP.
bool isService(const QJsonObject& process) {
    return process.value(u"http").isString();
}

std::optional<kit::HttpResponse> ask(const QJsonObject& service, const std::string& path) {
    kit::HttpClient client(service.value(u"http").toString().toStdString(), std::chrono::seconds{2});
    auto answer = client.send("GET", path);
    return answer ? std::optional(std::move(answer.value())) : std::nullopt;
}

}  // namespace

Faults::Faults(LiveNova& nova) : m_nova(nova) {
    qputenv("NOVA_FAILPOINT", '@' + m_folder.path().toUtf8());
}

Faults::~Faults() {
    qunsetenv("NOVA_FAILPOINT");
}

QList<QJsonObject> Faults::processes(const QString& name) const {
    QList<QJsonObject> found;
    for (const auto& value : m_nova.run().value(u"processes").toArray()) {
        const auto process = value.toObject();
        if (name.isEmpty() || process.value(u"name").toString() == name) found << process;
    }
    return found;
}

qint64 Faults::pid(const QString& part, int replica) const {
    for (const auto& process : processes(part))
        if (!isService(process)) return process.value(u"pid").toInteger();
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

bool Faults::awaitAnother(const QString& part, qint64 than, int limitMs) {
    return QTest::qWaitFor([&, now = qint64{0}]() mutable { return (now = pid(part)) != 0 && now != than; }, limitMs);
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

bool Faults::fired(const QString& service, const QString& point) const {
    return QFile::exists(u"%1/%2@%3.fired"_s.arg(m_folder.path(), service, point));
}

std::optional<kit::HttpResponse> Faults::get(const QString& service, const std::string& path) const {
    const auto replicas = processes(service);
    return replicas.isEmpty() ? std::nullopt : ask(replicas.front(), path);
}

QStringList Faults::services() const {
    QStringList names;
    for (const auto& process : processes())
        if (isService(process)) names << process.value(u"name").toString();
    names.removeDuplicates();
    return names;
}

QString Faults::notHealed() const {
    const auto all = processes();
    if (all.isEmpty()) return u"no run file"_s;
    for (const auto& process : all) {
        if (!isService(process)) continue;
        const auto name = process.value(u"name").toString();
        const auto answer = ask(process, "/readyz");
        if (!answer) return name + u" does not answer"_s;
        const auto body = QByteArray::fromStdString(answer->body);
        if (answer->status != 200) return u"%1 says %2 %3"_s.arg(name).arg(answer->status).arg(QString::fromUtf8(body));
        const auto missing = QJsonDocument::fromJson(body).object().value(u"degraded").toArray();
        if (!missing.isEmpty()) return name + u" is without "_s + missing.at(0).toString();
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
    for (const auto& process : processes(service)) {
        const auto answer = ask(process, "/metrics");
        if (!answer) continue;
        for (const auto& line : QString::fromStdString(answer->body).split(u'\n')) {
            if (!line.startsWith(name + u'{') && !line.startsWith(name + u' ')) continue;
            const bool wanted =
                std::all_of(labels.begin(), labels.end(), [&](const QString& label) { return line.contains(label); });
            if (wanted) sum += line.section(u' ', -1).toDouble();
        }
    }
    return sum;
}

}  // namespace nova::test
