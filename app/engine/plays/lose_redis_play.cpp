// lose-redis: FLUSHALL; Bob's feed comes back from feed-service's projections.
#include <algorithm>

#include "app/engine/actions/design.h"
#include "app/engine/plays/makers.h"

namespace nova::engine {
namespace {

constexpr int posts = 8;

struct LoseRedisPlay final : Play {
    using Play::Play;
    void perform() override;
};

}  // namespace

void LoseRedisPlay::perform() {
    Person alice, bob;
    if (!twoPeople(alice, bob)) return;
    say(tr("%1 posts %2 times").arg(alice.handle).arg(posts));
    QVector<Acted> sent;
    for (int i = 0; i < posts; ++i) {
        Acted acted;
        if (!take(stage().post(alice, tr("Kept in PostgreSQL, %1").arg(i + 1)), acted)) return;
        sent << acted;
    }
    const auto all = [&](const FeedSeen& seen) {
        return std::all_of(sent.begin(), sent.end(),
                           [&](const Acted& acted) { return seen.posts.contains(Stage::postId(acted)); });
    };
    if (!stage().until([&] { return all(stage().feed(bob)); }))
        return problem(tr("the posts did not reach Bob's feed in the first place"));
    for (const auto& acted : sent) static_cast<void>(stage().told(acted.traceId));

    say(tr("Redis is emptied (FLUSHALL); Bob goes on reading"));
    if (!take(WriteSession::ofLocal(stage().run()).flushRedis())) return;
    const qint64 flushed = wallUs();
    int answered = 0, refused = 0, stale = 0, silent = 0;
    const bool back = stage().until(
        [&] {
            const auto seen = stage().feed(bob);
            ++(seen.answered ? answered : refused);
            if (seen.stale) ++stale;
            const bool whole = all(seen);
            if (seen.answered && !whole && !seen.stale) ++silent;
            return whole && !seen.stale;
        },
        2 * Stage::waitMs, 5);
    const double after = static_cast<double>(wallUs() - flushed) / 1'000;
    promise(tr("Bob's feed is whole again"), designedFigure(QStringLiteral("stale.at.most.ms")),
            back ? std::optional(after) : std::nullopt, true);
    expect(silent == 0, tr("what is not whole is marked stale"),
           tr("%1 reads marked stale, %2 incomplete ones that were not").arg(stale).arg(silent),
           tr("%1 reads were incomplete without being marked stale").arg(silent));
    expect(refused == 0, tr("reads are answered meanwhile"),
           tr("%1 reads, %2 refused").arg(answered + refused).arg(refused), tr("%1 reads were refused").arg(refused));

    Acted last;
    say(tr("%1 posts once more").arg(alice.handle));
    if (!take(stage().post(alice, QStringLiteral("After the loss")), last)) return;
    promise(tr("and a new post arrives as ever"), designOf(QStringLiteral("createPost"))->classMs,
            readableAfter(bob, Stage::postId(last), last.clickedUs), true);
    static_cast<void>(stage().told(last.traceId));
}

std::unique_ptr<Play> loseRedisPlay(PlaySettings settings) {
    return std::make_unique<LoseRedisPlay>(std::move(settings));
}

}  // namespace nova::engine
