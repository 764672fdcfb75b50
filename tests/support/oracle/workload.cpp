#include "tests/support/oracle/workload.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QRandomGenerator>
#include <QSet>

#include "kit/http/client.h"

using namespace Qt::StringLiterals;

namespace nova::test {
namespace {

constexpr std::chrono::seconds patience{8};

QString text(const std::string& s) {
    return QString::fromStdString(s);
}

// What an error says of whether the operation happened.
Answer answerOf(const QString& code) {
    static const QSet<QString> refusals{u"UNAUTHENTICATED"_s, u"FORBIDDEN"_s, u"NOT_FOUND"_s, u"BAD_INPUT"_s,
                                        u"CONFLICT"_s};
    return refusals.contains(code) ? Answer::fail : Answer::info;
}

}  // namespace

Workload::Workload(const LiveNova& nova, WorkloadOptions options)
    : m_nova(nova),
      m_options(options),
      m_run(QString::number(QRandomGenerator::global()->generate(), 16).toStdString()) {
    m_door = nova.run().value(u"graphql").toString().toStdString();
}

Workload::~Workload() {
    stop();
}

bool Workload::prepare() {
    std::mt19937_64 random(m_options.seed);
    for (int i = 0; i < m_options.users; ++i) {
        m_users.push_back(m_nova.signUp(u"user%1"_s.arg(i)));
        if (m_users.back().token.isEmpty()) return false;
    }
    m_posts.resize(m_users.size());
    bool fine = true;
    for (const auto& user : m_users) {
        for (const auto& other : m_users)
            if (user.id != other.id && random() % 2 == 0)
                fine = follow(user, other.id.toStdString()).answer == Answer::ok && fine;
    }
    return fine;
}

void Workload::start() {
    m_stopping = false;
    for (int client = 0; client < m_options.clients; ++client) {
        m_threads.emplace_back([this, client] {
            std::mt19937_64 random(m_options.seed * 1'000 + static_cast<std::uint64_t>(client));
            while (!m_stopping) {
                const auto clients = static_cast<std::size_t>(m_options.clients);
                const auto own = (m_users.size() - static_cast<std::size_t>(client) + clients - 1) / clients;
                act(static_cast<std::size_t>(client) + random() % own * clients, random);
                std::this_thread::sleep_for(std::chrono::milliseconds(m_options.pauseMs));
            }
        });
    }
}

void Workload::stop() {
    m_stopping = true;
    for (auto& thread : m_threads) thread.join();
    m_threads.clear();
}

void Workload::run(int operations) {
    std::mt19937_64 random(m_options.seed * 1'000 + 999);
    for (int i = 0; i < operations; ++i) act(random() % m_users.size(), random);
}

// A connection of its own for each: a kept one that breaks leaves open whether the server acted.
Op Workload::ask(Op op, const Account& by, const QString& query, const QJsonObject& variables, const QString& field) {
    op.user = by.id.toStdString();
    const auto body =
        QJsonDocument(QJsonObject{{u"query"_s, query}, {u"variables"_s, variables}}).toJson(QJsonDocument::Compact);
    std::vector<std::pair<std::string, std::string>> headers{{"content-type", "application/json"},
                                                             {"authorization", "Bearer " + by.token.toStdString()}};
    if (!op.key.empty()) headers.emplace_back("idempotency-key", op.key);
    op.begun = steadyNs();
    kit::HttpClient client(m_door, patience);
    const auto answer = client.send("POST", "", body.toStdString(), headers);
    op.ended = steadyNs();
    if (!answer) {
        op.error = answer.error().what;
    } else {
        const auto json = QJsonDocument::fromJson(QByteArray::fromStdString(answer.value().body)).object();
        const auto value = json.value(u"data").toObject().value(field);
        const auto errors = json.value(u"errors").toArray();
        if (errors.isEmpty() && !value.isNull() && !value.isUndefined()) {
            op.answer = Answer::ok;
            op.id = value.toObject().value(u"id").toString().toStdString();
            op.version = value.toObject().value(u"version").toInteger();
        } else {
            const auto code = errors.at(0).toObject().value(u"extensions").toObject().value(u"code").toString();
            op.answer = answerOf(code);
            op.error = code.isEmpty() ? answer.value().body : code.toStdString();
        }
    }
    note(op);
    return op;
}

void Workload::note(Op op) {
    if (op.answer == Answer::ok) ++(op.kind == Kind::read ? m_readsAnswered : m_acknowledged);
    m_history.add(std::move(op));
}

std::string Workload::newToken() {
    return m_run + "-" + std::to_string(++m_nextToken);
}

void Workload::publish(const std::string& post) {
    const std::lock_guard lock(m_mutex);
    m_known.push_back(post);
}

std::string Workload::anyPost(std::mt19937_64& random) {
    const std::lock_guard lock(m_mutex);
    return m_known.empty() ? std::string() : m_known[random() % m_known.size()];
}

Op Workload::createPost(const Account& by, const std::string& key, const std::string& token) {
    Op op{.kind = Kind::createPost, .token = token.empty() ? newToken() : token, .key = key};
    op = ask(op, by, u"mutation($c:String!){createPost(content:$c){id version}}"_s, {{u"c"_s, text(op.token)}},
             u"createPost"_s);
    if (op.answer == Answer::ok) {
        const std::lock_guard lock(m_mutex);
        m_tokens[op.id] = op.token;
    }
    return op;
}

Op Workload::updatePost(const Account& by, const std::string& post) {
    Op op{.kind = Kind::updatePost, .target = post, .token = newToken()};
    std::string created;
    {
        const std::lock_guard lock(m_mutex);
        created = m_tokens[post];
    }
    const auto content = created + " " + op.token;
    return ask(op, by, u"mutation($p:ID!,$c:String!){updatePost(id:$p,content:$c){id version}}"_s,
               {{u"p"_s, text(post)}, {u"c"_s, text(content)}}, u"updatePost"_s);
}

Op Workload::deletePost(const Account& by, const std::string& post) {
    return ask({.kind = Kind::deletePost, .target = post}, by, u"mutation($p:ID!){deletePost(id:$p)}"_s,
               {{u"p"_s, text(post)}}, u"deletePost"_s);
}

Op Workload::like(const Account& by, const std::string& post, bool on, const std::string& key) {
    const auto field = on ? u"likePost"_s : u"unlikePost"_s;
    return ask({.kind = on ? Kind::like : Kind::unlike, .target = post, .key = key}, by,
               u"mutation($p:ID!){%1(id:$p){id likeCount}}"_s.arg(field), {{u"p"_s, text(post)}}, field);
}

Op Workload::follow(const Account& by, const std::string& user, bool on) {
    const auto field = on ? u"follow"_s : u"unfollow"_s;
    return ask({.kind = on ? Kind::follow : Kind::unfollow, .target = user}, by,
               u"mutation($u:ID!){%1(userId:$u){id}}"_s.arg(field), {{u"u"_s, text(user)}}, field);
}

Op Workload::sendMessage(const Account& by, const std::string& to, const std::string& key, const std::string& token) {
    Op op{.kind = Kind::sendMessage, .target = to, .token = token.empty() ? newToken() : token, .key = key};
    op = ask(op, by, u"mutation($u:ID!,$t:String!){sendMessage(to:$u,text:$t){id}}"_s,
             {{u"u"_s, text(to)}, {u"t"_s, text(op.token)}}, u"sendMessage"_s);
    if (op.answer == Answer::ok) {
        const std::lock_guard lock(m_mutex);
        m_received[to].push_back(op.id);
    }
    return op;
}

Op Workload::markRead(const Account& by, const std::string& message) {
    return ask({.kind = Kind::markRead, .target = message}, by, u"mutation($m:ID!){markRead(messageId:$m){id}}"_s,
               {{u"m"_s, text(message)}}, u"markRead"_s);
}

Op Workload::markSeen(const Account& by) {
    return ask({.kind = Kind::markSeen}, by, u"mutation{markNotificationsSeen}"_s, {}, u"markNotificationsSeen"_s);
}

Op Workload::readFeed(const Account& by) {
    return ask({.kind = Kind::read}, by, u"{feed(first:20){posts{id content likeCount} stale}}"_s, {}, u"feed"_s);
}

Op Workload::upload(const Account& by, const std::string& post) {
    const std::string line = "\r\n", mark = "nova-test-boundary";
    std::string picture =
        QByteArray::fromBase64(
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
            .toStdString();
    picture += newToken();  // no two are the same object
    std::string body =
        "--" + mark + line + "Content-Disposition: form-data; name=\"post_id\"" + line + line + post + line;
    body += "--" + mark + line + "Content-Disposition: form-data; name=\"file\"; filename=\"dot.png\"" + line +
            "Content-Type: image/png" + line + line;
    body += picture + line + "--" + mark + "--" + line;
    Op op{.kind = Kind::upload, .user = by.id.toStdString(), .target = post, .begun = steadyNs()};
    kit::HttpClient client(m_nova.run().value(u"upload").toString().toStdString(), patience);
    const auto answer = client.send("POST", "", body,
                                    {{"content-type", "multipart/form-data; boundary=" + mark},
                                     {"authorization", "Bearer " + by.token.toStdString()}});
    op.ended = steadyNs();
    if (!answer) {
        op.error = answer.error().what;
    } else if (answer.value().status == 200) {
        const auto json = QJsonDocument::fromJson(QByteArray::fromStdString(answer.value().body)).object();
        op.answer = Answer::ok;
        op.id = json.value(u"media_id").toString().toStdString();
    } else {
        op.answer = answer.value().status < 500 ? Answer::fail : Answer::info;
        op.error = std::to_string(answer.value().status) + " " + answer.value().body;
    }
    note(op);
    return op;
}

// An unclear answer is asked for again with the same key, as a good client does.
void Workload::create(std::size_t user, std::mt19937_64& random) {
    const auto key = random() % 2 == 0 ? newToken() : std::string();
    auto op = createPost(m_users[user], key);
    for (int again = 0; again < 3 && op.answer == Answer::info && !key.empty(); ++again)
        op = createPost(m_users[user], key, op.token);
    if (op.answer != Answer::ok) return;
    m_posts[user].push_back(op.id);
    publish(op.id);
}

void Workload::send(std::size_t user, std::mt19937_64& random) {
    const auto other = (user + 1 + random() % (m_users.size() - 1)) % m_users.size();
    const auto key = newToken();
    auto op = sendMessage(m_users[user], m_users[other].id.toStdString(), key);
    for (int again = 0; again < 3 && op.answer == Answer::info; ++again)
        op = sendMessage(m_users[user], m_users[other].id.toStdString(), key, op.token);
}

void Workload::readOne(std::size_t user, std::mt19937_64& random) {
    std::string message;
    {
        const std::lock_guard lock(m_mutex);
        const auto& received = m_received[m_users[user].id.toStdString()];
        if (!received.empty()) message = received[random() % received.size()];
    }
    if (!message.empty()) markRead(m_users[user], message);
}

void Workload::act(std::size_t user, std::mt19937_64& random) {
    const Account& me = m_users[user];
    auto& posts = m_posts[user];
    const auto dice = random() % 100;
    const auto pick = posts.empty() ? 0 : random() % posts.size();
    if (dice < 25 || posts.empty()) {
        create(user, random);
    } else if (dice < 40) {
        updatePost(me, posts[pick]);
    } else if (dice < 47) {
        deletePost(me, posts[pick]);
        posts.erase(posts.begin() + static_cast<std::ptrdiff_t>(pick));
    } else if (dice < 65) {
        if (const auto post = anyPost(random); !post.empty())
            like(me, post, random() % 4 != 0, random() % 3 == 0 ? newToken() : "");
    } else if (dice < 72) {
        const auto other = (user + 1 + random() % (m_users.size() - 1)) % m_users.size();
        follow(me, m_users[other].id.toStdString(), random() % 3 != 0);
    } else if (dice < 85 && m_options.messages) {
        send(user, random);
    } else if (dice < 90 && m_options.messages) {
        readOne(user, random);
    } else if (dice < 92) {
        markSeen(me);
    } else if (dice < 94) {
        upload(me, posts[pick]);
    } else {
        readFeed(me);
    }
}

}  // namespace nova::test
