#include "app/views/people.h"

#include <QJsonArray>
#include <QRandomGenerator>
#include <algorithm>

namespace nova::views {

using namespace Qt::StringLiterals;

namespace {

constexpr int idleRefreshMs = 1000;
constexpr int busyRefreshMs = 60;  // after an act, until its effect should have shown
constexpr qint64 busyForMs = 2500;
constexpr int traceLimit = 500;
constexpr int waitingPosts = 16;
constexpr qint64 awaitedForMs = 20'000;  // a post in a feed; later it is not a story any more

const QString sessionFields = u"{user{id handle displayName} token expiresAt}"_s;
const QString postFields =
    u"{posts{id content version likeCount likedByMe createdAt updatedAt author{id handle} media{url}} hasMore stale}"_s;

QString randomText(int length) {
    static const QString letters = u"abcdefghijkmnpqrstuvwxyz23456789"_s;
    QString text;
    for (int i = 0; i < length; ++i) text += letters[QRandomGenerator::system()->bounded(int(letters.size()))];
    return text;
}

}  // namespace

People::People(QObject* parent) : QObject(parent) {
    m_people[0].name = tr("Alice");
    m_people[1].name = tr("Bob");
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, qOverload<>(&People::refresh));
}

People::~People() = default;

void People::setDoors(std::unique_ptr<Door> alice, std::unique_ptr<Door> bob) {
    setDoors({std::move(alice), nullptr, nullptr, nullptr}, {std::move(bob), nullptr, nullptr, nullptr});
}

void People::setDoors(Doors alice, Doors bob) {
    m_doors = {std::move(alice), std::move(bob)};
    for (const Who who : {Who::alice, Who::bob}) {
        const auto i = index(who);
        m_open[i].clear();
        m_refreshing[i] = m_asking[i] = false;
        m_people[i].token.clear();
        m_people[i].state = Person::State::absent;
        m_people[i].follows = false;
        m_people[i].online = false;
        if (!m_doors[i].calls) continue;
        connect(m_doors[i].calls.get(), &Door::answered, this, [this, who](const Answer& a) { answered(who, a); });
        listen(who);
    }
    m_following = false;
    if (connected() && !m_people[0].credentials.handle.isEmpty()) setUp();
    announce();
}

void People::restore(const Credentials& alice, const Credentials& bob) {
    m_people[0].credentials = alice;
    m_people[1].credentials = bob;
}

bool People::ready() const {
    return m_people[0].state == Person::State::ready && m_people[1].state == Person::State::ready;
}

void People::call(Who who, const QString& operation, const QString& query, const QJsonObject& variables,
                  const Then& then, bool traced) {
    const auto i = index(who);
    if (!m_doors[i].calls) return;
    const Call call{m_nextId++, operation, query, variables, m_people[i].token, m_people[i].credentials.handle, traced};
    m_open[i].insert(call.id, then);
    m_doors[i].calls->send(call);
}

void People::answered(Who who, const Answer& answer) {
    const Then then = m_open[index(who)].take(answer.id);
    if (!then) return;  // asked of a Nova that is gone
    auto& person = m_people[index(who)];
    if (answer.operation == "inbox"_L1) {
        person.inboxTrouble = answer.error;
    } else if (!answer.ok()) {
        person.trouble = answer.error;
        person.troubled = answer.operation;
    } else if (answer.operation == person.troubled || answer.operation != "feed"_L1) {
        person.trouble.clear();  // a refresh does not wipe out what an act was refused for
    }
    if (answer.code == "UNAUTHENTICATED"_L1 && !person.token.isEmpty()) {
        person.token.clear();  // expired: the credentials still stand
        person.state = Person::State::absent;
        arrive(who);
    }
    then(answer);
    announce();
}

void People::setUp() {
    for (const Who who : {Who::alice, Who::bob}) {
        if (person(who).state == Person::State::absent) arrive(who);
    }
    announce();
}

void People::arrive(Who who) {
    auto& person = m_people[index(who)];
    if (!m_doors[index(who)].calls) return;
    person.state = Person::State::arriving;
    if (person.credentials.handle.isEmpty()) return signUp(who);
    call(who, u"signIn"_s, u"mutation($h:String!,$p:String!){signIn(handle:$h,password:$p)"_s + sessionFields + u'}',
         {{u"h"_s, person.credentials.handle}, {u"p"_s, person.credentials.password}}, [this, who](const Answer& a) {
             if (a.ok()) return arrived(who, a.data["signIn"_L1].toObject());
             if (a.code == "UNAUTHENTICATED"_L1 || a.code == "NOT_FOUND"_L1) return signUp(who);  // another data folder
             m_people[index(who)].state = Person::State::absent;
         });
}

void People::signUp(Who who) {
    auto& person = m_people[index(who)];
    person.credentials = {(who == Who::alice ? u"alice-"_s : u"bob-"_s) + randomText(4), randomText(20)};
    const QString query = u"mutation($h:String!,$p:String!,$d:String){signUp(handle:$h,password:$p,displayName:$d)"_s +
                          sessionFields + u'}';
    call(who, u"signUp"_s, query,
         {{u"h"_s, person.credentials.handle}, {u"p"_s, person.credentials.password}, {u"d"_s, person.name}},
         [this, who](const Answer& a) {
             auto& p = m_people[index(who)];
             if (a.ok()) return arrived(who, a.data["signUp"_L1].toObject());
             p.credentials = {};
             p.state = Person::State::absent;
         });
}

void People::arrived(Who who, const QJsonObject& session) {
    auto& person = m_people[index(who)];
    person.state = Person::State::ready;
    person.token = session["token"_L1].toString();
    person.id = session["user"_L1]["id"_L1].toString();
    if (auto& socket = m_doors[index(who)].socket; socket && person.wantsSocket) socket->open(person.token);
    Q_EMIT credentialsChanged();
    settle();
}

void People::settle() {
    if (!ready()) return;
    refresh();
    if (!m_people[1].follows && !m_following) return setFollows(Who::bob, true);
    for (const auto& draft : std::exchange(m_toPost, {})) post(draft);
}

void People::post(Who who, const QString& content, const std::optional<engine::UploadFile>& picture) {
    post({who, content, picture});
}

void People::aliceToBob() {
    post({Who::alice, tr("Golden hour over the harbour"), std::nullopt, true});
}

void People::post(const Draft& draft) {
    if (!ready() || m_following) {
        if (m_toPost.size() < waitingPosts) m_toPost.append(draft);
        return setUp();
    }
    act(draft.who, u"createPost"_s, u"mutation($c:String!){createPost(content:$c){id version}}"_s,
        {{u"c"_s, draft.content}}, [this, draft](const Answer& a) {
            const QString id = a.data["createPost"_L1]["id"_L1].toString();
            remember(id, a.traceId);
            if (draft.picture) upload(draft.who, id, *draft.picture);
            if (!draft.awaited) return;
            m_awaited = id;
            m_sinceAwaited.start();
            lookForAwaited();
        });
}

void People::lookForAwaited() {
    if (m_awaited.isEmpty()) return;
    const auto& feed = person(Who::bob).feed;
    if (std::any_of(feed.begin(), feed.end(), [this](const auto& card) { return card.id == m_awaited; }))
        return setLiked(Who::bob, std::exchange(m_awaited, {}), true);
    if (!connected() || m_sinceAwaited.elapsed() > awaitedForMs) return m_awaited.clear();
    refresh(Who::bob);
    QTimer::singleShot(busyRefreshMs, this, &People::lookForAwaited);
}

void People::remember(const QString& id, const QString& traceId) {
    if (m_traces.size() >= traceLimit) m_traces.clear();
    if (!traceId.isEmpty()) m_traces.insert(id, traceId);
}

void People::edit(Who who, const QString& postId, const QString& content, qint64 expectedVersion) {
    act(who, u"updatePost"_s,
        u"mutation($i:ID!,$c:String!,$v:Long){updatePost(id:$i,content:$c,expectedVersion:$v){id version}}"_s,
        {{u"i"_s, postId}, {u"c"_s, content}, {u"v"_s, expectedVersion}});
}

void People::remove(Who who, const QString& postId) {
    act(who, u"deletePost"_s, u"mutation($i:ID!){deletePost(id:$i)}"_s, {{u"i"_s, postId}});
}

void People::setLiked(Who who, const QString& postId, bool liked) {
    const QString operation = liked ? u"likePost"_s : u"unlikePost"_s;
    act(who, operation, u"mutation($i:ID!){"_s + operation + u"(id:$i){id likeCount}}"_s, {{u"i"_s, postId}});
}

void People::setFollows(Who who, bool follows) {
    const QString operation = follows ? u"follow"_s : u"unfollow"_s;
    m_following = true;
    call(who, operation, u"mutation($u:ID!){"_s + operation + u"(userId:$u){id}}"_s, {{u"u"_s, person(other(who)).id}},
         [this, who, follows](const Answer& a) {
             m_following = false;
             if (!a.ok()) return;
             m_people[index(who)].follows = follows;
             Q_EMIT acted(a.operation, a.traceId, a.ms);
             settle();
         });
}

void People::act(Who who, const QString& operation, const QString& query, const QJsonObject& variables,
                 const Then& then) {
    call(who, operation, query, variables, [this, then](const Answer& a) {
        if (a.ok()) {
            if (then) then(a);
            m_sinceAct.start();
            Q_EMIT acted(a.operation, a.traceId, a.ms);
        }
        refresh();
    });
}

void People::setWatching(bool watching) {
    m_watching = watching;
    watching ? refresh() : m_timer.stop();
}

void People::refresh() {
    for (const Who who : {Who::alice, Who::bob}) {
        refresh(who);
        refreshInbox(who);
    }
    if (!m_watching) return;
    const bool busy = m_sinceAct.isValid() && m_sinceAct.elapsed() < busyForMs;
    m_timer.start(busy ? busyRefreshMs : idleRefreshMs);
}

void People::refresh(Who who) {
    const auto i = index(who);
    if (m_refreshing[i] || m_people[i].state != Person::State::ready) return;
    m_refreshing[i] = true;
    const QString query =
        u"query($u:ID!){feed(first:20)"_s + postFields + u" posts(userId:$u,first:20)"_s + postFields + u'}';
    call(
        who, u"feed"_s, query, {{u"u"_s, m_people[i].id}},
        [this, i](const Answer& a) {
            m_refreshing[i] = false;
            if (!a.ok()) return;
            m_people[i].feed = cards(a.data["feed"_L1].toObject());
            m_people[i].posts = cards(a.data["posts"_L1].toObject());
            m_people[i].stale = a.data["feed"_L1]["stale"_L1].toBool();
        },
        false);
}

QVector<PostCard> People::cards(const QJsonObject& feed) const {
    QVector<PostCard> cards;
    for (const auto& value : feed["posts"_L1].toArray()) {
        const auto id = value["id"_L1].toString();
        QStringList media;
        for (const auto& one : value["media"_L1].toArray()) media << one["url"_L1].toString();
        cards.append(
            {id, value["author"_L1]["id"_L1].toString(), value["author"_L1]["handle"_L1].toString(),
             value["content"_L1].toString(), value["version"_L1].toInteger(), value["likeCount"_L1].toInteger(),
             value["likedByMe"_L1].toBool(), QDateTime::fromString(value["createdAt"_L1].toString(), Qt::ISODateWithMs),
             QDateTime::fromString(value["updatedAt"_L1].toString(), Qt::ISODateWithMs), media, m_traces.value(id)});
    }
    return cards;
}

void People::announce() {
    if (std::exchange(m_announced, true)) return;
    QMetaObject::invokeMethod(
        this,
        [this] {
            m_announced = false;
            Q_EMIT changed();
        },
        Qt::QueuedConnection);
}

}  // namespace nova::views
