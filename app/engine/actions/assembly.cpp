#include "app/engine/actions/assembly.h"

#include <QCoreApplication>
#include <QSet>
#include <algorithm>
#include <limits>

#include "app/engine/actions/budgets.h"
#include "app/engine/actions/design.h"
#include "app/engine/actions/event_views.h"
#include "contract/topics.h"

namespace nova::engine {
namespace {

namespace attr = contract::attr;
constexpr int serverKind = 2, clientKind = 3;  // OTLP's SpanKind

QString say(const char* text, int n = -1) {
    return QCoreApplication::translate("nova::engine::Action", text, nullptr, n);
}
QString text(std::string_view bytes) {
    return QString::fromUtf8(bytes.data(), static_cast<qsizetype>(bytes.size()));
}

// When an effect of one kind reached its recipients.
struct EffectTimes {
    std::optional<double> first, last;
    int reached = 0;      // recipients, as far as they are told
    bool nobody = false;  // it had none

    // A push finds its receiver offline or fails, and is over all the same: what it tells of waits in its store.
    void add(const Hop& hop) {
        const bool push = hop.effect == QLatin1String("push");
        nobody = nobody || (hop.recipients == 0 && !push);
        if (!push && (hop.recipients == 0 || hop.outcome == QLatin1String("failed"))) return;
        reached += std::max(0, hop.recipients);
        first = std::min(first.value_or(hop.endMs()), hop.endMs());
        last = std::max(last.value_or(hop.endMs()), hop.endMs());
    }
};

class Assembler {
public:
    Assembler(const std::string& traceId, const TraceParts& parts, const Subscriptions& subscriptions, Quiet quiet)
        : m_parts(parts), m_quiet(quiet), m_events(eventViews(parts, subscriptions)) {
        m_action.traceId = text(traceId);
    }

    Action make() {
        selectRoot();
        nameIt();
        for (const auto& [id, span] : m_parts.spans) m_action.hops.append(hopOf(span));
        for (const auto& [id, view] : m_events) buildMissing(view);
        std::sort(m_action.hops.begin(), m_action.hops.end(), [](const Hop& a, const Hop& b) {
            return std::tuple(a.startMs, -a.durationMs, a.id) < std::tuple(b.startMs, -b.durationMs, b.id);
        });
        m_design = designOf(m_action.action);
        if (m_design) putBudgets(m_action.hops, *m_design);
        findEffects();
        noteRecords();
        m_action.complete = isComplete();
        return std::move(m_action);
    }

private:
    const SpanRecord* span(const std::string& id) const {
        const auto found = m_parts.spans.find(id);
        return found == m_parts.spans.end() ? nullptr : &found->second;
    }
    double since(std::int64_t ns) const { return static_cast<double>(ns - m_zeroNs) / 1e6; }
    bool givenUp() const { return m_quiet == Quiet::givenUp; }

    void selectRoot() {
        for (const auto& [id, candidate] : m_parts.spans) {
            if (candidate.kind != serverKind || candidate.attribute(attr::action).empty()) continue;
            if (!m_root || candidate.startNs < m_root->startNs) m_root = &candidate;
        }
        if (m_root) m_client = span(m_root->parentId);
        if (m_client && m_client->kind != clientKind) m_client = nullptr;
        m_zeroNs = zero();
        m_action.startedUs = m_zeroNs / 1'000;
    }

    std::int64_t zero() const {
        if (m_client) return m_client->startNs;
        if (m_root) return m_root->startNs;
        auto first = std::numeric_limits<std::int64_t>::max();
        for (const auto& [key, fact] : m_parts.events) {
            first = std::min(first, fact.ceTimeUs > 0 ? fact.ceTimeUs * 1'000 : fact.timestampMs * 1'000'000);
        }
        if (m_parts.events.empty()) {
            for (const auto& [id, other] : m_parts.spans) first = std::min(first, other.startNs);
        }
        return first == std::numeric_limits<std::int64_t>::max() ? 0 : first;
    }

    void nameIt() {
        if (!m_root) {
            if (m_events.empty()) return;
            m_action.notes << say("The gateway's span has not come: times count from the event's own time.");
            for (const auto& [id, view] : m_events) {
                if (m_action.action.isEmpty()) m_action.action = actionOfEvent(view.name());
                if (m_action.user.isEmpty() && view.record) m_action.user = text(view.record->user);
            }
            return;
        }
        m_action.action = text(m_root->attribute(attr::action));
        m_action.user = text(m_root->attribute(attr::userHandle));
        if (m_action.user.isEmpty()) m_action.user = text(m_root->attribute(attr::userId));
        m_action.ackMs = static_cast<double>(m_root->endNs - m_root->startNs) / 1e6;
        if (m_client) m_action.clientAckMs = static_cast<double>(m_client->endNs - m_client->startNs) / 1e6;
        m_action.failed = m_root->failed;
        m_action.repeated = m_events.empty() && isSaid(attr::repeated, "true");
        m_action.sync = isSaid(attr::mode, "sync");
    }

    // By the root, by the owner's handler, or by the caller: any of them may be lost.
    bool isSaid(std::string_view name, std::string_view value) const {
        return std::any_of(m_parts.spans.begin(), m_parts.spans.end(),
                           [&](const auto& entry) { return entry.second.attribute(name) == value; });
    }

    // The caller's own span need not be sent, and what the caller's span descends from is not ours.
    bool mayLackParent(const SpanRecord& s) const { return &s == m_root || &s == m_client; }

    Hop hopOf(const SpanRecord& s) {
        Hop hop;
        hop.id = text(s.spanId);
        if (!s.parentId.empty() && !span(s.parentId)) {
            if (!mayLackParent(s)) m_orphans << text(s.name);
        }
        if (span(s.parentId) || !mayLackParent(s)) hop.parent = text(s.parentId);
        hop.name = text(s.name);
        hop.service = text(s.service);
        hop.replica = text(s.instance);
        hop.kind = text(hopKindOf(s));
        hop.client = s.kind == clientKind;
        hop.startMs = since(s.startNs);
        hop.durationMs = std::max(0.0, static_cast<double>(s.endNs - s.startNs) / 1e6);
        hop.budgetFromMs = hop.startMs;
        hop.topic = text(s.attribute(attr::topicName));
        hop.eventId = text(s.attribute(attr::eventId));
        hop.group = text(s.attribute(attr::group));
        hop.outcome = text(s.attribute(attr::outcome));
        if (hop.outcome.isEmpty() && s.failed) hop.outcome = QStringLiteral("failed");
        hop.partition = static_cast<int>(s.number(attr::partition).value_or(-1));
        hop.offset = s.number(attr::offset).value_or(-1);
        hop.effect = text(s.attribute(attr::effect));
        hop.recipients = static_cast<int>(s.number(attr::recipients).value_or(-1));
        hop.statements = static_cast<int>(s.number(attr::statements).value_or(-1));
        hop.tries = static_cast<int>(s.number(attr::tries).value_or(0));
        if (s.failed) hop.error = text(s.error);
        return hop;
    }

    Hop builtHop(const EventView& view, const QString& what) const {
        Hop hop;
        hop.id = QStringLiteral("event:") + text(view.id) + QLatin1Char(':') + what;
        hop.topic = text(view.topic);
        hop.eventId = text(view.id);
        hop.pending = true;
        hop.outcome = givenUp() ? QStringLiteral("unknown") : QStringLiteral("pending");
        if (view.record) {
            hop.partition = view.record->partition;
            hop.offset = view.record->offset;
            hop.startMs = since(view.record->timestampMs * 1'000'000);
        } else if (view.produce) {
            hop.startMs = since(view.produce->endNs);
        } else if (view.outbox) {
            hop.startMs = since(view.outbox->endNs);
        }
        hop.budgetFromMs = hop.startMs;
        return hop;
    }

    void buildMissing(const EventView& view) {
        QString published = view.produce ? text(view.produce->spanId) : QString();
        if (!view.produce && view.record) {
            Hop hop = builtHop(view, QStringLiteral("produce"));
            hop.kind = QStringLiteral("produce");
            hop.name = QStringLiteral("publish ") + hop.topic;
            hop.service = text(view.record->source);
            published = hop.id;
            m_action.notes << say("The span of publishing %1 has not come; its record is %2, partition %3, offset %4.")
                                  .arg(view.name(), hop.topic)
                                  .arg(hop.partition)
                                  .arg(hop.offset);
            m_action.hops.append(std::move(hop));
        }
        for (const auto& group : view.groups) {
            if (group.bySpan) continue;
            Hop hop = builtHop(view, group.group);
            hop.kind = QStringLiteral("consume");
            hop.name = group.group + QLatin1Char(' ') + view.name();
            hop.service = hop.group = group.group;
            hop.parent = published;
            if (group.final) hop.outcome = group.outcome;
            noteMissing(view, group);
            m_action.hops.append(std::move(hop));
        }
    }

    void noteMissing(const EventView& view, const GroupOutcome& group) {
        const char* words = group.final && group.outcome == QLatin1String("done")
                                ? "%1 has done %2: its idempotency key says so, its span has not come."
                            : group.final ? "%1 has given %2 to the dead letters; its span has not come."
                            : givenUp()   ? "Given up: %1 has not said what became of %2."
                                          : "%1 has not said yet what became of %2.";
        m_action.notes << say(words).arg(group.group, view.name());
    }

    // Nothing that could still widen the effect is open.
    bool effectsClosed() const {
        QSet<QString> services;
        if (m_design && !m_design->effectService.isEmpty()) services << m_design->effectService;
        for (const auto& hop : m_action.hops) {
            if (!hop.effect.isEmpty()) services << hop.service;
        }
        for (const auto& [id, view] : m_events) {
            for (const auto& group : view.groups) {
                if (services.contains(group.group) && !group.final) return false;
            }
        }
        return (!m_events.empty() || m_action.sync) && !isSpreading();
    }

    // A fan-out in chunks of which the last has not been told of.
    bool isSpreading() const {
        bool open = false;
        for (const auto& [id, s] : m_parts.spans) {
            const auto more = s.attribute(attr::more);
            if (more == "false") return false;
            open = open || more == "true";
        }
        return open;
    }

    bool isWanted(const Hop& hop) const {
        return !hop.effect.isEmpty() &&
               (!m_design || m_design->effects.isEmpty() || m_design->effects.contains(hop.effect));
    }

    // The effect reaches its recipients when each of its kinds has: told means the row written and the push made.
    void findEffects() {
        std::map<QString, EffectTimes> kinds;
        if (m_design) {
            for (const auto& kind : m_design->effects) kinds[kind];
        }
        for (const auto& hop : m_action.hops) {
            if (isWanted(hop)) kinds[hop.effect].add(hop);
        }
        std::optional<double> first, last;
        QStringList missing;
        for (const auto& [kind, times] : kinds) {
            if (times.first) {
                first = std::max(first.value_or(*times.first), *times.first);
                last = std::max(last.value_or(*times.last), *times.last);
            } else if (!times.nobody) {
                missing << kind;
            }
            noteEffect(kind, times);
        }
        settleEffects(first, last, missing);
    }

    void noteEffect(const QString& kind, const EffectTimes& times) {
        if (kind == QLatin1String("push")) {
            if (times.first && times.reached == 0) m_action.notes << say("Offline: no socket of the receiver is open.");
        } else if (times.nobody && !times.first) {
            m_action.notes << (kind == QLatin1String("notification")
                                   ? say("The effect has no recipient: nobody is to be told.")
                                   : say("The effect has no recipient: nobody follows the author."));
        }
    }

    void settleEffects(std::optional<double> first, std::optional<double> last, const QStringList& missing) {
        const bool pushOnly = missing == QStringList{QStringLiteral("push")};
        if (!missing.isEmpty() && !(pushOnly && m_quiet != Quiet::no)) return;
        if (last && pushOnly) m_action.notes << say("No push has been told of; what is written counts.");
        m_action.firstVisibleMs = first;
        if (effectsClosed()) m_action.visibleMs = last;
    }

    void noteRecords() {
        for (const auto& [id, view] : m_events) {
            if (view.records > 1) m_action.notes << say("%1 is in the log %n times.", view.records).arg(view.name());
        }
        for (const auto& hop : m_action.hops) {
            if (hop.kind == QLatin1String("consume") && hop.tries > 1) {
                m_action.notes << say("%1 needed %n tries.", hop.tries).arg(hop.name);
            }
        }
        if (!m_orphans.isEmpty()) {
            std::sort(m_orphans.begin(), m_orphans.end());
            m_action.notes << say("%n span(s) name a parent that has not come: %1.", static_cast<int>(m_orphans.size()))
                                  .arg(m_orphans.join(QStringLiteral(", ")));
        }
        if (m_parts.left > 0)
            m_action.notes << say("%n span(s) or events were left out: a trace holds 2,000 spans.",
                                  static_cast<int>(m_parts.left));
        if (isSpreading()) m_action.notes << say("The fan-out goes on: its last chunk has not been told of.");
        if (m_action.sync)
            m_action.notes << say("Mode sync: the whole chain by gRPC before the answer, nothing published.");
        if (m_action.repeated) m_action.notes << say("Repeated: it was so already, nothing new happened.");
        if (expectsEvent()) m_action.notes << say("No %1 has come.").arg(m_design->events.join(QStringLiteral(", ")));
    }

    bool expectsEvent() const {
        return m_root && !m_root->failed && !m_action.repeated && !m_action.sync && m_design &&
               !m_design->events.isEmpty() && m_events.empty();
    }

    // A call without its other side, or a write to the outbox without its event: the rest is on its way, or there is
    // none.
    bool moreMayCome() const {
        if (m_quiet != Quiet::no || m_action.repeated) return false;
        QSet<QString> called;
        bool writes = false;
        for (const auto& hop : m_action.hops) {
            if (hop.kind == QLatin1String("grpc") && !hop.client) called << hop.parent;
            writes = writes || (hop.kind == QLatin1String("sql") && hop.name.contains(QLatin1String("outbox")));
        }
        if (writes && m_events.empty() && !m_action.sync) return true;
        return std::any_of(m_action.hops.begin(), m_action.hops.end(), [&](const Hop& hop) {
            return hop.kind == QLatin1String("grpc") && hop.client && hop.error.isEmpty() && !called.contains(hop.id);
        });
    }

    bool isComplete() const {
        if (!m_root || !m_orphans.isEmpty() || m_parts.left > 0 || expectsEvent() || moreMayCome() || isSpreading())
            return false;
        for (const auto& [id, view] : m_events) {
            for (const auto& group : view.groups) {
                if (!group.final) return false;
            }
        }
        return true;
    }

    const TraceParts& m_parts;
    const Quiet m_quiet;
    const std::map<std::string, EventView> m_events;
    const SpanRecord* m_root = nullptr;    // the gateway's
    const SpanRecord* m_client = nullptr;  // the caller's, where one was sent
    const Design* m_design = nullptr;
    std::int64_t m_zeroNs = 0;
    QStringList m_orphans;
    Action m_action;
};

}  // namespace

Action assemble(const std::string& traceId, const TraceParts& parts, const Subscriptions& subscriptions, Quiet quiet) {
    return Assembler(traceId, parts, subscriptions, quiet).make();
}

bool isUserAction(const Action& action) {
    if (action.ackMs) return !action.action.isEmpty();
    return std::any_of(action.hops.begin(), action.hops.end(), [](const Hop& hop) { return !hop.eventId.isEmpty(); });
}

}  // namespace nova::engine
