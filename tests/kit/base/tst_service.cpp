#include <sys/resource.h>

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTcpServer>
#include <QTemporaryDir>
#include <QtTest>
#include <algorithm>
#include <csignal>
#include <fstream>

#include "kit/http/client.h"
#include "kit/runtime/ids.h"

using namespace nova::kit;

class ServiceLife : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    int m_port = 0;
    QProcess m_process;

    static int freePort() {
        QTcpServer server;
        server.listen(QHostAddress::LocalHost);
        return server.serverPort();
    }

    void start(const std::string& more) {
        m_port = freePort();
        const QString file = m_folder.filePath(QStringLiteral("idle.toml"));
        std::ofstream(file.toStdString()) << "service = \"idle-service\"\nhttp_listen = \"127.0.0.1:" << m_port
                                          << "\"\nkafka_bootstrap = \"127.0.0.1:1\"\n"
                                          << more;
        QFile::setPermissions(file, QFile::ReadOwner | QFile::WriteOwner);
        m_process.start(QStringLiteral(IDLE_SERVICE), {QStringLiteral("--config"), file});
        QVERIFY(m_process.waitForStarted());
    }

    Result<HttpResponse> get(const std::string& path) const {
        return HttpClient("http://127.0.0.1:" + std::to_string(m_port), std::chrono::milliseconds{500})
            .send("GET", path);
    }

    int status(const std::string& path) const {
        const auto answer = get(path);
        return answer ? answer.value().status : 0;
    }

    std::string body(const std::string& path) const {
        const auto answer = get(path);
        return answer ? answer.value().body : std::string();
    }

    void stopCleanly(int signal) {
        ::kill(static_cast<pid_t>(m_process.processId()), signal);
        QVERIFY(m_process.waitForFinished(10'000));
        QCOMPARE(m_process.exitStatus(), QProcess::NormalExit);
        QCOMPARE(m_process.exitCode(), 0);
    }

private Q_SLOTS:
    void cleanup() {
        if (m_process.state() == QProcess::NotRunning) return;
        m_process.kill();
        m_process.waitForFinished();
    }

    void becomesReadyAndStops() {
        start("");
        QTRY_COMPARE(status("/readyz"), 200);
        QCOMPARE(QJsonDocument::fromJson(QByteArray::fromStdString(body("/readyz")))
                     .object()[QLatin1String("status")]
                     .toString(),
                 QStringLiteral("ready"));
        const auto alive = get("/healthz");
        QCOMPARE(alive.value().status, 200);
        std::string time;
        for (const auto& [name, value] : alive.value().headers) {
            if (name == "nova-time") time = value;
        }
        const auto parsed = parseRfc3339(time);
        QVERIFY2(parsed.has_value(), time.c_str());
        QVERIFY(std::chrono::abs(wallNow() - *parsed) < std::chrono::seconds{5});
        const auto metrics = body("/metrics");
        QVERIFY(metrics.find("nova_up 1") != std::string::npos);
        QVERIFY(metrics.find("nova_process_cpu_seconds_total 0.") != std::string::npos);
        stopCleanly(SIGTERM);
        const QByteArray log = m_process.readAllStandardError();
        QVERIFY2(QRegularExpression(
                     QStringLiteral(R"(^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z I service  idle-service/0 serves)"),
                     QRegularExpression::MultilineOption)
                     .match(QString::fromUtf8(log))
                     .hasMatch(),
                 log.constData());
    }

    void saysWhatIsMissingAndStopsWhileWaiting() {
        start("postgres_uri = \"postgresql://127.0.0.1:1/nova\"\npostgres_schema = \"idle\"\nredis_port = 1\n");
        QTRY_COMPARE(status("/readyz"), 503);
        QTRY_VERIFY(body("/readyz").find("redis: ") != std::string::npos);
        const auto object = QJsonDocument::fromJson(QByteArray::fromStdString(body("/readyz"))).object();
        const QByteArray missing = QJsonDocument(object[QLatin1String("missing")].toArray()).toJson();
        QVERIFY2(missing.contains("postgres: "), missing.constData());
        QCOMPARE(status("/healthz"), 200);
        stopCleanly(SIGINT);
    }

    void configurationErrorsExitWithTwo() {
        start("redis_prot = 6379\n");
        QVERIFY(m_process.waitForFinished());
        QCOMPARE(m_process.exitCode(), 2);
        const QByteArray said = m_process.readAllStandardError();
        QCOMPARE(said.count('\n'), 1);
        QVERIFY2(said.contains("redis_prot") && said.contains("redis_port"), said.constData());
        m_process.start(QStringLiteral(IDLE_SERVICE), QStringList{});
        QVERIFY(m_process.waitForFinished());
        QCOMPARE(m_process.exitCode(), 2);
    }

    void takesMoreFilesThanItWasGiven() {
        m_process.setChildProcessModifier([] {
            rlimit files{};
            getrlimit(RLIMIT_NOFILE, &files);
            files.rlim_cur = 256;
            setrlimit(RLIMIT_NOFILE, &files);
        });
        start("");
        m_process.setChildProcessModifier({});
        QTRY_COMPARE(status("/healthz"), 200);
        rlimit files{};
        QCOMPARE(prlimit(static_cast<pid_t>(m_process.processId()), RLIMIT_NOFILE, nullptr, &files), 0);
        QVERIFY(files.rlim_max <= 256 || files.rlim_cur > 256);
        QCOMPARE(files.rlim_cur, std::min<rlim_t>(files.rlim_max, 65'536));
        stopCleanly(SIGTERM);
    }

    void takenPortEndsTheStart() {
        QTcpServer taken;
        QVERIFY(taken.listen(QHostAddress::LocalHost));
        start("grpc_listen = \"127.0.0.1:" + std::to_string(taken.serverPort()) + "\"\n");
        QVERIFY(m_process.waitForFinished(10'000));
        QCOMPARE(m_process.exitCode(), 1);
        QVERIFY(m_process.readAllStandardError().contains("cannot listen on"));
    }
};

QTEST_GUILESS_MAIN(ServiceLife)
#include "tst_service.moc"
