// Orphans and owners: kill -9 of the console at each stage leaves nothing behind and loses nothing.
#include <signal.h>
#include <unistd.h>

#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QMap>
#include <QSignalSpy>
#include <QTcpSocket>
#include <QTemporaryDir>
#include <QUrl>
#include <QtTest>
#include <pqxx/pqxx>

#include "app/engine/stack/stack.h"
#include "tests/support/live_nova.h"

using namespace Qt::StringLiterals;
using nova::test::LiveNova;
using nova::test::runConsole;

class LifecycleTest : public QObject {
    Q_OBJECT

    static bool portHeld(const QString& url) {
        QTcpSocket socket;
        const QUrl parsed(url.contains(u"://"_s) ? url : u"tcp://"_s + url);
        socket.connectToHost(parsed.host(), static_cast<quint16>(parsed.port()));
        return socket.waitForConnected(200);
    }

private Q_SLOTS:
    void killedWhileReady() {
        LiveNova nova;
        QVERIFY2(nova.start(), qPrintable(nova.log()));
        const auto alice = nova.signUp(u"alice"_s);
        QStringList posts;
        for (int i = 0; i < 20; ++i) posts << nova.createPost(alice, u"post %1"_s.arg(i));
        QVERIFY(!posts.contains(QString()));
        const auto run = nova.run();
        nova.kill9();
        QTRY_VERIFY2_WITH_TIMEOUT(nova.pids().isEmpty(), qPrintable(QString::number(nova.pids().size())), 15'000);
        for (const auto& door : {u"kafka"_s, u"redis"_s, u"graphql"_s, u"postgres"_s})
            QTRY_VERIFY2_WITH_TIMEOUT(!portHeld(run.value(door).toString()), qPrintable(door), 5'000);

        QVERIFY2(nova.start(), qPrintable(nova.log()));
        auto sql = nova.sql();
        pqxx::work work(*sql);
        QCOMPARE(work.exec_params1("SELECT count(*) FROM content.posts WHERE author_id = $1::uuid",
                                   alice.id.toStdString())[0]
                     .as<int>(),
                 20);
        QCOMPARE(nova.run().value(u"graphql"), run.value(u"graphql"));  // a part keeps its port
        QVERIFY(nova.stop());
    }

    // In a folder whose name is hard on shells, property files and lists of paths.
    void killedWhileStarting() {
        const QTemporaryDir scratch;
        LiveNova nova({}, scratch.filePath(u"Häuser, \"alte\" & $neue 新"_s));
        for (const auto& stage : {u"postgres"_s, u"kafka"_s, u"feed-service"_s}) {
            nova.spawn();
            QVERIFY2(nova.waitEvent(stage, 60'000), qPrintable(nova.log()));
            nova.kill9();
            QTRY_VERIFY_WITH_TIMEOUT(nova.pids().isEmpty(), 15'000);
        }
        QVERIFY2(nova.start(), qPrintable(nova.log()));
        QVERIFY(nova.stop());
    }

    void killedWhileStopping() {
        LiveNova nova;
        QVERIFY2(nova.start(), qPrintable(nova.log()));
        const auto alice = nova.signUp(u"alice"_s);
        const auto post = nova.createPost(alice, u"last words"_s);
        auto down = std::make_unique<QProcess>();
        down->start(QStringLiteral(NOVA_BIN_DIR "/nova-console"), nova.with({u"down"_s}));
        QVERIFY(nova.waitEvent(u"stopping"_s, 10'000));
        nova.kill9();
        QVERIFY(down->waitForFinished(40'000));
        QTRY_VERIFY_WITH_TIMEOUT(nova.pids().isEmpty(), 15'000);
        QVERIFY2(nova.start(), qPrintable(nova.log()));
        auto sql = nova.sql();
        pqxx::work work(*sql);
        QCOMPARE(work.exec_params1("SELECT count(*) FROM content.posts WHERE id = $1::uuid", post.toStdString())[0]
                     .as<int>(),
                 1);
        QVERIFY(nova.stop());
    }

    // What stands against it is named, and nothing is said to be stopped.
    void aFolderThatCannotBeHad() {
        const auto up = runConsole({u"up"_s, u"--data"_s, u"/proc/nova"_s}, 20'000);
        QCOMPARE(up.exitCode, 1);
        QVERIFY2(up.err.contains("cannot make the folder /proc/nova"), up.err.constData());
        if (::geteuid() == 0) QSKIP("root may look into every folder");
        const QTemporaryDir locked;
        QVERIFY(QFile::setPermissions(locked.path(), QFile::Permissions()));
        const auto status = runConsole({u"status"_s, u"--data"_s, locked.path()}, 20'000);
        QVERIFY(QFile::setPermissions(locked.path(), QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner));
        QCOMPARE(status.exitCode, 3);
        QVERIFY2(status.err.contains("cannot look into"), status.err.constData());
    }

    // Also where Qt only finds out by itself, and would abort.
    void withoutADisplayItIsUp_data() {
        QTest::addColumn<QString>("platform");
        QTest::addColumn<int>("signal");
        QTest::newRow("none is named, SIGINT") << QString() << SIGINT;
        QTest::newRow("one that is not there, SIGHUP") << u"nonsense"_s << SIGHUP;
    }
    void withoutADisplayItIsUp() {
        QFETCH(QString, platform);
        QFETCH(int, signal);
        const LiveNova nova;
        auto environment = QProcessEnvironment::systemEnvironment();
        for (const auto& name : {u"DISPLAY"_s, u"WAYLAND_DISPLAY"_s, u"QT_QPA_PLATFORM"_s}) environment.remove(name);
        if (!platform.isEmpty()) environment.insert(u"QT_QPA_PLATFORM"_s, platform);
        QProcess console;
        console.setProcessEnvironment(environment);
        console.start(QStringLiteral(NOVA_BIN_DIR "/nova-console"), nova.with({}));
        QByteArray out;
        const QByteArray ready = "ready " + nova.dataDir().toUtf8() + "/run.json";
        QTRY_VERIFY2_WITH_TIMEOUT((out += console.readAllStandardOutput()).contains(ready), out.constData(), 90'000);
        const auto err = console.readAllStandardError();
        const auto said = err.left(err.indexOf('\n'));
        for (const auto* word : {"no display is reachable", "ssh -X", "nova-console --help", "as `up` does"})
            QVERIFY2(said.contains(word), err.constData());
        QCOMPARE(runConsole(nova.with({u"status"_s})).exitCode, 0);
        QCOMPARE(::kill(static_cast<pid_t>(console.processId()), signal), 0);
        QVERIFY(console.waitForFinished(40'000));
        QCOMPARE(console.exitStatus(), QProcess::NormalExit);
        QCOMPARE(console.exitCode(), 0);
        QTRY_VERIFY_WITH_TIMEOUT(nova.pids().isEmpty(), 10'000);
        QVERIFY(!QFileInfo::exists(nova.dataDir() + u"/run.json"_s));
    }

    void upAtOnceAfterDown() {
        LiveNova nova;
        QVERIFY2(nova.start(), qPrintable(nova.log()));
        std::vector<std::unique_ptr<LiveNova>> others;  // the former ones end as they like
        for (int i = 0; i < 3; ++i) {
            QCOMPARE(runConsole(nova.with({u"down"_s}), 40'000).exitCode, 0);
            auto& other = *others.emplace_back(std::make_unique<LiveNova>(QStringList(), nova.dataDir()));
            other.spawn();
            QVERIFY2(other.waitEvent(u"redis"_s, 60'000), qPrintable(other.log()));
        }
        QVERIFY(others.back()->stop());
    }

    void oneOwnerPerDataFolder() {
        LiveNova nova;
        QVERIFY2(nova.start(), qPrintable(nova.log()));
        const auto second = runConsole(nova.with({u"up"_s}), 20'000);
        QCOMPARE(second.exitCode, 1);
        QVERIFY2(second.err.contains(QByteArray::number(nova.ownerPid())), second.err.constData());
        const auto down = runConsole(nova.with({u"down"_s, u"--json"_s}), 40'000);
        QVERIFY2(down.exitCode == 0, QByteArray(down.err).constData());
        const auto document = QJsonDocument::fromJson(down.out).object();  // one, as that of status
        QCOMPARE(document.value(u"dependencies").toArray().size(), 4);
        QVERIFY2(document.value(u"processes").toArray().size() >= 13, down.out.constData());
        for (const auto& process : document.value(u"processes").toArray()) {
            QCOMPARE(process.toObject().value(u"state").toString(), u"stopped"_s);
            QVERIFY(process.toObject().value(u"pid").isNull());
        }
        QTRY_VERIFY_WITH_TIMEOUT(nova.pids().isEmpty(), 10'000);
        QVERIFY(!QFileInfo::exists(nova.dataDir() + u"/run.json"_s));
    }

    void aSecondWindowAttaches() {
        LiveNova nova;
        QVERIFY2(nova.start(), qPrintable(nova.log()));
        {
            const auto second = nova::stack::Stack::open({nova.dataDir(), {}, {}});
            QVERIFY(!second->isOwner());
            QSignalSpy ready(second.get(), &nova::stack::Stack::ready);
            QVERIFY(ready.wait(5'000));  // also when the owner was ready long before
            QCOMPARE(ready.first().first().toString(), nova.dataDir() + u"/run.json"_s);
            QCOMPARE(second->ownerPid(), nova.ownerPid());
        }
        QCOMPARE(runConsole(nova.with({u"status"_s})).exitCode, 0);  // it left the Nova running
        QVERIFY(nova.stop());
    }

    void replicasFaultsAndNothingLeft() {
        LiveNova nova;
        QVERIFY2(nova.start(), qPrintable(nova.log()));
        const auto fault = [&](const QStringList& words) {
            return runConsole(nova.with(QStringList{u"fault"_s} + words));
        };
        const auto replicas = [&] {
            QMap<int, QString> states;
            for (const auto& p :
                 runConsole(nova.with({u"status"_s, u"--json"_s})).lines().value(0).value(u"processes").toArray())
                if (const auto o = p.toObject(); o.value(u"name").toString() == u"feed-service")
                    states.insert(o.value(u"replica").toInt(), o.value(u"state").toString());
            return states;
        };
        const auto endpoints = [&] { return nova.endpoints().value(u"feed-service").toArray().size(); };
        const auto firstGateway = nova.run().value(u"graphql");

        const auto scaled = fault({u"scale"_s, u"feed-service"_s, u"3"_s, u"--json"_s});
        QVERIFY2(scaled.exitCode == 0, scaled.err.constData());
        QStringList made;
        for (const auto& part : scaled.lines().value(0).value(u"changed").toArray())
            if (part[u"before"][u"pid"].isNull()) made << QString::number(part[u"replica"].toInt());
        QCOMPARE(made, (QStringList{u"1"_s, u"2"_s}));
        QCOMPARE(replicas(), (QMap<int, QString>{{0, u"ready"_s}, {1, u"ready"_s}, {2, u"ready"_s}}));
        QTRY_COMPARE_WITH_TIMEOUT(endpoints(), 3, 20'000);
        QCOMPARE(fault({u"scale"_s, u"feed-service"_s, u"2"_s}).exitCode, 0);
        QCOMPARE(replicas().keys(), (QList<int>{0, 1}));
        QTRY_COMPARE_WITH_TIMEOUT(endpoints(), 2, 20'000);

        QCOMPARE(fault({u"pause"_s, u"feed-service/1"_s}).exitCode, 0);
        QCOMPARE(replicas().value(1), u"paused"_s);
        QCOMPARE(runConsole(nova.with({u"status"_s})).exitCode, 1);
        QCOMPARE(fault({u"pause"_s, u"feed-service/1"_s}).exitCode, 1);  // refused: it is paused
        QCOMPARE(fault({u"resume"_s, u"feed-service/1"_s}).exitCode, 0);
        QTRY_COMPARE_WITH_TIMEOUT(replicas().value(1), u"ready"_s, 20'000);
        for (const auto& store : {u"postgres"_s, u"kafka"_s, u"s3"_s, u"redis"_s}) {
            QCOMPARE(fault({u"pause"_s, store}).exitCode, 0);
            QVERIFY2(fault({u"resume"_s, store}).exitCode == 0, qPrintable(store));
        }
        const auto killed =
            fault({u"kill"_s, u"feed-service/0"_s, u"--json"_s}).lines().value(0).value(u"changed").toArray();
        QCOMPARE(killed.at(0).toObject().value(u"before").toObject().value(u"state").toString(), u"ready"_s);
        QTRY_COMPARE_WITH_TIMEOUT(replicas().value(0), u"ready"_s, 20'000);
        const auto unknown = fault({u"kill"_s, u"feed-servise"_s});
        QCOMPARE(unknown.exitCode, 2);
        QVERIFY2(unknown.err.contains("did you mean \"feed-service\""), unknown.err.constData());
        QCOMPARE(fault({u"scale"_s, u"kafka"_s, u"2"_s}).exitCode, 2);
        QCOMPARE(fault({u"kill"_s, u"feed-service/7"_s}).exitCode, 2);

        // Replicas, a paused service and a paused store are ended with the rest.
        for (const auto& part : {u"feed-service/1"_s, u"postgres"_s, u"s3"_s})
            QCOMPARE(fault({u"pause"_s, part}).exitCode, 0);
        nova.kill9();
        QTRY_VERIFY2_WITH_TIMEOUT(nova.pids().isEmpty(), qPrintable(QString::number(nova.pids().size())), 20'000);
        QCOMPARE(fault({u"kill"_s, u"feed-service"_s}).exitCode, 3);

        QVERIFY2(nova.start(), qPrintable(nova.log()));
        QCOMPARE(replicas().keys(), QList<int>{0});
        QCOMPARE(nova.run().value(u"graphql"), firstGateway);
        QVERIFY(nova.stop());
    }

    // A folder of a Nova that had fewer services: the roles and schemas of the others are made at the next start.
    void anOlderFolderGetsWhatIsNew() {
        LiveNova nova({u"--replicas"_s, u"notification-service=2"_s});
        QVERIFY2(nova.start(), qPrintable(nova.log()));
        const QString file = nova.dataDir() + u"/secrets.json"_s;
        QFile secrets(file);
        QVERIFY(secrets.open(QIODevice::ReadOnly));
        QCOMPARE(secrets.permissions() & (QFile::ReadGroup | QFile::ReadOther), QFile::Permissions());
        auto json = QJsonDocument::fromJson(secrets.readAll()).object();
        secrets.close();
        auto passwords = json.value(u"postgres").toObject();
        {
            QUrl admin(nova.run().value(u"postgres").toString());
            admin.setUserName(u"nova_admin"_s);
            admin.setPassword(passwords.value(u"nova_admin"_s).toString());
            pqxx::connection connection(admin.toString(QUrl::FullyEncoded).toStdString());
            for (const auto& part : {u"notification-service/0"_s, u"notification-service/1"_s})
                QCOMPARE(runConsole(nova.with({u"fault"_s, u"stop"_s, part})).exitCode, 0);
            pqxx::nontransaction(connection).exec("DROP OWNED BY notification CASCADE; DROP ROLE notification");
        }
        QVERIFY(nova.stop());
        passwords.remove(u"notification"_s);
        json.insert(u"postgres"_s, passwords);
        QVERIFY(secrets.open(QIODevice::WriteOnly));
        secrets.write(QJsonDocument(json).toJson());
        secrets.close();
        QVERIFY2(nova.start(), qPrintable(nova.log()));
        QCOMPARE(runConsole(nova.with({u"status"_s})).exitCode, 0);
        const auto down = runConsole(nova.with({u"down"_s}), 40'000);
        QCOMPARE(down.exitCode, 0);
        for (const auto& told : {"notification-service/0  ", "notification-service/1  ", "content-service  "})
            QVERIFY2(down.out.contains(told), down.out.constData());
        QVERIFY(!down.out.contains("content-service/0"));
    }

    void aKilledServiceComesBack() {
        LiveNova nova;
        QVERIFY2(nova.start(), qPrintable(nova.log()));
        const auto pidOf = [&](const QString& name) {
            for (const auto& p : nova.run().value(u"processes").toArray()) {
                if (p.toObject().value(u"name").toString() == name) return p.toObject().value(u"pid").toInteger();
            }
            return qint64(0);
        };
        const auto alice = nova.signUp(u"alice"_s);
        for (const auto& name : {u"feed-service"_s, u"redis"_s, u"postgres"_s}) {
            const qint64 before = pidOf(name);
            QVERIFY(before > 0);
            ::kill(static_cast<pid_t>(before), SIGKILL);
            QTRY_VERIFY2_WITH_TIMEOUT(pidOf(name) != before && pidOf(name) > 0, qPrintable(name), 30'000);
            QTRY_VERIFY2_WITH_TIMEOUT(!nova.createPost(alice, u"after "_s + name).isEmpty(), qPrintable(name), 30'000);
        }
        QVERIFY(nova.stop());
    }
};

QTEST_GUILESS_MAIN(LifecycleTest)
#include "tst_lifecycle.moc"
