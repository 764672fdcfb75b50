// Reads Redis; writes nothing, and never asks for KEYS. What Redis refuses (NOAUTH, WRONGPASS, NOPERM) is an error of
// kind forbidden with Redis' own words, any other error and an answer of another kind than a command has is permanent; no
// answer is transient. Thread: one; calls block until Redis answers or its
// client gives up, 2 s.
#pragma once

#include <QMap>
#include <QString>
#include <QStringList>
#include <QVector>
#include <memory>
#include <optional>
#include <utility>

#include "app/engine/cluster/read_budget.h"
#include "kit/redis/client.h"
#include "kit/runtime/error.h"

namespace nova::engine {

class KeyReader {
public:
    // "redis://[user[:password]@]host[:port][/db]"; badInput for anything else, rediss among it. Each reply is paid for
    // with the budget, and waited for, 2 s at most, where that is spent; null: no limit.
    static kit::Result<KeyReader> make(const QString& redisUri, std::shared_ptr<ReadBudget> budget = {});
    ~KeyReader();
    KeyReader(KeyReader&&) noexcept;
    KeyReader& operator=(KeyReader&&) noexcept;

    // For (event id, group) each, by the contract's template: done, leased, absent, or unknown where what Redis holds
    // there is no idempotency key; one pipeline.
    kit::Result<QVector<QString>> states(const QVector<std::pair<QString, QString>>& of);
    // Whether a socket of that user is entered in websocket:{user}: then pushes find it.
    kit::Result<bool> isOnline(const QString& userId);

    struct Value {
        bool there = false;
        QString text;                      // at most `longestText` characters; empty when it is no string
        std::optional<double> ttlSeconds;  // none: no expiry
        QString trouble;                   // Redis' words, "WRONGTYPE …"
    };
    static constexpr int longestText = 1'000;
    // In order; one pipeline of GET and PTTL.
    kit::Result<QVector<Value>> values(const QStringList& keys);
    // "string", "zset" …, "none" where there is no such key.
    kit::Result<QString> type(const QString& key);
    // The fields asked for that the hash has; nothing where there is no such hash.
    kit::Result<std::optional<QMap<QString, QString>>> fields(const QString& hash, const QStringList& names);

    struct Member {
        std::optional<double> score;
        std::optional<qint64> rank;  // 0: the highest score
        qint64 size = 0;             // of the whole set; 0: there is none
        QString trouble;             // Redis' words, "WRONGTYPE …": nothing of the above is known
    };
    // For (sorted set, member) each, in order; one pipeline of ZSCORE, ZREVRANK and ZCARD.
    kit::Result<QVector<Member>> members(const QVector<std::pair<QString, QString>>& of);

    struct Step {
        quint64 cursor = 0;   // 0: the walk is over
        double fraction = 0;  // of Redis' table walked through, 0 … 1
        QStringList keys;
    };
    // One step of SCAN; `count` is Redis' hint of how many keys it looks at.
    kit::Result<Step> scan(quint64 cursor, const QString& pattern, int count);
    kit::Result<qint64> size();  // keys in this database

private:
    struct Door;
    explicit KeyReader(std::unique_ptr<Door> door);
    kit::Result<std::vector<kit::RedisReply>> ask(const std::vector<kit::RedisCommand>& commands);
    std::unique_ptr<Door> m_door;
};

}  // namespace nova::engine
