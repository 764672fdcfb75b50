// Orphans and owners: kill -9 of the console at each stage leaves nothing behind and loses nothing.
#include <signal.h>

#include <QFileInfo>
#include <QJsonArray>
#include <QTcpSocket>
#include <QUrl>
#include <QSignalSpy>
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
        for (const auto& door : {u"kafka"_s, u"redis"_s, u"graphql"_s, u"postgres"_s}) QVERIFY2(!portHeld(run.value(door).toString()), qPrintable(door));

        QVERIFY2(nova.start(), qPrintable(nova.log()));
        auto sql = nova.sql();
        pqxx::work work(*sql);
        QCOMPARE(work.exec_params1("SELECT count(*) FROM content.posts WHERE author_id = $1::uuid", alice.id.toStdString())[0].as<int>(), 20);
        QCOMPARE(nova.run().value(u"graphql"), run.value(u"graphql"));   // a part keeps its port
        QVERIFY(nova.stop());
    }

    void killedWhileStarting() {
        LiveNova nova;
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
        QCOMPARE(work.exec_params1("SELECT count(*) FROM content.posts WHERE id = $1::uuid", post.toStdString())[0].as<int>(), 1);
        QVERIFY(nova.stop());
    }

    void oneOwnerPerDataFolder() {
        LiveNova nova;
        QVERIFY2(nova.start(), qPrintable(nova.log()));
        const auto second = runConsole(nova.with({u"up"_s}), 20'000);
        QCOMPARE(second.exitCode, 1);
        QVERIFY2(second.err.contains(QByteArray::number(nova.ownerPid())), second.err.constData());
        const auto down = runConsole(nova.with({u"down"_s}), 40'000);
        QVERIFY2(down.exitCode == 0, QByteArray(down.err).constData());
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
            QVERIFY(ready.wait(5'000));   // also when the owner was ready long before
            QCOMPARE(ready.first().first().toString(), nova.dataDir() + u"/run.json"_s);
            QCOMPARE(second->ownerPid(), nova.ownerPid());
        }
        QCOMPARE(runConsole(nova.with({u"status"_s})).exitCode, 0);   // it left the Nova running
        QVERIFY(nova.stop());
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
