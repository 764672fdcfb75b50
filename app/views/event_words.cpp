#include "app/views/event_words.h"

#include <QByteArray>
#include <QCoreApplication>
#include <QDateTime>
#include <QStringDecoder>

#include "widgets/theme/clock.h"
#include "widgets/theme/numbers.h"

namespace nova::views {

using namespace Qt::StringLiterals;

QString utf8(const std::string& bytes) {
    return QString::fromUtf8(bytes.data(), qsizetype(bytes.size()));
}

bool isUtf8(const std::string& bytes) {
    QStringDecoder decoder(QStringDecoder::Utf8, QStringDecoder::Flag::Stateless);
    const QString text = decoder(QByteArrayView(bytes.data(), qsizetype(bytes.size())));
    return !decoder.hasError() && text.size() <= qsizetype(bytes.size());
}

QString textOrHex(const std::string& bytes) {
    if (isUtf8(bytes)) return utf8(bytes);
    return u"0x"_s + QString::fromLatin1(QByteArray::fromStdString(bytes).toHex());
}

QString topicOf(const engine::Event& event) {
    return utf8(engine::Names::topicName(event.topic));
}

QString typeOf(const engine::Event& event) {
    return utf8(engine::Names::typeName(event.type));
}

QString titleOf(const engine::Event& event) {
    const QString type = typeOf(event);
    return u"%1 p%2 @ %3"_s.arg(type.isEmpty() ? topicOf(event) : type, QString::number(event.partition),
                                theme::count(event.offset));
}

QString fullTime(qint64 unixMs) {
    if (unixMs < 0) return QCoreApplication::translate("nova::views::EventWords", "no time");
    const auto time = QDateTime::fromMSecsSinceEpoch(unixMs, theme::timeZone());
    return time.toString(u"yyyy-MM-dd HH:mm:ss.zzz "_s) + time.timeZoneAbbreviation();
}

}  // namespace nova::views
