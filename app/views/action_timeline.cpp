#include "app/views/action_timeline.h"

#include <QCoreApplication>
#include <QHash>
#include <QSet>
#include <algorithm>

#include "app/engine/actions/design.h"
#include "widgets/theme/numbers.h"

namespace nova::views {

using namespace Qt::StringLiterals;
using engine::Action;
using engine::Hop;
using timeline::ArrowKind;
using timeline::Data;
using timeline::LaneKind;

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(ActionTimeline)
};

const QString caller = u"console"_s;  // the service name of spans that the console sends as a user

// Design §7.2. Services that are not in it stand before the last group.
const QStringList designedOrder{u"people"_s,
                                u"graphql-gateway"_s,
                                u"identity-service"_s,
                                u"content-service"_s,
                                u"media-service"_s,
                                u"messaging-service"_s,
                                u"social-service"_s,
                                u"postgres"_s,
                                u"s3"_s,
                                u"kafka"_s,
                                u"feed-service"_s,
                                u"notification-service"_s,
                                u"redis"_s,
                                u"realtime-chat-service"_s};

LaneKind kindOf(const QString& lane) {
    if (lane == u"people") return LaneKind::People;
    return lane == u"postgres" || lane == u"kafka" || lane == u"redis" || lane == u"s3" ? LaneKind::Store
                                                                                        : LaneKind::Service;
}

// Stronger separators: people and door, writers, stores, consumers.
int groupOf(const QString& lane) {
    if (lane == u"people" || lane == u"graphql-gateway") return 0;
    if (lane == u"postgres" || lane == u"kafka" || lane == u"s3") return 2;
    const auto at = designedOrder.indexOf(lane);
    return at >= 0 && at < designedOrder.indexOf(u"postgres"_s) ? 1 : 3;
}

bool isStatement(const Hop& hop) {
    return hop.kind == u"sql" || hop.kind == u"redis" || hop.kind == u"s3";
}
bool isCall(const Hop& hop) {
    return hop.client && (hop.kind == u"grpc" || hop.kind == u"http") && hop.service != caller;
}

class Builder {
public:
    explicit Builder(const Action& action) : m_action(action) {}

    Data build() {
        QSet<QString> groups;
        for (const auto& hop : m_action.hops) {
            m_children[hop.parent].append(&hop);
            if (hop.kind == u"kafka") groups.insert(hop.group);
        }
        m_groups = int(groups.size());
        makeLanes();
        for (const auto& hop : m_action.hops) {
            if (hop.pending && hop.durationMs <= 0)
                m_data.lanes[std::size_t(m_lane.value(laneOf(hop)))].waiting = waitingOf(hop);
            else if (!isCall(hop))
                addBar(hop);
        }
        for (const auto& hop : m_action.hops) addArrows(hop);
        addMoments();
        m_data.title = Text::tr("%1 by %2").arg(m_action.action, m_action.user);
        m_data.complete = m_action.complete;
        if (!m_action.complete)
            m_data.note = m_action.notes.isEmpty() ? Text::tr("Not complete yet.") : m_action.notes.join(u' ');
        return m_data;
    }

private:
    void makeLanes() {
        QStringList names;
        QHash<QString, QStringList> replicas;
        for (const auto& hop : m_action.hops) {
            const QString lane = laneOf(hop);
            if (!names.contains(lane)) names << lane;
            if (kindOf(lane) == LaneKind::Service && !hop.replica.isEmpty() && !replicas[lane].contains(hop.replica)) {
                replicas[lane] << hop.replica;
            }
        }
        const auto place = [](const QString& name) {
            const auto at = designedOrder.indexOf(name);
            return at < 0 ? designedOrder.size() : at;
        };
        std::stable_sort(names.begin(), names.end(), [&](const auto& a, const auto& b) { return place(a) < place(b); });
        for (const auto& name : names) addLane(name, replicas.value(name));
    }

    void addLane(const QString& name, const QStringList& replicas) {
        timeline::Lane lane;
        lane.id = name;
        lane.kind = kindOf(name);
        lane.colorKey = name;
        lane.title = titleOfLane(name);
        if (lane.kind == LaneKind::People)
            lane.subtitle = Text::tr("this console");
        else if (name == u"kafka")
            lane.subtitle = Text::tr("append to poll");
        else if (lane.kind == LaneKind::Store)
            lane.subtitle = Text::tr("as the caller waits");
        else if (replicas.size() == 1 && replicas.first().section(u'/', 1) != u"0")
            lane.subtitle = u'#' + replicas.first().section(u'/', 1);
        else if (replicas.size() > 1)
            lane.subtitle = Text::tr("%1 replicas").arg(replicas.size());
        lane.groupStart = !m_data.lanes.empty() && groupOf(name) != groupOf(m_data.lanes.back().id);
        m_lane.insert(name, int(m_data.lanes.size()));
        m_data.lanes.push_back(lane);
    }

    QString titleOfLane(const QString& name) const {
        if (name == u"people") return m_action.user.isEmpty() ? Text::tr("user") : m_action.user;
        if (name == u"postgres") return u"PostgreSQL"_s;
        if (name == u"kafka") return u"Kafka"_s;
        if (name == u"s3") return u"S3"_s;
        return name == u"redis" ? u"Redis"_s : name;
    }

    // Nothing measured: said in the lane instead of drawn.
    static QString waitingOf(const Hop& hop) {
        return hop.outcome.isEmpty() || hop.outcome == u"pending"
                   ? Text::tr("waiting for its outcome")
                   : Text::tr("%1; its spans have not come").arg(hop.outcome);
    }

    // What a bar is called on the canvas: short, the lane tells the rest.
    QString labelOf(const Hop& hop) const {
        if (hop.kind == u"kafka")
            return m_groups > 1 && !hop.group.isEmpty() ? Text::tr("queue, %1").arg(hop.group) : Text::tr("queue");
        if (hop.kind == u"outbox") return Text::tr("outbox");
        if (hop.kind == u"produce") return Text::tr("publish");
        if (hop.kind == u"consume") return hop.name.section(u' ', -1);
        return hop.kind == u"grpc" ? hop.name.section(u'/', -1) : hop.kind == u"http" ? m_action.action : hop.name;
    }

    void addBar(const Hop& hop) {
        timeline::Bar bar;
        bar.hop = hop.id;
        bar.lane = m_lane.value(laneOf(hop));
        bar.start = hop.startMs;
        bar.end = hop.endMs();
        bar.label = labelOf(hop);
        if (const auto left = hop.budgetLeftMs()) bar.budget = std::max(0.0, *left);  // shared ones began earlier
        bar.hatch = hop.kind == u"kafka" || hop.kind == u"outbox";
        bar.state = hop.pending ? timeline::BarState::Pending : timeline::BarState::Done;
        for (const auto* child : m_children.value(hop.id)) {
            if (isCall(*child) || isStatement(*child) || (hop.service == caller && child->kind == u"http"))
                bar.waits.push_back({child->startMs, child->endMs()});
        }
        if (!hop.outcome.isEmpty() && hop.outcome != u"done") bar.toolTip = Text::tr("outcome: %1").arg(hop.outcome);
        if (!hop.error.isEmpty()) bar.toolTip += (bar.toolTip.isEmpty() ? QString() : u"\n"_s) + hop.error;
        m_data.bars.push_back(bar);
    }

    void addArrow(const QString& from, double sent, const QString& to, double received, ArrowKind kind,
                  const QString& label, const Hop& hop) {
        if (!m_lane.contains(from) || !m_lane.contains(to) || from == to) return;
        timeline::Arrow arrow;
        arrow.fromLane = m_lane.value(from);
        arrow.toLane = m_lane.value(to);
        arrow.sent = sent;
        arrow.received = received;
        arrow.kind = hop.outcome == u"duplicate" ? ArrowKind::Duplicate : kind;
        arrow.label = label;
        arrow.withTime = received - sent >= 0.05;
        arrow.hop = hop.id;
        arrow.link = hop.pending ? timeline::Link::Matched : timeline::Link::Proven;
        m_data.arrows.push_back(arrow);
    }

    void addArrows(const Hop& hop) {
        const Hop* parent = m_action.hop(hop.parent);
        const QString lane = laneOf(hop);
        if (isStatement(hop)) {
            addArrow(hop.service, hop.startMs, lane, hop.startMs, ArrowKind::Call, {}, hop);
            addArrow(lane, hop.endMs(), hop.service, hop.endMs(), ArrowKind::Return, {}, hop);
        } else if ((hop.kind == u"grpc" || hop.kind == u"http") && !hop.client && parent && parent->client) {
            const QString from = laneOf(*parent);
            addArrow(from, parent->startMs, lane, hop.startMs, ArrowKind::Call, {}, *parent);
            addArrow(lane, hop.endMs(), from, parent->endMs(), ArrowKind::Return, {}, *parent);
        } else if (hop.kind == u"produce") {
            addPublish(hop, parent);
        } else if (hop.kind == u"consume" && parent && parent->kind == u"kafka") {
            const QString place =
                hop.offset >= 0 ? Text::tr("p%1 @ %2").arg(hop.partition).arg(theme::count(hop.offset)) : QString();
            addArrow(u"kafka"_s, parent->endMs(), lane, hop.startMs, ArrowKind::Call, place, hop);
        }
    }

    // Row read by the relay, record appended: the slope is what the way to the log took.
    void addPublish(const Hop& produce, const Hop* outbox) {
        if (outbox && outbox->kind == u"outbox") {
            addArrow(laneOf(*outbox), outbox->endMs(), produce.service, produce.startMs, ArrowKind::Return, {},
                     *outbox);
        }
        const auto& children = m_children.value(produce.id);
        const auto queue =
            std::find_if(children.begin(), children.end(), [](const Hop* h) { return h->kind == u"kafka"; });
        if (queue == children.end()) return;
        // The record's time has whole milliseconds: an append before its send is a rounding, not a clock's fault.
        addArrow(produce.service, produce.startMs, u"kafka"_s, std::max(produce.startMs, (*queue)->startMs),
                 ArrowKind::Publish, {}, produce);
    }

    void addMoments() {
        const auto* design = engine::designOf(m_action.action);
        const auto answered = m_action.clientAckMs ? m_action.clientAckMs : m_action.ackMs;
        const QString effect = design && !design->effectText.isEmpty() ? design->effectText : Text::tr("visible");
        if (answered)
            m_data.flags.push_back({*answered,
                                    m_action.failed ? Text::tr("refused") : Text::tr("answered"),
                                    {},
                                    timeline::FlagKind::Answered});
        if (m_action.visibleMs)
            m_data.flags.push_back({*m_action.visibleMs, effect, Text::tr("visible"), timeline::FlagKind::Visible});
        if (answered && m_action.visibleMs && *m_action.visibleMs > *answered)
            m_data.windows.push_back({{*answered, *m_action.visibleMs}});
        if (!design) return;
        const auto promise = [this](const QString& label, timeline::Interval designed, const QString& sum,
                                    const std::optional<double>& from, const std::optional<double>& to,
                                    timeline::FlagKind kind) {
            timeline::Promise p{label, designed, sum, {}, kind, 0};
            if (to) p.measured = timeline::Interval{from.value_or(0), *to};
            if (to && *to > designed.end) p.over = *to - designed.end;
            m_data.promises.push_back(p);
        };
        if (design->answerMs > 0)
            promise(Text::tr("answered"), {0, design->answerMs}, {}, 0.0, answered, timeline::FlagKind::Answered);
        if (design->effectMs > 0) {
            const QString sum = design->sum.isEmpty() ? QString() : u"= "_s + design->sum;
            promise(effect, {design->answerMs, design->effectMs}, sum, answered, m_action.visibleMs,
                    timeline::FlagKind::Visible);
        }
    }

    const Action& m_action;
    Data m_data;
    QHash<QString, int> m_lane;
    QHash<QString, QVector<const Hop*>> m_children;
    int m_groups = 0;  // that read the events
};

}  // namespace

QString laneOf(const Hop& hop) {
    if (hop.kind == u"sql" || hop.kind == u"outbox") return u"postgres"_s;
    if (hop.kind == u"redis" || hop.kind == u"s3") return hop.kind;
    if (hop.kind == u"kafka") return u"kafka"_s;
    return hop.service == caller ? u"people"_s : hop.service;
}

QString titleOf(const Hop& hop) {
    if (hop.kind == u"kafka")
        return hop.group.isEmpty() ? Text::tr("in queue") : Text::tr("in queue for %1").arg(hop.group);
    if (hop.kind == u"outbox") return Text::tr("waits in the outbox of %1").arg(hop.service);
    return hop.client && hop.kind == u"grpc" ? Text::tr("call of %1").arg(hop.name) : hop.name;
}

Data timelineOf(const Action& action) {
    return Builder(action).build();
}

models::ActionRow rowOf(const Action& action) {
    models::ActionRow row;
    row.traceId = action.traceId;
    row.action = action.action;
    row.user = action.user;
    row.startedUs = action.startedUs;
    if (!action.failed) row.answeredMs = action.clientAckMs ? action.clientAckMs : action.ackMs;
    row.visibleMs = action.visibleMs;
    row.complete = action.complete;
    if (const auto* design = engine::designOf(action.action)) {
        if (design->answerMs > 0) row.answeredBudget = design->answerMs;
        if (design->effectMs > 0) row.visibleBudget = design->effectMs;
        const auto over = [](const std::optional<double>& measured, const std::optional<double>& budget) {
            return measured && budget ? std::max(0.0, *measured - *budget) : 0.0;
        };
        row.overMs = std::max(over(row.answeredMs, row.answeredBudget), over(row.visibleMs, row.visibleBudget));
    }
    for (const auto& hop : action.hops) {
        if (hop.outcome == u"duplicate")
            row.mark = models::ActionMark::Duplicate, row.markText = Text::tr("duplicate");
        else if (hop.outcome == u"stale")
            row.mark = models::ActionMark::Stale, row.markText = Text::tr("stale");
        else if (hop.tries > 1)
            row.mark = models::ActionMark::Retry, row.markText = Text::tr("retry %1").arg(hop.tries - 1);
    }
    if (action.failed) {
        row.mark = models::ActionMark::Failed;
        row.markText = Text::tr("refused");
    }
    return row;
}

}  // namespace nova::views
