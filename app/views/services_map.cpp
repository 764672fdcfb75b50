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

const QString socketsNode = u"sockets"_s;

struct Text {
    Q_DECLARE_TR_FUNCTIONS(ServicesMap)
};

// "×3 · lag 1 312": what its work waits for, where that is measured, else what it weighs.
QString figureOf(const CataloguePart& part, const FiguresByPart& figures, qint64 bytes) {
    const auto found = figures.constFind(part.name);
    if (found == figures.cend() || part.isStore()) return theme::bytes(bytes);
    if (part.kind == stack::PartKind::door && found->requests)
        return Text::tr("answered · %1").arg(theme::rate(*found->requests));
    if (found->outbox) return Text::tr("outbox %1").arg(theme::count(*found->outbox));
    if (!part.consumes.isEmpty()) return Text::tr("lag %1").arg(theme::count(found->lagInAll()));
    return theme::bytes(bytes);
}

QString subtitleOf(const Catalogue& catalogue, const CataloguePart& entry, const QVector<PartStatus>& parts,
                   const FiguresByPart& figures) {
    int replicas = 0, paused = 0;
    qint64 bytes = 0;
    const PartStatus* troubled = nullptr;
    for (const auto& part : parts) {
        if (part.name != entry.name) continue;
        ++replicas;
        bytes += part.rssBytes;
        if (part.state == PartState::paused) ++paused;
        if (part.state != PartState::ready && !troubled) troubled = &part;
    }
    if (troubled && !troubled->blockedBy.isEmpty())
        return Text::tr("waits for %1").arg(labelsOf(catalogue, troubled->blockedBy));
    if (paused > 0 && paused < replicas) return Text::tr("%1 of %2 paused").arg(paused).arg(replicas);
    if (troubled && !isUp(troubled->state)) return theme::stateWord(stack::stateName(troubled->state));
    if (replicas == 0) return theme::stateWord(stack::stateName(PartState::stopped));
    const auto idle = figures.value(entry.name).idle.size();
    QString many = idle > 0 && replicas > 1 ? Text::tr("×%1, %2 idle · ").arg(replicas).arg(idle)
                   : replicas > 1           ? Text::tr("×%1 · ").arg(replicas)
                                            : QString();
    return many + figureOf(entry, figures, bytes);
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

QString toolTipOf(const CataloguePart& part, const FiguresByPart& figures) {
    const auto found = figures.constFind(part.name);
    if (found == figures.cend() || part.isStore()) return {};
    QStringList lines{part.label};
    if (found->requests) lines << Text::tr("%1 requests answered").arg(theme::rate(*found->requests));
    if (found->calls) lines << Text::tr("%1 gRPC calls handled").arg(theme::rate(*found->calls));
    if (found->outbox)
        lines
            << Text::tr("%1 events written and not confirmed by Kafka yet (outbox)").arg(theme::count(*found->outbox));
    for (auto it = found->lag.cbegin(); it != found->lag.cend(); ++it)
        lines << Text::tr("%1 records of %2 not handled yet (lag)").arg(theme::count(it.value()), it.key());
    return lines.join(u'\n');
}

bool isUsed(const Catalogue& catalogue, const QString& topic) {
    return std::any_of(catalogue.parts().begin(), catalogue.parts().end(), [&](const CataloguePart& part) {
        return part.publishes.contains(topic) || part.consumes.contains(topic);
    });
}

bool hasSockets(const CataloguePart& part) {
    return part.ports.contains(u"ws"_s);
}

void addPeople(const Catalogue& catalogue, const FiguresByPart& figures, topology::Data& data) {
    using namespace topology;
    const auto node = [&](const QString& id, const QString& title, const QString& subtitle, const QString& toolTip) {
        data.nodes.push_back({id,
                              Column::Users,
                              NodeKind::People,
                              title,
                              subtitle,
                              u"people"_s,
                              theme::Status::None,
                              {},
                              false,
                              toolTip});
    };
    node(u"users"_s, Text::tr("Users"), Text::tr("GraphQL"), Text::tr("Whoever talks GraphQL to the gateway"));
    for (const auto& part : catalogue.parts()) {
        if (!hasSockets(part)) continue;
        const auto open = figures.value(part.name).sockets;
        node(socketsNode, Text::tr("Sockets"), open ? Text::tr("%1 open").arg(*open) : Text::tr("WebSocket"),
             Text::tr("Whoever keeps a socket open: messages, read receipts and notifications are pushed there"));
    }
}

void addNodes(const Catalogue& catalogue, const QVector<PartStatus>& parts, const TopicRates& rates,
              const FiguresByPart& figures, topology::Data& data) {
    using namespace topology;
    addPeople(catalogue, figures, data);
    for (const auto& part : catalogue.parts()) {
        if (part.lane == stack::Lane::topics) continue;  // Kafka is drawn as its topics
        const auto status = statusOf(stateOf(parts, part.name));
        data.nodes.push_back({part.name, columnOf(part.lane), part.isStore() ? NodeKind::Store : NodeKind::Service,
                              part.label, subtitleOf(catalogue, part, parts, figures), part.name, status,
                              figures.value(part.name).lagInAll() > laggingFrom ? Text::tr("lagging") : QString(),
                              false, toolTipOf(part, figures)});
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

class Edges {
public:
    Edges(const Catalogue& catalogue, const QVector<PartStatus>& parts, const TopicRates& rates,
          const FiguresByPart& figures, topology::Data& data)
        : m_catalogue(catalogue), m_parts(parts), m_rates(rates), m_figures(figures), m_data(data) {
        m_anything = std::any_of(parts.begin(), parts.end(), [](const auto& p) { return p.pid != 0; });
    }

    void add() {
        for (const auto& part : m_catalogue.parts()) {
            if (part.lane == stack::Lane::door) addDoor(part);
            addTopics(part);
            if (hasSockets(part)) addPush(part);
            if (!part.isStore() && part.lane != stack::Lane::door) addStores(part);
        }
    }

private:
    [[nodiscard]] PartState state(const QString& name) const {
        return m_anything ? stateOf(m_parts, name) : PartState::waiting;
    }
    [[nodiscard]] PartFigures of(const QString& part) const { return m_figures.value(part); }

    void put(const QString& from, PartState fromState, const QString& to, PartState toState, double rate,
             bool bus = false) {
        m_data.edges.push_back({from, to, rate, stateOfEdge(fromState, toState, rate), bus});
    }

    void addDoor(const CataloguePart& door) {
        const auto here = state(door.name);
        put(u"users"_s, PartState::ready, door.name, here, of(door.name).requests.value_or(-1));
        for (const auto& called : door.calls)
            put(door.name, here, called, state(called), of(called).calls.value_or(-1));
    }

    void addTopics(const CataloguePart& part) {
        const auto here = state(part.name), kafka = state(u"kafka"_s);
        for (const auto& topic : part.publishes)
            put(part.name, here, topic, kafka, isUp(kafka) ? m_rates.value(topic, -1) : -1);
        for (const auto& topic : part.consumes) {
            put(topic, kafka, part.name, here, of(part.name).consumed.value(topic, -1));
            auto& edge = m_data.edges.back();
            if (of(part.name).lag.value(topic) > laggingFrom && edge.state != topology::EdgeState::Broken)
                edge.state = topology::EdgeState::Lagging;
        }
    }

    void addPush(const CataloguePart& part) {
        put(part.name, state(part.name), socketsNode, PartState::ready, of(part.name).pushes.value_or(-1));
        auto& edge = m_data.edges.back();
        if (edge.state != topology::EdgeState::Broken) edge.state = topology::EdgeState::Push;
    }

    // Consumers stand beside the stores; the others reach each by one shared line.
    void addStores(const CataloguePart& part) {
        for (const auto& store : part.needs) {
            if (store != u"kafka")
                put(part.name, state(part.name), store, state(store), -1, part.lane != stack::Lane::consumers);
        }
    }

    const Catalogue& m_catalogue;
    const QVector<PartStatus>& m_parts;
    const TopicRates& m_rates;
    const FiguresByPart& m_figures;
    topology::Data& m_data;
    bool m_anything = false;
};
}  // namespace

theme::Status statusOf(PartState state) {
    return theme::statusOfState(stack::stateName(state));
}

QString labelOf(const Catalogue& catalogue, const QString& part) {
    const auto* entry = catalogue.part(part);
    return entry ? entry->label : part;
}

topology::Data mapOf(const Catalogue& catalogue, const QVector<PartStatus>& parts, const TopicRates& rates,
                     const FiguresByPart& figures) {
    topology::Data data;
    addNodes(catalogue, parts, rates, figures, data);
    Edges(catalogue, parts, rates, figures, data).add();
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

}  // namespace nova::views
