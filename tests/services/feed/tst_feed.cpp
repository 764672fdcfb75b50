#include <QtTest>
#include <mutex>

#include "kit/trace/span.h"
#include "tests/services/feed/feed_case.h"

using namespace nova;
using events::v1::PostCreated, events::v1::PostUpdated, events::v1::PostDeleted;
using events::v1::UserFollowed, events::v1::UserUnfollowed, events::v1::PostLiked;
using kit::Outcome, test::FeedCase;
using Ids = std::vector<std::string>;
using Outcomes = std::vector<Outcome>;

class TestFeed : public FeedCase {
    Q_OBJECT

private Q_SLOTS:
    void init() { begin(); }
    void cleanup() { kit::trace::install(nullptr); }
    void postReachesTheFollowersOnly();
    void editChangesTheSnapshotOnly();
    void deleteTakesThePostOut();
    void repeatsAreStale();
    void deleteBeforeCreateStaysDeleted();
    void createAndDeleteInOneBatch();
    void gapIsReloadedFromTheOwner();
    void gapWithoutOwnerTakesTheEvent();
    void followBringsTheTwentyLatest();
    void lateFollowBringsAllSince();
    void unfollowTakesOut();
    void olderFollowDoesNotWin();
    void feedKeepsTheNewestFiveHundred();
    void fullFeedThatLosesPostsIsFilledUp();
    void likesReachTheSnapshot();
    void malformedEventFailsAlone();
    void refusedRecordFailsAlone();
    void redisAwayIsTransientAndLeavesTheGate();
    void manyFollowersBecomeAJob();
    void deleteCancelsAJob();
    void followersWhoLeaveDuringAJobAreSpared();
    void lostRedisIsMadeAgain();
    void eventsOfOtherGenerationsAreUnderstood();
    void theVersionCountsNotTheClock();
    void oneRecordsWorkIsInItsTrace();
    void eachTraceOfABatchSeesItsEffect();
};

void TestFeed::postReachesTheFollowersOnly() {
    const auto post = kit::newUuid();
    QCOMPARE(give({follow(m_bob), created(post, "hello")}), (Outcomes{Outcome::done, Outcome::done}));
    QCOMPARE(m.feedOf(m_bob), Ids{post});
    QCOMPARE(m.feedOf(m_alice), Ids{});  // not in one's own
    QCOMPARE(m.feedOf(m_carol), Ids{});
    QCOMPARE(m.redis.command({"ZSCORE", "feed:" + m_bob, post}).value().text, std::to_string(m_now / 1000));
    QCOMPARE(m.redis.command({"HGET", "snapshot:" + post, "content"}).value().text, std::string("hello"));
    QCOMPARE(m.value("post:" + post + ":version"), std::string("1"));
    QCOMPARE(gate(post), std::int64_t{1});
    const auto unread = kit::newUuid();
    m_alice = kit::newUuid();  // somebody without followers
    give({created(unread)});
    QVERIFY(!m.exists("snapshot:" + unread));
    QCOMPARE(m.value("post:" + unread + ":version"), std::string("1"));
}

void TestFeed::editChangesTheSnapshotOnly() {
    const auto post = kit::newUuid();
    give({follow(m_bob), created(post, "one")});
    m.redis.command({"ZREM", "feed:" + m_bob, post}).value();  // an edit must not bring back what the cap took
    QCOMPARE(give({updated(post, 2, "two")}), Outcomes{Outcome::done});
    QCOMPARE(m.redis.command({"HGET", "snapshot:" + post, "content"}).value().text, std::string("two"));
    QCOMPARE(m.feedOf(m_bob), Ids{});
    QCOMPARE(gate(post), std::int64_t{2});
}

void TestFeed::deleteTakesThePostOut() {
    const auto post = kit::newUuid(), other = kit::newUuid();
    give({follow(m_bob), follow(m_carol), created(post), created(other)});
    QCOMPARE(give({deleted(post, 2)}), Outcomes{Outcome::done});
    QCOMPARE(m.feedOf(m_bob), Ids{other});
    QCOMPARE(m.feedOf(m_carol), Ids{other});
    QVERIFY(!m.exists("snapshot:" + post));
    QCOMPARE(m.value("post:" + post + ":version"), std::string("2"));
}

void TestFeed::repeatsAreStale() {
    const auto post = kit::newUuid();
    std::vector<kit::Record> all{follow(m_bob), created(post), updated(post, 2, "two"),
                                 test::likeRecord<PostLiked>(post, 1, 1)};
    give(all);
    const auto before = m.state();
    QCOMPARE(give(all), (Outcomes{Outcome::duplicate, Outcome::stale, Outcome::stale, Outcome::duplicate}));
    // The stutter of a relay that died between delivery and delete.
    QCOMPARE(give({all[1], all[2], all[1], all[2], updated(post, 3, "three"), all[2], updated(post, 3, "three")}),
             (Outcomes{Outcome::stale, Outcome::stale, Outcome::stale, Outcome::stale, Outcome::done, Outcome::stale,
                       Outcome::stale}));
    QCOMPARE(m.feedOf(m_bob), Ids{post});
    QVERIFY(m.state() != before);
    QCOMPARE(m_reloads, 0);
}

void TestFeed::deleteBeforeCreateStaysDeleted() {
    const auto post = kit::newUuid();
    give({follow(m_bob)});
    QCOMPARE(give({deleted(post, 2)}), Outcomes{Outcome::done});
    QCOMPARE(give({created(post)}), Outcomes{Outcome::stale});
    QCOMPARE(m.feedOf(m_bob), Ids{});
    QVERIFY(!m.exists("snapshot:" + post));
}

void TestFeed::createAndDeleteInOneBatch() {
    const auto post = kit::newUuid();
    QCOMPARE(give({follow(m_bob), created(post), deleted(post, 2)}),
             (Outcomes{Outcome::done, Outcome::done, Outcome::done}));
    QCOMPARE(m.feedOf(m_bob), Ids{});
    QCOMPARE(gate(post), std::int64_t{2});
    QCOMPARE(m_reloads, 0);
}

void TestFeed::gapIsReloadedFromTheOwner() {
    const auto post = kit::newUuid();
    give({follow(m_bob)});
    m_owner = {{.id = post,
                .authorId = m_alice,
                .created = m_now,
                .updated = m_now,
                .version = 5,
                .deleted = false,
                .content = "five",
                .mediaIds = {}}};
    QCOMPARE(give({updated(post, 3, "three")}), Outcomes{Outcome::done});
    QCOMPARE(m_reloads, 1);
    QCOMPARE(m.feedOf(m_bob), Ids{post});
    QCOMPARE(m.redis.command({"HGET", "snapshot:" + post, "content"}).value().text, std::string("five"));
    QCOMPARE(gate(post), std::int64_t{5});
    QCOMPARE(give({updated(post, 4, "four")}), Outcomes{Outcome::stale});
    m_owner[0].deleted = true;
    m_owner[0].version = 8;
    give({updated(post, 7, "seven")});
    QCOMPARE(m.feedOf(m_bob), Ids{});
}

void TestFeed::gapWithoutOwnerTakesTheEvent() {
    feed::FeedConsumer consumer(m.projections, m.cache, test::noOwner(), [] {});
    const auto post = kit::newUuid();
    give({follow(m_bob)});
    QCOMPARE(test::deliver(consumer, updated(post, 3, "three")), Outcomes{Outcome::done});
    QCOMPARE(m.feedOf(m_bob), Ids{post});
    QCOMPARE(gate(post), std::int64_t{3});
}

void TestFeed::followBringsTheTwentyLatest() {
    Ids posts;
    for (int i = 0; i < 25; ++i) {
        posts.insert(posts.begin(), kit::newUuid());
        give({created(posts.front(), "text", m_now += 1'000)});
    }
    give({deleted(posts[3], 2)});
    Ids expected(posts.begin(), posts.begin() + 21);
    expected.erase(expected.begin() + 3);
    QCOMPARE(give({follow(m_bob)}), Outcomes{Outcome::done});
    QCOMPARE(m.feedOf(m_bob), expected);
    for (const auto& post : expected) QVERIFY(m.exists("snapshot:" + post));
    QVERIFY(!m.exists("snapshot:" + posts.back()));
    // Of before the boundary and read late: none of this feed.
    give({created(kit::newUuid(), "text", m_now - 40'000'000)});
    QCOMPARE(m.feedOf(m_bob), expected);
}

void TestFeed::lateFollowBringsAllSince() {
    for (int i = 0; i < 22; ++i) give({created(kit::newUuid(), "before", m_now += 1'000)});
    const auto followed = follow(m_bob);
    for (int i = 0; i < 30; ++i) give({created(kit::newUuid(), "since", m_now += 1'000)});
    give({followed});  // the other topic lagged
    QCOMPARE(m.feedOf(m_bob).size(), std::size_t{50});
}

void TestFeed::unfollowTakesOut() {
    const auto dave = kit::newUuid();
    const auto post = kit::newUuid(), daves = kit::newUuid();
    give({follow(m_bob), follow(m_carol), created(post), test::followRecord<UserFollowed>(m_bob, dave, 1, ++m_now),
          test::postRecord<PostCreated>(daves, dave, 1, ++m_now)});
    QCOMPARE(m.feedOf(m_bob), (Ids{daves, post}));
    QCOMPARE(give({unfollow(m_bob)}), Outcomes{Outcome::done});
    QCOMPARE(m.feedOf(m_bob), Ids{daves});
    QCOMPARE(m.feedOf(m_carol), Ids{post});
    give({created(kit::newUuid())});
    QCOMPARE(m.feedOf(m_bob), Ids{daves});
    give({follow(m_bob)});
    QCOMPARE(m.feedOf(m_bob).size(), std::size_t{3});
}

void TestFeed::olderFollowDoesNotWin() {
    const auto post = kit::newUuid();
    const auto followed = follow(m_bob), left = unfollow(m_bob);
    give({created(post)});
    QCOMPARE(give({left, followed, left, followed}),
             (Outcomes{Outcome::done, Outcome::duplicate, Outcome::duplicate, Outcome::duplicate}));
    QCOMPARE(m.feedOf(m_bob), Ids{});
}

void TestFeed::feedKeepsTheNewestFiveHundred() {
    give({follow(m_bob)});
    Ids posts;
    std::vector<kit::Record> records;
    for (int i = 0; i < 520; ++i) {
        posts.insert(posts.begin(), kit::newUuid());
        records.push_back(created(posts.front(), "text", m_now += 1'000));
    }
    std::vector<kit::Record> firstHalf(records.begin(), records.begin() + 260),
        secondHalf(records.begin() + 260, records.end());
    give(secondHalf);
    give(firstHalf);
    posts.resize(500);
    QCOMPARE(m.feedOf(m_bob), posts);
}

// What the cap had kept out comes back for what was deleted, and for the posts of those who are followed no more.
void TestFeed::fullFeedThatLosesPostsIsFilledUp() {
    const auto dave = kit::newUuid();
    Ids alices, daves;
    std::vector<kit::Record> records{follow(m_bob), test::followRecord<UserFollowed>(m_bob, dave, 1, ++m_now)};
    for (int i = 0; i < 300; ++i) {
        alices.insert(alices.begin(), kit::newUuid());
        records.push_back(created(alices.front(), "text", m_now += 1'000));
        daves.insert(daves.begin(), kit::newUuid());
        records.push_back(test::postRecord<PostCreated>(daves.front(), dave, 1, m_now += 1'000));
    }
    give(records);
    QCOMPARE(m.feedOf(m_bob).size(), 500);
    const auto fillUp = [&] { return m.rebuilder.fillUp([] { return false; }); };
    QVERIFY(fillUp());
    QCOMPARE(m.feedOf(m_bob).size(), 500);  // it had lost nothing

    give({deleted(alices[0], 2), deleted(alices[1], 2)});
    give({deleted(alices[2], 2)});
    QCOMPARE(m.feedOf(m_bob).size(), 497);
    const auto before = m.cache.cutShort(10).value();
    QCOMPARE(before.size(), 1u);
    QVERIFY(fillUp());
    auto feed = m.feedOf(m_bob);
    QCOMPARE(feed.size(), 500);
    QCOMPARE(feed.back(), daves[251]);
    QCOMPARE(feed[498], alices[250]);
    QVERIFY(m.cache.cutShort(10).value().empty());

    give({test::followRecord<UserUnfollowed>(m_bob, dave, 2, ++m_now)});
    QVERIFY(m.cache.filledUp({{m_bob, "7"}}));  // another number: it lost more meanwhile
    QCOMPARE(m.cache.cutShort(10).value().size(), 1u);
    QVERIFY(fillUp());
    QCOMPARE(m.feedOf(m_bob), Ids(alices.begin() + 3, alices.end()));
}

void TestFeed::likesReachTheSnapshot() {
    const auto post = kit::newUuid(), late = kit::newUuid();
    give({follow(m_bob), created(post), test::likeRecord<PostLiked>(post, 3, 4),
          test::likeRecord<PostLiked>(late, 7, 7)});
    QCOMPARE(m.redis.command({"HGET", "snapshot:" + post, "like_count"}).value().text, std::string("3"));
    QVERIFY(!m.exists("snapshot:" + late));
    QCOMPARE(give({test::likeRecord<PostLiked>(post, 2, 3)}), Outcomes{Outcome::duplicate});
    QCOMPARE(give({test::likeRecord<events::v1::PostUnliked>(post, 2, 5), created(late)}),
             (Outcomes{Outcome::done, Outcome::done}));
    QCOMPARE(m.redis.command({"HGET", "snapshot:" + post, "like_count"}).value().text, std::string("2"));
    QCOMPARE(m.redis.command({"HGET", "snapshot:" + late, "like_count"}).value().text, std::string("7"));
    give({updated(post, 2, "edited")});
    QCOMPARE(m.redis.command({"HGET", "snapshot:" + post, "like_count"}).value().text, std::string("2"));
}

void TestFeed::malformedEventFailsAlone() {
    auto garbage = created(kit::newUuid());
    garbage.value = "\x0A\xFF";
    const auto good = kit::newUuid();
    give({follow(m_bob)});
    QCOMPARE(give({garbage, created("'; DROP TABLE gate --"), created(good),
                   created(kit::newUuid(), std::string("a\0b", 3))}),
             (Outcomes{Outcome::failed, Outcome::failed, Outcome::done, Outcome::failed}));
    QCOMPARE(m.feedOf(m_bob), Ids{good});
    auto unknown = created(good);
    unknown.dataSchema = "nova.events.v2.PostCreated";
    QVERIFY(!m_consumer.knows(unknown));
}

void TestFeed::refusedRecordFailsAlone() {
    m.stores.sql("ALTER TABLE feed_posts ADD CONSTRAINT refused CHECK (content <> 'refused')");
    const auto good = kit::newUuid();
    const auto outcomes = give({follow(m_bob), created(kit::newUuid(), "refused"), created(good)});
    m.stores.sql("ALTER TABLE feed_posts DROP CONSTRAINT refused");
    QCOMPARE(outcomes, (Outcomes{Outcome::done, Outcome::failed, Outcome::done}));
    QCOMPARE(m.feedOf(m_bob), Ids{good});
}

void TestFeed::redisAwayIsTransientAndLeavesTheGate() {
    const auto post = kit::newUuid();
    give({follow(m_bob)});
    m.redisServer.stop();
    auto record = created(post);
    const auto handled = m_consumer.handle({&record});
    m.redisServer.start();
    QVERIFY(test::eventually([&] { return m.redis.ping().has_value(); }));
    QCOMPARE(int(handled[0].outcome), int(Outcome::failed));
    QVERIFY(handled[0].error.retryable());
    QCOMPARE(gate(post), std::int64_t{0});
    m.rebuild();
    QCOMPARE(give({record}), Outcomes{Outcome::done});
    QCOMPARE(m.feedOf(m_bob), Ids{post});
}

void TestFeed::manyFollowersBecomeAJob() {
    feed::FeedConsumer consumer(m.projections, m.cache, test::noOwner(), [this] { ++m_jobsAdded; },
                                {.inlineFollowers = 3});
    feed::FanOutJobs jobs(m.stores.pool, m.cache, 2);
    std::vector<std::string> followers;
    for (int i = 0; i < 5; ++i) {
        followers.push_back(kit::newUuid());
        give({follow(followers.back())});
    }
    const auto post = kit::newUuid();
    QCOMPARE(test::deliver(consumer, created(post)), Outcomes{Outcome::done});
    QCOMPARE(m_jobsAdded, 1);
    QCOMPARE(gate(post), std::int64_t{1});
    QVERIFY(m.exists("snapshot:" + post));
    QVERIFY(m.state(false).empty());
    QVERIFY(jobs.step().value());
    QCOMPARE(m.state(false).size(), std::size_t{2});
    while (jobs.step().value()) {
    }
    for (const auto& follower : followers) QCOMPARE(m.feedOf(follower), Ids{post});
    QCOMPARE(m.stores.number("SELECT count(*) FROM fan_out_jobs"), std::int64_t{0});
}

void TestFeed::deleteCancelsAJob() {
    feed::FeedConsumer consumer(m.projections, m.cache, test::noOwner(), [] {}, {.inlineFollowers = 3});
    feed::FanOutJobs jobs(m.stores.pool, m.cache, 2);
    for (int i = 0; i < 7; ++i) give({follow(kit::newUuid())});
    const auto post = kit::newUuid();
    test::deliver(consumer, created(post));
    QVERIFY(jobs.step().value());
    QVERIFY(jobs.step().value());
    QCOMPARE(m.state(false).size(), std::size_t{4});
    QCOMPARE(test::deliver(consumer, deleted(post, 2)), Outcomes{Outcome::done});
    while (jobs.step().value()) {
    }
    QVERIFY(m.state(false).empty());
}

void TestFeed::followersWhoLeaveDuringAJobAreSpared() {
    feed::FeedConsumer consumer(m.projections, m.cache, test::noOwner(), [] {}, {.inlineFollowers = 1});
    feed::FanOutJobs jobs(m.stores.pool, m.cache, 1);
    give({follow(m_bob), follow(m_carol)});
    const auto post = kit::newUuid();
    test::deliver(consumer, created(post));
    QVERIFY(jobs.step().value());
    give({unfollow(m_bob), unfollow(m_carol)});
    while (jobs.step().value()) {
    }
    QVERIFY(m.state(false).empty());
}

void TestFeed::lostRedisIsMadeAgain() {
    const auto first = kit::newUuid(), gone = kit::newUuid();
    for (int i = 0; i < 30; ++i) give({created(kit::newUuid(), std::to_string(i), m_now += 1'000)});
    give({follow(m_bob), created(first), created(gone), follow(m_carol), updated(first, 2, "edited"), deleted(gone, 2),
          test::likeRecord<PostLiked>(first, 9, 9), unfollow(m_carol)});
    const auto before = m.state();
    QCOMPARE(m.feedOf(m_bob).size(), std::size_t{21});
    QVERIFY(!m.rebuild());  // nothing is lost
    QVERIFY(m.redis.command({"FLUSHALL"}));
    QVERIFY(m.cache.claimRebuild("another replica").value());
    QVERIFY(!m.rebuild());  // it is being made
    QVERIFY(m.redis.command({"DEL", "feed:rebuilding"}));
    QVERIFY(m.rebuild());
    const auto after = m.state();
    for (const auto& [key, held] : before) QCOMPARE(after.count(key) ? after.at(key) : key + " is missing", held);
    QCOMPARE(after.size(), before.size());
    QVERIFY(!m.cache.lost().value());
}

namespace {

struct SpanBook {
    std::vector<kit::trace::SpanData> spans;
    SpanBook() {
        kit::trace::install([this](kit::trace::SpanData&& span) { spans.push_back(std::move(span)); });
    }
    std::vector<kit::trace::SpanData> of(const kit::trace::Context& parent, const std::string& name) const {
        std::vector<kit::trace::SpanData> found;
        for (const auto& span : spans)
            if (span.context.traceId == parent.traceId && span.parentId == parent.spanId && span.name == name)
                found.push_back(span);
        return found;
    }
};

std::string text(const kit::trace::SpanData& span, std::string_view key) {
    for (const auto& [name, value] : span.text)
        if (name == key) return value;
    return {};
}

std::int64_t number(const kit::trace::SpanData& span, std::string_view key) {
    for (const auto& [name, value] : span.numbers)
        if (name == key) return value;
    return -1;
}

kit::trace::Context consumeSpan() {
    kit::trace::SpanData span;
    span.context = kit::trace::Context::fresh(true);
    span.name = "consume";
    return kit::trace::record(span);
}

}  // namespace

void TestFeed::oneRecordsWorkIsInItsTrace() {
    give({follow(m_bob), follow(m_carol)});
    SpanBook book;
    auto record = created(kit::newUuid());
    record.trace = consumeSpan();
    give({record});
    QCOMPARE(book.of(record.trace, "feed gate").size(), std::size_t{1});
    QCOMPARE(book.of(record.trace, "followers").size(), std::size_t{1});
    const auto written = book.of(record.trace, "feeds");
    QCOMPARE(written.size(), std::size_t{1});
    QCOMPARE(text(written[0], contract::attr::kind), std::string("redis"));
    QCOMPARE(text(written[0], contract::attr::effect), std::string("feed"));
    QCOMPARE(number(written[0], contract::attr::recipients), std::int64_t{2});
    QCOMPARE(book.spans.size(), std::size_t{5});  // the consume span itself, these three, and the gate
}

void TestFeed::eachTraceOfABatchSeesItsEffect() {
    const auto old = kit::newUuid();
    give({follow(m_bob), follow(m_carol), created(old)});
    SpanBook book;
    auto first = created(kit::newUuid()), second = deleted(old, 2), third = follow(kit::newUuid());
    first.trace = consumeSpan();
    second.trace = consumeSpan();
    third.trace = consumeSpan();
    give({first, second, third});
    const auto a = book.of(first.trace, "feeds"), b = book.of(second.trace, "feeds"), c = book.of(third.trace, "feeds");
    QCOMPARE(a.size() * b.size() * c.size(), std::size_t{1});
    QCOMPARE(text(a[0], contract::attr::effect), std::string("feed"));
    QCOMPARE(number(a[0], contract::attr::recipients), std::int64_t{3});
    QCOMPARE(text(b[0], contract::attr::effect), std::string("unfeed"));
    QCOMPARE(number(b[0], contract::attr::recipients), std::int64_t{3});
    QCOMPARE(text(c[0], contract::attr::effect), std::string("feed"));
    QCOMPARE(number(c[0], contract::attr::recipients), std::int64_t{1});
    QVERIFY(b[0].links.size() == 1 && b[0].links[0].spanId == a[0].context.spanId);
    QCOMPARE(text(c[0], contract::attr::kind), std::string("redis"));
}

// A newer producer's fields are passed over; an older producer's event lacks created_at.
void TestFeed::eventsOfOtherGenerationsAreUnderstood() {
    const std::string alice = kit::newUuid(), bob = kit::newUuid(), newer = kit::newUuid(), older = kit::newUuid();
    test::deliver(m_consumer, test::followRecord<UserFollowed>(bob, alice, 1, 1'000));
    auto record = test::postRecord<PostCreated>(newer, alice, 1, 2'000'000);
    record.value += std::string("\xba\x06\x03new", 6);  // field 103
    QCOMPARE(test::deliver(m_consumer, record).front(), kit::Outcome::done);
    events::v1::PostCreated event;
    event.set_post_id(older);
    event.set_author_id(alice);
    event.set_version(1);
    event.set_content("old");
    kit::setTime(event.mutable_event_time(), kit::fromMicros(3'000'000));
    QCOMPARE(test::deliver(m_consumer, test::recordOf(contract::topic::content, older, event)).front(),
             kit::Outcome::done);
    QCOMPARE(m.feedOf(bob), (std::vector{older, newer}));
    // The design's own: a post's id, version and time. Its owner knows the rest; a post that it does not know is
    // nothing.
    const std::string first = kit::newUuid();
    feed::PostState now;
    now.id = first, now.authorId = alice, now.created = 4'000'000, now.updated = 5'000'000, now.version = 2;
    now.content = "now";
    m_owner = {now};
    for (const auto& id : {first, kit::newUuid()}) {
        events::v1::PostCreated bare;
        bare.set_post_id(id);
        bare.set_version(1);
        kit::setTime(bare.mutable_event_time(), kit::fromMicros(4'000'000));
        QCOMPARE(test::deliver(m_consumer, test::recordOf(contract::topic::content, id, bare)).front(),
                 id == first ? kit::Outcome::done : kit::Outcome::skipped);
    }
    QCOMPARE(m.feedOf(bob), (std::vector{first, older, newer}));
    QVERIFY(m.value("snapshot:" + first).find("content=now") != std::string::npos);
    QCOMPARE(gate(first), std::int64_t{2});
    record.dataSchema = "nova.events.v1.PostPinned";
    QVERIFY(!m_consumer.knows(record));  // which makes it `skipped`
}

void TestFeed::theVersionCountsNotTheClock() {
    const std::string alice = kit::newUuid(), bob = kit::newUuid(), post = kit::newUuid();
    test::deliver(m_consumer, test::followRecord<UserFollowed>(bob, alice, 1, 1'000));
    test::deliver(m_consumer, test::postRecord<PostCreated>(post, alice, 1, 9'000'000));
    std::vector<std::pair<std::string, std::int64_t>> flags;
    kit::trace::install([&](kit::trace::SpanData&& span) {
        for (const auto& number : span.numbers) flags.push_back(number);
    });
    auto late = test::postRecord<events::v1::PostUpdated>(post, alice, 2, 5'000'000, "an hour ago");
    late.trace = kit::trace::Context::fresh(true);
    QCOMPARE(test::deliver(m_consumer, late).front(), kit::Outcome::done);
    kit::trace::install(nullptr);
    QVERIFY(std::ranges::find(flags, std::pair<std::string, std::int64_t>{"nova.clock", 1}) != flags.end());
    QVERIFY(m.value("snapshot:" + post).find("content=an hour ago") != std::string::npos);
}

QTEST_GUILESS_MAIN(TestFeed)
#include "tst_feed.moc"
