#include "app/engine/cluster/key_reader.h"

#include <QUrl>

#include "contract/topics.h"
#include "kit/redis/client.h"

namespace nova::engine {
namespace {

std::string keyOf(const std::pair<QString, QString>& of) {
    auto key =
        QString::fromUtf8(contract::key::processed.data(), static_cast<qsizetype>(contract::key::processed.size()));
    return key.replace(QLatin1String("{group}"), of.second)
        .replace(QLatin1String("{event_id}"), of.first)
        .toStdString();
}

QString stateOf(const kit::RedisReply& reply) {
    if (reply.isNil()) return QStringLiteral("absent");
    return reply.text == "done" || reply.text == "1" ? QStringLiteral("done") : QStringLiteral("leased");
}

}  // namespace

KeyReader::KeyReader(std::unique_ptr<kit::RedisClient> client) : m_client(std::move(client)) {}
KeyReader::~KeyReader() = default;
KeyReader::KeyReader(KeyReader&&) noexcept = default;
KeyReader& KeyReader::operator=(KeyReader&&) noexcept = default;

kit::Result<KeyReader> KeyReader::make(const QString& redisUri) {
    const QUrl url(redisUri);
    if (url.scheme() != QLatin1String("redis") || url.host().isEmpty() || url.port() <= 0) {
        return kit::badInput("\"" + redisUri.toStdString() + "\" is no address of a Redis", "redis://host:port");
    }
    return KeyReader(std::make_unique<kit::RedisClient>(url.host().toStdString(), url.port()));
}

kit::Result<QVector<QString>> KeyReader::states(const QVector<std::pair<QString, QString>>& of) {
    QVector<QString> states;
    if (of.isEmpty()) return states;
    std::vector<kit::RedisCommand> commands;
    for (const auto& one : of) commands.push_back({"GET", keyOf(one)});
    BOOST_OUTCOME_TRY(const auto replies, m_client->pipeline(commands));
    for (const auto& reply : replies) states.append(stateOf(reply));
    return states;
}

kit::Result<bool> KeyReader::isOnline(const QString& userId) {
    BOOST_OUTCOME_TRY(const auto count, m_client->command({"ZCARD", "websocket:" + userId.toStdString()}));
    return count.integer > 0;
}

}  // namespace nova::engine
