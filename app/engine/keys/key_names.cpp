#include "app/engine/keys/key_names.h"

#include <QRegularExpression>
#include <array>

#include "contract/topics.h"
#include "kit/runtime/ids.h"

namespace nova::engine {
namespace {

using namespace Qt::StringLiterals;

const QString uuidPattern = u"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"_s;
const QString designTemplate = u"processed:{post_id}:{timestamp}"_s;

QString ofView(std::string_view text) {
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

QString patternOf(const QString& placeholder, bool strict) {
    if (placeholder == u"group") return u"(?<group>[^:]+)"_s;
    if (placeholder == u"timestamp") return u"(?<timestamp>[0-9]{1,18})"_s;
    const auto name = placeholder == u"event_id" ? u"event"_s : u"post"_s;
    return u"(?<%1>%2)"_s.arg(name, strict ? uuidPattern : u"[^:]+"_s);
}

QRegularExpression expressionOf(const QString& text, bool namesGroup, bool strict) {
    static const QRegularExpression placeholder(u"\\{(group|event_id|post_id|timestamp)\\}"_s);
    QString pattern = namesGroup ? QString() : u"(?:(?<group>[^:]+):)?"_s;
    qsizetype at = 0;
    QStringList seen;
    for (auto found = placeholder.globalMatch(text); found.hasNext();) {
        const auto one = found.next();
        pattern += QRegularExpression::escape(text.mid(at, one.capturedStart() - at));
        // A name may stand in a pattern once; the same field again is any text.
        pattern += seen.contains(one.captured(1)) ? u"[^:]+"_s : patternOf(one.captured(1), strict);
        seen += one.captured(1);
        at = one.capturedEnd();
    }
    pattern += QRegularExpression::escape(text.mid(at));
    return QRegularExpression(QRegularExpression::anchoredPattern(pattern));
}

}  // namespace

IdKind idKindOf(const QString& typed) {
    static const QRegularExpression handle(u"^@?[a-z0-9_-]{3,32}$"_s);
    const auto text = typed.trimmed();
    if (text.isEmpty()) return IdKind::none;
    if (kit::isUuid(text.toLower().toStdString())) return IdKind::id;
    if (text.contains(u':')) return IdKind::key;
    return handle.match(text).hasMatch() ? IdKind::handle : IdKind::other;
}

QString normalId(const QString& typed) {
    const auto text = typed.trimmed();
    switch (idKindOf(text)) {
        case IdKind::id:
            return text.toLower();
        case IdKind::handle:
            return text.startsWith(u'@') ? text.mid(1) : text;
        default:
            return text;
    }
}

std::optional<qint64> uuidTimeMs(const QString& id) {
    constexpr int timeDigits = 12;
    const auto text = id.toLower();
    if (!kit::isUuid(text.toStdString()) || text.at(14) != u'7') return std::nullopt;
    return QString(text).remove(u'-').left(timeDigits).toLongLong(nullptr, 16);
}

std::optional<QString> KeyTemplate::fill(const KeyFields& fields, bool shared) const {
    QString text = m_text;
    const std::array<std::pair<QLatin1String, const QString*>, 4> parts{
        {{QLatin1String("{group}"), &fields.group},
         {QLatin1String("{event_id}"), &fields.eventId},
         {QLatin1String("{post_id}"), &fields.postId},
         {QLatin1String("{timestamp}"), &fields.timestamp}}};
    for (const auto& [placeholder, value] : parts) {
        if (!text.contains(placeholder)) continue;
        if (value->isEmpty()) return std::nullopt;
        text.replace(placeholder, *value);
    }
    if (namesGroup() || shared) return text;
    if (fields.group.isEmpty()) return std::nullopt;
    return QString(fields.group + u':' + text);
}

std::optional<KeyFields> KeyTemplate::match(const QString& key, bool strict) const {
    const auto found = expressionOf(m_text, namesGroup(), strict).match(key);
    if (!found.hasMatch()) return std::nullopt;
    return KeyFields{found.captured(u"group"_s), found.captured(u"event"_s), found.captured(u"post"_s),
                     found.captured(u"timestamp"_s)};
}

QVector<KeyTemplate> keyTemplates(const QStringList& configured) {
    QStringList texts = configured;
    texts << ofView(contract::key::processed) << designTemplate;
    texts.removeDuplicates();
    QVector<KeyTemplate> templates;
    for (const auto& text : texts) templates.append(KeyTemplate(text));
    return templates;
}

std::optional<KeyOrigin> originOf(const QString& key, const QVector<KeyTemplate>& templates) {
    for (const bool strict : {true, false}) {
        for (const auto& one : templates) {
            if (const auto fields = one.match(key, strict)) return KeyOrigin{one.text(), *fields};
        }
    }
    return std::nullopt;
}

std::optional<StoreKey> storeKeyOf(const QString& key) {
    static const QRegularExpression version(u"^(?:([^:]+):)?post:(%1):version$"_s.arg(uuidPattern));
    static const QRegularExpression other(
        u"^(feed|likes|unread|snapshot|websocket):(%1)(:version)?$"_s.arg(uuidPattern));
    if (const auto found = version.match(key); found.hasMatch()) {
        const auto group = found.captured(1);
        return StoreKey{u"version"_s, group.isEmpty() ? u"feed-service"_s : group, found.captured(2)};
    }
    if (const auto found = other.match(key); found.hasMatch()) {
        const auto family = found.captured(1);
        return StoreKey{family == u"websocket" ? u"socket"_s : family, {}, found.captured(2)};
    }
    return std::nullopt;
}

QString driftOf(std::optional<qint64> version, std::optional<qint64> durable) {
    if (!durable) return u"unknown"_s;
    if (!version) return u"missing"_s;
    if (*version == *durable) return u"equal"_s;
    return *version < *durable ? u"behind by %1"_s.arg(*durable - *version) : u"ahead by %1"_s.arg(*version - *durable);
}

}  // namespace nova::engine
