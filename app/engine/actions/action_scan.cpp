#include "app/engine/actions/action_scan.h"

#include <QCoreApplication>
#include <QDateTime>
#include <algorithm>
#include <array>
#include <limits>

#include "app/engine/cluster/key_reader.h"
#include "app/engine/traffic/scan.h"
#include "contract/topics.h"
#include "kit/trace/span.h"

namespace nova::engine {
namespace {

constexpr int flushEvery = 10'000;  // records between two looks at the store
constexpr qint64 eventsBeforeSpansMs = 60'000;
constexpr std::array<qint64, 2> windowsMs{10 * 60'000, 0};  // back from now; 0: all that is kept

QString say(const char* text, int n = -1) {
    return QCoreApplication::translate("nova::engine::ActionScan", text, nullptr, n);
}

class ActionScan {
public:
    ActionScan(const Target& target, const ActionScanRequest& request, ActionStore& store,
               const std::atomic<bool>& stop)
        : m_target(target),
          m_request(request),
          m_store(store),
          m_stop(stop),
          m_session(target.kafka),
          m_trace(request.traceId.toStdString()) {}

    kit::Result<void> run() {
        for (const qint64 window : windowsMs) {
            if (!m_trace.empty() && window != 0) continue;
            BOOST_OUTCOME_TRY(readSpans(window));
            BOOST_OUTCOME_TRY(readEvents());
            if ((m_request.count > 0 && m_store.traceIds().size() >= m_request.count) || m_stop) break;
        }
        askKeys();
        m_store.setSources(m_sources);
        return kit::outcome::success();
    }

private:
    kit::Result<void> readSpans(qint64 windowMs) {
        ScanRequest request;
        request.topics = {std::string(contract::topic::spans)};
        request.from = windowMs == 0 ? Place{Place::Kind::earliest, 0} : Place{Place::Kind::time, m_now - windowMs};
        int unreadable = 0, read = 0;
        const auto done = scan(
            m_session, request,
            [&](const rd_kafka_message_t& message) {
                if (!isWanted(message)) return true;
                auto spans = decodeSpans({static_cast<const char*>(message.payload), message.len});
                if (!spans) return ++unreadable, true;
                keepWanted(*spans);
                for (const auto& span : *spans) m_firstMs = std::min<qint64>(m_firstMs, span.startNs / 1'000'000);
                m_store.feedSpans(std::move(*spans), rd_kafka_message_timestamp(&message, nullptr));
                if (++read % flushEvery == 0) m_store.flush();
                return true;
            },
            m_stop);
        m_store.flush();
        return settle(done, QStringLiteral("otlp_spans"), unreadable);
    }

    // From a little before the first span; without any span from the beginning.
    kit::Result<void> readEvents() {
        ScanRequest request;
        request.topics = {"nova.*"};
        const bool none = m_firstMs == std::numeric_limits<qint64>::max();
        request.from =
            none ? Place{Place::Kind::earliest, 0} : Place{Place::Kind::time, m_firstMs - eventsBeforeSpansMs};
        int read = 0;
        const auto done = scan(
            m_session, request,
            [&](const rd_kafka_message_t& message) {
                if (!isTraced(message)) return true;
                m_store.feedEvent(eventFrom(&message));
                if (++read % flushEvery == 0) m_store.flush();
                return true;
            },
            m_stop);
        m_store.flush();
        return settle(done, QStringLiteral("events"), 0);
    }

    // A missing topic is no lost connection: there is nothing in it yet.
    kit::Result<void> settle(const kit::Result<ScanReport>& done, const QString& name, int unreadable) {
        m_sources.removeIf([&](const Source& source) { return source.name == name; });
        if (!done && done.error().kind != kit::ErrorKind::badInput) return done.error();
        QString detail = done ? say("%n record(s) read", static_cast<int>(done.value().records))
                              : QString::fromStdString(done.error().what);
        if (unreadable > 0) detail += QStringLiteral(", ") + say("%n of them no OTLP", unreadable);
        const auto trouble = done ? troubleOf(done.value()) : QString();
        if (!trouble.isEmpty()) detail = trouble + QStringLiteral("; ") + detail;
        const auto* state = !done                     ? "not-configured"
                            : trouble.isEmpty()       ? "ok"
                            : isRefused(done.value()) ? "refused"
                                                      : "unreachable";
        m_sources.append({name, QLatin1String(state), detail});
        return kit::outcome::success();
    }

    // Why not all was read; empty: it was.
    static QString troubleOf(const ScanReport& report) {
        for (const auto& range : report.ranges)
            if (!range.trouble.empty())
                return QStringLiteral("%1 %2: %3")
                    .arg(QString::fromStdString(range.topic))
                    .arg(range.partition)
                    .arg(QString::fromStdString(range.trouble));
        return report.end == ScanEnd::reachedEnd ? QString() : say("interrupted");
    }

    // What is told of it.
    static bool isRefused(const ScanReport& report) {
        const auto told = std::find_if(report.ranges.begin(), report.ranges.end(),
                                       [](const ScanRange& range) { return !range.trouble.empty(); });
        return told != report.ranges.end() && ReadSession::isRefusal(told->trouble);
    }

    // The exporter's key is the trace id; others' records may have none.
    bool isWanted(const rd_kafka_message_t& message) const {
        if (m_trace.empty() || message.key_len != m_trace.size()) return message.payload != nullptr;
        return message.payload != nullptr &&
               m_trace == std::string_view(static_cast<const char*>(message.key), message.key_len);
    }

    // Looked at before anything else of the record is decoded: most events of a busy system belong to no trace that was
    // kept.
    bool isTraced(const rd_kafka_message_t& message) const {
        rd_kafka_headers_t* headers = nullptr;
        const void* value = nullptr;
        std::size_t size = 0;
        if (rd_kafka_message_headers(&message, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR ||
            rd_kafka_header_get_last(headers, contract::header::traceParent.data(), &value, &size) !=
                RD_KAFKA_RESP_ERR_NO_ERROR) {
            return false;
        }
        const auto context = kit::trace::Context::parse({static_cast<const char*>(value), size});
        return context && context->sampled && (m_trace.empty() || context->traceIdHex() == m_trace);
    }

    void keepWanted(std::vector<SpanRecord>& spans) const {
        if (!m_trace.empty()) std::erase_if(spans, [&](const SpanRecord& span) { return span.traceId != m_trace; });
    }

    void askKeys() {
        if (m_target.redis.isEmpty()) {
            m_sources.append({QStringLiteral("redis"), QStringLiteral("not-configured"),
                              m_target.local ? say("the run file names no Redis") : say("the profile names no Redis")});
            return;
        }
        const auto open = m_store.openOutcomes();
        auto reader = KeyReader::make(m_target.redis, m_target.kafka.budget());
        if (!reader) {
            m_sources.append(
                {QStringLiteral("redis"), QStringLiteral("refused"), QString::fromStdString(reader.error().what)});
            return;
        }
        QVector<std::pair<QString, QString>> asked;
        for (const auto& one : open) asked.append({one.eventId, one.group});
        const auto states = reader.value().states(asked);
        if (!states) {
            const bool refused = states.error().kind == kit::ErrorKind::forbidden;
            m_sources.append({QStringLiteral("redis"),
                              refused ? QStringLiteral("refused") : QStringLiteral("unreachable"),
                              QString::fromStdString(states.error().what)});
            return;
        }
        for (int i = 0; i < open.size(); ++i) m_store.feedKeyState(open[i], states.value()[i]);
        m_store.flush();
        m_sources.append(
            {QStringLiteral("redis"), QStringLiteral("ok"), say("%n key(s) asked", static_cast<int>(asked.size()))});
    }

    const Target& m_target;
    const ActionScanRequest& m_request;
    ActionStore& m_store;
    const std::atomic<bool>& m_stop;
    const ReadSession m_session;
    const std::string m_trace;
    const qint64 m_now = QDateTime::currentMSecsSinceEpoch();
    qint64 m_firstMs = std::numeric_limits<qint64>::max();
    QVector<Source> m_sources;
};

}  // namespace

kit::Result<void> scanActions(const Target& target, const ActionScanRequest& request, ActionStore& store,
                              const std::atomic<bool>& stop) {
    return ActionScan(target, request, store, stop).run();
}

}  // namespace nova::engine
