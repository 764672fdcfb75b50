#include "app/views/services_map.h"

#include <QCoreApplication>
#include <algorithm>
#include <array>

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
    if (troubled && !troubled->blockedBy.isEmpty())
        return Text::tr("waits for %1").arg(labelsOf(catalogue, troubled->blockedBy));
    if (troubled) return theme::stateWord(stack::stateName(troubled->state));
    if (replicas == 0) return theme::stateWord(stack::stateName(PartState::stopped));
    return replicas > 1 ? Text::tr("×%1 · %2").arg(replicas).arg(theme::bytes(bytes)) : theme::bytes(bytes);
}

topology::Column columnOf(stack::Lane lane) {
    switch (lane) {
        case stack::Lane::door:
            return topology::Column::Gateway;
        case stack::Lane::writers:
            return topology::Column::Writers;
        case stack::Lane::topics:
            return topology::Column::Topics;
        case stack::Lane::consumers:
            return topology::Column::Consumers;
        case stack::Lane::stores:
            break;
    }
    return topology::Column::Stores;
}

bool isUsed(const Catalogue& catalogue, const QString& topic) {
    return std::any_of(catalogue.parts().begin(), catalogue.parts().end(), [&](const CataloguePart& part) {
        return part.publishes.contains(topic) || part.consumes.contains(topic);
    });
}

void addNodes(const Catalogue& catalogue, const QVector<PartStatus>& parts, const TopicRates& rates,
              topology::Data& data) {
    using namespace topology;
    data.nodes.push_back({u"users"_s,
                          Column::Users,
                          NodeKind::People,
                          Text::tr("Users"),
                          Text::tr("GraphQL"),
                          u"people"_s,
                          theme::Status::None,
                          {},
                          false,
                          Text::tr("Whoever talks GraphQL to the gateway")});
    for (const auto& part : catalogue.parts()) {
        if (part.lane == stack::Lane::topics) continue;  // Kafka is drawn as its topics
        const auto status = statusOf(stateOf(parts, part.name));
        data.nodes.push_back({part.name,
                              columnOf(part.lane),
                              part.isStore() ? NodeKind::Store : NodeKind::Service,
                              part.label,
                              subtitleOf(catalogue, parts, part.name),
                              part.name,
                              status,
                              {},
                              false,
                              {}});
    }
    const bool kafkaUp = isUp(stateOf(parts, u"kafka"_s));
    for (const auto& topic : catalogue.topics()) {
        if (!isUsed(catalogue, topic.name)) continue;
        const QString measured =
            rates.contains(topic.name)
                ? Text::tr("%1 partitions · %2").arg(topic.partitions).arg(theme::rate(rates.value(topic.name)))
                : Text::tr("%1 partitions").arg(topic.partitions);
        data.nodes.push_back({topic.name,
                              Column::Topics,
                              NodeKind::Topic,
                              topic.name,
                              kafkaUp ? measured : Text::tr("unknown"),
                              topic.name,
                              kafkaUp ? theme::Status::None : theme::Status::Unknown,
                              {},
                              !kafkaUp,
                              {}});
    }
}

// Broken is what should run and does not; what is on its way up or down is only idle.
bool isBroken(PartState state) {
    return state == PartState::failed || state == PartState::stopped;
}

topology::EdgeState stateOfEdge(PartState from, PartState to, double rate) {
    if (isBroken(from) || isBroken(to)) return topology::EdgeState::Broken;
    return rate == 0 || !isUp(from) || !isUp(to) ? topology::EdgeState::Idle : topology::EdgeState::Normal;
}

void addEdges(const Catalogue& catalogue, const QVector<PartStatus>& parts, const TopicRates& rates,
              topology::Data& data) {
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
        for (const auto& topic : part.consumes)
            data.edges.push_back({topic, part.name, -1, stateOfEdge(kafka, here, -1)});
        if (part.lane != stack::Lane::consumers) continue;
        for (const auto& store : part.needs) {
            if (store != u"kafka") connectParts(part.name, store);
        }
    }
}
}  // namespace

theme::Status statusOf(PartState state) {
    return theme::statusOfState(stack::stateName(state));
}

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

bool isUp(PartState state) {
    return state == PartState::ready || state == PartState::degraded;
}

PartState stateOf(const QVector<PartStatus>& parts, const QString& name) {
    static constexpr std::array order{PartState::failed,   PartState::stopped, PartState::waiting,  PartState::starting,
                                      PartState::stopping, PartState::paused,  PartState::degraded, PartState::ready};
    PartState worst = PartState::ready;
    bool any = false;
    for (const auto& part : parts) {
        if (part.name != name) continue;
        any = true;
        if (std::find(order.begin(), order.end(), part.state) < std::find(order.begin(), order.end(), worst))
            worst = part.state;
    }
    return any ? worst : PartState::stopped;
}

QString labelsOf(const Catalogue& catalogue, const QStringList& names) {
    QStringList labels;
    for (const auto& name : names) labels << labelOf(catalogue, name.section(u'/', 0, 0));
    return labels.join(Text::tr(" and "));
}

// "waits for PostgreSQL", the note, or what it weighs.

}  // namespace nova::views
