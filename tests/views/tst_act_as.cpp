// Alice and Bob over doors that are none: what is asked, in which order, what each sees, when a post is marked
// readable.
#include <QJsonArray>
#include <QPushButton>
#include <QSignalSpy>
#include <QtTest>

#include "app/views/act_as_view.h"
#include "app/views/person_pane.h"
#include "tests/support/strict_log.h"
#include "tests/views/fakes.h"
#include "tests/views/look.h"
#include "widgets/theme/theme.h"

using namespace nova;
using namespace Qt::StringLiterals;
using views::Call;
using views::Who;

namespace {

// A gateway of the size of a test: users, posts, who follows whom.
struct SmallNova {
    QHash<QString, test::FakeDoor::Reply> replies;
    QVector<Call> calls;
    QHash<QString, QString> handleOf;  // token → handle
    QVector<QJsonObject> posts;        // newest first
    QSet<QString> follows;             // follower's handle

    SmallNova() {
        replies[u"signUp"_s] = [this](const Call& c) { return session(u"signUp"_s, c); };
        replies[u"signIn"_s] = [this](const Call& c) { return session(u"signIn"_s, c); };
        replies[u"follow"_s] = [this](const Call& c) {
            follows.insert(c.handle);
            return QJsonObject{{u"follow"_s, QJsonObject{{u"id"_s, c.variables.value(u"u"_s)}}}};
        };
        replies[u"createPost"_s] = [this](const Call& c) {
            const QString id = u"post-%1"_s.arg(posts.size());
            const QJsonObject author{{u"id"_s, QString(u"id-"_s + c.handle)}, {u"handle"_s, c.handle}};
            posts.prepend(QJsonObject{{u"id"_s, id},
                                      {u"content"_s, c.variables.value(u"c"_s)},
                                      {u"version"_s, 1},
                                      {u"likeCount"_s, 0},
                                      {u"likedByMe"_s, false},
                                      {u"createdAt"_s, u"2026-11-22T23:41:52.904Z"_s},
                                      {u"author"_s, author}});
            return QJsonObject{{u"createPost"_s, QJsonObject{{u"id"_s, id}, {u"version"_s, 1}}}};
        };
        replies[u"feed"_s] = [this](const Call& c) { return feed(c); };
        replies[u"likePost"_s] = [](const Call&) { return QJsonObject{{u"likePost"_s, QJsonObject{}}}; };
        replies[u"deletePost"_s] = [](const Call&) { return QJsonObject{{u"deletePost"_s, true}}; };
        replies[u"updatePost"_s] = [](const Call&) { return QJsonObject{{u"updatePost"_s, QJsonObject{}}}; };
    }
    static QJsonObject session(const QString& field, const Call& c) {
        const QString handle = c.variables[u"h"_s].toString();
        const QJsonObject user{{u"id"_s, QString(u"id-"_s + handle)}};
        return {{field, QJsonObject{{u"token"_s, QString(u"token-"_s + handle)}, {u"user"_s, user}}}};
    }
    QJsonObject feed(const Call& c) const {
        QJsonArray own, others;
        for (const auto& post : posts) {
            const bool mine = post[u"author"_s][u"handle"_s].toString() == c.handle;
            if (mine)
                own.append(post);
            else if (follows.contains(c.handle))
                others.append(post);
        }
        return {{u"feed"_s, QJsonObject{{u"posts"_s, others}, {u"stale"_s, false}}},
                {u"posts"_s, QJsonObject{{u"posts"_s, own}}}};
    }
    void connectTo(views::People& people) {
        people.setDoors(std::make_unique<test::FakeDoor>(replies, calls),
                        std::make_unique<test::FakeDoor>(replies, calls));
    }
    QStringList operations() const {
        QStringList names;
        for (const auto& call : calls) {
            if (call.operation != u"feed") names << call.operation;
        }
        return names;
    }
};

}  // namespace

class ActAsTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        test::failOnLoggedErrors();
        theme::Theme::instance().apply(*qApp, theme::Choice::Dark);
    }

    void theFirstPressOfPostDoesAllThatIsNeeded() {
        SmallNova nova;
        views::People people;
        nova.connectTo(people);
        people.post(Who::alice, u"hello"_s);
        QTRY_VERIFY(nova.operations().contains(u"createPost"_s));
        QCOMPARE(nova.operations(), (QStringList{u"signUp"_s, u"signUp"_s, u"follow"_s, u"createPost"_s}));
        QVERIFY(people.person(Who::alice).credentials.handle.startsWith(u"alice-"));
        QVERIFY(nova.follows.contains(people.person(Who::bob).credentials.handle));
        people.setWatching(true);
        QTRY_COMPARE(people.person(Who::bob).feed.size(), 1);
        QCOMPARE(people.person(Who::bob).feed.first().content, u"hello"_s);
        QVERIFY(people.person(Who::alice).feed.isEmpty());
        QCOMPARE(people.person(Who::alice).posts.size(), 1);
        QVERIFY(!people.person(Who::bob).feed.first().traceId.isEmpty());
    }

    void refreshesAreNotTracedAndActsAre() {
        SmallNova nova;
        views::People people;
        nova.connectTo(people);
        people.post(Who::alice, u"hello"_s);
        people.setWatching(true);
        QTRY_COMPARE(people.person(Who::bob).feed.size(), 1);
        for (const auto& call : nova.calls) QCOMPARE(call.traced, call.operation != u"feed");
    }

    void knownPeopleAreSignedInAgain() {
        SmallNova nova;
        views::People people;
        people.restore({u"alice-old"_s, u"secret-a"_s}, {u"bob-old"_s, u"secret-b"_s});
        nova.connectTo(people);
        QTRY_VERIFY(people.ready());
        QCOMPARE(nova.operations().mid(0, 2), (QStringList{u"signIn"_s, u"signIn"_s}));
        QCOMPARE(people.person(Who::alice).id, u"id-alice-old"_s);
    }

    void aRefusalIsSaidAndStays() {
        SmallNova nova;
        nova.replies.remove(u"likePost"_s);
        views::People people;
        nova.connectTo(people);
        people.post(Who::alice, u"hello"_s);
        people.setWatching(true);
        QTRY_COMPARE(people.person(Who::bob).feed.size(), 1);
        people.setLiked(Who::bob, u"post-0"_s, true);
        QTRY_COMPARE(people.person(Who::bob).trouble, u"connection refused"_s);
        const auto before = nova.calls.size();
        QTRY_VERIFY(nova.calls.size() > before + 2);
        QCOMPARE(people.person(Who::bob).trouble, u"connection refused"_s);
        people.edit(Who::alice, u"post-0"_s, u"hello again"_s, 1);
        QTRY_VERIFY(nova.operations().contains(u"updatePost"_s));
    }

    void everyStateFits() {
        test::everywhere([&](const QSize& size) {
            SmallNova nova;
            views::People people;
            views::ActAsView view(people);
            test::picture(view, u"act-as-waiting"_s, size - QSize(64, 67));
            QCOMPARE(test::squeezed(view), QString());
            QVERIFY(test::wordsOn(view).contains(u"Nova is not ready yet"_s));
            nova.connectTo(people);
            QTRY_VERIFY(view.pane(Who::alice)->postButton()->isEnabled());
            test::picture(view, u"act-as-new"_s, size - QSize(64, 67));
            QVERIFY(test::wordsOn(view).contains(u"Press Post: both are signed up, and Bob follows Alice."_s));
            QCOMPARE(test::squeezed(view), QString());
            view.pane(Who::alice)->postButton()->click();
            QTRY_COMPARE(view.pane(Who::bob)->feed()->items().size(), 1);
            people.post(Who::alice,
                        u"A longer text, so that a card has to wrap it: the ferry is late again, the harbour is full, "
                        "and nobody on the quay seems to mind, least of all the gulls."_s);
            QTRY_COMPARE(view.pane(Who::bob)->feed()->items().size(), 2);
            view.setReachOf([&](const QString& trace) {
                return trace == people.person(Who::bob).feed.last().traceId ? views::Reach{true, 14.2} : views::Reach{};
            });
            test::picture(view, u"act-as-posted"_s, size - QSize(64, 67));
            QCOMPARE(test::squeezed(view), QString());
            QCOMPARE(view.pane(Who::bob)->feed()->items().last()->mark(), u"readable 14.2\u00a0ms after Post"_s);
            QCOMPARE(view.pane(Who::bob)->feed()->items().first()->mark(), u"on its way to the feed …"_s);
        });
    }

    void aCardJumpsToItsTimelineAndKeepsItsPlaceInTheList() {
        SmallNova nova;
        views::People people;
        views::ActAsView view(people);
        test::picture(view, u"act-as-jump"_s, test::wide);
        nova.connectTo(people);
        people.post(Who::alice, u"hello"_s);
        auto* feed = view.pane(Who::bob)->feed();
        QTRY_COMPARE(feed->items().size(), 1);
        auto* card = feed->items().first();
        people.post(Who::alice, u"second"_s);
        QTRY_COMPARE(feed->items().size(), 2);
        QCOMPARE(feed->items().last(), card);
        QSignalSpy wanted(&view, &views::View::timelineWanted);
        Q_EMIT card->timelineWanted();
        QCOMPARE(wanted.size(), 1);
        QCOMPARE(wanted.first().first().toString(), card->post().traceId);
    }

    void aNovaThatIsGoneTakesNoAnswers() {
        SmallNova nova;
        views::People people;
        nova.connectTo(people);
        people.post(Who::alice, u"hello"_s);
        people.setDoors(nullptr, nullptr);
        QVERIFY(!people.connected());
        QCoreApplication::processEvents();
        QVERIFY(!people.ready());
    }
};

QTEST_MAIN(ActAsTest)
#include "tst_act_as.moc"
