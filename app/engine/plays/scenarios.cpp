#include "app/engine/plays/scenarios.h"

#include <QCoreApplication>
#include <algorithm>

#include "app/engine/plays/makers.h"

namespace nova::engine {
namespace {

QString say(const char* text) {
    return QCoreApplication::translate("nova::engine::Scenarios", text);
}

QVector<Scenario> build() {
    QVector<Scenario> all;
    const auto add = [&](const char* name, const char* shows, Scenario kind) {
        kind.name = QString::fromLatin1(name);
        kind.shows = say(shows);
        all.append(kind);
    };
    add("create-post", "Alice posts; the post appears in the feed of Bob, who follows her.",
        {.make = createPostPlay});
    add("upload-media",
        "Alice uploads a picture for her post: answered once it is stored, attached to the post by an event.",
        {.make = uploadMediaPlay});
    add("chat", "Alice writes to Bob, whose socket is open; Bob reads it, and Alice's socket hears of that.",
        {.make = chatPlay});
    add("alice-bob", "The design's own story on one clock: Alice posts, Bob sees it, Bob likes it, Alice is told.",
        {.make = aliceBobPlay});
    add("burst",
        "Posts at a steady rate, whether or not the former were answered: what piles up, how fast it is worked off, "
        "and that none is lost.",
        {.bothModes = false, .load = true, .make = burstPlay});
    add("kill-feed",
        "feed-service is killed while Alice posts: she is answered all the same, Bob's feed waits, and nothing is "
        "lost.",
        {.faults = true, .bothModes = false, .make = killFeedPlay});
    add("out-of-order", "Old versions of a post come after newer ones, and after its end: the version gate drops them.",
        {.faults = true, .bothModes = false, .make = outOfOrderPlay});
    add("duplicate", "The same record comes twice: the second has no effect.",
        {.faults = true, .bothModes = false, .make = duplicatePlay});
    add("broker-outage",
        "Kafka stands still: users are answered, events wait in the outbox, and all arrives when it runs again.",
        {.faults = true, .bothModes = false, .make = brokerOutagePlay});
    add("lose-redis", "Redis loses all it has: feeds are rebuilt from PostgreSQL, and marked stale until then.",
        {.faults = true, .bothModes = false, .make = loseRedisPlay});
    add("before-after",
        "The same workload as calls in a chain and with events: latency, availability with a service down, cost of a "
        "tenfold burst.",
        {.faults = true, .bothModes = false, .load = true, .make = beforeAfterPlay});
    return all;
}

}  // namespace

const QVector<Scenario>& scenarios() {
    static const QVector<Scenario> all = build();
    return all;
}

const Scenario* scenarioOf(const QString& name) {
    const auto& all = scenarios();
    const auto found = std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.name == name; });
    return found == all.end() ? nullptr : &*found;
}

}  // namespace nova::engine
