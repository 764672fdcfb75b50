#include "app/views/services_map.h"

#include <QCoreApplication>
#include <QRegularExpression>

#include <algorithm>
#include <array>

#include "widgets/theme/clock.h"
#include "widgets/theme/numbers.h"

namespace nova::views {

using namespace Qt::StringLiterals;
using stack::Catalogue;
using stack::CataloguePart;
using stack::PartState;
using stack::PartStatus;

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(ServicesMap)
};

bool isUp(PartState state) { return state == PartState::ready || state == PartState::degraded; }

// The worst state among the replicas of a part; stopped when there is none.
PartState stateOf(const QVector<PartStatus>& parts, const QString& name) {
    static constexpr std::array order{PartState::failed,  PartState::stopped,  PartState::waiting, PartState::starting,
                                      PartState::stopping, PartState::paused, PartState::degraded, PartState::ready};
    PartState worst = PartState::ready;
    bool any = false;
    for (const auto& part : parts) {
        if (part.name != name) continue;
        any = true;
        if (std::find(order.begin(), order.end(), part.state) < std::find(order.begin(), order.end(), worst)) worst = part.state;
    }
    return any ? worst : PartState::stopped;
}

QString join(const Catalogue& catalogue, const QStringList& names) {
    QStringList labels;
    for (const auto& name : names) labels << labelOf(catalogue, name.section(u'/', 0, 0));
    return labels.join(Text::tr(" and "));
}

// "waits for PostgreSQL", the note, or what it weighs.
QString subtitleOf(const Catalogue& catalogue, const QVector<PartStatus>& parts, const QString& name) {
    int replicas = 0;
    qint64 bytes = 0;
    const PartStatus* troubled = nullptr;
    for (const auto& part : parts) {
        if (part.name != name) continue;
        ++replicas;
        bytes += part.rssBytes;
        if (part.state != PartState::ready && !troubled) troubled = &part;
    }
    if (troubled && !troubled->blockedBy.isEmpty()) return Text::tr("waits for %1").arg(join(catalogue, troubled->blockedBy));
    if (troubled) return theme::stateWord(stack::stateName(troubled->state));
    if (replicas == 0) return theme::stateWord(stack::stateName(PartState::stopped));
    return replicas > 1 ? Text::tr("×%1 · %2").arg(replicas).arg(theme::bytes(bytes)) : theme::bytes(bytes);
}

topology::Column columnOf(stack::Lane lane) {
    switch (lane) {
    case stack::Lane::door: return topology::Column::Gateway;
    case stack::Lane::writers: return topology::Column::Writers;
    case stack::Lane::topics: return topology::Column::Topics;
    case stack::Lane::consumers: return topology::Column::Consumers;
    case stack::Lane::stores: break;
    }
    return topology::Column::Stores;
}

bool isUsed(const Catalogue& catalogue, const QString& topic) {
    return std::any_of(catalogue.parts().begin(), catalogue.parts().end(), [&](const CataloguePart& part) {
        return part.publishes.contains(topic) || part.consumes.contains(topic);
    });
}

void addNodes(const Catalogue& catalogue, const QVector<PartStatus>& parts, const TopicRates& rates, topology::Data& data) {
    using namespace topology;
    data.nodes.push_back({u"users"_s, Column::Users, NodeKind::People, Text::tr("Users"), Text::tr("GraphQL"),
                          u"people"_s, theme::Status::None, {}, false, Text::tr("Whoever talks GraphQL to the gateway")});
    for (const auto& part : catalogue.parts()) {
        if (part.lane == stack::Lane::topics) continue;        // Kafka is drawn as its topics
        const auto status = statusOf(stateOf(parts, part.name));
        data.nodes.push_back({part.name, columnOf(part.lane), part.isStore() ? NodeKind::Store : NodeKind::Service,
                              part.label, subtitleOf(catalogue, parts, part.name), part.name, status, {}, false, {}});
    }
    const bool kafkaUp = isUp(stateOf(parts, u"kafka"_s));
    for (const auto& topic : catalogue.topics()) {
        if (!isUsed(catalogue, topic.name)) continue;
        const QString measured = rates.contains(topic.name)
            ? Text::tr("%1 partitions · %2").arg(topic.partitions).arg(theme::rate(rates.value(topic.name)))
            : Text::tr("%1 partitions").arg(topic.partitions);
        data.nodes.push_back({topic.name, Column::Topics, NodeKind::Topic, topic.name,
                              kafkaUp ? measured : Text::tr("unknown"), topic.name,
                              kafkaUp ? theme::Status::None : theme::Status::Unknown, {}, !kafkaUp, {}});
    }
}

// Broken is what should run and does not; what is on its way up or down is only idle.
bool isBroken(PartState state) { return state == PartState::failed || state == PartState::stopped; }

topology::EdgeState stateOfEdge(PartState from, PartState to, double rate) {
    if (isBroken(from) || isBroken(to)) return topology::EdgeState::Broken;
    return rate == 0 || !isUp(from) || !isUp(to) ? topology::EdgeState::Idle : topology::EdgeState::Normal;
}

void addEdges(const Catalogue& catalogue, const QVector<PartStatus>& parts, const TopicRates& rates, topology::Data& data) {
    const bool anything = std::any_of(parts.begin(), parts.end(), [](const auto& p) { return p.pid != 0; });
    const auto state = [&](const QString& name) { return anything ? stateOf(parts, name) : PartState::waiting; };
    const auto kafka = state(u"kafka"_s);
    const auto connectParts = [&](const QString& from, const QString& to) {
        data.edges.push_back({from, to, -1, stateOfEdge(state(from), state(to), -1)});
    };
    for (const auto& part : catalogue.parts()) {
        const auto here = state(part.name);
        if (part.lane == stack::Lane::door) {
            data.edges.push_back({u"users"_s, part.name, -1, stateOfEdge(PartState::ready, here, -1)});
            for (const auto& called : part.calls) connectParts(part.name, called);
        }
        for (const auto& topic : part.publishes) {
            const double rate = isUp(kafka) ? rates.value(topic, -1) : -1;
            data.edges.push_back({part.name, topic, rate, stateOfEdge(here, kafka, rate)});
        }
        for (const auto& topic : part.consumes) data.edges.push_back({topic, part.name, -1, stateOfEdge(kafka, here, -1)});
        if (part.lane != stack::Lane::consumers) continue;
        for (const auto& store : part.needs) {
            if (store != u"kafka") connectParts(part.name, store);
        }
    }
}

QString noteOf(const Catalogue& catalogue, const PartStatus& part) {
    if (!part.blockedBy.isEmpty()) return Text::tr("waits for %1").arg(join(catalogue, part.blockedBy));
    if (part.state == PartState::failed || part.state == PartState::stopped) {
        return part.lastError.isEmpty() ? part.note : part.lastError;
    }
    return part.state == PartState::ready ? QString() : part.note;
}

const PartStatus* slowest(const QVector<PartStatus>& parts) {
    const PartStatus* found = nullptr;
    for (const auto& part : parts) {
        const bool waits = part.state == PartState::starting || part.state == PartState::waiting;
        if (!waits) continue;
        // A part that is running and not ready is what the others wait for.
        const bool runs = part.state == PartState::starting && part.upSince.isValid();
        if (!found || (runs && (found->state != PartState::starting || part.upSince < found->upSince))) found = &part;
    }
    return found;
}

Notice startingNotice(const Catalogue& catalogue, const QVector<PartStatus>& parts, const QDateTime& now) {
    Notice notice{Notice::Kind::starting, {}, {}, {}, 0};
    const auto ready = std::count_if(parts.begin(), parts.end(), [](const auto& p) { return isUp(p.state); });
    notice.headline = Text::tr("Starting: %1 of %2 ready.").arg(ready).arg(parts.size());
    const PartStatus* slow = slowest(parts);
    if (!slow) return notice;
    const QString name = labelOf(catalogue, slow->name);
    const QString since = slow->upSince.isValid() ? Text::tr(", %1 so far").arg(theme::duration(double(slow->upSince.msecsTo(now)))) : QString();
    if (!slow->blockedBy.isEmpty()) {
        notice.text = Text::tr("%1 waits for %2%3.").arg(name, join(catalogue, slow->blockedBy), since);
    } else {
        notice.text = slow->note.isEmpty() ? Text::tr("%1 is the slowest%2.").arg(name, since)
                                           : Text::tr("%1 is the slowest: %2%3.").arg(name, slow->note, since);
    }
    return notice;
}

Notice downNotice(const Catalogue& catalogue, const PartStatus& part, const QDateTime& since, const QDateTime& now) {
    const auto* entry = catalogue.part(part.name);
    const bool store = entry && entry->isStore();
    Notice notice{store ? Notice::Kind::storeDown : Notice::Kind::partDown, {}, {}, part.name, part.replica};
    const QString label = labelOf(catalogue, part.name);
    notice.headline = since.isValid()
        ? Text::tr("%1 is down since %2 (%3).").arg(label, theme::clockText(since.toMSecsSinceEpoch() * 1000).left(8),
                                                    theme::age(double(since.msecsTo(now)) / 1000))
        : Text::tr("%1 is down.").arg(label);
    if (part.name == u"kafka") notice.text = Text::tr("Users are still answered: their events wait in the outboxes. Nothing is lost.");
    else if (part.name == u"postgres") notice.text = Text::tr("Nothing can be written until it is back; feeds are served from Redis.");
    else if (part.name == u"redis") notice.text = Text::tr("Feeds cannot be served until it is back; they are rebuilt where Redis lost them.");
    else if (entry && entry->kind == stack::PartKind::door) notice.text = Text::tr("Users reach nothing until it is back.");
    else notice.text = Text::tr("Its events wait in Kafka and are handled when it is back.");
    if (!part.lastError.isEmpty()) notice.text += u' ' + part.lastError;
    return notice;
}

}  // namespace

theme::Status statusOf(PartState state) { return theme::statusOfState(stack::stateName(state)); }

QString labelOf(const Catalogue& catalogue, const QString& part) {
    const auto* entry = catalogue.part(part);
    return entry ? entry->label : part;
}

topology::Data mapOf(const Catalogue& catalogue, const QVector<PartStatus>& parts, const TopicRates& rates) {
    topology::Data data;
    addNodes(catalogue, parts, rates, data);
    addEdges(catalogue, parts, rates, data);
    return data;
}

std::vector<models::ProcessRow> processRows(const Catalogue& catalogue, const QVector<PartStatus>& parts, const QDateTime& now) {
    std::vector<models::ProcessRow> rows;
    for (const auto& part : parts) {
        models::ProcessRow row;
        row.name = part.name;
        row.replica = part.replica;
        row.state = stack::stateName(part.state);
        row.pid = part.pid;
        row.cpuPercent = part.cpuPercent;
        row.rssBytes = part.rssBytes;
        row.restarts = part.restarts;
        if (part.readyMs >= 0) row.readyMs = double(part.readyMs);
        row.port = part.port();
        if (part.pid && part.upSince.isValid()) row.upSeconds = double(part.upSince.secsTo(now));
        row.note = noteOf(catalogue, part);
        row.noteIsBad = part.state == PartState::failed;
        const auto* entry = catalogue.part(part.name);
        row.dependency = entry && entry->isStore();
        rows.push_back(row);
    }
    return rows;
}

QString summaryOf(const QVector<PartStatus>& parts) {
    QStringList words{Text::tr("%1 processes").arg(parts.size())};
    for (const auto state : {PartState::ready, PartState::degraded, PartState::starting, PartState::waiting, PartState::paused,
                             PartState::stopping, PartState::stopped, PartState::failed}) {
        const auto n = std::count_if(parts.begin(), parts.end(), [&](const auto& p) { return p.state == state; });
        if (n > 0) words << QString::number(n) + u' ' + theme::stateWord(stack::stateName(state));
    }
    return words.join(u" · "_s);
}

Notice noticeOf(const Catalogue& catalogue, stack::Phase phase, const QVector<PartStatus>& parts, const QString& failure,
                const QHash<QString, QDateTime>& downSince, const QDateTime& now) {
    switch (phase) {
    case stack::Phase::failed:
        return {Notice::Kind::failed, Text::tr("Nova did not start."), failure, {}, 0};
    case stack::Phase::stopped:
        return {Notice::Kind::stopped, Text::tr("Nova is not running."), Text::tr("Start all (Enter)."), {}, 0};
    case stack::Phase::stopping:
        return {Notice::Kind::stopping, Text::tr("Stopping."), Text::tr("Each part finishes what it has in hand."), {}, 0};
    case stack::Phase::starting: return startingNotice(catalogue, parts, now);
    case stack::Phase::ready:
    case stack::Phase::degraded: break;
    }
    const PartStatus* down = nullptr;
    for (const auto& part : parts) {
        if (isUp(part.state) || part.state == PartState::paused) continue;
        const auto* entry = catalogue.part(part.name);
        if (!down || (entry && entry->isStore() && !catalogue.part(down->name)->isStore())) down = &part;
    }
    if (!down) return {};
    return downNotice(catalogue, *down, downSince.value(down->id()), now);
}

QString readinessLine(const Catalogue& catalogue, const QVector<PartStatus>& parts, const PartStatus& part) {
    const auto mark = [](bool good, bool bad) { return good ? u" ✓"_s : bad ? u" ✕"_s : u" …"_s; };
    QString line = Text::tr("Ready when: process") + mark(part.pid != 0, part.state == PartState::failed);
    if (const auto* entry = catalogue.part(part.name)) {
        for (const auto& need : entry->needs) {
            const auto state = stateOf(parts, need);
            const bool blocked = part.blockedBy.contains(need);
            line += u"   "_s + labelOf(catalogue, need) +
                    mark(isUp(state) && !blocked, state == PartState::failed || state == PartState::stopped);
        }
    }
    line += u"   "_s + Text::tr("answers") + mark(isUp(part.state), part.state == PartState::failed);
    if (!isUp(part.state) && !part.note.isEmpty()) line += u"   "_s + part.note;
    return line;
}

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
