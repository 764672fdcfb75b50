#include "app/views/event_diff.h"

#include <QCoreApplication>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "app/engine/traffic/decode.h"
#include "app/views/event_words.h"
#include "widgets/theme/numbers.h"

namespace nova::views {

using namespace Qt::StringLiterals;
using engine::Event;
using models::DiffRow;

namespace {

using Json = nlohmann::ordered_json;
using Fields = std::vector<std::pair<QString, QString>>;

constexpr std::size_t mostFields = 5'000, largestShown = 64 * 1024;

QString word(const char* text) {
    return QCoreApplication::translate("nova::views::EventDiff", text);
}

void flatten(const Json& value, const QString& path, Fields& into) {
    if (into.size() >= mostFields) return;
    const auto below = [&](const QString& name, const Json& child) {
        flatten(child, path.isEmpty() ? name : QString(path + u'.' + name), into);
    };
    if (value.is_object() && !value.empty()) {
        for (const auto& [name, child] : value.items()) below(utf8(name), child);
    } else if (value.is_array() && !value.empty()) {
        for (std::size_t i = 0; i < value.size(); ++i) below(QString::number(i), value[i]);
    } else {
        into.emplace_back(path, value.is_string() ? utf8(value.get<std::string>())
                                                  : utf8(value.dump(-1, ' ', false, Json::error_handler_t::replace)));
    }
}

Fields placeOf(const Event& event) {
    return {{word("topic"), topicOf(event)},
            {word("partition"), QString::number(event.partition)},
            {word("offset"), QString::number(event.offset)},
            {word("time"), fullTime(event.timestampMs)},
            {word("key"), event.hasKey ? textOrHex(event.key) : word("none")},
            {word("size"), event.tombstone ? word("tombstone") : theme::bytes(qint64(event.valueBytes()))}};
}

// A name that comes again is counted: "x-try", "x-try (2)".
Fields headersOf(const Event& event) {
    Fields fields;
    std::map<std::string, int> times;
    for (const auto& [name, value] : event.headers()) {
        const int time = ++times[name];
        fields.emplace_back(time == 1 ? utf8(name) : u"%1 (%2)"_s.arg(utf8(name)).arg(time), textOrHex(value));
    }
    return fields;
}

Fields payloadOf(const Event& event) {
    Fields fields;
    if (event.tombstone) return {{word("value"), word("tombstone")}};
    const auto decoded = engine::decode(event);
    const Json json = decoded.ok ? Json::parse(decoded.json, nullptr, false) : Json();
    if (!decoded.ok || json.is_discarded()) {
        const std::string shown = event.value.substr(0, largestShown);
        return {{word("value"), textOrHex(shown)}};
    }
    flatten(json, {}, fields);
    return fields;
}

void compare(const QString& heading, const Fields& left, const Fields& right, std::vector<DiffRow>& rows) {
    rows.push_back({DiffRow::Kind::heading, heading, {}, {}});
    std::map<QString, QString> others(right.begin(), right.end());
    for (const auto& [field, value] : left) {
        const auto other = others.find(field);
        if (other == others.end()) {
            rows.push_back({DiffRow::Kind::onlyLeft, field, value, {}});
            continue;
        }
        const auto kind = other->second == value ? DiffRow::Kind::same : DiffRow::Kind::changed;
        rows.push_back({kind, field, value, other->second});
        others.erase(other);
    }
    for (const auto& [field, value] : right) {
        if (others.contains(field)) rows.push_back({DiffRow::Kind::onlyRight, field, {}, value});
    }
}

}  // namespace

std::vector<DiffRow> diffOf(const Event& left, const Event& right) {
    std::vector<DiffRow> rows;
    compare(word("Payload"), payloadOf(left), payloadOf(right), rows);
    compare(word("Headers"), headersOf(left), headersOf(right), rows);
    compare(word("Record"), placeOf(left), placeOf(right), rows);
    return rows;
}

}  // namespace nova::views
