#include "app/engine/traffic/capture.h"

#include <csv.h>
#include <sodium.h>

#include <QFile>
#include <QSaveFile>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>

#include "app/engine/traffic/decode.h"
#include "app/engine/traffic/generic_decoders.h"
#include "app/engine/traffic/proto_json.h"
#include "kit/runtime/ids.h"

namespace nova::engine {
namespace {

using Json = nlohmann::ordered_json;
constexpr qint64 longestLine = 256 << 20;  // bytes; a record of Kafka's usual limit is a hundredth of it
constexpr const char* columns[] = {"topic",       "partition", "offset",    "time",       "key",
                                   "key_base64",  "type",      "event_id",  "trace_id",   "size",
                                   "header_list", "payload",   "tombstone", "undecodable"};

std::string textOf(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

void putCell(std::string& line, const std::string& text) {
    if (!line.empty()) line += ',';
    const auto at = line.size();
    line.resize(at + 2 * text.size() + 2);  // every character a quote, and two around them
    line.resize(at + csv_write(line.data() + at, line.size() - at, text.data(), text.size()));
}

std::string headLine() {
    std::string line;
    for (const char* name : columns) putCell(line, name);
    return line + "\r\n";
}

std::string csvLine(const Json& json) {
    std::string line;
    for (const char* name : columns) {
        const auto cell = json.find(name);
        const bool none = cell == json.end() || cell->is_null();
        putCell(line, none ? std::string() : cell->is_string() ? cell->get<std::string>() : textOf(*cell));
    }
    return line + "\r\n";
}

kit::Error faultOf(const QFileDevice& file) {
    return kit::permanent(file.fileName().toStdString() + ": " + file.errorString().toStdString());
}

std::optional<std::string> fromBase64(const std::string& text) {
    std::string bytes(text.size() / 4 * 3 + 3, '\0');
    std::size_t size = 0;
    if (sodium_base642bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(), text.data(), text.size(),
                          nullptr, &size, nullptr, sodium_base64_VARIANT_ORIGINAL) != 0)
        return std::nullopt;
    bytes.resize(size);
    return bytes;
}

// Throws std::exception, which says what is wrong.
class LineReader {
public:
    explicit LineReader(const std::string& text) : m_json(Json::parse(text)) {}

    Event event() const {
        Event event;
        event.topic = Names::topic(m_json.at("topic").get<std::string>());
        event.partition = m_json.at("partition").get<int>();
        event.offset = m_json.at("offset").get<std::int64_t>();
        event.timestampMs = time();
        const auto key = bytes(m_json, "key");
        event.hasKey = key.has_value();
        if (key) event.key = *key;
        const auto tombstone = m_json.find("tombstone");
        event.tombstone = tombstone != m_json.end() && tombstone->get<bool>();
        if (!event.tombstone) {
            const auto value = bytes(m_json, "value");
            if (!value) throw std::runtime_error("it has no value_base64: only exports can be opened");
            event.value = *value;
        }
        event.headerBlob = packHeaders(headers());
        readParts(event);
        return event;
    }

private:
    // `name`, or `name_base64` where the bytes are no text; none: null, or neither is there.
    static std::optional<std::string> bytes(const Json& json, const std::string& name) {
        if (const auto coded = json.find(name + "_base64"); coded != json.end()) {
            auto plain = fromBase64(coded->get<std::string>());
            if (!plain) throw std::runtime_error(name + "_base64 is no base64");
            return plain;
        }
        const auto text = json.find(name);
        return text == json.end() || text->is_null() ? std::nullopt : std::optional(text->get<std::string>());
    }
    std::int64_t time() const {
        const auto& text = m_json.at("time");
        if (text.is_null()) return -1;
        const auto time = kit::parseRfc3339(text.get<std::string>());
        if (!time) throw std::runtime_error("its time is none");
        return std::chrono::floor<std::chrono::milliseconds>(*time).time_since_epoch().count();
    }
    kit::kafka::HeaderList headers() const {
        kit::kafka::HeaderList list;
        for (const auto& entry : m_json.at("header_list"))
            list.emplace_back(bytes(entry, "name").value_or(""), bytes(entry, "value").value_or(""));
        return list;
    }
    const Json m_json;
};

}  // namespace

struct CaptureWriter::Impl {
    Impl(const QString& path, CaptureFormat as) : file(path), format(as) {}
    QSaveFile file;
    const CaptureFormat format;
    std::int64_t events = 0;
};

CaptureWriter::CaptureWriter(std::unique_ptr<Impl> impl) : m_impl(std::move(impl)) {}
CaptureWriter::CaptureWriter(CaptureWriter&&) noexcept = default;
CaptureWriter& CaptureWriter::operator=(CaptureWriter&&) noexcept = default;
CaptureWriter::~CaptureWriter() = default;

kit::Result<CaptureFormat> CaptureWriter::formatOf(const QString& file) {
    if (file.endsWith(QLatin1String(".jsonl"), Qt::CaseInsensitive)) return CaptureFormat::jsonLines;
    if (file.endsWith(QLatin1String(".csv"), Qt::CaseInsensitive)) return CaptureFormat::csv;
    return kit::badInput(file.toStdString() + " ends in neither .jsonl nor .csv",
                         "JSON Lines can be opened again, CSV is for spreadsheets");
}

kit::Result<CaptureWriter> CaptureWriter::make(const QString& file) {
    BOOST_OUTCOME_TRY(const auto format, formatOf(file));
    auto impl = std::make_unique<Impl>(file, format);
    if (!impl->file.open(QIODevice::WriteOnly)) return faultOf(impl->file);
    const auto head = headLine();
    if (format == CaptureFormat::csv && impl->file.write(head.data(), static_cast<qint64>(head.size())) < 0)
        return faultOf(impl->file);
    return CaptureWriter(std::move(impl));
}

kit::Result<void> CaptureWriter::write(const Event& event) {
    auto json = toJson(event);
    std::string line;
    if (m_impl->format == CaptureFormat::csv) {
        line = csvLine(json);
    } else {
        if (!event.tombstone) json["value_base64"] = base64(event.value);
        line = textOf(json) + '\n';
    }
    if (m_impl->file.write(line.data(), static_cast<qint64>(line.size())) < 0) return faultOf(m_impl->file);
    ++m_impl->events;
    return kit::outcome::success();
}

kit::Result<void> CaptureWriter::commit() {
    if (!m_impl->file.commit()) return faultOf(m_impl->file);
    return kit::outcome::success();
}

std::int64_t CaptureWriter::events() const {
    return m_impl->events;
}

kit::Result<std::int64_t> readCapture(const QString& name, const std::function<bool(Event&&)>& event) {
    QFile file(name);
    if (!file.open(QIODevice::ReadOnly))
        return kit::Error{kit::ErrorKind::notFound, name.toStdString() + ": " + file.errorString().toStdString(), {}};
    const auto wrong = [&](std::int64_t line, const std::string& why) {
        return kit::badInput(name.toStdString() + ", line " + std::to_string(line) + ": " + why,
                             "`nova-console traffic --export FILE.jsonl` writes such files");
    };
    std::int64_t events = 0;
    for (std::int64_t line = 1; !file.atEnd(); ++line) {
        const auto text = file.readLine(longestLine);
        if (text.trimmed().isEmpty()) continue;
        try {
            auto read = LineReader(text.toStdString()).event();
            ++events;
            if (!event(std::move(read))) break;
        } catch (const std::exception& fault) {
            return wrong(line, wordsOf(fault));
        }
    }
    return events;
}

}  // namespace nova::engine
