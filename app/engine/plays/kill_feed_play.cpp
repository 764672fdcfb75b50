// kill-feed: Alice posts at a steady pace, feed-service is killed in its midst; every post arrives once it is back.
#include <algorithm>

#include "app/engine/actions/design.h"
#include "app/engine/plays/faults.h"
#include "app/engine/plays/makers.h"

namespace nova::engine {
namespace {

constexpr int posts = 12, killAfter = 3, paceMs = 40;
const auto part = QStringLiteral("feed-service");

struct KillFeedPlay final : Play {
    using Play::Play;
    void perform() override;
};

}  // namespace

void KillFeedPlay::perform() {
    Person alice, bob;
    Faults faults(*settings().stack, stage());
    if (!faults.known(part)) return problem(tr("the supervisor does not tell of %1").arg(part));
    if (!twoPeople(alice, bob)) return;
    say(tr("%1 posts %2 times; after the third, feed-service is killed (kill -9)").arg(alice.handle).arg(posts));
    QVector<Acted> sent;
    int refused = 0, hidden = 0;
    double slowest = 0;
    for (int i = 0; i < posts && !stage().isStopping(); ++i) {
        if (i == killAfter && !faults.kill(part)) return problem(tr("feed-service could not be killed"));
        const auto acted = stage().post(alice, tr("Post %1 of %2").arg(i + 1).arg(posts));
        if (!acted) {
            ++refused;
            continue;
        }
        sent << acted.value();
        slowest = std::max(slowest, acted.value().ms());
        if (i >= killAfter && !stage().shows(bob, Stage::postId(sent.last()))) ++hidden;
        stage().spin(paceMs);
    }
    say(tr("Bob's feed lacked %1 of them when it was asked for at once; waiting until feed-service is ready")
            .arg(hidden));
    const auto ready = faults.ready(part);
    if (!ready) return problem(tr("feed-service did not become ready again"));
    const auto missing = [&] {
        const auto seen = stage().feed(bob, posts + 5).posts;
        return std::count_if(sent.begin(), sent.end(),
                             [&](const Acted& acted) { return !seen.contains(Stage::postId(acted)); });
    };
    const bool all = stage().until([&] { return missing() == 0; }, Stage::waitMs, 20);
    const double after = static_cast<double>(wallUs() - *ready) / 1'000;
    for (const auto& acted : sent) static_cast<void>(stage().told(acted.traceId));
    const auto seen = stage().feed(bob, posts + 5).posts;
    expect(refused == 0, tr("Alice is answered while feed-service is dead"),
           tr("%1 of %2 posts answered, the slowest after %3 ms").arg(sent.size()).arg(posts).arg(slowest, 0, 'f', 1),
           tr("%1 posts were refused").arg(refused));
    promise(tr("all posts in Bob's feed after feed-service is ready"),
            designedFigure(QStringLiteral("visible.after.return.ms")), all ? std::optional(after) : std::nullopt, true);
    expect(all && seen.size() == sent.size(), tr("none lost, none twice"),
           tr("%1 answered, %2 in Bob's feed").arg(sent.size()).arg(seen.size()),
           tr("%1 posts were answered, Bob's feed has %2").arg(sent.size()).arg(seen.size()));
}

std::unique_ptr<Play> killFeedPlay(PlaySettings settings) {
    return std::make_unique<KillFeedPlay>(std::move(settings));
}

}  // namespace nova::engine
