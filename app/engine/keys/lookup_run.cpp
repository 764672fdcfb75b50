#include "app/engine/keys/lookup_run.h"

#include <QCoreApplication>
#include <QDateTime>
#include <algorithm>

#include "app/engine/keys/stores.h"
#include "contract/topics.h"

namespace nova::engine {
namespace {

using namespace Qt::StringLiterals;

QString say(const char* text) {
    return QCoreApplication::translate("nova::engine::Keys", text);
}

QString ofText(const std::string& text) {
    return QString::fromStdString(text);
}

RelatedEvent relatedOf(const SeenRecord& record) {
    return {ofText(record.eventId), ofText(record.type), ofText(record.topic), ofText(record.traceId),
            record.partition,       record.offset,       record.timeMs,        record.version};
}

QString gapOf(const SearchReach& reach) {
    if (reach.gapFromMs == 0) return {};
    const auto time = [](qint64 ms) {
        return QDateTime::fromMSecsSinceEpoch(ms, Qt::UTC).toString(Qt::ISODateWithMs);
    };
    return u' ' + say("Nothing between %1 and %2 was read.").arg(time(reach.gapFromMs), time(reach.gapUntilMs));
}

Facts::About aboutOf(const QString& kind) {
    if (kind == u"post") return Facts::About::post;
    if (kind == u"user") return Facts::About::user;
    if (kind == u"message") return Facts::About::message;
    if (kind == u"media") return Facts::About::media;
    return Facts::About::unknown;
}

// What the subject of an event is, by the event's type.
QString subjectKindOf(const Facts& facts) {
    switch (facts.about) {
        case Facts::About::post:
        case Facts::About::like:
            return u"post"_s;
        case Facts::About::message:
            return u"message"_s;
        case Facts::About::media:
            return u"media"_s;
        case Facts::About::follow:
        case Facts::About::user:
            return u"user"_s;
        case Facts::About::unknown:
            break;
    }
    return u"unknown"_s;
}

}  // namespace

LookupRun::LookupRun(const Target& target, const KeyQuery& query, TopicGroups& groups, const std::atomic<bool>& stop)
    : m_target(target),
      m_query(query),
      m_groups(groups),
      m_stop(stop),
      m_templates(keyTemplates(target.profile.keyTemplates)),
      m_group(query.group),
      m_sql(target.postgres, target.kafka.budget()),
      m_redis(target.redis, target.kafka.budget()),
      m_evidence(target.kafka, stop) {}

KeyReport LookupRun::run() {
    m_report.asked = m_query.id;
    m_report.atMs = QDateTime::currentMSecsSinceEpoch();
    m_took.start();
    understand();
    if (!m_stop) readKafka();
    settleKind();
    m_report.group = m_group;
    if (!m_stop) tellKeys();
    if (!m_rawKey.isEmpty()) tellRawKey();
    tellConsumers();
    tellRelated();
    if (!m_stop) addVersions(m_report, m_facts, m_subscriptions, m_sql, m_redis);
    const bool whole = !m_stop;
    if (whole) addEffects(m_report, m_facts, m_sql, m_redis);
    m_report.sources.append(m_redis.source());
    m_report.sources.append(m_sql.source());
    if (!whole) tellInterrupted();
    m_report.tookMs = m_took.elapsed();
    return m_report;
}

// What was typed, as far as text and PostgreSQL tell.
void LookupRun::understand() {
    auto id = normalId(m_query.id);
    if (m_query.event) {
        m_report.kind = u"event"_s;
        return;
    }
    const auto typed = idKindOf(m_query.id);
    m_report.kind = u"unknown"_s;
    if (typed == IdKind::key) {
        m_rawKey = id;
        m_report.kind = u"key"_s;
        if (const auto origin = originOf(id, m_templates)) {
            if (m_group.isEmpty()) m_group = origin->fields.group;
            m_wanted.eventId = origin->fields.eventId.toStdString();
            m_wanted.subject = origin->fields.postId.toStdString();
            if (!origin->fields.timestamp.isEmpty()) {
                m_wanted.ceTimeMs = origin->fields.timestamp.toLongLong();
                m_wanted.aroundMs = {*m_wanted.ceTimeMs};
            } else if (const auto time = uuidTimeMs(origin->fields.eventId)) {
                m_wanted.aroundMs = {*time};
            }
            return;
        }
        const auto store = storeKeyOf(id);
        if (!store) return;
        id = store->id;
    }
    if (typed == IdKind::handle) {
        const auto user = m_sql.userByHandle(id);
        if (!user.userId.isEmpty()) id = user.userId;
    }
    const auto kind = m_sql.kindOf(id);
    if (!kind.kind.isEmpty() && m_report.kind != u"key") m_report.kind = kind.kind;
    m_facts.about = aboutOf(kind.kind);
    m_wanted.eventId = m_wanted.subject = id.toStdString();
    m_wanted.aroundMs = kind.timesMs;
    if (const auto time = uuidTimeMs(id)) m_wanted.aroundMs.append(*time);
}

void LookupRun::readKafka() {
    if (const auto open = m_evidence.open(); !open) return tellKafka(open.error());
    const bool searchable = m_query.event || !m_wanted.eventId.empty() || !m_wanted.subject.empty();
    if (searchable) {
        if (const auto read = m_evidence.readEvents(m_wanted, m_query.event); !read) return tellKafka(read.error());
    }
    m_eventsRead = !m_stop;
    m_report.event = m_evidence.event;
    m_report.events = m_evidence.eventReach;
    m_report.sources.append({u"kafka"_s, u"ok"_s, say("records read: %1").arg(m_evidence.eventReach.records)});
    if (m_evidence.eventReach.limited)
        m_report.notes << say(
                              "There were more records around that time, or since, than are read for a lookup: not all "
                              "were searched.") +
                              gapOf(m_evidence.eventReach);
    if (m_evidence.relatedLeft > 0)
        m_report.notes << say("%1 records more are of the same subject or action: only the first %2 are told.")
                              .arg(m_evidence.relatedLeft)
                              .arg(m_evidence.related.size());
    if (!m_evidence.eventReach.trouble.isEmpty()) m_report.notes << m_evidence.eventReach.trouble;
    m_spansRead = m_eventsRead && !m_evidence.event;
    if (!m_evidence.event || m_stop) {
        m_report.sources.append({u"spans"_s, u"ok"_s, say("no event to look for")});
        return;
    }
    if (const auto read = m_evidence.readSpans(); !read) m_evidence.spansTrouble = ofText(read.error().what);
    m_spansRead = !m_stop;
    tellSpans();
    readGroups();
    const auto groups = groupsOf(Names::topicName(m_evidence.event->topic));
    m_evidence.readCommitted(groups);
    m_evidence.readPositions(groups);
}

// Who is asked for alone needs nobody else.
void LookupRun::readGroups() {
    if (!m_group.isEmpty()) return;
    m_groups.refresh(m_target.kafka, m_stop);
    if (!m_groups.trouble().isEmpty())
        m_report.notes << say("Groups may be missing among the consumers: %1.").arg(m_groups.trouble());
}

void LookupRun::tellKafka(const kit::Error& error) {
    const auto what = ofText(error.what);
    const bool refused = ReadSession::isRefusal(error.what);
    m_report.sources.append({u"kafka"_s, refused ? u"refused"_s : u"unreachable"_s, what});
    m_report.sources.append({u"spans"_s, refused ? u"refused"_s : u"unreachable"_s, what});
}

// What was not asked to the end is not what is not there.
void LookupRun::tellInterrupted() {
    m_report.interrupted = true;
    const auto word = say("interrupted");
    for (const auto& name : {u"spans"_s, u"kafka"_s})
        if (!m_report.source(name)) m_report.sources.prepend({name, u"unreachable"_s, word});
    for (auto& source : m_report.sources) {
        const bool read = (source.name == u"kafka" && m_eventsRead) || (source.name == u"spans" && m_spansRead);
        if (source.state != u"ok" || read) continue;
        source.state = u"unreachable"_s;
        source.detail = word + u"; "_s + source.detail;
    }
}

void LookupRun::tellSpans() {
    m_report.spans = m_evidence.spanReach;
    const bool ofSubject = !isByEvent() && m_report.kind != u"key";
    const auto id = ofText(m_evidence.event->eventId);
    for (const auto& delivery : m_evidence.deliveries) {
        if ((ofSubject || delivery.eventId == id) && (m_group.isEmpty() || delivery.group == m_group))
            m_report.deliveries.append(delivery);
    }
    if (!m_evidence.hasSpans) {
        const bool missing = m_evidence.spansTrouble.contains(u"no topic");
        m_report.sources.append(
            {u"spans"_s, missing ? u"not-configured"_s : u"unreachable"_s, m_evidence.spansTrouble});
        return;
    }
    auto detail = say("deliveries told: %1").arg(m_report.deliveries.size());
    if (!m_evidence.event->sampled) detail = say("the action of this event was not traced");
    if (m_evidence.spanReach.limited)
        m_report.notes << say(
                              "There were more spans around that time, or since, than are read for a lookup: counts "
                              "may be too low.") +
                              gapOf(m_evidence.spanReach);
    else if (!m_evidence.isWholeInSpans())
        m_report.notes << say("Not all spans could be read: counts may be too low.");
    m_report.sources.append({u"spans"_s, u"ok"_s, detail});
}

// The event itself is asked for, not what it is about.
bool LookupRun::isByEvent() const {
    return m_query.event ||
           (m_evidence.event && !m_wanted.eventId.empty() && m_evidence.event->eventId == m_wanted.eventId);
}

// What is looked up, now that its event is known; and whom the stores are to be asked about.
void LookupRun::settleKind() {
    const auto found = m_evidence.event ? factsOf(*m_evidence.event) : Facts();
    const bool byEventId = isByEvent();
    const bool ofKey = m_report.kind == u"key";
    if (byEventId && !ofKey) m_report.kind = u"event"_s;
    const auto origin = ofKey ? originOf(m_rawKey, m_templates) : std::nullopt;
    if (byEventId || origin) {
        m_facts = found;
        if (!m_evidence.event && origin) m_facts = Facts();
        return;
    }
    const auto subject = ofText(m_wanted.subject);
    if (m_facts.about == Facts::About::unknown) {
        const auto kind = subjectKindOf(found);
        if (!ofKey && m_evidence.event) m_report.kind = kind;
        m_facts.about = m_evidence.event ? aboutOf(kind) : Facts::About::unknown;
    }
    // The subject itself is asked about, whichever of its events was found.
    switch (m_facts.about) {
        case Facts::About::post:
            m_facts.postId = subject;
            m_facts.authorId = found.postId == subject ? found.authorId : QString();
            break;
        case Facts::About::message:
            m_facts.messageId = subject;
            m_facts.receiverId = found.type == u"MessageSent" ? found.receiverId : QString();
            break;
        case Facts::About::media:
            m_facts.mediaId = subject;
            m_facts.postId = found.mediaId == subject ? found.postId : QString();
            break;
        case Facts::About::user:
            m_facts.userId = subject;
            break;
        default:
            break;
    }
}

// Nova's own subscribers, those that a delivery tells of, and all that have committed there. On another cluster a topic
// may have a name of Nova's without its groups.
QStringList LookupRun::groupsOf(const std::string& topic) const {
    if (!m_group.isEmpty()) return {m_group};
    QStringList groups;
    for (const auto& subscribed : m_subscriptions.value(ofText(topic)))
        if (m_target.local || !m_groups.trouble().isEmpty() || m_groups.isListed(subscribed)) groups << subscribed;
    const auto add = [&groups](const QString& group) {
        if (!group.isEmpty() && !groups.contains(group)) groups << group;
    };
    for (const auto& delivery : m_evidence.deliveries)
        if (delivery.topic == ofText(topic)) add(delivery.group);
    for (const auto& group : m_groups.readersOf(topic)) add(group);
    return groups;
}

QVector<KeyAsk> LookupRun::wantedKeys() const {
    QVector<KeyAsk> asks;
    if (m_evidence.event) {
        const auto ids = m_evidence.ids();
        const auto groups = groupsOf(Names::topicName(m_evidence.event->topic));
        if (!m_evidence.sameId.empty()) asks += keysOf(m_evidence.sameId.front(), groups, m_templates);
        const bool onlyThis = m_report.kind == u"event" || m_report.kind == u"key";
        for (const auto& record : m_evidence.related) {
            if (!onlyThis && ids.contains(ofText(record.eventId)))
                asks += keysOf(record, groupsOf(record.topic), m_templates);
        }
    } else if (!m_wanted.eventId.empty()) {
        // The event was not found; its keys may be there all the same.
        SeenRecord bare;
        bare.eventId = m_wanted.eventId;
        QStringList groups;
        for (const auto& subscribed : m_subscriptions)
            for (const auto& group : subscribed)
                if (!groups.contains(group)) groups << group;
        if (!m_group.isEmpty()) groups = QStringList{m_group};
        asks = keysOf(bare, groups, m_templates);
        for (auto& ask : asks) ask.onlyIfThere = true;
    }
    return asks;
}

void LookupRun::tellKeys() {
    auto asks = wantedKeys();
    const auto raw =
        std::find_if(asks.begin(), asks.end(), [&](const KeyAsk& ask) { return ask.state.key == m_rawKey; });
    if (raw != asks.end()) {
        raw->onlyIfThere = false;
    } else if (const auto origin = originOf(m_rawKey, m_templates); origin && !m_rawKey.isEmpty()) {
        KeyState state;
        state.key = m_rawKey;
        state.group = origin->fields.group;
        state.keyTemplate = origin->keyTemplate;
        state.eventId = m_evidence.event ? ofText(m_evidence.event->eventId) : origin->fields.eventId;
        asks.prepend({state, false});
    }
    QStringList keys;
    for (const auto& ask : asks) keys << ask.state.key;
    const auto values = m_redis.values(keys);
    QSet<QString> told;
    for (qsizetype i = 0; i < asks.size(); ++i) {
        auto& [state, onlyIfThere] = asks[i];
        if (values)
            applyValue(state, (*values)[i]);
        else
            state.why = m_redis.why();
        if ((onlyIfThere && !(values && (*values)[i].there)) || told.contains(state.key)) continue;
        told.insert(state.key);
        const auto* record = m_evidence.seen(state.eventId.toStdString());
        applyEvidence(state, record, m_evidence, m_templates);
        const auto committed = m_evidence.committed.find(state.group);
        const bool ofEvent = record && m_evidence.event && record->eventId == m_evidence.event->eventId;
        if (state.state == u"absent")
            state.why = whyAbsent(
                state, record,
                ofEvent && committed != m_evidence.committed.end() ? std::optional(committed->second) : std::nullopt,
                m_report.atMs);
        m_report.keys.append(state);
    }
}

// A key that no template makes: what Redis says of it.
void LookupRun::tellRawKey() {
    if (originOf(m_rawKey, m_templates)) return;
    const auto type = m_redis.type(m_rawKey);
    if (!type) return m_report.effects.append({u"key"_s, m_rawKey, m_redis.why(), u"unknown"_s});
    if (*type == u"none") return m_report.effects.append({u"key"_s, m_rawKey, {}, u"absent"_s});
    auto detail = *type;
    if (const auto values = m_redis.values({m_rawKey}); values && *type == u"string")
        detail += u": "_s + values->front().text;
    if (const auto members = m_redis.members({{m_rawKey, QString()}}); members && *type == u"zset")
        detail += u", %1 members"_s.arg(members->front().size);
    m_report.effects.append({u"key"_s, m_rawKey, detail, u"there"_s});
}

void LookupRun::tellConsumers() {
    if (!m_evidence.event) return;
    const auto id = ofText(m_evidence.event->eventId);
    for (const auto& group : groupsOf(Names::topicName(m_evidence.event->topic))) {
        const auto key = std::find_if(m_report.keys.begin(), m_report.keys.end(), [&](const KeyState& state) {
            return state.group == group && state.eventId == id;
        });
        m_report.consumers.append(consumerOf(group, key == m_report.keys.end() ? QString() : key->state, m_evidence));
    }
    if (!m_group.isEmpty() || m_groups.trouble().isEmpty()) return;
    ConsumerState others;  // whoever they are
    others.lagWhy = m_groups.trouble();
    m_report.consumers.append(others);
}

void LookupRun::tellRelated() {
    for (const auto& record : m_evidence.sameId) m_report.records.append(relatedOf(record));
    for (const auto& record : m_evidence.related) m_report.related.append(relatedOf(record));
    if (!m_evidence.event) return;
    const auto& event = *m_evidence.event;
    m_report.traceId = ofText(event.traceId);
    if (!event.user.empty()) m_report.user = m_sql.handles({ofText(event.user)}).value(ofText(event.user));
    for (const auto& record : m_evidence.related) {
        const bool caused = !event.traceId.empty() && record.traceId == event.traceId &&
                            record.eventId != event.eventId && record.ceTimeMs >= event.ceTimeUs / 1'000;
        if (caused && !m_report.causedEvents.contains(ofText(record.eventId)))
            m_report.causedEvents.append(ofText(record.eventId));
    }
}

}  // namespace nova::engine
