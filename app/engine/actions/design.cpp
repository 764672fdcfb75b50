#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include "app/engine/actions/action.h"
#include "app/engine/stack/catalogue.h"

namespace nova::engine {
namespace {

Design designFrom(const QJsonObject& json) {
    Design design;
    design.answerMs = json.value(u"answer").toDouble();
    design.effectMs = json.value(u"effect").toDouble();
    design.classMs = json.value(u"class").toDouble();
    design.effectText = json.value(u"effectText").toString();
    design.sum = json.value(u"sum").toString();
    for (const auto& value : json.value(u"steps").toArray()) {
        const auto step = value.toObject();
        design.steps.append({step.value(u"service").toString(), step.value(u"kind").toString(), step.value(u"name").toString(),
                             step.value(u"side").toString(), step.value(u"budget").toDouble()});
    }
    return design;
}

QMap<QString, Design> load() {
    stack::Catalogue::builtIn();   // registers the resource file that holds both
    QFile file(QStringLiteral(":/nova/designs.json"));
    if (!file.open(QIODevice::ReadOnly)) qFatal("the designs are not built in");
    QMap<QString, Design> designs;
    const auto actions = QJsonDocument::fromJson(file.readAll()).object().value(u"actions").toObject();
    for (auto it = actions.begin(); it != actions.end(); ++it) designs.insert(it.key(), designFrom(it.value().toObject()));
    return designs;
}

}  // namespace

const Design* designOf(const QString& action) {
    static const QMap<QString, Design> designs = load();
    const auto found = designs.constFind(action);
    return found == designs.constEnd() ? nullptr : &found.value();
}

}  // namespace nova::engine
