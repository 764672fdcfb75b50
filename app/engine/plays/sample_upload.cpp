#include "app/engine/plays/sample_upload.h"

#include <QRandomGenerator>
#include <QtEndian>
#include <boost/crc.hpp>

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

std::optional<UploadReply> uploadPicture(Stage& stage, const Person& who, const QString& postId, const QString& mode) {
    UploadCaller uploader(stage.run().upload,
                          [&stage](kit::trace::SpanData&& span) { stage.caller().send(std::move(span)); });
    std::optional<UploadReply> reply;
    QObject::connect(&uploader, &UploadCaller::uploaded, &stage, [&](const UploadReply& answer) { reply = answer; });
    uploader.upload({QStringLiteral("harbour.png"), QStringLiteral("image/png"), picture()}, postId, who.token, mode);
    stage.until([&] { return reply.has_value(); }, Stage::waitMs, lookEveryMs);
    uploader.disconnect(&stage);
    return reply;
}

}  // namespace nova::engine
