#include "app/engine/stack/catalogue.h"

#include <QFile>
#include <QHash>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSet>
#include <algorithm>

static void loadEngineResources() {
    Q_INIT_RESOURCE(engine);
}  // must stand outside a namespace

namespace nova::stack {
namespace {

QStringList strings(const QJsonValue& value) {
    QStringList list;
    for (const auto& item : value.toArray()) list << item.toString();
    return list;
}

template <typename T>
T named(const QHash<QString, T>& names, const QString& name, const QString& what, QString* fault) {
    if (!names.contains(name)) *fault = QStringLiteral("\"%1\" is no %2").arg(name, what);
    return names.value(name);
}

CataloguePart readPart(const QJsonObject& o, QString* fault) {
    static const QHash<QString, PartKind> kinds{{QStringLiteral("store"), PartKind::store},
                                                {QStringLiteral("service"), PartKind::service},
                                                {QStringLiteral("door"), PartKind::door}};
    static const QHash<QString, Lane> lanes{{QStringLiteral("door"), Lane::door},
                                            {QStringLiteral("writers"), Lane::writers},
                                            {QStringLiteral("topics"), Lane::topics},
                                            {QStringLiteral("consumers"), Lane::consumers},
                                            {QStringLiteral("stores"), Lane::stores}};
    const auto text = [&o](const char* key) { return o.value(QLatin1String(key)).toString(); };
    const auto list = [&o](const char* key) { return strings(o.value(QLatin1String(key))); };
    CataloguePart part;
    part.name = text("name");
    part.label = text("label");
    part.binary = text("binary");
    part.schema = text("schema");
    part.colour = text("colour");
    part.kind = named(kinds, text("kind"), QStringLiteral("kind of part"), fault);
    part.lane = named(lanes, text("lane"), QStringLiteral("lane"), fault);
    part.waitFor = o.value(QLatin1String("waitFor")).toBool();
    part.signsTokens = o.value(QLatin1String("signsTokens")).toBool();
    part.ports = list("ports");
    part.needs = list("needs");
    part.publishes = list("publishes");
    part.consumes = list("consumes");
    part.calls = list("calls");
    return part;
}

CatalogueTopic readTopic(const QJsonObject& o) {
    CatalogueTopic topic;
    topic.name = o.value(QLatin1String("name")).toString();
    topic.colour = o.value(QLatin1String("colour")).toString();
    topic.partitions = o.value(QLatin1String("partitions")).toInt(topic.partitions);
    topic.deadLetters = o.value(QLatin1String("deadLetters")).toBool();
    const auto config = o.value(QLatin1String("config")).toObject();
    for (auto it = config.begin(); it != config.end(); ++it) topic.config.insert(it.key(), it.value().toString());
    return topic;
}

}  // namespace

const Catalogue& Catalogue::builtIn() {
    static const Catalogue catalogue = [] {
        loadEngineResources();
        QFile file(QStringLiteral(":/nova/catalogue.json"));
        QString fault = QStringLiteral("catalogue.json is not built in");
        std::optional<Catalogue> parsed;
        if (file.open(QIODevice::ReadOnly)) parsed = parse(file.readAll(), &fault);
        if (!parsed) qFatal("catalogue.json: %s", qPrintable(fault));
        return *parsed;
    }();
    return catalogue;
}

std::optional<Catalogue> Catalogue::parse(const QByteArray& json, QString* fault) {
    QJsonParseError error;
    const auto document = QJsonDocument::fromJson(json, &error);
    if (error.error != QJsonParseError::NoError) {
        *fault = QStringLiteral("%1 at byte %2").arg(error.errorString()).arg(error.offset);
        return std::nullopt;
    }
    fault->clear();
    Catalogue catalogue;
    const auto root = document.object();
    for (const auto& part : root.value(QLatin1String("parts")).toArray())
        catalogue.m_parts << readPart(part.toObject(), fault);
    for (const auto& topic : root.value(QLatin1String("topics")).toArray())
        catalogue.m_topics << readTopic(topic.toObject());
    if (fault->isEmpty()) *fault = catalogue.check();
    if (!fault->isEmpty()) return std::nullopt;
    return catalogue;
}

QString Catalogue::check() const {
    QSet<QString> topics, names;
    for (const auto& topic : m_topics) topics << topic.name;
    for (const auto& p : m_parts) {
        if (p.name.isEmpty()) return QStringLiteral("a part has no name");
        if (names.contains(p.name)) return QStringLiteral("%1 is there twice").arg(p.name);
        names << p.name;
    }
    for (const auto& p : m_parts) {
        if (!p.isStore() && p.binary.isEmpty()) return QStringLiteral("%1 has no binary").arg(p.name);
        for (const auto& need : p.needs)
            if (const auto* other = part(need); !other || !other->isStore())
                return QStringLiteral("%1 needs %2, which is no store here").arg(p.name, need);
        for (const auto& call : p.calls)
            if (!names.contains(call)) return QStringLiteral("%1 calls %2, which is not here").arg(p.name, call);
        for (const auto& topic : p.publishes + p.consumes)
            if (!topics.contains(topic))
                return QStringLiteral("%1 names topic %2, which is not here").arg(p.name, topic);
    }
    return {};
}

const CataloguePart* Catalogue::part(const QString& name) const {
    const auto found = std::find_if(m_parts.begin(), m_parts.end(), [&](const auto& p) { return p.name == name; });
    return found == m_parts.end() ? nullptr : &*found;
}

QStringList Catalogue::schemas() const {
    QStringList schemas;
    for (const auto& part : m_parts)
        if (!part.schema.isEmpty()) schemas << part.schema;
    return schemas;
}

QStringList Catalogue::stoppedBefore(const QString& name) const {
    const auto* stopped = part(name);
    QStringList before;
    for (const auto& other : m_parts) {
        const bool doorFirst = stopped && stopped->kind == PartKind::service && other.kind == PartKind::door;
        if (other.needs.contains(name) || doorFirst) before << other.name;
    }
    return before;
}

}  // namespace nova::stack
