// Feeds come to the same state in whatever order, batches and repeats, and with however many consumers, events arrive:
// the state that a plain model says.
#include <QtTest>
#include <random>
#include <set>

#include "tests/services/feed/feed_fixture.h"

using namespace nova;
using events::v1::PostCreated, events::v1::PostUpdated, events::v1::PostDeleted;
using events::v1::UserFollowed, events::v1::UserUnfollowed;

namespace {

// A history by key: each key's records in their order.
struct History {
    std::map<std::string, std::vector<kit::Record>> byKey;
    std::map<std::string, std::set<std::string>> feeds;  // what must come out: user → posts
};

// Three authors, six users, few enough posts that nobody's boundary or cap matters.
History makeHistory(std::mt19937& random) {
    History history;
    std::vector<std::string> authors, users;
    for (int i = 0; i < 3; ++i) authors.push_back(kit::newUuid());
    for (int i = 0; i < 6; ++i) users.push_back(kit::newUuid());
    std::int64_t now = 1'700'000'000'000'000;
    std::map<std::string, std::set<std::string>> live, followers;
    for (const auto& author : authors) {
        for (int i = 0; i < 5; ++i) {
            const auto post = kit::newUuid();
            auto& records = history.byKey[post];
            const auto at = now += 1'000;
            records.push_back(test::postRecord<PostCreated>(post, author, 1, at));
            const auto edits = static_cast<std::int64_t>(random() % 3);
            for (std::int64_t v = 2; v < 2 + edits; ++v)
                records.push_back(test::postRecord<PostUpdated>(post, author, v, at, "edit " + std::to_string(v)));
            if (random() % 2)
                records.push_back(test::postRecord<PostDeleted>(post, author, 2 + edits, at));
            else
                live[author].insert(post);
        }
        std::int64_t version = 0;
        for (int i = 0; i < 12; ++i) {
            const auto& user = users[random() % users.size()];
            auto& records = history.byKey[author];
            if (followers[author].insert(user).second) {
                records.push_back(test::followRecord<UserFollowed>(user, author, ++version, now += 1'000));
            } else {
                followers[author].erase(user);
                records.push_back(test::followRecord<UserUnfollowed>(user, author, ++version, now += 1'000));
            }
        }
        for (const auto& user : followers[author]) history.feeds[user].insert(live[author].begin(), live[author].end());
    }
    return history;
}

// Every record at least once, a key's first occurrences in order, with stutters: n, n+1, n, n+1.
std::vector<kit::Record> stutter(const std::vector<kit::Record>& records, std::mt19937& random) {
    std::vector<kit::Record> all;
    for (std::size_t i = 0; i < records.size(); ++i) {
        all.push_back(records[i]);
        if (random() % 3) continue;
        const auto from = i - random() % (i + 1);
        all.insert(all.end(), records.begin() + static_cast<std::ptrdiff_t>(from),
                   records.begin() + static_cast<std::ptrdiff_t>(i) + 1);
    }
    return all;
}

// Keys mixed at random, each key's order kept.
std::vector<kit::Record> mix(const History& history, std::mt19937& random) {
    std::map<std::string, std::vector<kit::Record>> left;
    std::vector<std::string> turns;
    for (const auto& [key, records] : history.byKey) {
        left[key] = stutter(records, random);
        turns.insert(turns.end(), left[key].size(), key);
        std::reverse(left[key].begin(), left[key].end());
    }
    std::shuffle(turns.begin(), turns.end(), random);
    std::vector<kit::Record> all;
    for (const auto& key : turns) {
        all.push_back(left[key].back());
        left[key].pop_back();
    }
    return all;
}

std::string minus(const std::set<std::string>& a, const std::set<std::string>& b) {
    std::string rest;
    for (const auto& one : a)
        if (!b.contains(one)) rest += one + " ";
    return rest;
}

void deliverInBatches(kit::RecordHandler& handler, const std::vector<kit::Record>& records, std::mt19937 random) {
    for (std::size_t at = 0; at < records.size();) {
        const auto end = std::min(records.size(), at + 1 + random() % 12);
        std::vector<kit::Record> batch(records.begin() + static_cast<std::ptrdiff_t>(at),
                                       records.begin() + static_cast<std::ptrdiff_t>(end));
        bool again = false;
        for (const auto outcome : test::deliver(handler, batch)) again = again || outcome == kit::Outcome::failed;
        if (!again) at = end;  // as the loop does: the same batch once more
    }
}

}  // namespace

class TestFeedConverges : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { m.clear(); }
    void oneConsumer_data() { seeds(20); }
    void oneConsumer();
    void twoConsumersOfTheSameRecords_data() { seeds(20); }
    void twoConsumersOfTheSameRecords();
    void jobsBesideConsumers_data() { seeds(12); }
    void jobsBesideConsumers();
    void rebuildingBesideConsumers_data() { seeds(8); }
    void rebuildingBesideConsumers();

private:
    static void seeds(int count) {
        QTest::addColumn<unsigned>("seed");
        for (int i = 0; i < count; ++i) QTest::addRow("seed %d", i) << static_cast<unsigned>(i);
    }
    void compare(const History& history) {
        std::map<std::string, std::set<std::string>> feeds;
        std::set<std::string> fed;
        for (const auto& [key, ignored] : m.state(false)) {
            const auto user = key.substr(5);
            for (const auto& post : m.feedOf(user)) feeds[user].insert(post);
        }
        auto expected = history.feeds;
        std::erase_if(expected, [](const auto& entry) { return entry.second.empty(); });
        for (const auto& [user, posts] : expected) {
            fed.insert(posts.begin(), posts.end());
            QCOMPARE(minus(feeds[user], posts), std::string());  // too many
            QCOMPARE(minus(posts, feeds[user]), std::string());  // missing
        }
        QCOMPARE(feeds.size(), expected.size());
        for (const auto& [key, records] : history.byKey) {
            if (records.back().topic != contract::topic::content) continue;
            if (records.back().type == "PostDeleted")
                QVERIFY(!m.exists("snapshot:" + key));
            else if (fed.contains(key))
                QCOMPARE(m.redis.command({"HGET", "snapshot:" + key, "version"}).value().text,
                         std::to_string(records.size()));
            QCOMPARE(m.value("post:" + key + ":version"), std::to_string(records.size()));
        }
        QCOMPARE(m.stores.number("SELECT count(*) FROM gate"), m.stores.number("SELECT count(*) FROM feed_posts"));
    }
    test::FeedStores m;
};

void TestFeedConverges::oneConsumer() {
    QFETCH(unsigned, seed);
    std::mt19937 random(seed);
    const auto history = makeHistory(random);
    feed::FeedConsumer consumer(m.projections, m.cache, test::noOwner(), [] {});
    deliverInBatches(consumer, mix(history, random), random);
    compare(history);
    const auto before = m.state();
    deliverInBatches(consumer, mix(history, random), random);  // all of it again
    QVERIFY(m.state() == before);
}

// The old owner of the partitions, not yet told, and the new one.
void TestFeedConverges::twoConsumersOfTheSameRecords() {
    QFETCH(unsigned, seed);
    std::mt19937 random(seed);
    const auto history = makeHistory(random);
    const std::vector<std::vector<kit::Record>> logs{mix(history, random), mix(history, random)};
    test::together(2, [&](int i) {
        feed::FeedConsumer consumer(m.projections, m.cache, test::noOwner(), [] {});
        deliverInBatches(consumer, logs[std::size_t(i)], std::mt19937(seed + unsigned(i)));
    });
    compare(history);
}

void TestFeedConverges::jobsBesideConsumers() {
    QFETCH(unsigned, seed);
    std::mt19937 random(seed);
    const auto history = makeHistory(random);
    const std::vector<std::vector<kit::Record>> logs{mix(history, random), mix(history, random)};
    std::atomic<int> consuming{2};
    test::together(4, [&](int i) {
        if (i < 2) {
            feed::FeedConsumer consumer(m.projections, m.cache, test::noOwner(), [] {}, {.inlineFollowers = 1});
            deliverInBatches(consumer, logs[std::size_t(i)], std::mt19937(seed + unsigned(i)));
            --consuming;
            return;
        }
        feed::FanOutJobs jobs(m.stores.pool, m.cache, 2);
        for (;;) {
            const bool last = consuming == 0;
            const auto stepped = jobs.step();
            if (last && stepped && !stepped.value()) return;
        }
    });
    compare(history);
}

void TestFeedConverges::rebuildingBesideConsumers() {
    QFETCH(unsigned, seed);
    std::mt19937 random(seed);
    const auto history = makeHistory(random);
    const auto log = mix(history, random);
    test::together(2, [&](int i) {
        if (i == 0) {
            feed::FeedConsumer consumer(m.projections, m.cache, test::noOwner(), [] {});
            return deliverInBatches(consumer, log, random);
        }
        for (int n = 0; n < 5; ++n) {
            m.redis.command({"FLUSHALL"}).value();
            (void)m.rebuild();
        }
    });
    // What was written between the flush and the end of a rebuild may be lost with it; a loss is seen by its missing
    // epoch.
    if (m.cache.lost().value()) QVERIFY(m.rebuild());
    compare(history);
}

QTEST_GUILESS_MAIN(TestFeedConverges)
#include "tst_feed_converges.moc"
