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
    const auto sync = json.value(u"sync").toObject();
    design.syncAnswerMs = sync.value(u"answer_ms").toDouble();
    design.syncEffectMs = sync.value(u"effect_ms").toDouble();
    design.classMs = json.value(u"class_ms").toDouble();
    design.effectText = json.value(u"effect").toString();
    design.sum = json.value(u"sum").toString();
    design.effects = strings(json.value(u"effects"));
    design.effectService = json.value(u"effect_service").toString();
    design.events = strings(json.value(u"events"));
    for (const auto& step : json.value(u"steps").toArray()) design.steps.append(stepOf(step.toObject()));
    return design;
}

struct Designs {
    QHash<QString, Design> actions;
    QHash<QString, QVector<DesignedMoment>> scenarios;
    QHash<QString, double> figures;
};

QVector<DesignedMoment> momentsOf(const QJsonArray& json) {
    QVector<DesignedMoment> moments;
    for (const auto& value : json) {
        const auto moment = value.toObject();
        moments.append(
            {moment.value(u"at_ms").toDouble(), moment.value(u"what").toString(), moment.value(u"key").toString()});
    }
    return moments;
}

Designs read() {
    loadDesigns();
    QFile file(QStringLiteral(":/nova/designs.json"));
    QJsonParseError fault;
    if (!file.open(QIODevice::ReadOnly)) qFatal("the designs are not built in");
    const auto json = QJsonDocument::fromJson(file.readAll(), &fault).object();
    if (fault.error != QJsonParseError::NoError) qFatal("designs.json: %s", qPrintable(fault.errorString()));
    Designs designs;
    const auto actions = json.value(u"actions").toObject(), scenarios = json.value(u"scenarios").toObject(),
               figures = json.value(u"figures").toObject();
    for (auto it = actions.begin(); it != actions.end(); ++it)
        designs.actions.insert(it.key(), designOf(it.value().toObject()));
    for (auto it = scenarios.begin(); it != scenarios.end(); ++it)
        designs.scenarios.insert(it.key(), momentsOf(it.value().toArray()));
    for (auto it = figures.begin(); it != figures.end(); ++it) designs.figures.insert(it.key(), it.value().toDouble());
    return designs;
}

const Designs& designs() {
    static const Designs all = read();
    return all;
}

}  // namespace

const Design* designOf(const QString& action) {
    const auto& actions = designs().actions;
    const auto found = actions.constFind(action);
    return found == actions.constEnd() ? nullptr : &found.value();
}

QVector<DesignedMoment> designedMoments(const QString& scenario) {
    return designs().scenarios.value(scenario);
}

std::optional<double> designedFigure(const QString& name) {
    const auto& figures = designs().figures;
    const auto found = figures.constFind(name);
    return found == figures.constEnd() ? std::nullopt : std::optional(found.value());
}

QString actionOfEvent(const QString& type) {
    const auto& actions = designs().actions;
    for (auto it = actions.begin(); it != actions.end(); ++it) {
        if (it->events.contains(type)) return it.key();
    }
    return {};
}

}  // namespace nova::engine
