// The Services view over a stack that is none: pictures, words of each state, what its buttons ask for.
#include <QPushButton>
#include <QSignalSpy>
#include <QtTest>

#include "app/views/log_lines.h"
#include "app/views/services_view.h"
#include "tests/support/strict_log.h"
#include "tests/views/fakes.h"
#include "tests/views/look.h"
#include "tests/views/service_samples.h"
#include "widgets/theme/theme.h"

using namespace nova;
using namespace Qt::StringLiterals;
using stack::Phase;

namespace {

const views::TopicRates rates = test::eveningRates();

QVector<stack::PartStatus> feedPaused() {
    auto parts = test::allReady();
    for (auto& part : parts)
        if (part.name == u"feed-service") part.state = stack::PartState::paused;
    return parts;
}

QVector<stack::PartStatus> scaled() {
    QVector<stack::PartStatus> parts;
    for (const auto& part : test::allReady()) {
        const int many = part.name == u"feed-service" ? 8 : 1;
        for (int i = 0; i < many; ++i) {
            parts.append(part);
            parts.last().replica = i;
        }
    }
    return parts;
}

QVector<stack::PartStatus> onePaused() {
    auto parts = scaled();
    for (auto& part : parts)
        if (part.id() == u"feed-service/2") part.state = stack::PartState::paused;
    return parts;
}

QPushButton* buttonNamed(QWidget& widget, const QString& text) {
    for (auto* button : widget.findChildren<QPushButton*>()) {
        if (button->text() == text) return button;
    }
    return nullptr;
}

}  // namespace

class ServicesTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        test::failOnLoggedErrors();
        theme::Theme::instance().apply(*qApp, theme::Choice::Dark);
    }

    void everyStateFitsAndHelps_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<int>("phase");
        QTest::addColumn<QVector<stack::PartStatus>>("parts");
        QTest::addColumn<QStringList>("words");
        QTest::newRow("ready") << u"services-ready"_s << int(Phase::ready) << test::allReady()
                               << QStringList{u"13 processes · 13 ready"_s};
        QTest::newRow("starting") << u"services-starting"_s << int(Phase::starting) << test::halfStarted()
                                  << QStringList{u"Starting: 2 of 13 ready."_s,
                                                 u"PostgreSQL is the slowest: makes its first folder"_s};
        QTest::newRow("kafka down") << u"services-kafka-down"_s << int(Phase::degraded) << test::kafkaDown()
                                    << QStringList{u"Kafka is down since"_s, u"Nothing is lost."_s, u"Start Kafka"_s};
        QTest::newRow("paused") << u"services-paused"_s << int(Phase::degraded) << feedPaused()
                                << QStringList{u"feed-service is paused."_s, u"arrives when it resumes"_s,
                                               u"Resume feed-service"_s, u"Resume"_s};
        QTest::newRow("one of eight paused")
            << u"services-one-paused"_s << int(Phase::degraded) << onePaused()
            << QStringList{u"feed-service #2 is paused."_s, u"the other replicas"_s, u"Resume feed-service"_s};
        QTest::newRow("scaled") << u"services-scaled"_s << int(Phase::ready) << scaled()
                                << QStringList{u"20 processes · 20 ready"_s, u"feed-service #7"_s, u"×8"_s};
        QTest::newRow("stopped") << u"services-stopped"_s << int(Phase::stopped) << QVector<stack::PartStatus>{}
                                 << QStringList{u"Nova is not running."_s, u"Start all (Enter)."_s};
    }
    void everyStateFitsAndHelps() {
        QFETCH(QString, name);
        QFETCH(int, phase);
        QFETCH(QVector<stack::PartStatus>, parts);
        QFETCH(QStringList, words);
        test::everywhere([&](const QSize& size) {
            test::FakeStack stack;
            for (const auto& part : parts) {
                for (const auto& line : test::someLog(part.id())) stack.write(line);
            }
            views::ServicesView view(stack);
            view.setRates(rates);
            stack.become(Phase(phase), parts);
            view.setFigures(test::eveningFigures());
            test::picture(view, name, size - QSize(64, 67));
            if (name == u"services-scaled") view.selectPart(u"feed-service/7"_s);
            test::picture(view, name, size - QSize(64, 67));
            QCOMPARE(test::squeezed(view), QString());
            const QString all = test::wordsOn(view);
            for (const auto& word : words) QVERIFY2(all.contains(word), qPrintable(word + u" is not on:\n"_s + all));
        });
    }

    void aFailedStartSaysWhyAndOffersAnother() {
        test::FakeStack stack;
        views::ServicesView view(stack);
        stack.become(Phase::failed, test::halfStarted());
        Q_EMIT stack.failed(u"initdb: no space left on device"_s);
        test::picture(view, u"services-failed"_s, test::small);
        QVERIFY(test::wordsOn(view).contains(u"initdb: no space left on device"_s));
        auto* again = buttonNamed(view, u"Start again"_s);
        QVERIFY(again && again->isVisible());
        again->click();
        QCOMPARE(stack.asked, QStringList{u"start"_s});
    }

    void buttonsActOnTheSelectedProcess() {
        test::FakeStack stack;
        views::ServicesView view(stack);
        stack.become(Phase::ready, test::allReady());
        test::picture(view, u"services-buttons"_s, test::wide);
        view.selectPart(u"feed-service/0"_s);
        buttonNamed(view, u"Restart"_s)->click();
        buttonNamed(view, u"Stop"_s)->click();
        buttonNamed(view, u"Stop all"_s)->click();
        QCOMPARE(stack.asked, (QStringList{u"restart feed-service/0"_s, u"stop feed-service/0"_s, u"stop"_s}));
        QVERIFY(!buttonNamed(view, u"Start all"_s)->isEnabled());
    }

    void replicasPauseAndScale() {
        test::FakeStack stack;
        views::ServicesView view(stack);
        stack.become(Phase::ready, scaled());
        test::picture(view, u"services-scale-buttons"_s, test::wide);
        view.selectPart(u"postgres/0"_s);
        QVERIFY(!buttonNamed(view, u"+"_s)->isVisible());
        view.selectPart(u"feed-service/3"_s);
        buttonNamed(view, u"+"_s)->click();
        buttonNamed(view, u"−"_s)->click();
        buttonNamed(view, u"Pause"_s)->click();
        QTest::keyClick(&view, Qt::Key_P);
        QTest::keyClick(&view, Qt::Key_Plus);
        QCOMPARE(stack.asked,
                 (QStringList{u"scale feed-service/9"_s, u"scale feed-service/7"_s, u"pause feed-service/3"_s,
                              u"pause feed-service/3"_s, u"scale feed-service/9"_s}));
        stack.asked.clear();
        stack.become(Phase::degraded, feedPaused());  // the replicas beyond the first are gone
        QCOMPARE(view.selectedPart(), u"feed-service/0"_s);
        QVERIFY(!buttonNamed(view, u"−"_s)->isEnabled());
        buttonNamed(view, u"Resume"_s)->click();
        buttonNamed(view, u"Resume feed-service"_s)->click();
        QCOMPARE(stack.asked, (QStringList{u"resume feed-service/0"_s, u"resume feed-service/0"_s}));
    }

    void firingAlertsSayWhatToDo() {
        for (const bool dark : {true, false}) {
            test::setDark(dark);
            test::FakeStack stack;
            views::ServicesView view(stack);
            stack.become(Phase::ready, test::allReady());
            stack::Alert lag{u"NovaConsumerLag"_s,
                             u"warning"_s,
                             u"feed-service is 1312 offsets behind on nova.content.events"_s,
                             {{u"job"_s, u"feed-service"_s}},
                             1'312,
                             0,
                             true};
            stack::Alert outbox{u"NovaOutboxAge"_s,
                                u"warning"_s,
                                u"the oldest unpublished event of content-service waits for 6 s"_s,
                                {{u"job"_s, u"content-service"_s}},
                                6,
                                0,
                                false};
            Q_EMIT stack.alertsChanged({lag, outbox});
            test::picture(view, u"services-alert"_s, test::small - QSize(64, 67));
            QCOMPARE(test::squeezed(view), QString());
            const QString all = test::wordsOn(view);
            QVERIFY(all.contains(lag.summary) && all.contains(u"Another replica takes over some partitions."_s));
            QVERIFY(!all.contains(outbox.summary));  // pending
            buttonNamed(view, u"Add a replica"_s)->click();
            QCOMPARE(stack.asked, QStringList{u"scale feed-service/2"_s});
            Q_EMIT stack.alertsChanged({});
            QVERIFY(!test::wordsOn(view).contains(lag.summary));
        }
    }

    void theMapCarriesMeasuredRates() {
        const auto map = views::mapOf(stack::Catalogue::builtIn(), test::allReady(), rates,
                                      views::byPart(test::eveningFigures()));
        const auto edge = [&](const char* from, const char* to) {
            const auto found = std::find_if(map.edges.begin(), map.edges.end(), [&](const auto& e) {
                return e.from == QLatin1String(from) && e.to == QLatin1String(to);
            });
            return found == map.edges.end() ? topology::Edge{} : *found;
        };
        QCOMPARE(edge("users", "graphql-gateway").rate, 1'310.0);
        QCOMPARE(edge("graphql-gateway", "content-service").rate, 1'204.0);
        QCOMPARE(edge("nova.content.events", "feed-service").rate, 804.0);
        QCOMPARE(edge("nova.content.events", "feed-service").state, topology::EdgeState::Lagging);
        QCOMPARE(edge("nova.social.events", "feed-service").rate, 88.0);
        QVERIFY(edge("content-service", "postgres").bus && !edge("feed-service", "redis").bus);
        QCOMPARE(edge("realtime-chat-service", "sockets").state, topology::EdgeState::Push);
        const auto rows = views::processRows(stack::Catalogue::builtIn(), scaled(), QDateTime::currentDateTimeUtc(),
                                             views::byPart(test::eveningFigures()));
        const auto row =
            std::find_if(rows.begin(), rows.end(), [](const auto& r) { return r.id() == u"feed-service/7"; });
        QVERIFY(row != rows.end());
        QCOMPARE(row->note, u"idle: more replicas than partitions"_s);
        QCOMPARE(row->badge, u"lagging"_s);
    }

    void anOutageCountsWhatWaits() {
        const auto notice = views::noticeOf(stack::Catalogue::builtIn(), Phase::degraded, test::kafkaDown(), {}, {},
                                            QDateTime::currentDateTimeUtc(), views::byPart(test::eveningFigures()));
        QCOMPARE(notice.text.section(u" Last error:"_s, 0, 0),
                 u"Users are still answered: 12 events wait in one outbox, oldest 3.2\u00a0s. Nothing is lost."_s);
    }

    void enterStartsAStoppedNova() {
        test::FakeStack stack;
        views::ServicesView view(stack);
        test::picture(view, u"services-enter"_s, test::small);
        QTest::keyClick(&view, Qt::Key_Return);
        QCOMPARE(stack.asked, QStringList{u"start"_s});
    }

    void whileHiddenItDoesNothingAndThenCatchesUp() {
        test::FakeStack stack;
        views::ServicesView view(stack);
        test::picture(view, u"services-hidden"_s, test::small);
        view.hide();
        stack.become(Phase::ready, test::allReady());
        QVERIFY(view.selectedPart().isEmpty());
        view.show();
        QCOMPARE(view.selectedPart(), u"kafka/0"_s);
    }

    void theBadgeIsRightAlsoWhileHidden() {
        test::FakeStack stack;
        views::ServicesView view(stack);
        test::picture(view, u"services-badge"_s, test::small);
        view.hide();
        QSignalSpy problems(&view, &views::View::openProblems);
        stack.become(Phase::degraded, test::kafkaDown());
        QCOMPARE(problems.last().first().toInt(), 1);
        stack.become(Phase::ready, test::allReady());
        QCOMPARE(problems.last().first().toInt(), 0);
    }

    void readinessNamesWhatIsMissing() {
        const auto parts = test::halfStarted();
        const auto feed =
            *std::find_if(parts.begin(), parts.end(), [](const auto& p) { return p.name == u"feed-service"; });
        const QString line = views::readinessLine(stack::Catalogue::builtIn(), parts, feed);
        QVERIFY2(line.contains(u"PostgreSQL …"_s) && line.contains(u"Kafka ✓"_s) && line.contains(u"Redis ✓"_s),
                 qPrintable(line));
    }

    void theMapFollowsTheCatalogue() {
        const auto map = views::mapOf(stack::Catalogue::builtIn(), test::allReady(), rates);
        const auto edge = [&](const char* from, const char* to) {
            const auto found = std::find_if(map.edges.begin(), map.edges.end(), [&](const auto& e) {
                return e.from == QLatin1String(from) && e.to == QLatin1String(to);
            });
            return found == map.edges.end() ? nullptr : &*found;
        };
        QVERIFY(edge("content-service", "nova.content.events"));
        QCOMPARE(edge("content-service", "nova.content.events")->rate, 1'204.0);
        QCOMPARE(edge("identity-service", "nova.identity.events")->state, topology::EdgeState::Idle);
        QVERIFY(edge("nova.social.events", "feed-service"));
        QVERIFY(edge("graphql-gateway", "feed-service"));
        QVERIFY(!edge("nova.media.events", "feed-service"));
        const auto broken = views::mapOf(stack::Catalogue::builtIn(), test::kafkaDown(), {});
        for (const auto& e : broken.edges) {
            if (e.to.startsWith(u"nova.") || e.from.startsWith(u"nova."))
                QCOMPARE(e.state, topology::EdgeState::Broken);
        }
    }

    void logLinesOfEachFormAreTakenApart_data() {
        QTest::addColumn<QString>("line");
        QTest::addColumn<QString>("component");
        QTest::addColumn<QString>("text");
        QTest::newRow("Nova") << u"2026-11-22T23:41:48.871Z I consumer   joined feed-service"_s << u"consumer"_s
                              << u"joined feed-service"_s;
        QTest::newRow("Kafka")
            << u"[2026-11-22 23:41:48,871] INFO [BrokerServer id=1] started (kafka.server.BrokerServer)"_s
            << u"BrokerServer"_s << u"[BrokerServer id=1] started"_s;
        QTest::newRow("PostgreSQL") << u"2026-11-22 23:41:48.871 UTC [4711] LOG:  database system is ready"_s
                                    << QString() << u"LOG:  database system is ready"_s;
        QTest::newRow("Redis") << u"4711:M 22 Nov 2026 23:41:48.871 * Ready to accept connections"_s << QString()
                               << u"Ready to accept connections"_s;
        QTest::newRow("unknown") << u"something else"_s << QString() << u"something else"_s;
    }
    void logLinesOfEachFormAreTakenApart() {
        QFETCH(QString, line);
        QFETCH(QString, component);
        QFETCH(QString, text);
        const auto result = views::logLineOf({u"kafka/0"_s, 5, u'W', line});
        QCOMPARE(result.component, component);
        QCOMPARE(result.text, text);
        QCOMPARE(result.level, models::LogLevel::Warn);
        QCOMPARE(result.timeUs, 5'000);
    }
};

QTEST_MAIN(ServicesTest)
#include "tst_services.moc"
