// Alice and Bob over doors that are none: what is asked, in which order, what each sees, when a post is marked
// readable.
#include <QJsonArray>
#include <QMimeData>
#include <QPushButton>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTcpServer>
#include <QtTest>

#include "app/views/act_as_view.h"
#include "app/views/card_column.h"
#include "app/views/chat_page.h"
#include "app/views/notes_page.h"
#include "app/views/person_pane.h"
#include "app/views/picture_picker.h"
#include "tests/support/strict_log.h"
#include "tests/views/fakes.h"
#include "tests/views/look.h"
#include "widgets/theme/theme.h"

using namespace nova;
using namespace Qt::StringLiterals;
using views::Call;
using views::Who;

namespace {

class FakeSocket final : public views::SocketDoor {
public:
    void open(const QString&) override {
        isOpen = true;
        Q_EMIT opened();
    }
    void close() override { isOpen = false; }
    bool markRead(const QString& messageId) override {
        if (isOpen) saidRead << messageId;
        return isOpen;
    }
    bool isOpen = false;
    QStringList saidRead;
};

class FakeUploads final : public views::UploadDoor {
public:
    void upload(const engine::UploadFile& file, const QString& postId, const QString&) override {
        files << file.name + u" to " + postId;
        engine::UploadReply reply;
        reply.error = error;
        reply.traceId = u"aa"_s;
        Q_EMIT uploaded(reply);
    }
    QStringList files;
    QString error;
};

class FakePictures final : public views::PictureDoor {
public:
    void fetch(const QString& url) override { Q_EMIT fetched(url, views::samplePicture(1).bytes); }
};

// A gateway of the size of a test: users, posts, who follows whom.
struct SmallNova {
    QHash<QString, test::FakeDoor::Reply> replies;
    QVector<Call> calls;
    QHash<QString, QString> handleOf;  // token → handle
    QVector<QJsonObject> posts;        // newest first
    QSet<QString> follows;             // follower's handle
    QVector<QJsonObject> messages;     // oldest first
    QJsonArray notes;                  // Alice's
    int unread = 0;

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
        replies[u"sendMessage"_s] = [this](const Call& c) {
            const QString id = u"message-%1"_s.arg(messages.size());
            messages.append(QJsonObject{{u"id"_s, id},
                                        {u"text"_s, c.variables.value(u"x"_s)},
                                        {u"sentAt"_s, u"2026-11-22T23:41:5%1.904Z"_s.arg(messages.size())},
                                        {u"from"_s, QJsonObject{{u"id"_s, QString(u"id-"_s + c.handle)}}}});
            return QJsonObject{{u"sendMessage"_s, QJsonObject{{u"id"_s, id}}}};
        };
        replies[u"inbox"_s] = [this](const Call& c) {
            QJsonArray all;
            for (const auto& message : messages) all.append(message);
            return QJsonObject{{u"messages"_s, all},
                               {u"notifications"_s, c.handle.startsWith(u"alice") ? notes : QJsonArray()},
                               {u"unreadCount"_s, c.handle.startsWith(u"alice") ? unread : 0}};
        };
        replies[u"markNotificationsSeen"_s] = [this](const Call&) {
            unread = 0;
            return QJsonObject{{u"markNotificationsSeen"_s, 1}};
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
    // With sockets, uploads and pictures; what is returned belongs to `people`.
    struct Live {
        std::array<FakeSocket*, 2> sockets;
        FakeUploads* uploads;
    };
    Live connectAllTo(views::People& people) {
        const auto doors = [this] {
            return views::Doors{std::make_unique<test::FakeDoor>(replies, calls), std::make_unique<FakeSocket>(),
                                std::make_unique<FakeUploads>(), std::make_unique<FakePictures>()};
        };
        auto alice = doors(), bob = doors();
        const Live live{{static_cast<FakeSocket*>(alice.socket.get()), static_cast<FakeSocket*>(bob.socket.get())},
                        static_cast<FakeUploads*>(alice.uploads.get())};
        people.setDoors(std::move(alice), std::move(bob));
        people.setUp();
        return live;
    }
    QStringList operations() const {
        QStringList names;
        for (const auto& call : calls) {
            if (call.operation != u"feed" && call.operation != u"inbox") names << call.operation;
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

    void bobLikesWhatAlicePostsOnceHeSeesIt() {
        SmallNova nova;
        const auto feed = nova.replies[u"feed"_s];
        int hidden = 3;  // looks of Bob's before the post is there
        nova.replies[u"feed"_s] = [&](const Call& c) {
            if (c.handle.startsWith(u"bob") && !nova.posts.isEmpty() && hidden-- > 0)
                return QJsonObject{{u"feed"_s, QJsonObject{}}, {u"posts"_s, QJsonObject{}}};
            return feed(c);
        };
        views::People people;
        nova.connectTo(people);
        people.aliceToBob();
        QTRY_VERIFY(nova.operations().contains(u"likePost"_s));
        QCOMPARE(nova.operations(),
                 (QStringList{u"signUp"_s, u"signUp"_s, u"follow"_s, u"createPost"_s, u"likePost"_s}));
        QVERIFY(hidden <= 0);
        const auto like = std::find_if(nova.calls.begin(), nova.calls.end(),
                                       [](const Call& c) { return c.operation == u"likePost"; });
        QVERIFY(like->handle.startsWith(u"bob"));
        QCOMPARE(like->variables[u"i"_s].toString(), u"post-0"_s);
    }

    void refreshesAreNotTracedAndActsAre() {
        SmallNova nova;
        views::People people;
        nova.connectTo(people);
        people.post(Who::alice, u"hello"_s);
        people.setWatching(true);
        QTRY_COMPARE(people.person(Who::bob).feed.size(), 1);
        for (const auto& call : nova.calls)
            QCOMPARE(call.traced, call.operation != u"feed" && call.operation != u"inbox");
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

    void aMessageArrivesBySocketAndIsReadWhereItIsLookedAt() {
        SmallNova nova;
        views::People people;
        const auto live = nova.connectAllTo(people);
        QTRY_VERIFY(people.ready() && people.person(Who::bob).online);
        people.sendMessage(Who::alice, u"Coffee at ten?"_s);
        QTRY_VERIFY(nova.operations().contains(u"sendMessage"_s));
        const auto sent = QDateTime::fromString(u"2026-11-22T23:41:50.904Z"_s, Qt::ISODateWithMs);
        Q_EMIT live.sockets[1]->message({u"message-0"_s, u"c"_s, people.person(Who::alice).id, u"Coffee at ten?"_s,
                                         u"cc"_s, sent, sent.toMSecsSinceEpoch() * 1'000 + 12'400});
        QCOMPARE(people.person(Who::bob).unreadMessages(), 1);
        QTRY_COMPARE(people.person(Who::bob).chat.size(), 1);
        QCOMPARE(people.person(Who::bob).chat.first().heardMs, std::optional(12.4));
        QVERIFY(live.sockets[1]->saidRead.isEmpty());
        people.setReading(Who::bob, true);
        people.setReading(Who::bob, true);
        QCOMPARE(live.sockets[1]->saidRead, QStringList{u"message-0"_s});
        Q_EMIT live.sockets[0]->read({u"message-0"_s, {}, sent.addSecs(1), 0});
        QTRY_COMPARE(people.person(Who::alice).chat.size(), 1);
        people.setOnline(Who::bob, false);
        QVERIFY(!live.sockets[1]->isOpen && !people.person(Who::bob).online);
        people.setOnline(Who::bob, true);
        QVERIFY(live.sockets[1]->isOpen);
    }

    void aLongConversationOpensAtItsEndAndIsReadInPieces() {
        SmallNova nova;
        views::People people;
        views::ActAsView view(people);
        const auto live = nova.connectAllTo(people);
        view.resize(test::wide);
        view.show();
        QTRY_VERIFY(people.ready() && people.person(Who::bob).online);
        constexpr int many = 25;
        for (int i = 0; i < many; ++i) people.sendMessage(Who::alice, u"line %1"_s.arg(i));
        QTRY_COMPARE(people.person(Who::bob).chat.size(), many);
        view.pane(Who::bob)->showPage(views::PersonPane::Page::chat);
        const auto& said = live.sockets[1]->saidRead;
        QVERIFY2(said.size() > 0 && said.size() < 20, "a socket that says more than 20 frames a second is closed");
        const auto* bar = view.pane(Who::bob)->chat()->lines()->verticalScrollBar();
        QTRY_VERIFY(bar->maximum() > 0);
        QTRY_COMPARE(bar->value(), bar->maximum());
        QTRY_COMPARE_WITH_TIMEOUT(said.size(), many, 10'000);
        QCOMPARE(QSet<QString>(said.begin(), said.end()).size(), many);
        QCOMPARE(people.person(Who::bob).unreadMessages(), 0);
    }

    void aPictureGoesUpOnceThePostIsThere() {
        SmallNova nova;
        views::People people;
        const auto live = nova.connectAllTo(people);
        people.post(Who::alice, u"hello"_s, views::samplePicture(0));
        QTRY_COMPARE(live.uploads->files, QStringList{u"landscape-1.png to post-0"_s});
        QVERIFY(people.person(Who::alice).trouble.isEmpty());
        live.uploads->error = u"too large"_s;
        people.post(Who::alice, u"again"_s, views::samplePicture(1));
        QTRY_COMPARE(people.person(Who::alice).trouble, u"The picture was not uploaded: too large"_s);
    }

    void samplesArePicturesAndDiffer() {
        const auto first = views::samplePicture(0), second = views::samplePicture(1);
        QCOMPARE(QImage::fromData(first.bytes).size(), QSize(640, 400));
        QVERIFY(first.bytes != second.bytes && first.bytes.size() < views::PicturePicker::largest);
        QMimeData data;
        QVERIFY(!views::pictureOf(&data));
        data.setImageData(QImage::fromData(first.bytes));
        QCOMPARE(views::pictureOf(&data)->name, u"pasted.png"_s);
    }

    void chatAndNotificationsFit() {
        test::everywhere([&](const QSize& size) {
            SmallNova nova;
            nova.unread = 2;
            nova.notes = {QJsonObject{{u"id"_s, u"n1"_s},
                                      {u"type"_s, u"like"_s},
                                      {u"text"_s, u"Bob liked your post"_s},
                                      {u"createdAt"_s, u"2026-11-22T23:41:52.904Z"_s},
                                      {u"seen"_s, false}},
                          QJsonObject{{u"id"_s, u"n2"_s},
                                      {u"type"_s, u"follow"_s},
                                      {u"text"_s, u"Bob follows you"_s},
                                      {u"createdAt"_s, u"2026-11-22T23:41:50.904Z"_s},
                                      {u"seen"_s, true}}};
            views::People people;
            views::ActAsView view(people);
            test::picture(view, u"act-as-chat"_s, size - QSize(64, 67));
            const auto live = nova.connectAllTo(people);
            QTRY_VERIFY(people.ready());
            people.sendMessage(Who::alice, u"Did you see the harbour? 你看到港口了吗？"_s);
            QTRY_COMPARE(nova.messages.size(), 1);
            people.sendMessage(Who::bob,
                               u"I did, golden! A longer line, so that a card has to wrap it on a small screen."_s);
            QTRY_COMPARE(people.person(Who::alice).chat.size(), 2);
            view.pane(Who::alice)->showPage(views::PersonPane::Page::chat);
            view.pane(Who::bob)->showPage(views::PersonPane::Page::chat);
            view.setSlowdown(true, true);
            QTRY_COMPARE(view.pane(Who::bob)->chat()->lines()->cards().size(), 2);
            test::picture(view, u"act-as-chat"_s, size - QSize(64, 67));
            QCOMPARE(test::squeezed(view), QString());
            QVERIFY(test::wordsOn(view).contains(u"feed-service is paused."_s));
            QVERIFY(test::wordsOn(view).contains(u"Notifications · 2"_s));
            QCOMPARE(live.sockets[1]->saidRead, QStringList{u"message-0"_s});

            view.setSlowdown(true, false);
            view.pane(Who::alice)->showPage(views::PersonPane::Page::notes);
            view.pane(Who::bob)->showPage(views::PersonPane::Page::posts);
            view.pane(Who::bob)->picker()->choose(views::samplePicture(2));
            nova.posts.prepend(
                QJsonObject{{u"id"_s, u"post-9"_s},
                            {u"content"_s, u"With a picture"_s},
                            {u"version"_s, 2},
                            {u"createdAt"_s, u"2026-11-22T23:41:52.904Z"_s},
                            {u"media"_s, QJsonArray{QJsonObject{{u"url"_s, u"http://127.0.0.1/media/1"_s}}}},
                            {u"author"_s, QJsonObject{{u"id"_s, people.person(Who::alice).id},
                                                      {u"handle"_s, people.person(Who::alice).credentials.handle}}}});
            QTRY_COMPARE(view.pane(Who::bob)->feed()->items().size(), 1);
            QTRY_COMPARE(view.pane(Who::alice)->notes()->notes()->cards().size(), 2);
            test::picture(view, u"act-as-notes"_s, size - QSize(64, 67));
            QCOMPARE(test::squeezed(view), QString());
            view.pane(Who::alice)->notes()->seenButton()->click();
            QTRY_COMPARE(people.person(Who::alice).unread, 0);
        });
    }

    void theSlowdownIsAsked() {
        SmallNova nova;
        views::People people;
        views::ActAsView view(people);
        view.setSlowdown(true, false);
        test::picture(view, u"act-as-slowdown"_s, test::small - QSize(64, 67));
        QSignalSpy asked(&view, &views::ActAsView::slowdownWanted);
        const auto click = [&](const QString& text) {
            for (auto* button : view.findChildren<QPushButton*>())
                if (button->text() == text && button->isVisible()) return button->click();
            QFAIL(qPrintable(u"no button " + text));
        };
        click(u"Pause feed-service"_s);
        view.setSlowdown(false, true);
        click(u"Resume"_s);
        QCOMPARE(asked.size(), 2);
        QCOMPARE(asked[0].first().toBool(), true);
        QCOMPARE(asked[1].first().toBool(), false);
    }

    void aDoorThatHangsHoldsUpNobody() {
        QTcpServer silent;  // takes connections and says nothing
        QVERIFY(silent.listen(QHostAddress::LocalHost));
        auto door =
            std::make_unique<views::GatewayDoor>(u"http://127.0.0.1:%1/graphql"_s.arg(silent.serverPort()), QString());
        Call call;
        call.operation = u"feed"_s;
        door->send(call);
        QTRY_VERIFY(silent.hasPendingConnections());
        QElapsedTimer took;
        took.start();
        door.reset();
        QVERIFY2(took.elapsed() < 1'000, qPrintable(QString::number(took.elapsed())));
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
