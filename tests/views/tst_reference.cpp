// Each view as it was agreed on, in both themes: fixed data, a clock that stands still, the fonts that setup.sh brings.
// Whoever changes a look renews the pictures (reference.h) and shows them with the change.
#include <QFontInfo>
#include <QJsonArray>
#include <QThreadPool>
#include <QtTest>

#include "app/shell/command_palette.h"
#include "app/shell/status_strip.h"
#include "app/views/act_as_view.h"
#include "app/views/actions_view.h"
#include "app/views/cluster_view.h"
#include "app/views/event_detail.h"
#include "app/views/first_run_view.h"
#include "app/views/keys_view.h"
#include "app/views/lag_view.h"
#include "app/views/services_view.h"
#include "app/views/touched_pane.h"
#include "tests/support/strict_log.h"
#include "tests/views/cluster_samples.h"
#include "tests/views/desk.h"
#include "tests/views/fakes.h"
#include "tests/views/key_samples.h"
#include "tests/views/lag_samples.h"
#include "tests/views/look.h"
#include "tests/views/reference.h"
#include "tests/views/service_samples.h"
#include "tests/views/traffic_samples.h"
#include "widgets/tables/event_table.h"
#include "widgets/theme/clock.h"
#include "widgets/theme/fonts.h"
#include "widgets/theme/theme.h"

using namespace nova;
using namespace Qt::StringLiterals;
using stack::Phase;
using Look = QImage (*)();

namespace {

const auto evening = QDateTime::fromMSecsSinceEpoch(1'795'391'250'000, Qt::UTC);  // 2026-11-22 23:47:30
const QString alice = u"alice-x3k9"_s;
constexpr int rounds = 4;  // an event that is handled may post another

// All that was posted and all that runs in the background is done; nothing that waits for a time is.
void settle() {
    for (int i = 0; i < rounds; ++i) {
        QThreadPool::globalInstance()->waitForDone();
        QCoreApplication::sendPostedEvents();
    }
}

// Laid out and painted as it is now.
QImage paint(QWidget& widget) {
    widget.setAttribute(Qt::WA_DontShowOnScreen);
    widget.resize(test::small);
    widget.show();
    settle();
    if (auto* focus = widget.focusWidget()) focus->clearFocus();  // no cursor that blinks
    const qreal ratio = widget.devicePixelRatioF();
    QImage image((QSizeF(test::small) * ratio).toSize(), QImage::Format_RGB32);
    image.setDevicePixelRatio(ratio);
    image.fill(theme::tokens().bg1);
    widget.render(&image);
    return image;
}

QImage services() {
    test::FakeStack stack;
    for (const auto& line : test::someLog(u"kafka/0"_s)) stack.write(line);
    views::ServicesView view(stack);
    view.resize(test::small);
    view.setRates(test::eveningRates());
    view.setFigures(test::eveningFigures());
    stack.become(Phase::degraded, test::kafkaDown());
    return paint(view);
}

QImage traffic() {
    engine::EventRing ring;
    test::fillRing(ring, 400);
    views::TrafficView view(ring);
    view.takeBatch(test::batchOf(ring));
    paint(view);
    const auto row = ring.snapshot().last() - 5;
    view.table()->selectSequence(row);
    Q_EMIT view.table()->rowSelected(row);
    view.detail()->touched()->setReport(test::sampleReport());
    paint(view);
    return paint(view);
}

QImage lag() {
    views::LagView view;
    test::showEvening(view, test::lagEvening());
    paint(view);
    view.goToGroup(u"feed-service"_s, u"nova.content.events"_s);
    paint(view);
    return paint(view);
}

QImage actions() {
    engine::ActionStore store;
    test::fillActions(store);
    views::ActionsView view(store);
    view.setConnected();
    paint(view);
    view.selectAction(test::slowTrace);
    paint(view);
    return paint(view);
}

QImage keys() {
    views::KeysView view;
    view.setTarget(test::noTarget());
    view.showReport(test::keyReport());
    paint(view);
    return paint(view);
}

QImage cluster() {
    views::ClusterView view(engine::Target::of(test::sampleProfile(u"staging"_s)));
    view.setLook(test::sampleLook(true));
    view.setGroups(test::sampleGroups());
    paint(view);
    return paint(view);
}

QImage firstRun() {
    views::FirstRunView view;
    view.setRequirements({{u"Java"_s, false, true, u"no java in the path"_s,
                           u"sudo apt-get install -y openjdk-17-jre-headless"_s},
                          {u"PostgreSQL"_s, true, true, u"15, /usr/lib/postgresql/15/bin"_s, {}},
                          {u"Redis"_s, true, true, u"7.0.15"_s, {}},
                          {u"Disk"_s, false, false, u"1.2 GiB free, 2 GiB are better"_s, {}}});
    return paint(view);
}

QImage people() {
    QHash<QString, test::FakeDoor::Reply> replies;
    QVector<views::Call> calls;
    replies[u"signIn"_s] = [](const views::Call& call) {
        const QJsonObject user{{u"id"_s, call.variables[u"h"_s]}};
        return QJsonObject{{u"signIn"_s, QJsonObject{{u"token"_s, u"t"_s}, {u"user"_s, user}}}};
    };
    replies[u"follow"_s] = [](const views::Call&) { return QJsonObject{{u"follow"_s, QJsonObject{}}}; };
    replies[u"feed"_s] = [](const views::Call& call) {
        QJsonArray posts;
        for (const auto& [text, likes] : {std::pair{u"The ferry is late again"_s, 2}, {u"Golden hour"_s, 1'204}})
            posts.append(QJsonObject{{u"id"_s, text},
                                     {u"content"_s, text},
                                     {u"version"_s, likes > 2 ? 2 : 1},
                                     {u"likeCount"_s, likes},
                                     {u"likedByMe"_s, likes > 2},
                                     {u"createdAt"_s, u"2026-11-22T23:41:52.904Z"_s},
                                     {u"author"_s, QJsonObject{{u"id"_s, alice}, {u"handle"_s, alice}}}});
        const bool hers = call.handle == alice;
        return QJsonObject{{u"feed"_s, QJsonObject{{u"posts"_s, hers ? QJsonArray() : posts}, {u"stale"_s, false}}},
                           {u"posts"_s, QJsonObject{{u"posts"_s, hers ? posts : QJsonArray()}}}};
    };
    replies[u"inbox"_s] = [](const views::Call&) { return QJsonObject{{u"messages"_s, QJsonArray()}}; };
    views::People people;
    people.restore({alice, u"a"_s}, {u"bob-7f21"_s, u"b"_s});
    people.setDoors(std::make_unique<test::FakeDoor>(replies, calls), std::make_unique<test::FakeDoor>(replies, calls));
    views::ActAsView view(people);
    people.setUp();
    paint(view);
    return paint(view);
}

// The whole window, its bars among it.
QImage palette() {
    test::Desk desk;
    paint(desk.window);
    desk.session.lookAt();
    desk.becomeReady();
    paint(desk.window);
    desk.window.palette().open();
    paint(desk.window);
    desk.window.findChild<shell::StatusStrip*>()->setMemory(64 << 20);  // of this process it is another each time
    return paint(desk.window);
}

}  // namespace

Q_DECLARE_METATYPE(Look)

class ReferenceTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        test::failOnLoggedErrors();
        theme::Theme::instance().apply(*qApp, theme::Choice::Dark);
        theme::setTimeZone(QTimeZone::utc());
        theme::freeze(evening);
        for (const auto type : {theme::Type::Control, theme::Type::Mono}) {
            const auto wanted = theme::font(type);
            QVERIFY2(QFontInfo(wanted).family() == wanted.families().first(),
                     qPrintable(u"%1 is missing: run resources/setup.sh"_s.arg(wanted.families().first())));
        }
    }

    void cleanupTestCase() { shell::Observers::awaitEnded(); }

    void looksAsAgreed_data() {
        QTest::addColumn<Look>("look");
        QTest::newRow("services") << Look(&services);
        QTest::newRow("traffic") << Look(&traffic);
        QTest::newRow("lag") << Look(&lag);
        QTest::newRow("actions") << Look(&actions);
        QTest::newRow("keys") << Look(&keys);
        QTest::newRow("cluster") << Look(&cluster);
        QTest::newRow("people") << Look(&people);
        QTest::newRow("first-run") << Look(&firstRun);
        QTest::newRow("palette") << Look(&palette);
    }
    void looksAsAgreed() {
        QFETCH(Look, look);
        if (qApp->devicePixelRatio() > 1) return;
        QStringList faults;
        for (const bool dark : {true, false}) {
            test::setDark(dark);
            const QString name = QString::fromLatin1(QTest::currentDataTag()) + (dark ? u"-dark"_s : u"-light"_s);
            if (const QString fault = test::unlikeReference(look(), name); !fault.isEmpty()) faults << fault;
        }
        QVERIFY2(faults.isEmpty(), qPrintable(faults.join(u'\n')));
    }

    // Of what is painted by hand a part, so that the stored files stay small.
    void looksAsAgreedAtTwiceTheDensity_data() {
        QTest::addColumn<Look>("look");
        QTest::addColumn<bool>("dark");
        QTest::addColumn<QRect>("part");
        QTest::newRow("services") << Look(&services) << true << QRect(140, 60, 420, 260);
        QTest::newRow("lag") << Look(&lag) << false << QRect(0, 70, 500, 240);
        QTest::newRow("actions") << Look(&actions) << true << QRect(0, 60, 420, 320);
        QTest::newRow("traffic") << Look(&traffic) << false << QRect(0, 40, 420, 220);
    }
    void looksAsAgreedAtTwiceTheDensity() {
        QFETCH(Look, look);
        QFETCH(bool, dark);
        QFETCH(QRect, part);
        if (qApp->devicePixelRatio() < 2) return;
        test::setDark(dark);
        const QImage whole = look();
        QCOMPARE(whole.size(), test::small * 2);
        const QImage picture = whole.copy(QRect(part.topLeft() * 2, part.size() * 2));
        const QString fault = test::unlikeReference(picture, QString::fromLatin1(QTest::currentDataTag()) + u"-2x"_s);
        QVERIFY2(fault.isEmpty(), qPrintable(fault));
    }

    // The judge itself: a letter more, a shade more, another size.
    void aDifferenceIsSeen() {
        QImage one(100, 100, QImage::Format_RGB32);
        one.fill(QColor(20, 20, 20));
        QImage other = one;
        QCOMPARE(test::differing(one, other), 0.0);
        for (int x = 0; x < 11; ++x) other.setPixelColor(x, 5, QColor(20, 29, 20));
        QCOMPARE(test::differing(one, other), 0.0011);
        for (int x = 0; x < 11; ++x) other.setPixelColor(x, 5, QColor(28, 12, 20));
        QCOMPARE(test::differing(one, other), 0.0);
        QCOMPARE(test::differing(one, one.copy(0, 0, 99, 100)), 1.0);
    }
};

int main(int argc, char** argv) {
    test::keepSurroundings();
    QApplication app(argc, argv);
    ReferenceTest test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_reference.moc"
