// Everything that a settled Nova holds, as plain values: what the checker judges. Ids are UUID texts.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace nova::test {

struct PostRow {
    std::string author, content;
    std::int64_t version = 0, createdMicros = 0;
    bool deleted = false;
    std::vector<std::string> media{};  // attached
};
struct MediaRow {
    std::string owner, post, state;
};
struct Count {
    std::int64_t count = 0, version = 0;
    bool operator==(const Count&) const = default;
};
struct Versioned {
    std::int64_t version = 0;
    bool deleted = false;
};
struct Snapshot {
    std::int64_t version = 0, likes = 0;
};
struct EventRecord {
    std::string topic;
    int partition = 0;
    std::int64_t offset = 0;
    std::string key, eventId, type, schema, subject;
    std::int64_t version = 0;
    bool replayed = false;
    std::string actor, recipient;  // of likes and follows, from the payload
    std::string error;             // of dead letters: why
};
struct NotificationRow {
    std::string recipient, actor, post, type;
    bool seen = false;
    bool operator==(const NotificationRow&) const = default;
};
struct MessageRow {
    std::string conversation, from, to, text;
    std::int64_t seq = 0;
    bool read = false;
    bool operator==(const MessageRow&) const = default;
};
struct ShownPost {
    bool there = false;
    std::int64_t likes = 0;
};

using Pair = std::pair<std::string, std::string>;

struct World {
    // PostgreSQL, the owners' tables
    std::set<std::string> users;
    std::map<std::string, PostRow> posts;
    std::set<Pair> likes;    // post, user
    std::set<Pair> follows;  // follower, followee
    std::map<std::string, Count> likeCounts, followerCounts;
    std::map<std::string, MessageRow> messages;
    std::map<std::string, NotificationRow> notifications;
    std::map<std::string, MediaRow> media;
    // PostgreSQL, copies made from events
    std::map<std::string, Versioned> feedPosts, postAuthors;
    std::set<Pair> feedEdges;  // follower, followee
    std::map<std::string, Count> feedLikes;
    // Kafka: every record, by topic, partition, offset
    std::vector<EventRecord> events, deadLetters;
    // Redis
    std::map<std::string, std::vector<std::string>> feeds;  // user → posts, newest first
    std::map<std::string, std::int64_t> cachedLikes, cachedUnread;
    std::map<std::string, Snapshot> snapshots;
    // GraphQL, each user's own view
    std::map<std::string, std::vector<std::string>> shownFeeds, shownLists;  // of the user; by the author
    std::map<std::string, ShownPost> shownPosts;
    std::map<std::string, std::int64_t> shownUnread, shownFollowers;
    bool withNotifications = false, withMessages = false;  // the services are there
};

// Feeds, notifications, counters and chat as one text, the same for the same state: invariants 9 and 10.
std::string stateText(const World& world);

}  // namespace nova::test
