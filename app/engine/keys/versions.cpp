#include <algorithm>

#include "app/engine/keys/key_names.h"
#include "app/engine/keys/stores.h"
#include "app/engine/stack/catalogue.h"
#include "contract/topics.h"

namespace nova::engine {
namespace {

using namespace Qt::StringLiterals;
using Answer = SqlAnswers::Answer;

const QString contentTopic =
    QString::fromUtf8(contract::topic::content.data(), static_cast<qsizetype>(contract::topic::content.size()));

// The group that keeps its tables in a schema: groups are named after their service.
QString groupOf(const QString& schema) {
    const auto& parts = stack::Catalogue::builtIn().parts();
    const auto found =
        std::find_if(parts.begin(), parts.end(), [&](const auto& part) { return part.schema == schema; });
    return found == parts.end() ? schema : found->name;
}

std::optional<qint64> numberOf(const KeyReader::Value& value) {
    bool isNumber = false;
    const auto number = value.text.toLongLong(&isNumber);
    return value.there && isNumber ? std::optional(qint64{number}) : std::nullopt;
}

// One thing's versions: the owner's row, and the copies that are compared with it. Redis is to be read before the
// owner: then a copy that is ahead has no harmless explanation.
class Copies {
public:
    Copies(KeyReport& report, const QString& source, const QString& key, const Answer& owner) : m_report(report) {
        m_durable = owner.number(0);
        m_report.versions.append({source, key, m_durable,
                                  m_durable     ? u"equal"_s
                                  : owner.known ? u"missing"_s
                                                : u"unknown"_s,
                                  m_durable, true});
    }
    void add(const QString& source, const QString& key, const Answer& copy) {
        add(source, key, copy.known, copy.number(0));
    }
    void add(const QString& source, const QString& key, bool known, std::optional<qint64> version) {
        m_report.versions.append(
            {source, key, version, known ? driftOf(version, m_durable) : u"unknown"_s, m_durable, false});
    }

private:
    KeyReport& m_report;
    std::optional<qint64> m_durable;
};

void addPost(KeyReport& report, const QString& id, const Subscriptions& subscriptions, SqlAnswers& sql,
             RedisAnswers& redis) {
    // feed-service's own has no group in its name.
    QStringList groups{u"feed-service"_s}, keys{u"post:%1:version"_s.arg(id)};
    for (const auto& group : subscriptions.value(contentTopic)) {
        if (groups.contains(group)) continue;
        groups << group;
        keys << u"%1:post:%2:version"_s.arg(group, id);
    }
    const auto cached = redis.values(keys);
    QVector<std::pair<QString, Answer>> gates;
    for (const auto& schema : sql.schemasOf(u"gate"_s)) {
        const auto answer =
            sql.ask(u"gate"_s, u"SELECT version FROM %1 WHERE topic = $1 AND key = $2"_s, {contentTopic, id}, schema);
        gates.append({groupOf(schema), answer});
    }
    const auto feed = sql.ask(u"feed_posts"_s, u"SELECT version FROM %1 WHERE id = $1::uuid"_s, {id});
    const auto social = sql.ask(u"post_authors"_s, u"SELECT version FROM %1 WHERE post_id = $1::uuid"_s, {id});
    Copies copies(report, u"postgres posts"_s, id,
                  sql.ask(u"posts"_s, u"SELECT version FROM %1 WHERE id = $1::uuid"_s, {id}));
    for (const auto& [group, gate] : gates) {
        // Each schema of a consumer has the table; only those groups that gate this topic have rows in it.
        if (gate.there() || group == u"feed-service" || !gate.known) copies.add(group + u" gate"_s, id, gate);
    }
    if (!sql.schemasOf(u"feed_posts"_s).isEmpty()) copies.add(u"feed-service feed_posts"_s, id, feed);
    if (!sql.schemasOf(u"post_authors"_s).isEmpty()) copies.add(u"social-service post_authors"_s, id, social);
    for (qsizetype i = 0; i < keys.size(); ++i) {
        const bool own = i == 0;
        if (cached && (own || (*cached)[i].there)) copies.add(u"redis"_s, keys[i], true, numberOf((*cached)[i]));
        if (!cached && own) copies.add(u"redis"_s, keys[i], false, std::nullopt);
    }
}

void addCached(KeyReport& report, const QString& table, const QString& statement, const QString& id, const QString& key,
               SqlAnswers& sql, RedisAnswers& redis) {
    const auto cached = redis.values({key});
    const auto owner = sql.ask(table, statement, {id});
    // Nothing was counted yet, and nothing is to be there.
    if (owner.known && !owner.there() && cached && !cached->front().there) return;
    Copies copies(report, u"postgres "_s + table, id, owner);
    copies.add(u"redis"_s, key, cached.has_value(), cached ? numberOf(cached->front()) : std::nullopt);
}

void addUnread(KeyReport& report, const QString& userId, SqlAnswers& sql, RedisAnswers& redis) {
    if (userId.isEmpty()) return;
    addCached(report, u"unread_counts"_s, u"SELECT version FROM %1 WHERE user_id = $1::uuid"_s, userId,
              u"unread:%1:version"_s.arg(userId), sql, redis);
}

}  // namespace

void addVersions(KeyReport& report, const Facts& facts, const Subscriptions& subscriptions, SqlAnswers& sql,
                 RedisAnswers& redis) {
    using About = Facts::About;
    if (!facts.postId.isEmpty()) addPost(report, facts.postId, subscriptions, sql, redis);
    if (facts.about == About::like) {
        addCached(report, u"like_counts"_s, u"SELECT version FROM %1 WHERE post_id = $1::uuid"_s, facts.postId,
                  u"likes:%1:version"_s.arg(facts.postId), sql, redis);
        if (facts.actorId != facts.authorId) addUnread(report, facts.authorId, sql, redis);
    }
    if (facts.about == About::follow) {
        const auto edge = sql.ask(u"follow_edges"_s,
                                  u"SELECT version FROM %1 WHERE followee_id = $1::uuid AND follower_id = $2::uuid"_s,
                                  {facts.followeeId, facts.actorId});
        // The edge keeps the version of the count in the event that made it: others have followed since.
        if (edge.there() && facts.version)
            report.versions.append({u"feed-service follow_edges"_s, facts.followeeId, edge.number(0),
                                    driftOf(edge.number(0), facts.version), facts.version, false});
        addUnread(report, facts.followeeId, sql, redis);
    }
    if (facts.about == About::user) addUnread(report, facts.userId, sql, redis);
}

}  // namespace nova::engine
