#include "app/views/record_link.h"

#include <QStringList>
#include <QUrl>

namespace nova::views {

using namespace Qt::StringLiterals;

namespace {

QString encoded(const QString& part) {
    return QString::fromLatin1(QUrl::toPercentEncoding(part));
}

QString decoded(const QString& part) {
    return QUrl::fromPercentEncoding(part.toUtf8());
}

}  // namespace

std::optional<RecordLink> RecordLink::parse(const QString& text) {
    static const QString scheme = u"nova://"_s;
    const QString trimmed = text.trimmed();
    if (!trimmed.startsWith(scheme)) return std::nullopt;
    const QStringList parts = trimmed.mid(scheme.size()).split(u'/');
    if (parts.size() != 4) return std::nullopt;
    bool partitionOk = false, offsetOk = false;
    RecordLink link{decoded(parts[0]), decoded(parts[1]), parts[2].toInt(&partitionOk), parts[3].toLongLong(&offsetOk)};
    const bool whole = partitionOk && offsetOk && link.partition >= 0 && link.offset >= 0;
    if (!whole || link.profile.isEmpty() || link.topic.isEmpty()) return std::nullopt;
    return link;
}

QString RecordLink::print() const {
    const QStringList parts{encoded(profile), encoded(topic), QString::number(partition), QString::number(offset)};
    return u"nova://"_s + parts.join(u'/');
}

}  // namespace nova::views
