// Nova's topology over a cluster that is not ours: what is not reachable is drawn dashed.
#include <QCoreApplication>
#include <algorithm>

#include "app/views/cluster_rows.h"
#include "app/views/services_map.h"
#include "widgets/theme/numbers.h"

namespace nova::views {

using namespace Qt::StringLiterals;
using engine::ClusterLook;
using stack::Catalogue;
using stack::CataloguePart;
using theme::Status;
using topology::EdgeState;

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(ClusterMap)
};

bool isUsed(const Catalogue& catalogue, const QString& topic) {
    return std::any_of(catalogue.parts().begin(), catalogue.parts().end(), [&](const auto& part) {
        return part.publishes.contains(topic) || part.consumes.contains(topic);
    });
}

class Map {
public:
    Map(const Catalogue& catalogue, const engine::Target& target, const ClusterLook& look, const FiguresByPart& figures)
        : m_catalogue(catalogue), m_target(target), m_look(look), m_figures(figures) {}

    topology::Data make() {
        put(u"users"_s, topology::Column::Users, topology::NodeKind::People, Text::tr("Users"), Text::tr("GraphQL"),
            u"people"_s, true);
        for (const auto& part : m_catalogue.parts()) {
            if (part.lane != stack::Lane::topics) putPart(part);
        }
        for (const auto& topic : m_catalogue.topics()) putTopic(topic);
        for (const auto& part : m_catalogue.parts()) join(part);
        return std::move(m_data);
    }

private:
    static topology::Column columnOf(stack::Lane lane) {
        switch (lane) {
            case stack::Lane::door:
                return topology::Column::Gateway;
            case stack::Lane::writers:
                return topology::Column::Writers;
            case stack::Lane::consumers:
                return topology::Column::Consumers;
            case stack::Lane::topics:
                return topology::Column::Topics;
            case stack::Lane::stores:
                break;
        }
        return topology::Column::Stores;
    }

    void put(const QString& id, topology::Column column, topology::NodeKind kind, const QString& title,
             const QString& subtitle, const QString& colour, bool known, const QString& toolTip = {}) {
        const auto status = kind == topology::NodeKind::People || known ? Status::None : Status::Unknown;
        m_data.nodes.push_back({id, column, kind, title, subtitle, colour, status, {}, !known, toolTip});
    }

    [[nodiscard]] const engine::TopicRow* topic(const QString& name) const {
        const auto found =
            std::find_if(m_look.topics.begin(), m_look.topics.end(), [&](const auto& one) { return one.name == name; });
        return found == m_look.topics.end() ? nullptr : &*found;
    }

    // How a part can be reached by this profile; empty: not at all.
    [[nodiscard]] QString reachOf(const CataloguePart& part) const {
        if (part.name == "postgres"_L1) return m_target.postgres.isEmpty() ? QString() : Text::tr("read-only role");
        if (part.name == "redis"_L1) return m_target.redis.isEmpty() ? QString() : Text::tr("in this profile");
        if (part.kind == stack::PartKind::door && !m_target.graphql.isEmpty()) return Text::tr("in this profile");
        const auto replicas = std::count_if(m_target.processes.begin(), m_target.processes.end(),
                                            [&](const auto& process) { return process.name == part.name; });
        if (replicas == 0) return {};
        const auto figures = m_figures.constFind(part.name);
        if (figures == m_figures.cend()) return Text::tr("×%1 · no metrics yet").arg(replicas);
        QString what;
        if (figures->requests)
            what = Text::tr("answered · %1").arg(theme::rate(*figures->requests));
        else if (figures->outbox)
            what = Text::tr("outbox %1").arg(theme::count(*figures->outbox));
        else if (!part.consumes.isEmpty())
            what = Text::tr("lag %1").arg(theme::count(figures->lagInAll()));
        return what.isEmpty() ? Text::tr("×%1").arg(replicas) : Text::tr("×%1 · %2").arg(replicas).arg(what);
    }

    void putPart(const CataloguePart& part) {
        const QString reach = reachOf(part);
        if (!reach.isEmpty()) m_reached.insert(part.name);
        put(part.name, columnOf(part.lane), part.isStore() ? topology::NodeKind::Store : topology::NodeKind::Service,
            part.label, reach.isEmpty() ? Text::tr("not in this profile") : reach, part.name, !reach.isEmpty(),
            reach.isEmpty() ? Text::tr("%1: the profile has no address of it").arg(part.label) : QString());
    }

    void putTopic(const stack::CatalogueTopic& entry) {
        if (!isUsed(m_catalogue, entry.name)) return;
        const auto* there = topic(entry.name);
        if (!there) {
            return put(entry.name, topology::Column::Topics, topology::NodeKind::Topic, entry.name,
                       Text::tr("not in this cluster"), entry.name, false);
        }
        QString what = Text::tr("%1 partitions").arg(there->partitions.size());
        if (there->rate) what += u" · "_s + theme::rate(*there->rate);
        put(entry.name, topology::Column::Topics, topology::NodeKind::Topic, entry.name, what, entry.name, true);
        auto& node = m_data.nodes.back();
        if (there->leaderless() > 0)
            node.status = Status::Err;
        else if (there->underReplicated() > 0)
            node.status = Status::Warn;
        m_reached.insert(entry.name);
    }

    void edge(const QString& from, const QString& to, double rate, bool bus = false) {
        const bool moving = rate > 0 && (m_reached.contains(from) || m_reached.contains(to));
        m_data.edges.push_back({from, to, rate, moving ? EdgeState::Normal : EdgeState::Idle, bus});
    }

    void join(const CataloguePart& part) {
        const auto figures = m_figures.value(part.name);
        if (part.kind == stack::PartKind::door) {
            edge(u"users"_s, part.name, figures.requests.value_or(-1));
            for (const auto& called : part.calls) edge(part.name, called, m_figures.value(called).calls.value_or(-1));
            return;
        }
        for (const auto& name : part.publishes) {
            const auto* there = topic(name);
            edge(part.name, name, there ? there->rate.value_or(-1) : -1);
        }
        for (const auto& name : part.consumes) edge(name, part.name, figures.consumed.value(name, -1));
        if (part.isStore()) return;
        for (const auto& store : part.needs) {
            if (store != "kafka"_L1) edge(part.name, store, -1, part.lane != stack::Lane::consumers);
        }
    }

    const Catalogue& m_catalogue;
    const engine::Target& m_target;
    const ClusterLook& m_look;
    const FiguresByPart& m_figures;
    QSet<QString> m_reached;
    topology::Data m_data;
};

}  // namespace

bool hasNova(const Catalogue& catalogue, const ClusterLook& look) {
    return std::any_of(look.topics.begin(), look.topics.end(),
                       [&](const auto& topic) { return isUsed(catalogue, topic.name); });
}

topology::Data clusterMapOf(const Catalogue& catalogue, const engine::Target& target, const ClusterLook& look,
                            const FiguresByPart& figures) {
    return Map(catalogue, target, look, figures).make();
}

}  // namespace nova::views
