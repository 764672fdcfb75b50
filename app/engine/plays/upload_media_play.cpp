// upload-media: Alice posts, uploads a picture for that post, and the post shows it.
#include <QJsonArray>

#include "app/engine/actions/design.h"
#include "app/engine/plays/makers.h"
#include "app/engine/plays/sample_upload.h"

namespace nova::engine {
namespace {

constexpr int lookEveryMs = 5;

struct UploadMediaPlay final : Play {
    using Play::Play;
    void perform() override;
};

}  // namespace

void UploadMediaPlay::perform() {
    Person alice;
    Acted posted;
    if (stage().run().upload.isEmpty()) return problem(tr("this Nova has no upload door"));
    if (!take(stage().signUp(QStringLiteral("alice")), alice)) return;
    say(tr("%1 posts, then uploads a picture for the post").arg(alice.handle));
    if (!take(stage().post(alice, QStringLiteral("A picture comes with it")), posted)) return;
    const auto post = Stage::postId(posted);
    static_cast<void>(stage().told(posted.traceId));

    const qint64 clicked = wallUs();
    const auto reply = uploadPicture(stage(), alice, post, stage().mode());
    if (!reply) return problem(tr("the upload was not answered within %1 s").arg(Stage::waitMs / 1'000));
    if (!reply->ok()) return problem(tr("the upload was refused: %1").arg(reply->error));

    std::optional<double> attached;
    stage().until(
        [&] {
            const auto data = stage().look(alice, QStringLiteral("query($i:ID!){post(id:$i){media{id}}}"),
                                           {{QStringLiteral("i"), post}});
            if (!attached && data) {
                for (const auto& media : data.value().value(u"post").toObject().value(u"media").toArray()) {
                    if (media.toObject().value(u"id").toString() == reply->mediaId)
                        attached = static_cast<double>(wallUs() - clicked) / 1'000;
                }
            }
            return attached.has_value();
        },
        Stage::waitMs, lookEveryMs);
    const auto action = stage().told(
        reply->traceId, attached ? QJsonObject{{QStringLiteral("readable_ms"), *attached}} : QJsonObject{});
    const auto& design = *designOf(QStringLiteral("upload"));
    promise(tr("the upload is answered"),
            stage().mode() == QLatin1String("sync") ? design.syncAnswerMs : design.answerMs,
            action && action->ackMs ? action->ackMs : std::optional(reply->ms));
    promise(tr("attached to the post, by the spans"), design.effectMs, action ? action->visibleMs : std::nullopt);
    promise(tr("the post is served with the picture"), design.effectMs, attached);
    if (!attached) problem(tr("the picture was not attached to the post within %1 s").arg(Stage::waitMs / 1'000));
    if (!action || !action->complete)
        problem(tr("the action was not told whole within %1 s").arg(Stage::waitMs / 1'000));
}

std::unique_ptr<Play> uploadMediaPlay(PlaySettings settings) {
    return std::make_unique<UploadMediaPlay>(std::move(settings));
}

}  // namespace nova::engine
