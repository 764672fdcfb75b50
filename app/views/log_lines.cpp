#include "app/views/log_lines.h"

#include <QRegularExpression>

namespace nova::views {

using namespace Qt::StringLiterals;

models::LogLine logLineOf(const stack::LogLine& line) {
    static const QRegularExpression own(u"^\\d{4}-\\d\\d-\\d\\dT\\S+ [EWID] (\\S+)\\s+(.*)$"_s);
    static const QRegularExpression kafka(u"^\\[[\\d: ,-]+\\] [A-Z]+ (.*?)(?: \\(([\\w.]+)\\))?$"_s);
    static const QRegularExpression postgres(u"^\\d{4}-\\d\\d-\\d\\d [\\d:.]+ \\S+ \\[\\d+\\] (.*)$"_s);
    static const QRegularExpression redis(u"^\\d+:[A-Z] \\d\\d \\w+ \\d{4} [\\d:.]+ [*#.-] (.*)$"_s);
    models::LogLine result;
    result.timeUs = line.at * 1000;
    result.source = line.part;
    result.level = line.level == u'E'   ? models::LogLevel::Error
                   : line.level == u'W' ? models::LogLevel::Warn
                   : line.level == u'D' ? models::LogLevel::Debug
                                        : models::LogLevel::Info;
    result.text = line.text;
    if (const auto match = own.match(line.text); match.hasMatch()) {
        result.component = match.captured(1);
        result.text = match.captured(2);
    } else if (const auto ofKafka = kafka.match(line.text); ofKafka.hasMatch()) {
        result.component = ofKafka.captured(2).section(u'.', -1);
        result.text = ofKafka.captured(1);
    } else if (const auto ofPostgres = postgres.match(line.text); ofPostgres.hasMatch()) {
        result.text = ofPostgres.captured(1);
    } else if (const auto ofRedis = redis.match(line.text); ofRedis.hasMatch()) {
        result.text = ofRedis.captured(1);
    }
    return result;
}

}  // namespace nova::views
