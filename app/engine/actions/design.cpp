#include "app/engine/actions/design.h"

#include <QFile>
#include <QHash>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

static void loadDesigns() {
    Q_INIT_RESOURCE(engine);
}  // must stand outside a namespace

namespace nova::engine {
namespace {

QStringList strings(const QJsonValue& value) {
    QStringList list;
    for (const auto& item : value.toArray()) list << item.toString();
    return list;
}

Design::Step stepOf(const QJsonObject& json) {
    return {json.value(u"service").toString(), json.value(u"kind").toString(), json.value(u"name").toString(),
            json.value(u"from").toString(), json.value(u"budget_ms").toDouble()};
}

Design designOf(const QJsonObject& json) {
    Design design;
    design.answerMs = json.value(u"answer_ms").toDouble();
    design.effectMs = json.value(u"effect_ms").toDouble();
    design.classMs = json.value(u"class_ms").toDouble();
    design.effectText = json.value(u"effect").toString();
    design.sum = json.value(u"sum").toString();
    design.effects = strings(json.value(u"effects"));
    design.effectService = json.value(u"effect_service").toString();
    design.events = strings(json.value(u"events"));
    for (const auto& step : json.value(u"steps").toArray()) design.steps.append(stepOf(step.toObject()));
    return design;
}

const QHash<QString, Design>& designs() {
    static const QHash<QString, Design> all = [] {
        loadDesigns();
        QFile file(QStringLiteral(":/nova/designs.json"));
        QJsonParseError fault;
        if (!file.open(QIODevice::ReadOnly)) qFatal("the designs are not built in");
        const auto actions = QJsonDocument::fromJson(file.readAll(), &fault).object().value(u"actions").toObject();
        if (fault.error != QJsonParseError::NoError) qFatal("designs.json: %s", qPrintable(fault.errorString()));
        QHash<QString, Design> read;
        for (auto it = actions.begin(); it != actions.end(); ++it)
            read.insert(it.key(), designOf(it.value().toObject()));
        return read;
    }();
    return all;
}

}  // namespace

const Design* designOf(const QString& action) {
    const auto found = designs().constFind(action);
    return found == designs().constEnd() ? nullptr : &found.value();
}

QString actionOfEvent(const QString& type) {
    for (auto it = designs().begin(); it != designs().end(); ++it) {
        if (it->events.contains(type)) return it.key();
    }
    return {};
}

}  // namespace nova::engine
