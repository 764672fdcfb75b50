// Reads idempotency keys of the contract's template in Redis; writes nothing. Thread: one; calls block until Redis
// answers or its client gives up.
#pragma once

#include <QString>
#include <QVector>
#include <memory>
#include <utility>

#include "kit/runtime/error.h"

namespace nova::kit {
class RedisClient;
}

namespace nova::engine {

class KeyReader {
public:
    // "redis://host:port"; badInput for anything else.
    static kit::Result<KeyReader> make(const QString& redisUri);
    ~KeyReader();
    KeyReader(KeyReader&&) noexcept;
    KeyReader& operator=(KeyReader&&) noexcept;

    // For (event id, group) each: done, leased or absent; one pipeline.
    kit::Result<QVector<QString>> states(const QVector<std::pair<QString, QString>>& of);
    // Whether a socket of that user is entered in websocket:{user}: then pushes find it.
    kit::Result<bool> isOnline(const QString& userId);

private:
    explicit KeyReader(std::unique_ptr<kit::RedisClient> client);
    std::unique_ptr<kit::RedisClient> m_client;
};

}  // namespace nova::engine
