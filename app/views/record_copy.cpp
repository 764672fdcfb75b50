#include "app/views/record_copy.h"

#include <QStringList>
#include <nlohmann/json.hpp>

#include "app/engine/traffic/decode.h"
#include "app/views/shell_word.h"

namespace nova::views {

using namespace Qt::StringLiterals;

namespace {

bool isSecret(const QString& name) {
    return name.contains(u"password"_s) || name.contains(u"secret"_s) || name.endsWith(u".pem"_s);
}

}  // namespace

QString recordJson(const engine::Event& event) {
    return QString::fromStdString(
        engine::toJson(event).dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
}

QString kcatLine(const engine::Event& event, const QString& bootstrap, const kit::kafka::Settings& access) {
    QStringList words{u"kcat"_s, u"-b"_s, shellWord(bootstrap)};
    for (const auto& [key, value] : access) {
        const QString name = QString::fromStdString(key);
        const bool connects =
            name.startsWith(u"security."_s) || name.startsWith(u"sasl."_s) || name.startsWith(u"ssl."_s);
        if (!connects) continue;
        QString variable = name.toUpper();
        words << u"-X"_s
              << (isSecret(name) ? QString(name + u"=\"$"_s + variable.replace(u'.', u'_') + u'"')
                                 : shellWord(name + u'=' + QString::fromStdString(value)));
    }
    words << u"-C"_s << u"-t"_s << shellWord(QString::fromStdString(engine::Names::topicName(event.topic)));
    words << u"-p"_s << QString::number(event.partition) << u"-o"_s << QString::number(event.offset);
    words << u"-c"_s << u"1"_s << u"-e"_s << u"-q"_s;
    words << u"-f"_s << uR"('%t p%p @ %o, %T ms\nkey: %k\nheaders: %h\n%S bytes: %s\n')"_s;
    return words.join(u' ');
}

}  // namespace nova::views
