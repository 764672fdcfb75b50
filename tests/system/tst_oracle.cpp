// The checker finds what is wrong: a true world passes, each doctored one is accused of the right invariant.
#include <QtTest>
#include <functional>

#include "tests/support/oracle/checker.h"

using namespace nova::test;

namespace {

struct Scene {
    std::vector<Op> ops;
    World world;

    Op& op(Kind kind, const std::string& user, const std::string& target, Answer answer = Answer::ok) {
        Op op;
        op.kind = kind;
        op.user = user;
        op.target = target;
        op.answer = answer;
        op.begun = static_cast<std::int64_t>(ops.size()) * 10 + 1;
        op.ended = op.begun + 5;
        ops.push_back(op);
        return ops.back();
    }
    void event(const std::string& topic, const std::string& type, const std::string& subject, std::int64_t version,
               const std::string& actor = {}, const std::string& recipient = {}) {
        const auto offset = static_cast<std::int64_t>(world.events.size());
        world.events.push_back({topic,
                                0,
                                offset,
                                subject,
                                "e" + std::to_string(offset),
                                type,
                                "nova.events.v1." + type,
                                subject,
                                version,
                                false,
                                actor,
                                recipient,
                                {}});
    }
    // 500 newer posts of alice's: bob's feed holds them and no other.
    void fillFeed() {
        auto& feed = world.feeds["bob"];
        feed.clear();
        for (int i = 100; i < 600; ++i) {
            const auto id = "q" + std::to_string(i);
            auto& made = op(Kind::createPost, "alice", "");
            made.token = "u" + std::to_string(i), made.id = id, made.version = 1;
            world.posts[id] = {"alice", made.token, 1, i * 1'000'000, false, {}};
            world.feedPosts[id] = world.postAuthors[id] = {1, false};
            event("nova.content.events", "PostCreated", id, 1);
            feed.insert(feed.begin(), id);
        }
        world.shownFeeds["bob"] = feed;
    }
};

// Bob and carol; bob follows alice before her posts p1 (liked by bob, edited) and p2 (deleted). Carol unfollowed her.
Scene truth() {
    Scene s;
    World& w = s.world;
    w.users = {"alice", "bob", "carol"};
    for (const auto& user : w.users) s.event("nova.identity.events", "UserCreated", user, 1);

    s.op(Kind::follow, "bob", "alice");
    s.op(Kind::follow, "carol", "alice");
    s.op(Kind::unfollow, "carol", "alice");
    w.follows = w.feedEdges = {{"bob", "alice"}};
    w.followerCounts["alice"] = {1, 3};
    s.event("nova.social.events", "UserFollowed", "alice", 1, "bob", "alice");
    s.event("nova.social.events", "UserFollowed", "alice", 2, "carol", "alice");
    s.event("nova.social.events", "UserUnfollowed", "alice", 3);

    auto& first = s.op(Kind::createPost, "alice", "");
    first.token = "t1", first.id = "p1", first.version = 1, first.key = "k1";
    auto again = first;
    again.begun += 6, again.ended += 6;
    s.ops.push_back(again);
    s.op(Kind::updatePost, "alice", "p1").token = "t1b";
    w.posts["p1"] = {"alice", "t1 t1b", 2, 1'000'000, false, {}};
    s.event("nova.content.events", "PostCreated", "p1", 1);
    s.event("nova.content.events", "PostUpdated", "p1", 2);
    w.events.push_back(w.events.back());  // a stutter is allowed
    ++w.events.back().offset;

    auto& second = s.op(Kind::createPost, "alice", "");
    second.token = "t2", second.id = "p2", second.version = 1;
    s.op(Kind::deletePost, "alice", "p2");
    w.posts["p2"] = {"alice", "t2", 2, 2'000'000, true, {}};
    s.event("nova.content.events", "PostCreated", "p2", 1);
    s.event("nova.content.events", "PostDeleted", "p2", 2);

    auto& third = s.op(Kind::createPost, "alice", "");
    third.token = "t3", third.id = "p3", third.version = 1;
    w.posts["p3"] = {"alice", "t3", 1, 3'000'000, false, {}};
    s.event("nova.content.events", "PostCreated", "p3", 1);

    s.op(Kind::like, "bob", "p1");
    w.likes = {{"p1", "bob"}};
    w.likeCounts["p1"] = w.feedLikes["p1"] = {1, 1};
    w.cachedLikes["p1"] = 1;
    s.event("nova.social.events", "PostLiked", "p1", 1, "bob", "alice");

    w.feedPosts = w.postAuthors = {{"p1", {2, false}}, {"p2", {2, true}}, {"p3", {1, false}}};
    w.feeds["bob"] = w.shownFeeds["bob"] = {"p3", "p1"};
    w.shownFeeds["carol"] = {};
    w.shownLists["alice"] = {"p3", "p1"};
    w.snapshots = {{"p1", {2, 1}}, {"p3", {1, 0}}};
    w.shownPosts = {{"p1", {true, 1}}, {"p2", {false, 0}}, {"p3", {true, 0}}};
    w.shownFollowers["alice"] = 1;

    w.withNotifications = w.withMessages = true;
    w.notifications = {{"n1", {"alice", "bob", "", "follow", false}},
                       {"n2", {"alice", "carol", "", "follow", true}},
                       {"n3", {"alice", "bob", "p1", "like", false}}};
    w.cachedUnread["alice"] = w.shownUnread["alice"] = 2;
    for (int i = 1; i <= 2; ++i) {
        const auto id = "m" + std::to_string(i);
        auto& sent = s.op(Kind::sendMessage, "alice", "bob");
        sent.token = "hi" + std::to_string(i), sent.id = id;
        w.messages[id] = {"c1", "alice", "bob", sent.token, i, false};
        s.event("nova.message.events", "MessageSent", id, i);
        if (i == 2) continue;
        s.op(Kind::markRead, "bob", id);
        w.messages[id].read = true;
        s.event("nova.message.events", "MessageRead", id, 2);
    }
    return s;
}

using Doctor = std::function<void(Scene&)>;
struct Case {
    const char* name;
    int invariant;
    Doctor doctor;
};

const std::vector<Case> cases{
    {"an acknowledged post is not there", 1, [](Scene& s) { s.world.posts.erase("p3"); }},
    {"an acknowledged edit is not there", 1, [](Scene& s) { s.world.posts["p1"].version = 1; }},
    {"another text stands there", 1, [](Scene& s) { s.world.posts["p1"].content = "t1"; }},
    {"an edit was made twice", 1, [](Scene& s) { s.world.posts["p1"].version = 3; }},
    {"an acknowledged delete is not there", 1, [](Scene& s) { s.world.posts["p2"].deleted = false; }},
    {"an acknowledged like is not there", 1, [](Scene& s) { s.world.likes.clear(); }},
    {"a like that nobody gave", 1,
     [](Scene& s) {
         s.world.likes.insert({"p3", "carol"});
     }},
    {"an acknowledged unfollow is not there", 1,
     [](Scene& s) {
         s.world.follows.insert({"carol", "alice"});
     }},
    {"a refused creation happened", 1,
     [](Scene& s) { s.ops[5].answer = s.ops[3].answer = s.ops[4].answer = Answer::fail; }},
    {"one creation made two rows", 1, [](Scene& s) { s.world.posts["p9"] = s.world.posts["p1"]; }},
    {"an acknowledged message is not there", 1, [](Scene& s) { s.world.messages.erase("m2"); }},
    {"an event is lost", 2, [](Scene& s) { std::erase_if(s.world.events, [](auto& e) { return e.subject == "p3"; }); }},
    {"an event of a rolled-back change", 2, [](Scene& s) { s.event("nova.content.events", "PostUpdated", "p3", 2); }},
    {"one version in two events", 2, [](Scene& s) { s.event("nova.content.events", "PostCreated", "p3", 1); }},
    {"an event of no post at all", 2, [](Scene& s) { s.event("nova.content.events", "PostCreated", "p7", 1); }},
    {"versions out of order", 3,
     [](Scene& s) {
         for (auto& e : s.world.events)
             if (e.subject == "p2") e.version = 3 - e.version;
     }},
    {"one key in two partitions", 3,
     [](Scene& s) { s.world.events.back().partition = 0, s.world.events[8].partition = 1; }},
    {"a follower lacks a post", 4, [](Scene& s) { s.world.feeds["bob"] = s.world.shownFeeds["bob"] = {"p1"}; }},
    {"a post stands twice", 4,
     [](Scene& s) {
         s.world.shownFeeds["bob"] = {"p3", "p1", "p1"};
     }},
    {"a stranger has a post", 4, [](Scene& s) { s.world.feeds["carol"] = {"p3"}; }},
    {"an author has an own post", 4, [](Scene& s) { s.world.feeds["alice"] = {"p3"}; }},
    {"a full feed lacks one that is not the oldest", 4,
     [](Scene& s) {
         s.fillFeed();
         std::erase(s.world.feeds["bob"], "q250");
         s.world.feeds["bob"].push_back("p1");
     }},
    {"a feed was cut and lost posts since", 4,
     [](Scene& s) {
         s.fillFeed();
         s.world.feeds["bob"].pop_back();
     }},
    {"a feed is longer than its cap", 4,
     [](Scene& s) {
         s.fillFeed();
         s.world.feeds["bob"].push_back("p1");
     }},
    {"a feed out of order", 4,
     [](Scene& s) {
         s.world.shownFeeds["bob"] = {"p1", "p3"};
     }},
    {"a deleted post in a feed", 5, [](Scene& s) { s.world.feeds["bob"].push_back("p2"); }},
    {"a deleted post in its author's list", 5, [](Scene& s) { s.world.shownLists["alice"].push_back("p2"); }},
    {"a deleted post is shown", 5, [](Scene& s) { s.world.shownPosts["p2"].there = true; }},
    {"a deleted post has a snapshot", 5,
     [](Scene& s) {
         s.world.snapshots["p2"] = {1, 0};
     }},
    {"a count differs from its rows", 6, [](Scene& s) { s.world.likeCounts["p1"].count = 2; }},
    {"Redis differs from the rows", 6, [](Scene& s) { s.world.cachedLikes["p1"] = 0; }},
    {"a snapshot is old", 6,
     [](Scene& s) {
         s.world.snapshots["p1"] = {1, 1};
     }},
    {"a shown count differs", 6, [](Scene& s) { s.world.shownPosts["p1"].likes = 0; }},
    {"a follower count differs", 6, [](Scene& s) { s.world.followerCounts["alice"].count = 2; }},
    {"feed-service has an edge too many", 6,
     [](Scene& s) {
         s.world.feedEdges.insert({"carol", "alice"});
     }},
    {"feed-service's copy is old", 6, [](Scene& s) { s.world.feedPosts["p1"].version = 1; }},
    {"social-service lacks a post", 6, [](Scene& s) { s.world.postAuthors.erase("p3"); }},
    {"a fact was notified twice", 6, [](Scene& s) { s.world.notifications["n4"] = s.world.notifications["n3"]; }},
    {"a fact was not notified", 6, [](Scene& s) { s.world.notifications.erase("n3"); }},
    {"unread differs from the rows", 6, [](Scene& s) { s.world.cachedUnread["alice"] = 3; }},
    {"a dead letter", 6, [](Scene& s) { s.world.deadLetters.push_back(s.world.events.front()); }},
    {"messages out of order in the log", 3,
     [](Scene& s) {
         std::swap(s.world.events[s.world.events.size() - 1].subject,
                   s.world.events[s.world.events.size() - 3].subject);
     }},
    {"an upload whose event is lost", 2,
     [](Scene& s) {
         s.world.media["u1"] = {"alice", "", "ready"};
     }},
    {"an upload went back", 11,
     [](Scene& s) {
         s.world.media["u1"] = {"alice", "", "failed"};
         s.event("nova.media.events", "media.upload.completed", "u1", 1);
     }},
    {"an acknowledged upload is not there", 1, [](Scene& s) { s.op(Kind::upload, "alice", "p3").id = "u9"; }},
    {"an upload was not attached", 11,
     [](Scene& s) {
         s.world.media["u1"] = {"alice", "p3", "ready"};
         s.event("nova.media.events", "media.upload.completed", "u1", 1);
     }},
    {"an upload was attached twice", 11,
     [](Scene& s) {
         s.world.posts["p3"].media = {"u1", "u1"};
         s.world.media["u1"] = {"alice", "p3", "ready"};
         s.event("nova.media.events", "media.upload.completed", "u1", 1);
     }},
    {"an acknowledged reading is not there", 1, [](Scene& s) { s.world.messages["m1"].read = false; }},
    {"a message is read that nobody read", 1, [](Scene& s) { s.world.messages["m2"].read = true; }},
    {"the event of a reading is lost", 2,
     [](Scene& s) { std::erase_if(s.world.events, [](auto& e) { return e.type == "MessageRead"; }); }},
    {"a conversation has a gap", 7, [](Scene& s) { s.world.messages["m2"].seq = 3; }},
    {"two messages of one number", 7, [](Scene& s) { s.world.messages["m2"].seq = 1; }},
    {"a message was stored twice", 7,
     [](Scene& s) { s.world.messages["m3"] = {"c1", "alice", "bob", "hi1", 3, false}; }},
    {"one key, two posts", 8, [](Scene& s) { s.ops[4].id = "p3"; }},
};

}  // namespace

class OracleTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aTrueWorldPasses() {
        const auto scene = truth();
        const auto violations = check(scene.ops, scene.world);
        QVERIFY2(violations.empty(), text(violations).c_str());
    }

    // What a full feed lacks is older than all it holds; of the last one's millisecond either may stand.
    void aFullFeedLacksTheOldest() {
        auto scene = truth();
        scene.fillFeed();
        auto violations = check(scene.ops, scene.world);
        QVERIFY2(violations.empty(), text(violations).c_str());
        scene.world.posts["p3"].createdMicros = scene.world.posts["q100"].createdMicros + 1;
        violations = check(scene.ops, scene.world);
        QVERIFY2(violations.empty(), text(violations).c_str());
    }

    void aDoctoredWorldIsAccused_data() {
        QTest::addColumn<int>("index");
        for (std::size_t i = 0; i < cases.size(); ++i) QTest::newRow(cases[i].name) << static_cast<int>(i);
    }
    void aDoctoredWorldIsAccused() {
        QFETCH(int, index);
        const Case& doctored = cases[static_cast<std::size_t>(index)];
        auto scene = truth();
        doctored.doctor(scene);
        const auto violations = check(scene.ops, scene.world);
        const bool found =
            std::ranges::any_of(violations, [&](const Violation& v) { return v.invariant == doctored.invariant; });
        QVERIFY2(found, violations.empty() ? "nothing was found" : text(violations).c_str());
    }

    // What is unclear may have happened or not.
    void unclearAnswersAccuseNobody() {
        auto scene = truth();
        scene.op(Kind::createPost, "alice", "", Answer::info).token = "t8";
        scene.op(Kind::updatePost, "alice", "p1", Answer::info).token = "t1c";
        scene.op(Kind::deletePost, "alice", "p3", Answer::info);
        scene.op(Kind::unlike, "bob", "p1", Answer::info);
        scene.op(Kind::follow, "carol", "alice", Answer::info);
        auto violations = check(scene.ops, scene.world);
        QVERIFY2(violations.empty(), text(violations).c_str());
        scene.world.posts["p1"].content = "t1 t1c";
        scene.world.posts["p1"].version = scene.world.feedPosts["p1"].version = scene.world.postAuthors["p1"].version =
            3;
        scene.world.snapshots["p1"].version = 3;
        scene.event("nova.content.events", "PostUpdated", "p1", 3);
        violations = check(scene.ops, scene.world);
        QVERIFY2(violations.empty(), text(violations).c_str());
    }

    void theSameStateHasTheSameText() {
        auto scene = truth();
        const auto before = stateText(scene.world);
        scene.event("nova.content.events", "PostCreated", "p1", 1);  // the log alone is no state
        QCOMPARE(stateText(scene.world), before);
        for (const Doctor& doctor : {Doctor([](Scene& s) { s.world.feeds["bob"].pop_back(); }),
                                     Doctor([](Scene& s) { s.world.cachedUnread["alice"] = 1; }),
                                     Doctor([](Scene& s) { s.world.notifications.erase("n1"); }),
                                     Doctor([](Scene& s) { s.world.messages["m1"].seq = 7; })}) {
            auto other = truth();
            doctor(other);
            QVERIFY(stateText(other.world) != before);
        }
    }
};

QTEST_GUILESS_MAIN(OracleTest)
#include "tst_oracle.moc"
