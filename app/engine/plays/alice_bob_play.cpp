// alice-bob: the design's end-to-end story, each of its moments taken from this run's spans and laid on one clock that
// begins with Alice's click. Bob refreshes when his feed was written, and likes at once: nobody waits by the clock.
#include <algorithm>

#include "app/engine/actions/design.h"
#include "app/engine/actions/socket_caller.h"
#include "app/engine/plays/makers.h"

namespace nova::engine {
namespace {

constexpr int lookEveryMs = 2;

// End of the first time in Kafka before that group.
std::optional<double> polledMs(const Action& action, const QString& group) {
    std::optional<double> at;
    for (const auto& hop : action.hops) {
        if (hop.kind == QLatin1String("kafka") && hop.service == group)
            at = std::min(at.value_or(hop.endMs()), hop.endMs());
    }
    return at;
}

class AliceBobPlay final : public Play {
public:
    using Play::Play;
    void perform() override;

private:
    std::optional<double> countedAfter(const Person& reader, const QString& postId, qint64 sinceUs);
    void compare(const QMap<QString, double>& moments);
};

}  // namespace

void AliceBobPlay::perform() {
    Person alice, bob;
    Acted posted, liked;
    SocketCaller socket;
    std::optional<SocketNotification> told;
    if (!twoPeople(alice, bob)) return;
    if (stage().run().websocket.isEmpty()) return problem(tr("this Nova has no WebSocket door to tell Alice by"));
    connect(&socket, &SocketCaller::notification, this, [&](const SocketNotification& notification) {
        if (notification.kind.contains(QLatin1String("like"), Qt::CaseInsensitive)) told = notification;
    });
    socket.open(stage().run().websocket, alice.token);
    if (!stage().until([&] { return socket.isOpen(); }) || !stage().waitOnline(alice))
        return problem(tr("Alice's socket was not opened"));

    say(tr("%1 posts; %2 looks until it is there, and likes it").arg(alice.handle, bob.handle));
    if (!take(stage().post(alice, QStringLiteral("Golden hour over the harbour")), posted)) return;
    const auto id = Stage::postId(posted);
    const auto isFed = [&] {
        const auto action = stage().peek(posted.traceId);
        return action && action->visibleMs;
    };
    // The feed, not the span, says when Bob may refresh: spans come later than what they tell of.
    qint64 refresh = 0, seen = 0;
    const bool shown = stage().until(
        [&] {
            refresh = wallUs();
            if (!stage().shows(bob, id)) return false;
            seen = wallUs();
            return true;
        },
        Stage::waitMs, lookEveryMs);
    if (!shown) return problem(tr("the post did not reach Bob's feed within %1 s").arg(Stage::waitMs / 1'000));
    if (!take(stage().like(bob, id), liked)) return;
    const auto counted = countedAfter(alice, id, liked.clickedUs);
    stage().until([&] { return told.has_value(); }, Stage::waitMs, lookEveryMs);
    stage().until(isFed);

    const auto post = stage().told(
        posted.traceId, {{QStringLiteral("readable_ms"), static_cast<double>(seen - posted.clickedUs) / 1'000}});
    const auto like = stage().told(liked.traceId);
    const auto since = [&](qint64 us) { return static_cast<double>(us - posted.clickedUs) / 1'000; };
    QMap<QString, double> moments{{QStringLiteral("click"), 0},
                                  {QStringLiteral("answered"), posted.ms()},
                                  {QStringLiteral("refresh"), since(refresh)},
                                  {QStringLiteral("seen"), since(seen)},
                                  {QStringLiteral("like"), since(liked.clickedUs)},
                                  {QStringLiteral("like-answered"), since(liked.answeredUs)}};
    const auto put = [&](const char* key, const std::optional<Action>& action, std::optional<double> ms) {
        if (action && ms) moments.insert(QLatin1String(key), since(action->startedUs) + *ms);
    };
    if (post) put("kafka", post, polledMs(*post, QStringLiteral("feed-service")));
    if (post) put("fed", post, post->visibleMs);
    if (like) put("like-kafka", like, polledMs(*like, QStringLiteral("notification-service")));
    if (told) moments.insert(QStringLiteral("told"), since(told->heardUs));
    compare(moments);

    promise(tr("the like until Alice is told"), designOf(QStringLiteral("likePost"))->classMs,
            told ? std::optional(static_cast<double>(told->heardUs - liked.clickedUs) / 1'000) : std::nullopt, true);
    promise(tr("the like until Alice reads it in the post's count"), designOf(QStringLiteral("likePost"))->classMs,
            counted, true);
    if (!post || !post->complete || !like || !like->complete)
        problem(tr("an action was not told whole within %1 s").arg(Stage::waitMs / 1'000));
}

// ms from `sinceUs` until the reader's own look at the post shows a like.
std::optional<double> AliceBobPlay::countedAfter(const Person& reader, const QString& postId, qint64 sinceUs) {
    std::optional<double> at;
    stage().until(
        [&] {
            const auto seen = stage().look(reader, QStringLiteral("query($i:ID!){post(id:$i){likeCount}}"),
                                           {{QStringLiteral("i"), postId}});
            if (seen && seen.value().value(u"post").toObject().value(u"likeCount").toInt() > 0)
                at = static_cast<double>(wallUs() - sinceUs) / 1'000;
            return at.has_value();
        },
        Stage::waitMs, lookEveryMs);
    return at;
}

// Each moment beside the design's. One that the design has earlier is no failure: the classes judge.
void AliceBobPlay::compare(const QMap<QString, double>& moments) {
    const bool sync = stage().mode() == QLatin1String("sync");
    for (const auto& moment : designedMoments(QStringLiteral("alice-bob"))) {
        const auto found = moments.constFind(moment.key);
        const bool missing = found == moments.constEnd();
        if (missing && sync && moment.key.contains(QLatin1String("kafka"))) continue;
        promise(moment.what, moment.atMs, missing ? std::nullopt : std::optional(found.value()));
    }
}

std::unique_ptr<Play> aliceBobPlay(PlaySettings settings) {
    return std::make_unique<AliceBobPlay>(std::move(settings));
}

}  // namespace nova::engine
