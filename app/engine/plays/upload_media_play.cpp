#include "app/engine/plays/upload_media_play.h"

#include <QJsonArray>
#include <QRandomGenerator>
#include <QtEndian>
#include <boost/crc.hpp>

#include "app/engine/actions/design.h"
#include "app/engine/actions/upload_caller.h"
#include "kit/trace/span.h"

namespace nova::engine {
namespace {

constexpr quint32 side = 64;
constexpr int lookEveryMs = 5;

QByteArray chunk(const char* type, const QByteArray& data) {
    const QByteArray body = QByteArray(type, 4) + data;
    QByteArray out(4, '\0');
    qToBigEndian<quint32>(static_cast<quint32>(data.size()), out.data());
    out += body;
    QByteArray check(4, '\0');
    boost::crc_32_type crc;
    crc.process_bytes(body.constData(), static_cast<std::size_t>(body.size()));
    qToBigEndian<quint32>(crc.checksum(), check.data());
    return out + check;
}

// A picture of its own for each run: content-addressed stores would answer for the same one without storing it.
QByteArray picture() {
    QByteArray head(13, '\0'), pixels;
    qToBigEndian<quint32>(side, head.data());
    qToBigEndian<quint32>(side, head.data() + 4);
    head[8] = 8;
    head[9] = 2;  // RGB, 8 bits each
    for (quint32 y = 0; y < side; ++y) {
        pixels.append('\0');
        for (quint32 x = 0; x < side * 3; ++x) pixels.append(static_cast<char>(QRandomGenerator::global()->generate()));
    }
    const auto packed = qCompress(pixels).mid(4);  // Qt puts the length before the zlib stream
    return QByteArray("\x89PNG\r\n\x1a\n", 8) + chunk("IHDR", head) + chunk("IDAT", packed) + chunk("IEND", {});
}

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

    UploadCaller uploader(stage().run().upload,
                          [this](kit::trace::SpanData&& span) { stage().caller().send(std::move(span)); });
    std::optional<UploadReply> reply;
    connect(&uploader, &UploadCaller::uploaded, this, [&](const UploadReply& answer) { reply = answer; });
    const qint64 clicked = wallUs();
    uploader.upload({QStringLiteral("harbour.png"), QStringLiteral("image/png"), picture()}, post, alice.token,
                    stage().mode());
    stage().until([&] { return reply.has_value(); }, Stage::waitMs, lookEveryMs);
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

}  // namespace nova::engine
