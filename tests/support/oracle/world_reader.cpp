#include "tests/support/oracle/world_reader.h"

#include <QDeadlineTimer>
#include <QJsonArray>
#include <QThread>
#include <QUrl>
#include <algorithm>
#include <iterator>
#include <sstream>

#include "kit/redis/client.h"
#include "tests/support/oracle/stores.h"

using namespace Qt::StringLiterals;

namespace nova::test {
namespace {

std::int64_t number(const std::string& text) {
    return text.empty() ? 0 : std::stoll(text);
}

std::vector<std::string> words(const std::string& text) {
    std::istringstream in(text);
    return {std::istream_iterator<std::string>(in), {}};
}

// ---- PostgreSQL

void readOwners(Sql& sql, World& world) {
    for (const auto& row : sql("SELECT id FROM identity.users")) world.users.insert(row[0].c_str());
    for (const auto& row :
         sql("SELECT id, author_id, content, version, (extract(epoch FROM created_at) * 1000000)::bigint,"
             " deleted_at IS NOT NULL, array_to_string(media_ids, ' ') FROM content.posts"))
        world.posts[row[0].c_str()] = {
            row[1].c_str(),    row[2].c_str(),       row[3].as<std::int64_t>(), row[4].as<std::int64_t>(),
            row[5].as<bool>(), words(row[6].c_str())};
    for (const auto& row : sql("SELECT post_id, user_id FROM social.likes"))
        world.likes.insert({row[0].c_str(), row[1].c_str()});
    for (const auto& row : sql("SELECT follower_id, followee_id FROM social.follows"))
        world.follows.insert({row[0].c_str(), row[1].c_str()});
    for (const auto& row : sql("SELECT post_id, count, version FROM social.like_counts"))
        world.likeCounts[row[0].c_str()] = {row[1].as<std::int64_t>(), row[2].as<std::int64_t>()};
    for (const auto& row : sql("SELECT user_id, count, version FROM social.follower_counts"))
        world.followerCounts[row[0].c_str()] = {row[1].as<std::int64_t>(), row[2].as<std::int64_t>()};
}

void readCopies(Sql& sql, World& world) {
    for (const auto& row : sql("SELECT id, version, deleted FROM feed.feed_posts"))
        world.feedPosts[row[0].c_str()] = {row[1].as<std::int64_t>(), row[2].as<bool>()};
    for (const auto& row : sql("SELECT post_id, version, deleted FROM social.post_authors"))
        world.postAuthors[row[0].c_str()] = {row[1].as<std::int64_t>(), row[2].as<bool>()};
    for (const auto& row : sql("SELECT follower_id, followee_id FROM feed.follow_edges WHERE active"))
        world.feedEdges.insert({row[0].c_str(), row[1].c_str()});
    for (const auto& row : sql("SELECT post_id, count, version FROM feed.feed_likes"))
        world.feedLikes[row[0].c_str()] = {row[1].as<std::int64_t>(), row[2].as<std::int64_t>()};
}

void readOthers(Sql& sql, World& world) {
    world.withNotifications = sql.has("notification.notifications");
    if (world.withNotifications) {
        for (const auto& row : sql("SELECT id, recipient_id, actor_id, COALESCE(post_id::text, ''), type,"
                                   " seen FROM notification.notifications"))
            world.notifications[row[0].c_str()] = {row[1].c_str(), row[2].c_str(), row[3].c_str(), row[4].c_str(),
                                                   row[5].as<bool>()};
    }
    if (sql.has("media.media"))
        for (const auto& row : sql("SELECT id, owner_id, COALESCE(post_id::text, ''), state FROM media.media"))
            world.media[row[0].c_str()] = {row[1].c_str(), row[2].c_str(), row[3].c_str()};
    world.withMessages = sql.has("messaging.messages");
    if (world.withMessages) {
        for (const auto& row : sql("SELECT id, conversation_id, from_id, to_id, text, seq, read_at IS NOT NULL"
                                   " FROM messaging.messages"))
            world.messages[row[0].c_str()] = {
                row[1].c_str(),   row[2].c_str(), row[3].c_str(), row[4].c_str(), row[5].as<std::int64_t>(),
                row[6].as<bool>()};
    }
}

// ---- Redis

void readRedis(kit::RedisClient& redis, World& world) {
    std::vector<std::string> keys;
    for (std::string cursor = "0";;) {
        const auto page = redis.command({"SCAN", cursor, "COUNT", "1000"});
        if (!page) return;
        for (const auto& key : page.value().items[1].items) keys.push_back(key.text);
        cursor = page.value().items[0].text;
        if (cursor == "0") break;
    }
    std::ranges::sort(keys);
    for (const auto& key : keys) {
        const auto colon = key.find(':');
        const std::string kind = key.substr(0, colon), id = colon == key.npos ? "" : key.substr(colon + 1);
        if (id.size() != 36) continue;  // feed:epoch, likes:{post}:version …
        if (kind == "feed") {
            const auto members = redis.command({"ZREVRANGE", key, "0", "-1"});
            auto& feed = world.feeds[id];
            for (const auto& member : members.value().items) feed.push_back(member.text);
        } else if (kind == "likes") {
            world.cachedLikes[id] = number(redis.command({"GET", key}).value().text);
        } else if (kind == "unread") {
            const auto value = redis.command({"GET", key});
            if (value) world.cachedUnread[id] = number(value.value().text);
        } else if (kind == "snapshot") {
            const auto fields = redis.command({"HMGET", key, "version", "like_count"});
            world.snapshots[id] = {number(fields.value().items[0].text), number(fields.value().items[1].text)};
        }
    }
}

// ---- GraphQL

// What a busy owner was late with is served from a copy and named in extensions.stale: no evidence, so it is asked
// again.
QJsonObject asked(const LiveNova& nova, const QString& query, const QJsonObject& variables, const Account& reader) {
    for (const QDeadlineTimer limit(10'000);;) {
        const auto answer = nova.graphql(query, variables, reader.token).json;
        const bool stale = !answer.value(u"extensions").toObject().value(u"stale").toArray().isEmpty();
        if ((!stale && !answer.isEmpty()) || limit.hasExpired()) return answer.value(u"data").toObject();
        QThread::msleep(100);
    }
}

std::vector<std::string> pages(const LiveNova& nova, const QString& field, const Account& reader) {
    std::vector<std::string> ids;
    for (QJsonValue after = QJsonValue::Null;;) {
        const auto query = u"query($a:String){x:%1,after:$a){posts{id} endCursor hasMore}}"_s.arg(field);
        const auto page = asked(nova, query, {{u"a"_s, after}}, reader).value(u"x").toObject();
        for (const auto& post : page.value(u"posts").toArray())
            ids.push_back(post.toObject().value(u"id").toString().toStdString());
        if (!page.value(u"hasMore").toBool()) return ids;
        after = page.value(u"endCursor");
    }
}

void readPosts(const LiveNova& nova, const Account& reader, World& world) {
    constexpr int perQuery = 12;
    std::vector<std::string> ids;
    for (const auto& [id, row] : world.posts) ids.push_back(id);
    for (std::size_t from = 0; from < ids.size(); from += perQuery) {
        QString query;
        const auto end = std::min(ids.size(), from + perQuery);
        for (auto i = from; i < end; ++i)
            query += u"p%1:post(id:\"%2\"){id likeCount} "_s.arg(i - from).arg(QString::fromStdString(ids[i]));
        const auto data = asked(nova, u"{"_s + query + u"}"_s, {}, reader);
        for (auto i = from; i < end; ++i) {
            const auto post = data.value(u"p%1"_s.arg(i - from));
            world.shownPosts[ids[i]] = {post.isObject(), post.toObject().value(u"likeCount").toInteger()};
        }
    }
}

void readShown(const LiveNova& nova, const std::vector<Account>& users, World& world) {
    for (const auto& user : users) {
        const auto id = user.id.toStdString();
        world.shownFeeds[id] = pages(nova, u"feed(first:100"_s, user);
        world.shownLists[id] = pages(nova, u"posts(userId:\"%1\",first:100"_s.arg(user.id), user);
        const auto me = asked(nova, u"{me{followerCount}}"_s, {}, user).value(u"me").toObject();
        world.shownFollowers[id] = me.value(u"followerCount").toInteger();
        if (!world.withNotifications) continue;
        const auto unread = asked(nova, u"{unreadCount}"_s, {}, user).value(u"unreadCount");
        if (unread.isDouble()) world.shownUnread[id] = unread.toInteger();
    }
    if (!users.empty()) readPosts(nova, users.front(), world);
}

}  // namespace

World readWorld(const LiveNova& nova, const std::vector<Account>& shown) {
    World world;
    {
        Sql sql(nova);
        readOwners(sql, world);
        readCopies(sql, world);
        readOthers(sql, world);
    }
    const auto redis = redisOf(nova);
    readRedis(*redis, world);
    const std::vector<std::string> topics{"nova.content.events", "nova.identity.events", "nova.media.events",
                                          "nova.message.events", "nova.social.events"};
    world.events = readLog(brokerOf(nova), topics);
    std::vector<std::string> letters;
    for (const auto& topic : topics) letters.push_back(topic + ".dlq");
    world.deadLetters = readLog(brokerOf(nova), letters);
    readShown(nova, shown, world);
    return world;
}

std::string unsettled(const LiveNova& nova) {
    try {
        Sql sql(nova);
        for (const char* schema : {"identity", "content", "media", "messaging", "social"}) {
            const std::string table = std::string(schema) + ".outbox";
            if (!sql.has(table)) continue;
            if (const auto rows = sql("SELECT count(*) FROM " + table)[0][0].as<int>())
                return std::to_string(rows) + " rows in " + table;
        }
        if (const auto jobs = sql("SELECT count(*) FROM feed.fan_out_jobs")[0][0].as<int>())
            return std::to_string(jobs) + " fan-out jobs";
    } catch (const std::exception& e) {
        return e.what();
    }
    const auto redis = redisOf(nova);
    std::vector<const char*> epochs{"feed:epoch", "likes:epoch"};
    if (groupsOf(nova).contains("notification-service")) epochs.push_back("unread:epoch");
    for (const char* epoch : epochs) {
        const auto there = redis->command({"EXISTS", epoch});
        if (!there) return there.error().what;
        if (there.value().integer == 0) return std::string("no ") + epoch;
    }
    return lagging(nova);
}

std::string settle(const LiveNova& nova, int limitMs) {
    const QDeadlineTimer deadline(limitMs);
    for (int calm = 0;;) {  // twice in a row: between an outbox and a group nothing is counted
        const auto what = unsettled(nova);
        calm = what.empty() ? calm + 1 : 0;
        if (calm == 2 || deadline.hasExpired()) return what;
        QThread::msleep(250);
    }
}

}  // namespace nova::test
