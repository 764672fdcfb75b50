// create-post: Alice and Bob sign up, Bob follows Alice, Alice posts, Bob's feed shows it.
#include "app/engine/actions/design.h"
#include "app/engine/plays/makers.h"

namespace nova::engine {
namespace {

struct CreatePostPlay final : Play {
    using Play::Play;
    void perform() override;
};

}  // namespace

void CreatePostPlay::perform() {
    Person alice, bob;
    Acted acted;
    if (!twoPeople(alice, bob)) return;
    say(tr("%1 posts, %2 looks into the feed").arg(alice.handle, bob.handle));
    if (!take(stage().post(alice, QStringLiteral("Golden hour over the harbour")), acted)) return;
    const auto readable = readableAfter(bob, Stage::postId(acted), acted.clickedUs);
    const auto action =
        stage().told(acted.traceId, readable ? QJsonObject{{QStringLiteral("readable_ms"), *readable}} : QJsonObject{});
    const auto& design = *designOf(QStringLiteral("createPost"));
    if (!readable) problem(tr("the post did not reach the follower's feed within %1 s").arg(Stage::waitMs / 1'000));
    promise(tr("Alice is answered"), stage().mode() == QLatin1String("sync") ? design.syncAnswerMs : design.answerMs,
            action ? action->ackMs : std::nullopt);
    promise(tr("written to every follower's feed"), design.effectMs, action ? action->visibleMs : std::nullopt);
    promise(tr("Bob's feed is served with it"), design.classMs, readable, true);
    if (!action || !action->complete)
        problem(tr("the action was not told whole within %1 s").arg(Stage::waitMs / 1'000));
}

std::unique_ptr<Play> createPostPlay(PlaySettings settings) {
    return std::make_unique<CreatePostPlay>(std::move(settings));
}

}  // namespace nova::engine
