// Why a group of a local Nova lags, where spans and the supervisor tell: a poison record that is retried, a paused and
// a stopped consumer, Redis silent, PostgreSQL paused. Each is provoked, recognised and healed. And an alert that only
// Kafka can tell of.
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QUrl>
#include <QtTest>

#include "app/engine/actions/action_store.h"
#include "app/engine/actions/span_observer.h"
#include "app/engine/stack/stack.h"
#include "kit/kafka/producer.h"
#include "kit/runtime/ids.h"
#include "tests/support/faults.h"
#include "tests/support/live_nova.h"
#include "tests/system/diagnosis_room.h"

using namespace nova;
using namespace Qt::StringLiterals;
using engine::Cause;
using test::Account;

namespace {

const QString group = u"notification-service"_s, topic = u"nova.social.events"_s;

}  // namespace

class DiagnosisNovaTest : public QObject {
    Q_OBJECT
    test::LiveNova m_nova;
    std::unique_ptr<test::Faults> m_faults;
    std::unique_ptr<stack::Stack> m_stack;
    engine::ActionStore m_actions;
    engine::SpanObserver m_spans{m_actions};
    test::DiagnosisRoom m_room;
    Account m_author;
    QString m_post;
    int m_fans = 0;

    // Somebody new likes the post: one record, always in the same partition.
    Account like() {
        const auto fan = m_nova.signUp(u"fan%1"_s.arg(++m_fans));
        m_nova.graphql(u"mutation($p:ID!){likePost(id:$p){id}}"_s, {{u"p"_s, m_post}}, fan.token);
        return fan;
    }
    bool caughtUp() const {
        const auto worst = m_room.worst(group);
        return worst && worst->lag == 0;
    }
    int told() const {
        const auto answer = m_nova.graphql(u"{notifications(first:100){id}}"_s, {}, m_author.token);
        return int(answer.json.value(u"data").toObject().value(u"notifications").toArray().size());
    }
    void settle() { QTRY_VERIFY_WITH_TIMEOUT(told() == m_fans && caughtUp(), 40'000); }

    // As the owner of the cluster: a service's own role may not do this.
    void asOwner(const std::string& statement) const {
        QFile file(m_nova.dataDir() + u"/secrets.json"_s);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const auto passwords = QJsonDocument::fromJson(file.readAll()).object().value(u"postgres").toObject();
        QUrl uri(m_nova.run().value(u"postgres").toString());
        uri.setUserName(u"nova_admin"_s);
        uri.setPassword(passwords.value(u"nova_admin"_s).toString());
        uri.setQuery(QString());
        pqxx::connection sql(uri.toString(QUrl::FullyEncoded).toStdString());
        pqxx::work work(sql);
        work.exec(statement);
        work.commit();
    }

private Q_SLOTS:
    void initTestCase() {
        m_faults = std::make_unique<test::Faults>(m_nova);
        QVERIFY2(m_nova.start(), qPrintable(m_nova.log()));
        stack::StackOptions options;
        options.dataDir = m_nova.dataDir();
        m_stack = stack::Stack::attach(options);
        QVERIFY(m_stack);
        QTRY_VERIFY_WITH_TIMEOUT(!m_stack->parts().isEmpty(), 30'000);
        const auto run = engine::RunFile::read(m_nova.dataDir() + u"/run.json"_s);
        QVERIFY(run);
        m_spans.start(engine::Target::of(run.value()).kafka);
        engine::DiagnosisDesk::Sources sources;
        sources.actions = &m_actions;
        sources.parts = [this] {
            QVector<engine::PartFacts> facts;
            for (const auto& part : m_stack->parts()) facts << engine::partFactsOf(part);
            return facts;
        };
        m_room.open(engine::Target::of(run.value()), sources);
        m_author = m_nova.signUp(u"author"_s);
        m_post = m_nova.createPost(m_author, u"hello"_s);
        QVERIFY(!m_post.isEmpty());
        like();
        settle();
    }

    void cleanupTestCase() {
        m_room.close();
        m_spans.stop();
        m_stack.reset();
        QVERIFY(m_nova.stop());
    }

    // The database refuses this one row, again and again.
    void aPoisonRecordThatIsRetried() {
        asOwner(
            "CREATE FUNCTION notification.refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "RAISE EXCEPTION 'could not serialize this row' USING ERRCODE = '40001'; END $$");
        asOwner(
            "CREATE TRIGGER refuse BEFORE INSERT ON notification.notifications FOR EACH ROW EXECUTE FUNCTION "
            "notification.refuse()");
        like();
        QCOMPARE(m_room.waitFor(group, Cause::poisonRecord, 30'000), QString());
        const auto& answer = m_room.last();
        QCOMPARE(answer.record.type, u"PostLiked"_s);
        QCOMPARE(answer.record.offset, answer.record.committed);
        QVERIFY2(answer.diagnosis.sentence.contains(u"could not serialize this row"_s),
                 qPrintable(answer.diagnosis.sentence));
        QVERIFY(answer.record.tries >= 3);
        asOwner("DROP FUNCTION notification.refuse() CASCADE");
        settle();
    }

    void aPausedConsumer() {
        QCOMPARE(m_faults->fault({u"pause"_s, group}), QString());
        like();
        QCOMPARE(m_room.waitFor(group, Cause::consumerPaused, 20'000), QString());
        QVERIFY(m_room.last().diagnosis.sentence.contains(u"notification-service/0"_s));
        QCOMPARE(m_faults->fault({u"resume"_s, group}), QString());
        settle();
    }

    void aStoppedConsumer() {
        QCOMPARE(m_faults->fault({u"stop"_s, group}), QString());
        like();
        QCOMPARE(m_room.waitFor(group, Cause::consumerDead, 20'000), QString());
        QCOMPARE(m_room.last().record.polls, 0);
        QCOMPARE(m_faults->fault({u"restart"_s, group}), QString());
        settle();
    }

    // Who is stopped has no /metrics: the rule about its lag fires by what Kafka knows, and falls silent once it is
    // back and has caught up.
    void theLagOfAStoppedConsumerFires() {
        constexpr int waiting = 1'100;
        const auto alert = [&] {
            for (const auto& one : m_stack->alerts())
                if (one.rule == u"NovaConsumerLag" && one.labels.value(u"job"_s) == group) return one;
            return stack::Alert();
        };
        QCOMPARE(m_faults->fault({u"stop"_s, group}), QString());
        auto producer = kit::kafka::Producer::make(m_nova.run().value(u"kafka").toString().toStdString(), "test");
        QVERIFY(producer);
        std::vector<kit::kafka::OutRecord> records;
        for (int i = 0; i < waiting; ++i)
            records.push_back({topic.toStdString(),
                               std::to_string(i),
                               "",
                               {{"ce_specversion", "1.0"},
                                {"ce_id", kit::newUuid()},
                                {"ce_source", "/nova/test"},
                                {"ce_type", "NothingKnown"},
                                {"ce_time", kit::rfc3339(kit::wallNow())},
                                {"ce_dataschema", "nova.events.v1.NothingKnown"}}});
        for (const auto& delivery : producer.value().sendAll(records)) QVERIFY(delivery.ok);
        QTRY_VERIFY_WITH_TIMEOUT(alert().firing, 40'000);
        QCOMPARE(alert().value, waiting);
        QCOMPARE(alert().labels.value(u"topic"_s), topic);
        QVERIFY(!m_faults->get(group, "/metrics"));
        QCOMPARE(m_faults->fault({u"restart"_s, group}), QString());
        QTRY_VERIFY_WITH_TIMEOUT(alert().rule.isEmpty(), 40'000);
        settle();
    }

    // The supervisor is not told: calls that fail for everyone are what there is to see.
    void aDependencyThatIsSilent() {
        QCOMPARE(m_faults->fault({u"pause"_s, group}), QString());
        like();
        QVERIFY(m_faults->pause(u"redis"_s));
        QCOMPARE(m_faults->fault({u"resume"_s, group}), QString());
        const QString trouble = m_room.waitFor(group, Cause::slowDependency, 30'000);
        QVERIFY(m_faults->resume(u"redis"_s));
        QCOMPARE(trouble, QString());
        QVERIFY2(m_room.last().diagnosis.sentence.contains(u"Redis"_s), qPrintable(m_room.last().diagnosis.sentence));
        settle();
    }

    void aDependencyThatIsPaused() {
        QCOMPARE(m_faults->fault({u"pause"_s, group}), QString());
        like();
        QCOMPARE(m_faults->fault({u"pause"_s, u"postgres"_s}), QString());
        QCOMPARE(m_faults->fault({u"resume"_s, group}), QString());
        const QString trouble = m_room.waitFor(group, Cause::slowDependency, 30'000);
        QCOMPARE(m_faults->fault({u"resume"_s, u"postgres"_s}), QString());
        QCOMPARE(trouble, QString());
        QVERIFY2(m_room.last().diagnosis.sentence.contains(u"PostgreSQL is paused"_s),
                 qPrintable(m_room.last().diagnosis.sentence));
        settle();
    }
};

QTEST_GUILESS_MAIN(DiagnosisNovaTest)
#include "tst_diagnosis_nova.moc"
