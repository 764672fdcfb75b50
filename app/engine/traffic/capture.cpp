#include "app/engine/traffic/capture.h"

#include <csv.h>
#include <sodium.h>

#include <QFile>
#include <QSaveFile>
#include <algorithm>
#include <exception>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <stdexcept>

#include "app/engine/traffic/decode.h"
#include "app/engine/traffic/generic_decoders.h"
#include "app/engine/traffic/proto_json.h"
#include "kit/runtime/ids.h"

namespace nova::engine {
namespace {

using Json = nlohmann::ordered_json;
constexpr qint64 csvAtOnce = 64 << 10;
constexpr qint64 longestLine = 256 << 20;  // bytes; a record of Kafka's usual limit is a hundredth of it
constexpr const char* columns[] = {"topic",       "partition", "offset",    "time",        "key",
                                   "key_base64",  "type",      "event_id",  "trace_id",    "size",
                                   "header_list", "payload",   "tombstone", "undecodable", "value_base64",
                                   "cut"};

std::string textOf(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

void putCell(std::string& line, const std::string& text) {
    const auto at = line.size();
    line.resize(at + 2 * text.size() + 2);  // every character a quote, and two around them
    line.resize(at + csv_write(line.data() + at, line.size() - at, text.data(), text.size()));
}

std::string headLine() {
    std::string line;
    for (const char* name : columns) {
        if (!line.empty()) line += ',';
        putCell(line, name);
    }
    return line + "\r\n";
}

std::string csvLine(const Json& json) {
    std::string line;
    for (const char* name : columns) {
        if (name != columns[0]) line += ',';
        const auto cell = json.find(name);
        if (cell == json.end() || cell->is_null()) continue;
        putCell(line, cell->is_string() ? cell->get<std::string>() : textOf(*cell));
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
    explicit LineReader(Json json) : m_json(std::move(json)) {}

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
        if (m_json.contains("cut")) event.cutFrom = m_json.at("size").get<std::size_t>();
        event.headerBlob = packHeaders(headers());
        readParts(event, {true, !event.isCut()});
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

// A CSV's rows as JSON objects: what CsvReader hands over is what a line of JSON Lines would be.
class CsvReader {
public:
    using Row = std::function<bool(Json row)>;
    // `number`: of the row that is read; the head is 1.
    CsvReader(std::int64_t& number, Row row) : m_row(std::move(row)), m_number(number) {
        m_number = 0;
        if (csv_init(&m_parser, CSV_STRICT | CSV_STRICT_FINI | CSV_EMPTY_IS_NULL) != 0) throw std::bad_alloc();
    }
    CsvReader(const CsvReader&) = delete;
    CsvReader& operator=(const CsvReader&) = delete;
    ~CsvReader() { csv_free(&m_parser); }

    // False: no more is wanted. What `row` throws comes out here.
    bool read(const char* bytes, std::size_t size) {
        if (csv_parse(&m_parser, bytes, size, onCell, onRow, this) != size && !m_fault) fail();
        return goOn();
    }
    void end() {
        if (csv_fini(&m_parser, onCell, onRow, this) != 0) fail();
        goOn();
        if (m_head.empty()) throw std::runtime_error("it is empty");
    }

private:
    // No exception may pass through the parser, which is C: the first is kept, and the rest of the bytes left.
    static void onCell(void* text, std::size_t size, void* self) {
        auto& reader = *static_cast<CsvReader*>(self);
        if (text)
            reader.m_cells.emplace_back(std::string(static_cast<const char*>(text), size));
        else
            reader.m_cells.emplace_back(std::nullopt);
    }
    static void onRow(int, void* self) {
        auto& reader = *static_cast<CsvReader*>(self);
        ++reader.m_number;
        try {
            if (!reader.m_over && !reader.m_fault) reader.take();
        } catch (...) {
            reader.m_fault = std::current_exception();
        }
        reader.m_cells.clear();
    }
    [[noreturn]] void fail() {
        throw std::runtime_error(std::string("it is no CSV: ") + csv_strerror(csv_error(&m_parser)));
    }
    bool goOn() {
        if (m_fault) std::rethrow_exception(m_fault);
        return !m_over;
    }
    void take() {
        if (m_head.empty()) {
            for (const auto& cell : m_cells) m_head.push_back(cell.value_or(""));
            if (std::ranges::find(m_head, "value_base64") == m_head.end())
                throw std::runtime_error("it has no column value_base64: only exports can be opened");
            return;
        }
        if (m_cells.size() != m_head.size())
            throw std::runtime_error("it has " + std::to_string(m_cells.size()) + " columns, and the head " +
                                     std::to_string(m_head.size()));
        static const std::set<std::string> asJson{"partition", "offset", "size", "header_list", "tombstone", "cut"};
        Json row = Json::object();
        for (std::size_t i = 0; i < m_cells.size(); ++i) {
            if (m_cells[i]) row[m_head[i]] = asJson.contains(m_head[i]) ? Json::parse(*m_cells[i]) : Json(*m_cells[i]);
        }
        for (const char* name : {"key", "time"}) {
            if (!row.contains(name)) row[name] = nullptr;
        }
        m_over = !m_row(std::move(row));
    }

    const Row m_row;
    csv_parser m_parser{};
    std::vector<std::string> m_head;
    std::vector<std::optional<std::string>> m_cells;
    std::int64_t& m_number;
    bool m_over = false;
    std::exception_ptr m_fault;
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
                         "JSON Lines and CSV can both be opened again");
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
    if (!event.tombstone) json["value_base64"] = base64(event.value);
    const std::string line = m_impl->format == CaptureFormat::csv ? csvLine(json) : textOf(json) + '\n';
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

namespace {

// Each calls `take` with the line's number (1 is the first) and its reader until it returns false, and throws.
using Take = std::function<bool(const LineReader&)>;

void readLines(QFile& file, std::int64_t& line, const Take& take) {
    for (line = 1; !file.atEnd(); ++line) {
        const auto text = file.readLine(longestLine);
        if (!text.trimmed().isEmpty() && !take(LineReader(text.toStdString()))) return;
    }
}

void readRows(QFile& file, std::int64_t& row, const Take& take) {
    CsvReader reader(row, [&](Json json) { return take(LineReader(std::move(json))); });
    while (!file.atEnd()) {
        const auto bytes = file.read(csvAtOnce);
        if (!reader.read(bytes.data(), static_cast<std::size_t>(bytes.size()))) return;
    }
    reader.end();
}

}  // namespace

kit::Result<std::int64_t> readCapture(const QString& name, const std::function<bool(Event&&)>& event) {
    QFile file(name);
    if (!file.open(QIODevice::ReadOnly))
        return kit::Error{kit::ErrorKind::notFound, name.toStdString() + ": " + file.errorString().toStdString(), {}};
    std::int64_t events = 0, line = 1;
    const Take take = [&](const LineReader& reader) {
        auto read = reader.event();
        ++events;
        return event(std::move(read));
    };
    try {
        (name.endsWith(QLatin1String(".csv"), Qt::CaseInsensitive) ? readRows : readLines)(file, line, take);
    } catch (const std::exception& fault) {
        return kit::badInput(name.toStdString() + ", line " + std::to_string(line) + ": " + wordsOf(fault),
                             "`nova-console traffic --export FILE.jsonl` (or .csv) writes such files");
    }
    return events;
}

}  // namespace nova::engine
