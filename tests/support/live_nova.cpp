#include "tests/support/live_nova.h"

#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <QDeadlineTimer>
#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QRandomGenerator>
#include <QTcpSocket>
#include <QUrl>
#include <QtTest>

#include "kit/http/client.h"

using namespace Qt::StringLiterals;

namespace nova::test {
namespace {

const QString console = QStringLiteral(NOVA_BIN_DIR "/nova-console");

QByteArray firstLine(const QString& path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

// A test that is killed takes its console with it, and the console's watchdog the rest.
void dieWithUs(QProcess& process) {
    process.setChildProcessModifier([parent = getpid()] {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent) _exit(127);
    });
}

}  // namespace

QList<QJsonObject> CommandResult::lines() const {
    QList<QJsonObject> objects;
    for (const auto& line : out.split('\n')) {
        if (!line.trimmed().isEmpty()) objects << QJsonDocument::fromJson(line).object();
    }
    return objects;
}

CommandResult runConsole(const QStringList& arguments, int timeoutMs) {
    QProcess process;
    dieWithUs(process);
    process.start(console, arguments);
    CommandResult result;
    if (process.waitForFinished(timeoutMs) && process.exitStatus() == QProcess::NormalExit) {
        result.exitCode = process.exitCode();
    } else {
        process.kill();
        process.waitForFinished();
    }
    result.out = process.readAllStandardOutput();
    result.err = process.readAllStandardError();
    return result;
}

LiveNova::LiveNova(QStringList upArguments, QString dataDir)
    : m_upArguments(std::move(upArguments)), m_dataDir(std::move(dataDir)) {
    if (m_dataDir.isEmpty()) {
        m_scratch = std::make_unique<QTemporaryDir>(QDir::tempPath() + u"/nova-test-XXXXXX"_s);
        m_dataDir = m_scratch->path() + u"/data"_s;
    }
}

LiveNova::~LiveNova() {
    if (m_up && m_up->state() != QProcess::NotRunning && !stop()) kill9();
}

QStringList LiveNova::with(const QStringList& command) const {
    return command + QStringList{u"--data"_s, m_dataDir};
}

void LiveNova::spawn() {
    m_log.clear();
    m_up = std::make_unique<QProcess>();
    m_up->setProcessChannelMode(QProcess::MergedChannels);
    dieWithUs(*m_up);
    m_up->start(console, with({u"up"_s, u"--json"_s}) + m_upArguments);
    m_up->waitForStarted();
}

bool LiveNova::waitEvent(const QString& text, int timeoutMs) {
    const QDeadlineTimer deadline(timeoutMs);
    while (!deadline.hasExpired()) {
        m_log += m_up->readAll();
        if (m_log.contains(text.toUtf8())) return true;
        if (m_up->state() == QProcess::NotRunning) return false;
        m_up->waitForReadyRead(100);
    }
    return false;
}

bool LiveNova::waitReady(int timeoutMs) {
    const bool ready = waitEvent(u"\"ready\",\"run\""_s, timeoutMs) || QFile::exists(m_dataDir + u"/run.json"_s);
    if (!ready) qInfo().noquote() << "up said:" << m_log;
    return ready;
}

bool LiveNova::start(int timeoutMs) {
    spawn();
    return waitReady(timeoutMs);
}

bool LiveNova::stop(int timeoutMs) {
    if (!m_up) return true;
    m_up->terminate();
    const bool ended = m_up->waitForFinished(timeoutMs);
    m_log += m_up->readAll();
    return ended && m_up->exitCode() == 0;
}

void LiveNova::kill9() {
    const auto pid = static_cast<pid_t>(m_up->processId());
    if (pid > 0) ::kill(pid, SIGKILL);  // 0, of one that has ended, is our own group
    m_up->waitForFinished(5'000);
}

QJsonObject LiveNova::run() const {
    return QJsonDocument::fromJson(firstLine(m_dataDir + u"/run.json"_s)).object();
}

QJsonObject LiveNova::endpoints() const {
    return QJsonDocument::fromJson(firstLine(m_dataDir + u"/run/endpoints.json"_s)).object();
}

QList<qint64> LiveNova::pids() const {
    QList<qint64> found;
    const QByteArray mark = m_dataDir.toUtf8();
    for (const auto& name : QDir(u"/proc"_s).entryList({u"[0-9]*"_s}, QDir::Dirs)) {
        const QByteArray command = firstLine(u"/proc/"_s + name + u"/cmdline"_s);
        const QString cwd = QFile::symLinkTarget(u"/proc/"_s + name + u"/cwd"_s);
        if (command.contains(mark) || cwd.startsWith(m_dataDir)) found << name.toLongLong();
    }
    return found;
}

HttpAnswer LiveNova::post(const QByteArray& body, const QList<QPair<QByteArray, QByteArray>>& headers) const {
    kit::HttpClient client(run().value(u"graphql").toString().toStdString());
    std::vector<std::pair<std::string, std::string>> list;
    for (const auto& [name, value] : headers) list.emplace_back(name.toStdString(), value.toStdString());
    auto answer = client.send("POST", "", body.toStdString(), list);
    HttpAnswer result;
    if (!answer) {
        result.body = QByteArray::fromStdString(answer.error().what);
        return result;
    }
    result.status = answer.value().status;
    result.body = QByteArray::fromStdString(answer.value().body);
    result.json = QJsonDocument::fromJson(result.body).object();
    for (const auto& [name, value] : answer.value().headers) {
        if (QByteArray::fromStdString(name).toLower() == "traceparent")
            result.traceparent = QByteArray::fromStdString(value);
    }
    return result;
}

HttpAnswer LiveNova::graphql(const QString& query, const QJsonObject& variables, const QString& token,
                             const QList<QPair<QByteArray, QByteArray>>& headers) const {
    QList<QPair<QByteArray, QByteArray>> all{{"content-type", "application/json"}};
    if (!token.isEmpty()) all.append({"authorization", "Bearer " + token.toUtf8()});
    all += headers;
    return post(
        QJsonDocument(QJsonObject{{u"query"_s, query}, {u"variables"_s, variables}}).toJson(QJsonDocument::Compact),
        all);
}

Account LiveNova::signUp(const QString& prefix) const {
    const QString handle = prefix + u'-' + QString::number(QRandomGenerator::global()->generate(), 16);
    const auto answer = graphql(
        u"mutation($h:String!){signUp(handle:$h,password:\"a long password\",displayName:\"Somebody\"){token user{id handle}}}"_s,
        {{u"h"_s, handle}});
    const auto session = answer.json.value(u"data").toObject().value(u"signUp").toObject();
    if (session.isEmpty()) qInfo().noquote() << "signUp answered" << answer.status << answer.body;
    return {session.value(u"user").toObject().value(u"id").toString(), handle, session.value(u"token").toString()};
}

QString LiveNova::createPost(const Account& by, const QString& content) const {
    const auto answer =
        graphql(u"mutation($c:String!){createPost(content:$c){id version}}"_s, {{u"c"_s, content}}, by.token);
    const auto id = answer.json.value(u"data").toObject().value(u"createPost").toObject().value(u"id").toString();
    if (id.isEmpty()) qInfo().noquote() << "createPost answered" << answer.status << answer.body;
    return id;
}

QStringList LiveNova::feedOf(const Account& user) const {
    const auto answer = graphql(u"{feed(first:100){posts{id}}}"_s, {}, user.token);
    QStringList ids;
    const auto feed = answer.json.value(u"data").toObject().value(u"feed").toObject();
    for (const auto& post : feed.value(u"posts").toArray()) ids << post.toObject().value(u"id").toString();
    return ids;
}

std::unique_ptr<pqxx::connection> LiveNova::sql() const {
    return std::make_unique<pqxx::connection>(run().value(u"postgres").toString().toStdString());
}

QByteArray LiveNova::redis(const QByteArray& inlineCommand) const {
    const QUrl url(run().value(u"redis").toString());
    QTcpSocket socket;
    socket.connectToHost(url.host(), static_cast<quint16>(url.port()));
    if (!socket.waitForConnected(2'000)) return {};
    socket.write(inlineCommand + "\r\n");
    socket.waitForBytesWritten(2'000);
    QByteArray reply;
    while (!reply.endsWith("\r\n") && socket.waitForReadyRead(2'000)) reply += socket.readAll();
    return reply;
}

}  // namespace nova::test
