#include "app/engine/cluster/key_reader.h"

#include <QUrl>
#include <algorithm>
#include <array>

#include "contract/topics.h"

namespace nova::engine {
namespace {

using Type = kit::RedisReply::Type;
constexpr int defaultPort = 6'379;
constexpr double millisecondsInSecond = 1'000;

std::string keyOf(const std::pair<QString, QString>& of) {
    auto key =
        QString::fromUtf8(contract::key::processed.data(), static_cast<qsizetype>(contract::key::processed.size()));
    return key.replace(QLatin1String("{group}"), of.second)
        .replace(QLatin1String("{event_id}"), of.first)
        .toStdString();
}

// On the wire: a type, a number or a length, the text, each line with its end.
std::int64_t sizeOf(const kit::RedisReply& reply) {
    const auto line = [](auto number) { return static_cast<std::int64_t>(std::to_string(number).size()) + 3; };
    if (reply.type == Type::nil) return 5;
    if (reply.type == Type::integer) return line(reply.integer);
    if (reply.type != Type::array) return line(reply.text.size()) + static_cast<std::int64_t>(reply.text.size()) + 2;
    auto bytes = line(reply.items.size());
    for (const auto& item : reply.items) bytes += sizeOf(item);
    return bytes;
}

// What is said of an answer that is none: an error in Redis' own words, or the kind that it should not have.
QString troubleOf(const kit::RedisReply& reply) {
    if (reply.type == Type::error) return QString::fromStdString(reply.text);
    return QStringLiteral("Redis answered with something else than was asked for");
}

kit::Error faultOf(const char* command, const kit::RedisReply& reply) {
    return kit::permanent(std::string("Redis ") + command + ": " + troubleOf(reply).toStdString());
}

QString stateOf(const kit::RedisReply& reply) {
    if (reply.isNil()) return QStringLiteral("absent");
    if (reply.type != Type::text) return QStringLiteral("unknown");
    return reply.text == "done" || reply.text == "1" ? QStringLiteral("done") : QStringLiteral("leased");
}

bool isRefusal(const std::string& text) {
    static constexpr std::array<std::string_view, 5> refusals{"NOAUTH", "WRONGPASS", "NOPERM", "DENIED",
                                                              "ERR invalid password"};
    return std::any_of(refusals.begin(), refusals.end(), [&](auto word) { return text.starts_with(word); }) ||
           text.find("without any password configured") != std::string::npos;
}

// Redis counts a cursor's bits from the top, so that its mirror image grows from 0 to the end of the table.
double fractionOf(quint64 cursor) {
    quint64 mirrored = 0;
    for (int bit = 0; bit < 64; ++bit) mirrored |= ((cursor >> bit) & 1U) << (63 - bit);
    return static_cast<double>(mirrored) / 18446744073709551616.0;
}

}  // namespace

// A connection that Redis restarts is made anew inside the client, hence each pipeline signs in for itself.
struct KeyReader::Door {
    kit::RedisClient client;
    std::vector<kit::RedisCommand> signIn;
    std::shared_ptr<ReadBudget> budget;
};

KeyReader::KeyReader(std::unique_ptr<Door> door) : m_door(std::move(door)) {}
KeyReader::~KeyReader() = default;
KeyReader::KeyReader(KeyReader&&) noexcept = default;
KeyReader& KeyReader::operator=(KeyReader&&) noexcept = default;

kit::Result<KeyReader> KeyReader::make(const QString& redisUri, std::shared_ptr<ReadBudget> budget) {
    const QUrl url(redisUri);
    const auto shown = url.toString(QUrl::RemovePassword).toStdString();
    if (url.scheme() == QLatin1String("rediss"))
        return kit::badInput("Redis by TLS (rediss) is not supported: " + shown, "redis://host:port");
    bool isNumber = true;
    const int database = url.path().size() > 1 ? url.path().mid(1).toInt(&isNumber) : 0;
    if (!url.isValid() || url.scheme() != QLatin1String("redis") || url.host().isEmpty() || !isNumber) {
        return kit::badInput("\"" + shown + "\" is no address of a Redis", "redis://user:password@host:port/database");
    }
    std::vector<kit::RedisCommand> signIn;
    if (!url.password().isEmpty() && !url.userName().isEmpty())
        signIn.push_back(
            {"AUTH", url.userName(QUrl::FullyDecoded).toStdString(), url.password(QUrl::FullyDecoded).toStdString()});
    else if (!url.password().isEmpty())
        signIn.push_back({"AUTH", url.password(QUrl::FullyDecoded).toStdString()});
    if (database != 0) signIn.push_back({"SELECT", std::to_string(database)});
    return KeyReader(std::unique_ptr<Door>(
        new Door{{url.host().toStdString(), url.port(defaultPort)}, signIn, std::move(budget)}));
}

kit::Result<std::vector<kit::RedisReply>> KeyReader::ask(const std::vector<kit::RedisCommand>& commands) {
    auto all = m_door->signIn;
    all.insert(all.end(), commands.begin(), commands.end());
    if (m_door->budget) m_door->budget->waitTurn();
    auto replies = m_door->client.pipeline(all);
    if (!replies) return replies.error();
    if (m_door->budget) {
        std::int64_t bytes = 0;
        for (const auto& reply : replies.value()) bytes += sizeOf(reply);
        m_door->budget->pay(bytes);
    }
    auto& answered = replies.value();
    if (answered.size() != all.size()) return kit::permanent("Redis did not answer each command");
    for (std::size_t i = 0; i < answered.size(); ++i) {
        if (answered[i].type != Type::error) continue;
        if (isRefusal(answered[i].text) || i < m_door->signIn.size())
            return kit::Error{kit::ErrorKind::forbidden, "Redis refused: " + answered[i].text, {}};
    }
    answered.erase(answered.begin(), answered.begin() + static_cast<std::ptrdiff_t>(m_door->signIn.size()));
    return replies;
}

kit::Result<QVector<QString>> KeyReader::states(const QVector<std::pair<QString, QString>>& of) {
    QVector<QString> states;
    if (of.isEmpty()) return states;
    std::vector<kit::RedisCommand> commands;
    for (const auto& one : of) commands.push_back({"GET", keyOf(one)});
    BOOST_OUTCOME_TRY(const auto replies, ask(commands));
    for (const auto& reply : replies) states.append(stateOf(reply));
    return states;
}

kit::Result<bool> KeyReader::isOnline(const QString& userId) {
    BOOST_OUTCOME_TRY(const auto replies, ask({{"ZCARD", "websocket:" + userId.toStdString()}}));
    if (replies.front().type != Type::integer) return faultOf("ZCARD", replies.front());
    return replies.front().integer > 0;
}

kit::Result<QVector<KeyReader::Value>> KeyReader::values(const QStringList& keys) {
    QVector<Value> values;
    if (keys.isEmpty()) return values;
    std::vector<kit::RedisCommand> commands;
    for (const auto& key : keys) {
        commands.push_back({"GET", key.toStdString()});
        commands.push_back({"PTTL", key.toStdString()});
    }
    BOOST_OUTCOME_TRY(const auto replies, ask(commands));
    for (std::size_t i = 0; i + 1 < replies.size(); i += 2) {
        const auto& got = replies[i];
        const auto left = replies[i + 1].integer;  // -2: no such key, -1: no expiry
        Value value;
        value.there = !got.isNil();
        if (value.there && got.type != Type::text)
            value.trouble = troubleOf(got);
        else
            value.text = QString::fromStdString(got.text).left(longestText);
        if (replies[i + 1].type == Type::integer && left >= 0)
            value.ttlSeconds = static_cast<double>(left) / millisecondsInSecond;
        values.append(value);
    }
    return values;
}

kit::Result<QString> KeyReader::type(const QString& key) {
    BOOST_OUTCOME_TRY(const auto replies, ask({{"TYPE", key.toStdString()}}));
    if (replies.front().type != Type::text) return faultOf("TYPE", replies.front());
    return QString::fromStdString(replies.front().text);
}

kit::Result<std::optional<QMap<QString, QString>>> KeyReader::fields(const QString& hash, const QStringList& names) {
    kit::RedisCommand command{"HMGET", hash.toStdString()};
    for (const auto& name : names) command.push_back(name.toStdString());
    BOOST_OUTCOME_TRY(const auto replies, ask({command, {"EXISTS", hash.toStdString()}}));
    if (replies.back().type != Type::integer) return faultOf("EXISTS", replies.back());
    if (replies.back().integer == 0) return std::optional<QMap<QString, QString>>();
    const auto& items = replies.front().items;
    if (replies.front().type != Type::array || items.size() != static_cast<std::size_t>(names.size()))
        return faultOf("HMGET", replies.front());
    QMap<QString, QString> fields;
    for (std::size_t i = 0; i < items.size(); ++i) {
        if (items[i].type == Type::text)
            fields.insert(names[static_cast<qsizetype>(i)], QString::fromStdString(items[i].text).left(longestText));
    }
    return std::optional(fields);
}

kit::Result<QVector<KeyReader::Member>> KeyReader::members(const QVector<std::pair<QString, QString>>& of) {
    QVector<Member> members;
    if (of.isEmpty()) return members;
    std::vector<kit::RedisCommand> commands;
    for (const auto& [set, member] : of) {
        commands.push_back({"ZSCORE", set.toStdString(), member.toStdString()});
        commands.push_back({"ZREVRANK", set.toStdString(), member.toStdString()});
        commands.push_back({"ZCARD", set.toStdString()});
    }
    BOOST_OUTCOME_TRY(const auto replies, ask(commands));
    for (std::size_t i = 0; i + 2 < replies.size(); i += 3) {
        Member member;
        if (replies[i].type == Type::text) member.score = QString::fromStdString(replies[i].text).toDouble();
        if (replies[i + 1].type == Type::integer) member.rank = replies[i + 1].integer;
        if (replies[i + 2].type == Type::integer)
            member.size = replies[i + 2].integer;
        else
            member.trouble = troubleOf(replies[i + 2]);
        members.append(member);
    }
    return members;
}

kit::Result<KeyReader::Step> KeyReader::scan(quint64 cursor, const QString& pattern, int count) {
    BOOST_OUTCOME_TRY(
        const auto replies,
        ask({{"SCAN", std::to_string(cursor), "MATCH", pattern.toStdString(), "COUNT", std::to_string(count)}}));
    const auto& reply = replies.front();
    if (reply.type != Type::array || reply.items.size() != 2 || reply.items[0].type != Type::text ||
        reply.items[1].type != Type::array)
        return faultOf("SCAN", reply);
    Step step;
    step.cursor = QString::fromStdString(reply.items[0].text).toULongLong();
    step.fraction = step.cursor == 0 ? 1.0 : fractionOf(step.cursor);
    for (const auto& key : reply.items[1].items) step.keys.append(QString::fromStdString(key.text));
    return step;
}

kit::Result<qint64> KeyReader::size() {
    const auto replies = ask({{"DBSIZE"}});
    if (!replies) return replies.error();
    const auto& reply = replies.value().front();
    if (reply.type != Type::integer) return faultOf("DBSIZE", reply);
    return reply.integer;
}

}  // namespace nova::engine
