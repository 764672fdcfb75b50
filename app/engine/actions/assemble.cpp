#include "app/engine/actions/assemble.h"

#include <QCoreApplication>
#include <QSet>
#include <algorithm>

#include "app/engine/stack/catalogue.h"
#include "contract/topics.h"

namespace nova::engine {
namespace {

namespace attr = contract::attr;

QString tr(const char* text) { return QCoreApplication::translate("Actions", text); }
QString qs(std::string_view text) { return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size())); }

class Assembly {
public:
    Assembly(const QString& traceId, const TraceParts& parts, const Subscriptions& subscriptions, std::int64_t nowMs)
        : m_parts(parts), m_subscriptions(subscriptions), m_nowMs(nowMs) {
        m_action.traceId = traceId;
    }

    Action build() {
        findRoot();
        collectEvents();
        addSpans();
        addMissingOutcomes();
        setVisible();
        setComplete();
        setBudgets();
        std::stable_sort(m_action.hops.begin(), m_action.hops.end(), [](const Hop& a, const Hop& b) { return a.startMs < b.startMs; });
        return m_action;
    }

private:
    double ms(std::int64_t ns) const { return static_cast<double>(ns - m_zeroNs) / 1e6; }
    bool hasSpan(const std::string& id) const { return m_parts.spans.contains(id); }
    bool givenUp() const { return m_nowMs - m_parts.lastArrivalMs > giveUpAfterMs; }

    void findRoot() {
        for (const auto& [id, span] : m_parts.spans) {
            if (!span.attribute(attr::action).empty() && (!m_root || span.startNs < m_root->startNs)) m_root = &span;
            if (span.service == "console" && span.hopKind == "http" && !hasSpan(span.parentId)) m_caller = &span;
        }
        if (m_root) {
            m_action.action = qs(m_root->attribute(attr::action));
            const auto handle = m_root->attribute(attr::userHandle);
            m_action.user = qs(handle.empty() ? m_root->attribute(attr::userId) : handle);
            m_action.ackMs = static_cast<double>(m_root->endNs - m_root->startNs) / 1e6;
            m_action.failed = m_root->failed;
        }
        if (m_root && m_caller) m_action.clientAckMs = static_cast<double>(m_caller->endNs - m_caller->startNs) / 1e6;
        m_zeroNs = m_caller && m_root ? m_caller->startNs : m_root ? m_root->startNs : firstKnownNs();
        m_action.startedUs = m_zeroNs / 1'000;
    }

    // Without a root, zero is the first ce_time, or the earliest span where no event is known either.
    std::int64_t firstKnownNs() const {
        std::int64_t first = 0;
        for (const auto& [id, event] : m_parts.events) {
            const std::int64_t at = event.ceTimeUs != 0 ? event.ceTimeUs * 1'000 : event.appendedMs * 1'000'000;
            if (at != 0 && (first == 0 || at < first)) first = at;
        }
        if (first != 0) return first;
        for (const auto& [id, span] : m_parts.spans) {
            if (first == 0 || span.startNs < first) first = span.startNs;
        }
        return first;
    }

    // Events are known from their records, or earlier from the span of the transaction that wrote them.
    void collectEvents() {
        m_events = m_parts.events;
        for (const auto& [id, span] : m_parts.spans) {
            const auto eventId = span.attribute(attr::eventId);
            const auto topic = span.attribute(attr::topicName);
            if (eventId.empty() || topic.empty()) continue;
            auto& event = m_events[std::string(eventId)];
            event.topic = topic;
            if (const auto partition = span.number(attr::partition)) event.partition = static_cast<int>(*partition);
            if (const auto offset = span.number(attr::offset)) event.offset = *offset;
        }
    }

    void addSpans() {
        for (const auto& [id, span] : m_parts.spans) m_action.hops.append(hopOf(span));
    }

    Hop hopOf(const SpanRecord& span) {
        Hop hop;
        hop.id = qs(span.spanId);
        // The caller outside is no hop of ours: a root whose parent did not come stands by itself.
        if (&span != m_root || hasSpan(span.parentId)) hop.parent = qs(span.parentId);
        hop.name = qs(span.name);
        hop.service = qs(span.service);
        hop.replica = qs(span.instance);
        hop.kind = qs(span.hopKind);
        hop.client = span.kind == 3;
        hop.startMs = ms(span.startNs);
        hop.durationMs = static_cast<double>(std::max<std::int64_t>(0, span.endNs - span.startNs)) / 1e6;
        hop.topic = qs(span.attribute(attr::topicName));
        hop.eventId = qs(span.attribute(attr::eventId));
        hop.group = qs(span.attribute(attr::group));
        hop.outcome = qs(span.attribute(attr::outcome));
        hop.effect = qs(span.attribute(attr::effect));
        hop.partition = static_cast<int>(span.number(attr::partition).value_or(-1));
        hop.offset = span.number(attr::offset).value_or(-1);
        hop.recipients = static_cast<int>(span.number(attr::recipients).value_or(-1));
        hop.statements = static_cast<int>(span.number(attr::statements).value_or(-1));
        hop.tries = static_cast<int>(span.number(attr::tries).value_or(0));
        if (span.failed) {
            hop.error = qs(span.error);
            if (hop.outcome.isEmpty()) hop.outcome = QStringLiteral("failed");
        }
        return hop;
    }

    bool answered(const std::string& eventId, const QString& group) const {
        return std::any_of(m_parts.spans.begin(), m_parts.spans.end(), [&](const auto& entry) {
            const auto& span = entry.second;
            return span.hopKind == "consume" && span.attribute(attr::eventId) == eventId && qs(span.attribute(attr::group)) == group &&
                   !span.attribute(attr::outcome).empty();
        });
    }

    void addMissingOutcomes() {
        for (const auto& [id, event] : m_events) {
            for (const auto& group : m_subscriptions.value(qs(event.topic))) {
                if (answered(id, group)) continue;
                m_missingOutcome = true;
                Hop hop;
                hop.id = QStringLiteral("event:%1:%2").arg(qs(id), group);
                hop.parent = parentOfEvent(id);
                hop.kind = QStringLiteral("consume");
                hop.name = qs(event.type).isEmpty() ? group : group + u' ' + qs(event.type);
                hop.service = hop.group = group;
                hop.topic = qs(event.topic);
                hop.eventId = qs(id);
                hop.partition = event.partition;
                hop.offset = event.offset;
                hop.pending = true;
                hop.outcome = givenUp() ? QStringLiteral("unknown") : QStringLiteral("pending");
                hop.startMs = startOfEvent(id, event);
                m_action.hops.append(hop);
                const QString note = givenUp() ? tr("%1 has not told what became of %2; given up after 30 s.") : tr("Waiting for %1 to handle %2.");
                m_action.notes << note.arg(group, event.type.empty() ? qs(event.topic) : qs(event.type));
            }
        }
    }

    QString parentOfEvent(const std::string& eventId) const {
        for (const auto& [id, span] : m_parts.spans) {
            if (span.hopKind == "produce" && span.attribute(attr::eventId) == eventId) return qs(id);
        }
        return {};
    }

    double startOfEvent(const std::string& eventId, const KnownEvent& event) const {
        if (event.appendedMs != 0) return ms(event.appendedMs * 1'000'000);
        double start = event.ceTimeUs != 0 ? ms(event.ceTimeUs * 1'000) : 0;
        for (const auto& [id, span] : m_parts.spans) {
            if (span.attribute(attr::eventId) == eventId) start = std::max(start, ms(span.endNs));
        }
        return start;
    }

    void setVisible() {
        std::optional<double> first, last;
        for (const auto& hop : m_action.hops) {
            if (hop.effect.isEmpty() || hop.recipients <= 0 || !hop.error.isEmpty()) continue;
            first = std::min(first.value_or(hop.endMs()), hop.endMs());
            last = std::max(last.value_or(hop.endMs()), hop.endMs());
        }
        m_action.firstVisibleMs = first;
        if (!m_missingOutcome) m_action.visibleMs = last;
    }

    // The side that a call reached tells of itself; a failed call may have reached nobody.
    bool serverIsMissing(const SpanRecord& client) const {
        if (client.hopKind != "grpc" || client.kind != 3 || client.failed) return false;
        return std::none_of(m_parts.spans.begin(), m_parts.spans.end(), [&](const auto& entry) { return entry.second.parentId == client.spanId; });
    }

    void setComplete() {
        int missingParents = 0, missingServers = 0;
        for (const auto& [id, span] : m_parts.spans) {
            if (!span.parentId.empty() && &span != m_root && !hasSpan(span.parentId)) ++missingParents;
            if (serverIsMissing(span)) ++missingServers;
        }
        if (!m_root) m_action.notes << tr("The root is missing: times count from the first event.");
        if (missingParents > 0) m_action.notes << tr("%n span(s) name a parent that is not here.").replace(QStringLiteral("%n"), QString::number(missingParents));
        if (missingServers > 0) m_action.notes << tr("%n call(s) have no answer of the called side yet.").replace(QStringLiteral("%n"), QString::number(missingServers));
        if (m_parts.overflow > 0) m_action.notes << tr("%n span(s) beyond the bound of 2,000 were left out.").replace(QStringLiteral("%n"), QString::number(m_parts.overflow));
        m_action.complete = m_root && missingParents == 0 && missingServers == 0 && !m_missingOutcome && m_parts.overflow == 0;
    }

    void setBudgets() {
        const Design* design = designOf(m_action.action);
        if (!design) return;
        for (auto& hop : m_action.hops) {
            for (const auto& step : design->steps) {
                const bool sideFits = step.side.isEmpty() || (step.side == u"client") == hop.client;
                if ((step.service.isEmpty() || step.service == hop.service) && step.kind == hop.kind && hop.name.startsWith(step.name) && sideFits) {
                    hop.budgetMs = step.budgetMs;
                    break;
                }
            }
        }
    }

    const TraceParts& m_parts;
    const Subscriptions& m_subscriptions;
    const std::int64_t m_nowMs;
    Action m_action;
    const SpanRecord* m_root = nullptr;
    const SpanRecord* m_caller = nullptr;
    std::map<std::string, KnownEvent> m_events;
    std::int64_t m_zeroNs = 0;
    bool m_missingOutcome = false;
};

}  // namespace

const Hop* Action::hop(const QString& id) const {
    const auto found = std::find_if(hops.begin(), hops.end(), [&](const Hop& h) { return h.id == id; });
    return found == hops.end() ? nullptr : &*found;
}

Subscriptions catalogueSubscriptions() {
    Subscriptions subscriptions;
    for (const auto& part : stack::Catalogue::builtIn().parts()) {
        for (const auto& topic : part.consumes) subscriptions[topic] << part.name;
    }
    return subscriptions;
}

Action assemble(const QString& traceId, const TraceParts& parts, const Subscriptions& subscriptions, std::int64_t nowMs) {
    return Assembly(traceId, parts, subscriptions, nowMs).build();
}

bool isUserAction(const TraceParts& parts) {
    return !parts.events.empty() || std::any_of(parts.spans.begin(), parts.spans.end(), [](const auto& entry) {
        return !entry.second.attribute(contract::attr::action).empty();
    });
}

}  // namespace nova::engine
