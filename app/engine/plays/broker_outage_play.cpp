// broker-outage: Kafka is stopped in its tracks (SIGSTOP) while Alice posts; the outbox grows, and drains after.
#include <algorithm>

#include "app/engine/actions/design.h"
#include "app/engine/plays/faults.h"
#include "app/engine/plays/gauges.h"
#include "app/engine/plays/makers.h"

namespace nova::engine {
namespace {

constexpr int posts = 10, paceMs = 50;
const auto broker = QStringLiteral("kafka");
const auto owner = QStringLiteral("content-service");

struct BrokerOutagePlay final : Play {
    using Play::Play;
    void perform() override;
};

}  // namespace

void BrokerOutagePlay::perform() {
    Person alice, bob;
    Faults faults(*settings().stack, stage());
    if (!faults.known(broker)) return problem(tr("the supervisor does not tell of %1").arg(broker));
    if (!twoPeople(alice, bob)) return;
    const auto waiting = [&] {
        return outboxDepthOf(stage().run(), owner).value_or(0);
    };
    say(tr("Kafka is paused (SIGSTOP); %1 posts %2 times").arg(alice.handle).arg(posts));
    if (!faults.pause(broker)) return problem(tr("Kafka could not be paused"));
    QVector<Acted> sent;
    QString refusal;
    double slowest = 0;
    for (int i = 0; i < posts && !stage().isStopping(); ++i) {
        const auto acted = stage().post(alice, tr("Written without a broker, %1").arg(i + 1));
        if (!acted) {
            refusal = QString::fromStdString(acted.error().what);
            continue;
        }
        sent << acted.value();
        slowest = std::max(slowest, acted.value().ms());
        stage().spin(paceMs);
    }
    double held = 0;
    stage().until(
        [&] {
            held = std::max(held, waiting());
            return held >= static_cast<double>(sent.size());
        },
        Stage::waitMs / 2, 100);
    const auto early = stage().feed(bob).posts.size();
    say(tr("%1 events wait in content-service's outbox; Kafka runs again").arg(held));
    if (!faults.resume(broker)) return problem(tr("Kafka did not become ready again"));
    const qint64 ready = wallUs();
    const auto seen = [&] { return stage().feed(bob, posts + 5).posts.size(); };
    const bool all = stage().until([&] { return seen() >= sent.size(); }, 2 * Stage::waitMs, 20);
    const double after = static_cast<double>(wallUs() - ready) / 1'000;
    const bool drained = stage().until([&] { return waiting() == 0; }, Stage::waitMs, 100);
    for (const auto& acted : sent) static_cast<void>(stage().told(acted.traceId));
    expect(sent.size() == posts, tr("users are answered without Kafka"),
           tr("%1 of %2 posts, the slowest after %3 ms").arg(sent.size()).arg(posts).arg(slowest, 0, 'f', 1),
           tr("a post was refused: %1").arg(refusal));
    expect(held >= static_cast<double>(sent.size()), tr("their events wait in the outbox"),
           tr("%1 events, and %2 posts in Bob's feed meanwhile").arg(held).arg(early),
           tr("the outbox held %1 events of %2").arg(held).arg(sent.size()));
    promise(tr("all posts in Bob's feed after Kafka is ready"),
            designedFigure(QStringLiteral("visible.after.return.ms")), all ? std::optional(after) : std::nullopt, true);
    expect(drained, tr("the outbox is empty again"), {}, tr("the outbox did not drain"));
}

std::unique_ptr<Play> brokerOutagePlay(PlaySettings settings) {
    return std::make_unique<BrokerOutagePlay>(std::move(settings));
}

}  // namespace nova::engine
