// The Actions view over a store fed by hand: pictures, what the timeline is made of, selection, incomplete and empty
// states.
#include <QLineEdit>
#include <QSignalSpy>
#include <QtTest>

#include "app/views/action_inspector.h"
#include "app/views/action_timeline.h"
#include "app/views/actions_view.h"
#include "tests/support/strict_log.h"
#include "tests/views/fakes.h"
#include "tests/views/look.h"
#include "widgets/models/action_list_model.h"
#include "widgets/theme/theme.h"
#include "widgets/timeline/timeline_widget.h"

using namespace nova;
using namespace Qt::StringLiterals;

namespace {

QString hopNamed(const engine::Action& action, const QString& kind, const QString& service) {
    for (const auto& hop : action.hops) {
        if (hop.kind == kind && (hop.service == service || service.isEmpty())) return hop.id;
    }
    return {};
}

int laneNamed(const timeline::Data& data, const QString& id) {
    for (int i = 0; i < int(data.lanes.size()); ++i) {
        if (data.lanes[std::size_t(i)].id == id) return i;
    }
    return -1;
}

const timeline::Bar* barOf(const timeline::Data& data, const QString& hop) {
    const auto found =
        std::find_if(data.bars.begin(), data.bars.end(), [&](const auto& bar) { return bar.hop == hop; });
    return found == data.bars.end() ? nullptr : &*found;
}

}  // namespace

class ActionsTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        test::failOnLoggedErrors();
        theme::Theme::instance().apply(*qApp, theme::Choice::Dark);
    }

    void objectStorageIsAStoreOfItsOwn() {
        engine::Action action;
        action.action = u"upload"_s;
        const auto hop = [](const char* id, const char* parent, const char* kind, double at) {
            engine::Hop one;
            one.id = QLatin1String(id);
            one.parent = QLatin1String(parent);
            one.service = u"media-service"_s;
            one.kind = QLatin1String(kind);
            one.name = one.kind;
            one.startMs = at;
            one.durationMs = 10;
            return one;
        };
        action.hops = {hop("a", "", "grpc", 0), hop("b", "a", "s3", 2), hop("c", "a", "sql", 5)};
        const auto data = views::timelineOf(action);
        QStringList lanes;
        for (const auto& lane : data.lanes) lanes << lane.title;
        QCOMPARE(lanes, (QStringList{u"media-service"_s, u"PostgreSQL"_s, u"S3"_s}));
        QCOMPARE(data.lanes[2].kind, timeline::LaneKind::Store);
    }

    void measuredActionsFit() {
        engine::ActionStore store;
        test::fillActions(store);
        test::everywhere([&](const QSize& size) {
            views::ActionsView view(store);
            view.setConnected();
            test::picture(view, u"actions-whole"_s, size - QSize(64, 67));
            QCOMPARE(test::squeezed(view), QString());
            view.selectAction(test::slowTrace);
            const auto action = store.action(test::slowTrace);
            QVERIFY(action);
            view.timeline()->setSelectedHop(hopNamed(*action, u"kafka"_s, u"feed-service"_s));
            Q_EMIT view.timeline()->hopSelected(view.timeline()->selectedHop());
            test::picture(view, u"actions-over"_s, size - QSize(64, 67));
            QCOMPARE(test::squeezed(view), QString());
            QVERIFY2(test::wordsOn(view).contains(u"in queue for feed-service"_s), qPrintable(test::wordsOn(view)));
            view.selectAction(test::openTrace);
            test::picture(view, u"actions-open"_s, size - QSize(64, 67));
            QCOMPARE(test::squeezed(view), QString());
            QVERIFY2(test::wordsOn(view).contains(u"incomplete: "_s), qPrintable(test::wordsOn(view)));
        });
    }

    void emptyAwaitedAndDisconnectedSayWhatToDo() {
        engine::ActionStore store;
        test::everywhere([&](const QSize& size) {
            views::ActionsView view(store);
            test::picture(view, u"actions-waiting"_s, size - QSize(64, 67));
            view.setConnected();
            test::picture(view, u"actions-empty"_s, size - QSize(64, 67));
            view.selectAction(test::completeTrace);
            test::picture(view, u"actions-awaited"_s, size - QSize(64, 67));
            QVERIFY(test::wordsOn(view).contains(u"Waiting for the spans of"_s) || size == test::small);
            view.setDisconnected(u"127.0.0.1:9092: Connection refused"_s);
            test::picture(view, u"actions-disconnected"_s, size - QSize(64, 67));
            QVERIFY(test::wordsOn(view).contains(u"Connection refused"_s));
            QCOMPARE(test::squeezed(view), QString());
        });
    }

    void theTimelineIsMadeOfTheSpans() {
        engine::ActionStore store;
        test::fillActions(store);
        const auto action = store.action(test::completeTrace);
        QVERIFY(action);
        const auto data = views::timelineOf(*action);
        // Lanes in the designed order.
        QStringList lanes;
        for (const auto& lane : data.lanes) lanes << lane.id;
        QCOMPARE(lanes, (QStringList{u"people"_s, u"graphql-gateway"_s, u"content-service"_s, u"social-service"_s,
                                     u"postgres"_s, u"kafka"_s, u"feed-service"_s, u"redis"_s}));
        QCOMPARE(data.lanes.front().title, u"alice-x3k9"_s);
        // Each hop but the calling sides is a bar with its own times, in its own lane.
        int bars = 0;
        for (const auto& hop : action->hops) {
            if (hop.client && hop.kind == u"grpc") continue;
            const auto* bar = barOf(data, hop.id);
            QVERIFY2(bar, qPrintable(hop.name));
            QCOMPARE(bar->start, hop.startMs);
            QCOMPARE(bar->end, hop.endMs());
            QCOMPARE(data.lanes[std::size_t(bar->lane)].id, views::laneOf(hop));
            ++bars;
        }
        QCOMPARE(bars, int(data.bars.size()));
        // The gateway's bar waits exactly while it calls.
        const auto* gateway = barOf(data, hopNamed(*action, u"http"_s, u"graphql-gateway"_s));
        QCOMPARE(gateway->waits.size(), 1u);
        QVERIFY(qAbs(gateway->waits.front().start - 1.3) < 0.001 && qAbs(gateway->waits.front().end - 11.6) < 0.001);
    }

    void arrowsGoFromSendToReceive() {
        engine::ActionStore store;
        test::fillActions(store);
        const auto data = views::timelineOf(*store.action(test::completeTrace));
        const int gateway = laneNamed(data, u"graphql-gateway"_s), content = laneNamed(data, u"content-service"_s);
        const auto call = std::find_if(data.arrows.begin(), data.arrows.end(), [&](const auto& a) {
            return a.fromLane == gateway && a.toLane == content && a.kind == timeline::ArrowKind::Call;
        });
        QVERIFY(call != data.arrows.end());
        QVERIFY(qAbs(call->sent - 1.3) < 0.001 && qAbs(call->received - 1.9) < 0.001);
        const int publishes = int(std::count_if(data.arrows.begin(), data.arrows.end(),
                                                [](const auto& a) { return a.kind == timeline::ArrowKind::Publish; }));
        QCOMPARE(publishes, 1);
        for (const auto& arrow : data.arrows) QVERIFY(arrow.received >= arrow.sent);
    }

    void momentsWindowAndPromises() {
        engine::ActionStore store;
        test::fillActions(store);
        const auto action = store.action(test::completeTrace);
        const auto data = views::timelineOf(*action);
        QVERIFY(action->clientAckMs && action->visibleMs);
        QCOMPARE(data.flags.size(), 2u);
        QCOMPARE(data.flags[0].at, *action->clientAckMs);
        QCOMPARE(data.flags[1].at, *action->visibleMs);
        QCOMPARE(data.windows.size(), 1u);
        QCOMPARE(data.promises.size(), 2u);
        QCOMPARE(data.promises[0].designed.end, 45.0);
        QCOMPARE(data.promises[1].designed.end, 245.0);
        QCOMPARE(data.promises[0].over, 0.0);
        const auto slow = views::timelineOf(*store.action(test::slowTrace));
        QVERIFY(slow.promises[1].over > 30);
        const auto row = views::rowOf(*store.action(test::slowTrace));
        QVERIFY(row.overMs > 30);
        QCOMPARE(row.user, u"alice-x3k9"_s);
    }

    void anOpenActionSaysSoAndDrawsNoEffect() {
        engine::ActionStore store;
        test::fillActions(store);
        const auto action = store.action(test::openTrace);
        QVERIFY(action && !action->complete);
        const auto data = views::timelineOf(*action);
        QVERIFY(!data.complete);
        QVERIFY(!data.note.isEmpty());
        QCOMPARE(data.flags.size(), 1u);
        QVERIFY(data.windows.empty());
        QVERIFY(!data.promises[1].measured);
        // What only an event or a key tells has no length to draw: the lane says what it waits for.
        const int feed = laneNamed(data, u"feed-service"_s);
        QVERIFY(feed >= 0);
        QVERIFY(!data.lanes[std::size_t(feed)].waiting.isEmpty());
        for (const auto& bar : data.bars) QVERIFY(bar.lane != feed);
    }

    void choosingHoldsTheNewestDoesNotJumpIn() {
        engine::ActionStore store;
        test::fillActions(store);
        views::ActionsView view(store);
        view.setConnected();
        test::picture(view, u"actions-follow"_s, test::wide);
        QCOMPARE(view.selectedAction(), test::completeTrace);
        view.selectAction(test::openTrace);
        const QString newer = u"7bf92f3577b34da6a3ce929d0e0e4739"_s;
        store.feedSpans(test::createPostSpans(newer.toStdString(), 1'795'390'990'000'000));
        store.flush();
        QTRY_COMPARE(view.model()->rowCount(), 4);
        QCOMPARE(view.selectedAction(), test::openTrace);
        view.goNewest();
        QCOMPARE(view.selectedAction(), newer);
    }

    void manyChangesAreFewRefreshes() {
        engine::ActionStore store;
        views::ActionsView view(store);
        view.setConnected();
        test::picture(view, u"actions-rate"_s, test::wide);
        QSignalSpy changes(view.model(), &QAbstractItemModel::dataChanged),
            inserts(view.model(), &QAbstractItemModel::rowsInserted);
        for (int i = 0; i < 60; ++i) {
            store.feedSpans(test::createPostSpans(u"%1"_s.arg(i + 1, 32, 16, QLatin1Char('0')).toStdString(),
                                                  1'795'390'912'000'000 + i));
            store.flush();
        }
        QTRY_COMPARE(view.model()->rowCount(), 60);
        QVERIFY2(changes.size() + inserts.size() <= 8, qPrintable(QString::number(changes.size() + inserts.size())));
    }

    void whatWasDroppedIsCounted() {
        engine::ActionStore store;
        test::fillActions(store);
        store.feedSpans(std::vector<engine::SpanRecord>(engine::ActionStore::maxInbox));
        store.feedSpans(std::vector<engine::SpanRecord>(12));
        store.flush();
        views::ActionsView view(store);
        view.setConnected();
        test::picture(view, u"actions-dropped"_s, test::wide);
        QVERIFY2(test::wordsOn(view).contains(u"· 12 dropped"_s), qPrintable(test::wordsOn(view)));
        QCOMPARE(test::squeezed(view), QString());
    }

    void filterAndFind() {
        engine::ActionStore store;
        test::fillActions(store);
        views::ActionsView view(store);
        view.setConnected();
        test::picture(view, u"actions-filter"_s, test::wide);
        view.findChild<QLineEdit*>()->setText(test::slowTrace.left(10));
        QCOMPARE(view.model()->rowCount(), 1);
        QVERIFY(view.clear());
        QCOMPARE(view.model()->rowCount(), 3);
        QSignalSpy wanted(&view, &views::View::timelineWanted);
        const auto found = view.find(test::slowTrace);
        QCOMPARE(found.size(), 1);
        found.first().run();
        QCOMPARE(wanted.first().first().toString(), test::slowTrace);
    }
};

QTEST_MAIN(ActionsTest)
#include "tst_actions.moc"
