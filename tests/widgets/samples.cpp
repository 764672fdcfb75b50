#include "tests/widgets/samples.h"

#include <cmath>

namespace nova::test {

using models::LogLevel;
using theme::Status;
using namespace topology;

namespace {

Node node(const char* id, Column column, NodeKind kind, const char* title, const char* subtitle, const char* color,
          Status status) {
    return {QString::fromUtf8(id),
            column,
            kind,
            QString::fromUtf8(title),
            QString::fromUtf8(subtitle),
            QString::fromUtf8(color),
            status,
            {},
            false,
            {}};
}

Edge edge(const char* from, const char* to, double rate, EdgeState state = EdgeState::Normal) {
    return {QString::fromUtf8(from), QString::fromUtf8(to), rate, state};
}

std::vector<Edge> mapEdges() {
    return {edge("users", "gateway", 5040),
            edge("gateway", "identity", 9),
            edge("gateway", "content", 1204),
            edge("gateway", "media", 88),
            edge("gateway", "messaging", 2310),
            edge("gateway", "social", 1210),
            edge("identity", "t.identity", 3),
            edge("content", "t.content", 1204),
            edge("media", "t.media", 88),
            edge("messaging", "t.message", 2310),
            edge("social", "t.social", 1210),
            edge("t.content", "feed", 1204, EdgeState::Lagging),
            edge("t.social", "feed", -1),
            edge("t.media", "content", -1),
            edge("t.message", "chat", 2310),
            edge("t.social", "notification", 1210),
            edge("feed", "redis", 9604),
            edge("notification", "postgres", 1180),
            edge("chat", "sockets", 2311, EdgeState::Push)};
}

}  // namespace

topology::Data healthyMap() {
    Data data;
    data.nodes = {
        node("users", Column::Users, NodeKind::People, "Users", "5 040 req/s", "people", Status::Ok),
        node("sockets", Column::Users, NodeKind::People, "Sockets", "1 904 open", "people", Status::Ok),
        node("gateway", Column::Gateway, NodeKind::Service, "graphql-gateway", "×2 · p95 44 ms", "graphql-gateway",
             Status::Ok),
        node("identity", Column::Writers, NodeKind::Service, "identity-service", "×1 · outbox 0", "identity",
             Status::Ok),
        node("content", Column::Writers, NodeKind::Service, "content-service", "×2 · outbox 0", "content", Status::Ok),
        node("media", Column::Writers, NodeKind::Service, "media-service", "×1 · outbox 0", "media", Status::Ok),
        node("messaging", Column::Writers, NodeKind::Service, "messaging-service", "×1 · outbox 0", "messaging",
             Status::Ok),
        node("social", Column::Writers, NodeKind::Service, "social-service", "×1 · outbox 0", "social", Status::Ok),
        node("t.identity", Column::Topics, NodeKind::Topic, "nova.identity.events", "6 partitions · 3/s",
             "nova.identity.events", Status::Ok),
        node("t.content", Column::Topics, NodeKind::Topic, "nova.content.events", "6 partitions · 1 204/s",
             "nova.content.events", Status::Ok),
        node("t.media", Column::Topics, NodeKind::Topic, "nova.media.events", "6 partitions · 88/s",
             "nova.media.events", Status::Ok),
        node("t.message", Column::Topics, NodeKind::Topic, "nova.message.events", "6 partitions · 2 310/s",
             "nova.message.events", Status::Ok),
        node("t.social", Column::Topics, NodeKind::Topic, "nova.social.events", "6 partitions · 1 210/s",
             "nova.social.events", Status::Ok),
        node("feed", Column::Consumers, NodeKind::Service, "feed-service", "×3 · lag 1 312", "feed", Status::Warn),
        node("chat", Column::Consumers, NodeKind::Service, "realtime-chat-service", "×2 · lag 4", "chat", Status::Ok),
        node("notification", Column::Consumers, NodeKind::Service, "notification-service", "×1 · lag 21",
             "notification", Status::Ok),
        node("redis", Column::Stores, NodeKind::Store, "Redis", "18 402 op/s · 212 MiB", "redis", Status::Ok),
        node("s3", Column::Stores, NodeKind::Store, "Object storage", "88 put/s from media", "s3", Status::Ok),
        node("postgres", Column::Stores, NodeKind::Store, "PostgreSQL", "6 204 tx/s · 6 services", "postgres",
             Status::Ok),
    };
    data.nodes[13].badge = QStringLiteral("lagging");
    data.edges = mapEdges();
    return data;
}

topology::Data brokenMap() {
    Data data = healthyMap();
    for (Node& made : data.nodes) {
        if (made.kind == NodeKind::Topic) {
            made.unknown = true;
            made.status = Status::Unknown;
            made.subtitle = QStringLiteral("unknown · last 17 s ago");
        }
        if (made.column == Column::Writers) made.status = Status::Warn;
    }
    for (Edge& made : data.edges)
        if (made.from.startsWith(u"t.") || made.to.startsWith(u"t.")) {
            made.state = EdgeState::Broken;
            made.rate = made.rate < 0 ? -1 : 0;
        }
    return data;
}

topology::Data smallMap() {
    Data data;
    data.nodes = {
        node("users", Column::Users, NodeKind::People, "Users", "12 req/s", "people", Status::Ok),
        node("gateway", Column::Gateway, NodeKind::Service, "graphql-gateway", "×1 · p95 6.1 ms", "graphql-gateway",
             Status::Ok),
        node("identity", Column::Writers, NodeKind::Service, "identity-service", "×1 · outbox 0", "identity",
             Status::Ok),
        node("content", Column::Writers, NodeKind::Service, "content-service", "×1 · outbox 0", "content", Status::Ok),
        node("social", Column::Writers, NodeKind::Service, "social-service", "×1 · outbox 0", "social",
             Status::Starting),
        node("t.identity", Column::Topics, NodeKind::Topic, "nova.identity.events", "6 partitions · 0/s",
             "nova.identity.events", Status::Ok),
        node("t.content", Column::Topics, NodeKind::Topic, "nova.content.events", "6 partitions · 4.2/s",
             "nova.content.events", Status::Ok),
        node("t.social", Column::Topics, NodeKind::Topic, "nova.social.events", "6 partitions · 1.1/s",
             "nova.social.events", Status::Ok),
        node("feed", Column::Consumers, NodeKind::Service, "feed-service", "×1 · lag 0", "feed", Status::Ok),
        node("redis", Column::Stores, NodeKind::Store, "Redis", "31 op/s · 2 MiB", "redis", Status::Ok),
        node("postgres", Column::Stores, NodeKind::Store, "PostgreSQL", "14 tx/s", "postgres", Status::Ok),
    };
    data.edges = {edge("users", "gateway", 12),      edge("gateway", "identity", 0, EdgeState::Idle),
                  edge("gateway", "content", 4.2),   edge("gateway", "social", 1.1),
                  edge("gateway", "feed", 3.4),      edge("identity", "t.identity", 0, EdgeState::Idle),
                  edge("content", "t.content", 4.2), edge("social", "t.social", 1.1),
                  edge("t.content", "feed", 4.2),    edge("t.social", "feed", 1.1),
                  edge("t.content", "social", 4.2),  edge("feed", "redis", 31),
                  edge("feed", "postgres", 8),       edge("content", "postgres", -1)};
    return data;
}

std::vector<models::ProcessRow> processes() {
    const auto row = [](const char* name, int replica, const char* state, qint64 pid, double cpu, qint64 mib,
                        double readyMs, int port) {
        models::ProcessRow made;
        made.name = QString::fromUtf8(name);
        made.replica = replica;
        made.state = QString::fromUtf8(state);
        made.pid = pid;
        made.cpuPercent = cpu;
        made.rssBytes = mib << 20;
        if (readyMs > 0) made.readyMs = readyMs;
        made.port = port;
        if (pid > 0) made.upSeconds = 19 * 3600 + 4 * 60;
        return made;
    };
    std::vector<models::ProcessRow> rows{row("graphql-gateway", 0, "ready", 41188, 11, 58, 420, 8080),
                                         row("identity-service", 0, "ready", 41190, 1, 31, 380, 50051),
                                         row("content-service", 0, "degraded", 41204, 24, 96, 610, 50052),
                                         row("social-service", 0, "ready", 41215, 15, 62, 500, 50055),
                                         row("feed-service", 0, "ready", 41220, 61, 142, 1200, 50056),
                                         row("feed-service", 1, "starting", 58731, 38, 77, 0, 50066),
                                         row("feed-service", 2, "waiting", 41222, 0.4, 139, 1180, 50076),
                                         row("kafka", 0, "failed", 0, 0, 0, 0, 9092),
                                         row("postgres", 0, "ready", 40912, 34, 1104, 4100, 5432),
                                         row("redis", 0, "stopped", 0, 0, 0, 0, 6379)};
    rows[4].badge = QStringLiteral("lagging");
    rows[5].restarts = 3;
    rows[5].upSeconds = 4;
    rows[7].note = QStringLiteral("exited 137");
    rows[7].noteIsBad = true;
    for (std::size_t i = 7; i < rows.size(); ++i) rows[i].dependency = true;
    return rows;
}

std::vector<models::LogLine> logLines() {
    constexpr qint64 start = 1795390908011LL * 1000;
    const std::tuple<int, LogLevel, const char*, const char*> lines[] = {
        {0, LogLevel::Error, "feed", "signal 9 (fault: kill, from the console)"},
        {9, LogLevel::Info, "run", "restart 3, backoff 400 ms"},
        {420, LogLevel::Info, "feed", "starting, pid 58731"},
        {511, LogLevel::Info, "redis", "PING 0.2 ms"},
        {519, LogLevel::Info, "postgres", "schema 14, read-only"},
        {860, LogLevel::Info, "consumer", "joined feed-service, generation 41"},
        {1193, LogLevel::Info, "consumer", "assigned content p2 p3"},
        {1195, LogLevel::Info, "consumer", "resume p3 @ 51 882, lag 1 284"},
        {1319, LogLevel::Info, "gate", "6 duplicates suppressed"},
        {1991, LogLevel::Warn, "consumer", "lag 1 312 above 1 000"},
        {3549, LogLevel::Debug, "consumer", "p3 handled 402/s"}};
    std::vector<models::LogLine> made;
    for (const auto& [ms, level, component, text] : lines)
        made.push_back({start + ms * 1000LL, level, QStringLiteral("feed-service/1"), QString::fromUtf8(component),
                        QString::fromUtf8(text)});
    return made;
}

std::vector<charts::RateSeries> rates() {
    const std::pair<const char*, double> topics[] = {{"nova.message.events", 98204}, {"nova.social.events", 61770},
                                                     {"nova.content.events", 48113}, {"nova.media.events", 5902},
                                                     {"nova.identity.events", 388},  {"otlp_spans", 19204},
                                                     {"nova.content.events.dlq", 3}};
    std::vector<charts::RateSeries> series;
    for (const auto& [name, rate] : topics) {
        charts::RateSeries made;
        made.name = QString::fromUtf8(name);
        made.colorKey = made.name;
        made.now = rate;
        made.alarm = made.name.endsWith(u".dlq");
        for (int i = 0; i < 140; ++i)
            made.perSecond.push_back(rate * (0.6 + 0.3 * std::sin(i / 7.0 + rate) + 0.1 * std::sin(i * 1.7)));
        series.push_back(made);
    }
    return series;
}

bool FakeRing::row(quint64 sequence, models::EventRow& row) const {
    if (sequence < first() || sequence >= last()) return false;
    static const char* const topics[] = {"nova.message.events", "nova.social.events", "nova.content.events",
                                         "nova.identity.events", "otlp_spans"};
    static const char* const types[] = {"MessageSent", "PostLiked", "PostCreated", "UserCreated",
                                        "ExportTraceServiceRequest"};
    const auto kind = static_cast<std::size_t>(sequence * 7 % 5);
    row = {};
    row.timeUs = 1795390912000000LL + static_cast<qint64>(sequence) * 50;
    row.topic = QLatin1String(topics[kind]);
    row.type = QLatin1String(types[kind]);
    row.partition = static_cast<int>(sequence % 6);
    row.offset = static_cast<qint64>(51880 + sequence / 6);
    row.key = QStringLiteral("0193a8e3-1c40-7a2e-b7f0-%1").arg(sequence, 12, 16, QChar(u'0'));
    row.version = kind == 2 ? 1 : -1;
    row.user = sequence % 3 ? QStringLiteral("alice") : QStringLiteral("bob");
    row.bytes = static_cast<qint64>(150 + sequence % 300);
    row.latencyMs = 40 + static_cast<double>(sequence % 311) / 10;
    row.duplicate = sequence % 17 == 3;
    row.stale = sequence % 23 == 5;
    row.undecodable = sequence % 29 == 7;
    row.tombstone = sequence % 31 == 9;
    return true;
}

}  // namespace nova::test
