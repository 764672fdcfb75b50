#include "app/engine/keys/stores.h"

namespace nova::engine {
namespace {

using namespace Qt::StringLiterals;
using Answer = SqlAnswers::Answer;

// Puts effects into a report, with the reason where a store did not tell.
class Effects {
public:
    Effects(KeyReport& report, SqlAnswers& sql, RedisAnswers& redis) : m_report(report), m_sql(sql), m_redis(redis) {}

    void row(const QString& where, const Answer& answer, const QString& detail, const QString& kind = u"row"_s) {
        m_report.effects.append({kind, where, answer.known ? detail : answer.why,
                                 !answer.known    ? u"unknown"_s
                                 : answer.there() ? u"there"_s
                                                  : u"absent"_s});
    }

    void value(const QString& kind, const QString& key) {
        const auto values = m_redis.values({key});
        if (!values) return unknown(kind, key, m_redis.why());
        const auto& value = values->front();
        m_report.effects.append(
            {kind, key, value.trouble.isEmpty() ? value.text : value.trouble,
             !value.trouble.isEmpty() ? u"unknown"_s : value.there ? u"there"_s : u"absent"_s});
    }

    void size(const QString& kind, const QString& key, const QString& unit) {
        const auto members = m_redis.members({{key, QString()}});
        if (!members) return unknown(kind, key, m_redis.why());
        if (!members->front().trouble.isEmpty()) return unknown(kind, key, members->front().trouble);
        const auto count = members->front().size;
        m_report.effects.append({kind, key, u"%1: %2"_s.arg(unit).arg(count), count > 0 ? u"there"_s : u"absent"_s});
    }

    void snapshot(const QString& postId) {
        const auto key = u"snapshot:%1"_s.arg(postId);
        const auto fields = m_redis.fields(key, {u"version"_s, u"like_count"_s});
        if (!fields) return unknown(u"snapshot"_s, key, m_redis.why());
        if (!*fields) return m_report.effects.append({u"snapshot"_s, key, {}, u"absent"_s});
        m_report.effects.append(
            {u"snapshot"_s, key,
             u"version %1, %2 likes"_s.arg((*fields)->value(u"version"_s), (*fields)->value(u"like_count"_s, u"0"_s)),
             u"there"_s});
    }

    void feeds(const QString& postId, const QString& authorId);
    void unknown(const QString& kind, const QString& where, const QString& why) {
        m_report.effects.append({kind, where, why, u"unknown"_s});
    }

private:
    KeyReport& m_report;
    SqlAnswers& m_sql;
    RedisAnswers& m_redis;
};

QString feedDetail(const QString& handle, const KeyReader::Member& member) {
    QStringList words;
    if (!handle.isEmpty()) words << handle;
    if (member.score) words << u"score %1"_s.arg(*member.score, 0, 'f', 0);
    if (member.rank) words << u"rank %1 of %2"_s.arg(*member.rank).arg(member.size);
    if (!member.score) words << u"not among its %1 posts"_s.arg(member.size);
    return words.join(u", "_s);
}

// In whose feed the post lies: the first followers one by one, and how many of those asked.
void Effects::feeds(const QString& postId, const QString& authorId) {
    const QString all = u"feeds of the author's followers"_s;
    if (authorId.isEmpty()) return unknown(u"feed"_s, all, u"the author is not known"_s);
    const auto count = m_sql.ask(u"follows"_s, u"SELECT count(*) FROM %1 WHERE followee_id = $1::uuid"_s, {authorId});
    if (!count.known) return unknown(u"feed"_s, all, count.why);
    const auto followers = count.number(0).value_or(0);
    if (followers == 0) return m_report.effects.append({u"feed"_s, all, u"the author has no follower"_s, u"absent"_s});
    const auto rows =
        m_sql.ask(u"follows"_s,
                  u"SELECT follower_id FROM %1 WHERE followee_id = $1::uuid ORDER BY follower_id LIMIT %2"_s.replace(
                      u"%2"_s, QString::number(mostFeeds)),
                  {authorId});
    QStringList users;
    QVector<std::pair<QString, QString>> asked;
    for (const auto& row : rows.rows) {
        users << row[0].value_or(QString());
        asked.append({u"feed:%1"_s.arg(users.back()), postId});
    }
    const auto members = m_redis.members(asked);
    if (!members) return unknown(u"feed"_s, all, m_redis.why());
    const auto names = m_sql.handles(users.mid(0, feedsTold));
    qsizetype holding = 0;
    for (qsizetype i = 0; i < members->size(); ++i) {
        const auto& member = (*members)[i];
        holding += member.score ? 1 : 0;
        if (!member.trouble.isEmpty())
            unknown(u"feed"_s, asked[i].first, member.trouble);
        else if (i < feedsTold)
            m_report.effects.append({u"feed"_s, asked[i].first, feedDetail(names.value(users[i]), member),
                                     member.score ? u"there"_s : u"absent"_s});
    }
    if (followers > feedsTold)
        m_report.effects.append(
            {u"feed"_s, all, u"%1 of %2 asked hold it, %3 followers"_s.arg(holding).arg(members->size()).arg(followers),
             holding > 0 ? u"there"_s : u"absent"_s});
}

void addPost(Effects& effects, QString authorId, const QString& postId, SqlAnswers& sql) {
    const auto row = sql.ask(
        u"posts"_s, u"SELECT version, deleted_at IS NOT NULL, author_id FROM %1 WHERE id = $1::uuid"_s, {postId});
    if (authorId.isEmpty()) authorId = row.text(2);
    QString detail;
    if (row.there()) {
        const auto names = sql.handles({row.text(2)});
        detail = u"version %1, by %2"_s.arg(row.text(0), names.value(row.text(2), row.text(2)));
        if (row.text(1) == u"t") detail += u", deleted"_s;
    }
    effects.row(u"posts %1"_s.arg(postId), row, detail);
    effects.feeds(postId, authorId);
    effects.snapshot(postId);
    effects.value(u"likes"_s, u"likes:%1"_s.arg(postId));
}

void addNotification(Effects& effects, const Facts& facts, const QString& recipient, const QString& type,
                     SqlAnswers& sql) {
    const auto row =
        sql.ask(u"notifications"_s,
                u"SELECT seen FROM %1 WHERE recipient_id = $1::uuid AND type = $2 AND actor_id = $3::uuid AND "
                "post_id IS NOT DISTINCT FROM nullif($4, '')::uuid"_s,
                {recipient, type, facts.actorId, type == u"like" ? facts.postId : QString()});
    effects.row(u"notifications of %1"_s.arg(recipient), row,
                row.there() ? (row.text(0) == u"t" ? u"seen"_s : u"not seen yet"_s) : QString(), u"notification"_s);
    effects.value(u"unread"_s, u"unread:%1"_s.arg(recipient));
}

void addLike(Effects& effects, const Facts& facts, SqlAnswers& sql) {
    const auto row = sql.ask(u"likes"_s, u"SELECT 1 FROM %1 WHERE post_id = $1::uuid AND user_id = $2::uuid"_s,
                             {facts.postId, facts.actorId});
    const auto names = sql.handles({facts.actorId});
    effects.row(u"likes %1"_s.arg(facts.postId), row,
                row.there() ? u"by %1"_s.arg(names.value(facts.actorId, facts.actorId)) : QString());
    effects.value(u"likes"_s, u"likes:%1"_s.arg(facts.postId));
    effects.snapshot(facts.postId);
    if (!facts.authorId.isEmpty() && facts.authorId != facts.actorId)
        addNotification(effects, facts, facts.authorId, u"like"_s, sql);
}

void addFollow(Effects& effects, const Facts& facts, SqlAnswers& sql) {
    const auto row =
        sql.ask(u"follows"_s, u"SELECT 1 FROM %1 WHERE follower_id = $1::uuid AND followee_id = $2::uuid"_s,
                {facts.actorId, facts.followeeId});
    const auto names = sql.handles({facts.actorId, facts.followeeId});
    effects.row(u"follows %1"_s.arg(facts.followeeId), row,
                row.there() ? u"%1 follows %2"_s.arg(names.value(facts.actorId, facts.actorId),
                                                     names.value(facts.followeeId, facts.followeeId))
                            : QString());
    effects.size(u"feed"_s, u"feed:%1"_s.arg(facts.actorId), u"posts"_s);
    addNotification(effects, facts, facts.followeeId, u"follow"_s, sql);
}

void addMessage(Effects& effects, const Facts& facts, SqlAnswers& sql) {
    const auto row =
        sql.ask(u"messages"_s, u"SELECT seq, conversation_id FROM %1 WHERE id = $1::uuid"_s, {facts.messageId});
    // What is kept beyond the contract's columns is asked for apart.
    const auto more =
        sql.ask(u"messages"_s, u"SELECT read_at IS NOT NULL, to_id FROM %1 WHERE id = $1::uuid"_s, {facts.messageId});
    QString detail;
    if (row.there()) detail = u"no. %1 of conversation %2"_s.arg(row.text(0), row.text(1));
    if (more.there()) detail += more.text(0) == u"t" ? u", read"_s : u", not read yet"_s;
    effects.row(u"messages %1"_s.arg(facts.messageId), row, detail);
    const auto receiver = facts.receiverId.isEmpty() ? more.text(1) : facts.receiverId;
    if (!receiver.isEmpty()) effects.size(u"socket"_s, u"websocket:%1"_s.arg(receiver), u"connections now"_s);
}

void addMedia(Effects& effects, const Facts& facts, SqlAnswers& sql) {
    const auto row = sql.ask(u"media"_s, u"SELECT state, size_bytes FROM %1 WHERE id = $1::uuid"_s, {facts.mediaId});
    effects.row(u"media %1"_s.arg(facts.mediaId), row,
                row.there() ? u"%1, %2 bytes"_s.arg(row.text(0), row.text(1)) : QString());
    if (facts.postId.isEmpty()) return;
    const auto attached =
        sql.ask(u"posts"_s, u"SELECT version FROM %1 WHERE id = $1::uuid AND $2::uuid = ANY(media_ids)"_s,
                {facts.postId, facts.mediaId});
    effects.row(u"posts %1"_s.arg(facts.postId), attached,
                attached.there() ? u"attached, version %1"_s.arg(attached.text(0)) : u"not attached"_s);
}

void addUser(Effects& effects, const Facts& facts, SqlAnswers& sql) {
    const auto row = sql.ask(u"users"_s, u"SELECT handle FROM %1 WHERE id = $1::uuid"_s, {facts.userId});
    effects.row(u"users %1"_s.arg(facts.userId), row, row.text(0));
    effects.size(u"feed"_s, u"feed:%1"_s.arg(facts.userId), u"posts"_s);
    effects.value(u"unread"_s, u"unread:%1"_s.arg(facts.userId));
    effects.size(u"socket"_s, u"websocket:%1"_s.arg(facts.userId), u"connections now"_s);
}

}  // namespace

void addEffects(KeyReport& report, const Facts& facts, SqlAnswers& sql, RedisAnswers& redis) {
    Effects effects(report, sql, redis);
    switch (facts.about) {
        case Facts::About::post:
            return addPost(effects, facts.authorId, facts.postId, sql);
        case Facts::About::like:
            return addLike(effects, facts, sql);
        case Facts::About::follow:
            return addFollow(effects, facts, sql);
        case Facts::About::message:
            return addMessage(effects, facts, sql);
        case Facts::About::media:
            return addMedia(effects, facts, sql);
        case Facts::About::user:
            return addUser(effects, facts, sql);
        case Facts::About::unknown:
            return;
    }
}

}  // namespace nova::engine
