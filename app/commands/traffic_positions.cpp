#include "app/commands/traffic_positions.h"

#include <QFile>
#include <QSaveFile>
#include <nlohmann/json.hpp>

namespace nova::commands {
namespace {

using Json = nlohmann::ordered_json;

Json toJson(const engine::ScanRange& range) {
    Json json{{"topic", range.topic},
              {"partition", range.partition},
              {"from", range.from},
              {"next", range.next},
              {"until", range.until}};
    if (!range.trouble.empty()) json["trouble"] = range.trouble;
    return json;
}

engine::ScanRange rangeOf(const Json& json) {
    engine::ScanRange range{json.at("topic").get<std::string>(),
                            json.at("partition").get<int>(),
                            json.at("from").get<std::int64_t>(),
                            json.at("next").get<std::int64_t>(),
                            json.at("until").get<std::int64_t>(),
                            {}};
    if (range.from < 0 || range.next < range.from || range.until < range.next)
        throw std::runtime_error("the offsets of " + range.topic + " " + std::to_string(range.partition) +
                                 " do not follow each other");
    return range;
}

}  // namespace

const char* endName(engine::ScanEnd end) {
    switch (end) {
        case engine::ScanEnd::limit:
            return "limit";
        case engine::ScanEnd::maxRecords:
            return "records";
        case engine::ScanEnd::maxBytes:
            return "bytes";
        case engine::ScanEnd::maxSeconds:
            return "time";
        case engine::ScanEnd::stopped:
            return "stopped";
        case engine::ScanEnd::unavailable:
            return "unavailable";
        case engine::ScanEnd::running:
        case engine::ScanEnd::reachedEnd:
            break;
    }
    return "all";
}

kit::Result<void> writePositions(const QString& name, const engine::ScanReport& report) {
    Json json{{"end", endName(report.end)},
              {"records", report.records},
              {"matched", report.matched},
              {"bytes", report.bytes},
              {"seconds", report.seconds},
              {"filter_errors", report.filterErrors},
              {"ranges", Json::array()}};
    for (const auto& range : report.ranges) json["ranges"].push_back(toJson(range));
    const auto text = json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
    QSaveFile file(name);
    if (!file.open(QIODevice::WriteOnly) || file.write(text.data(), static_cast<qint64>(text.size())) < 0 ||
        !file.commit())
        return kit::permanent(name.toStdString() + ": " + file.errorString().toStdString());
    return kit::outcome::success();
}

kit::Result<std::vector<engine::ScanRange>> readPositions(const QString& name) {
    QFile file(name);
    if (!file.open(QIODevice::ReadOnly))
        return kit::Error{kit::ErrorKind::notFound, name.toStdString() + ": " + file.errorString().toStdString(), {}};
    std::vector<engine::ScanRange> ranges;
    try {
        const auto json = Json::parse(file.readAll().toStdString());
        for (const auto& each : json.at("ranges")) ranges.push_back(rangeOf(each));
        if (ranges.empty()) throw std::runtime_error("it names no partition");
    } catch (const std::exception& fault) {
        return kit::badInput(name.toStdString() + " tells no positions: " + fault.what(),
                             "`nova-console traffic --positions FILE` writes them");
    }
    return ranges;
}

}  // namespace nova::commands
