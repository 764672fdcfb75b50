// Alice and Bob: two users of Nova, acting through their own doors, each with their own posts and feed as the gateway
// serves them. Lives on the thread of the window; calls never block. Bounds: 20 posts and 20 feed entries a person, 500
// remembered traces.
#pragma once

#include <QDateTime>
#include <QElapsedTimer>
#include <QHash>
#include <QObject>
#include <QTimer>
#include <QVector>
#include <array>
#include <functional>
#include <memory>

#include "app/views/door.h"

namespace nova::views {

struct PostCard {
    QString id, authorId, author, content;
    qint64 version = 0, likes = 0;
    bool liked = false;
    QDateTime created, updated;
    QString traceId;  // of the createPost made from here; empty for posts of earlier sessions
    bool operator==(const PostCard&) const = default;
};

struct Credentials {
    QString handle, password;
};

struct Person {
    enum class State { absent, arriving, ready };
    QString name;  // "Alice", as people call her
    Credentials credentials;
    State state = State::absent;
    QString id, token;
    bool follows = false;           // the other one
    bool stale = false;             // the gateway served the feed from a snapshot
    QString trouble;                // why the last act or refresh was refused, in one sentence; empty: it was not
    QString troubled;               // the operation that was
    QVector<PostCard> posts, feed;  // newest first
};

enum class Who { alice = 0, bob = 1 };

class People final : public QObject {
    Q_OBJECT
public:
    explicit People(QObject* parent = nullptr);
    ~People() override;

    // Both or none; nobody answers without doors. Replaces former ones (a Nova that was started again).
    void setDoors(std::unique_ptr<Door> alice, std::unique_ptr<Door> bob);
    [[nodiscard]] bool connected() const { return m_doors[0] != nullptr; }
    // Known from an earlier session: signed in instead of signed up, if this Nova still knows them.
    void restore(const Credentials& alice, const Credentials& bob);

    [[nodiscard]] const Person& person(Who who) const { return m_people[index(who)]; }
    [[nodiscard]] static Who other(Who who) { return who == Who::alice ? Who::bob : Who::alice; }
    [[nodiscard]] bool ready() const;

    void setUp();                                // signs both in or up, then Bob follows Alice
    void post(Who who, const QString& content);  // sets up first where needed
    void edit(Who who, const QString& postId, const QString& content, qint64 expectedVersion);
    void remove(Who who, const QString& postId);
    void setLiked(Who who, const QString& postId, bool liked);
    void setFollows(Who who, bool follows);
    void setWatching(bool watching);  // refresh both once a second, and at once after each act

Q_SIGNALS:
    void changed();  // at most once a turn of the event loop
    void credentialsChanged();
    void acted(const QString& operation, const QString& traceId, double ms);

private:
    static std::size_t index(Who who) { return static_cast<std::size_t>(who); }
    using Then = std::function<void(const Answer&)>;
    void call(Who who, const QString& operation, const QString& query, const QJsonObject& variables, Then then,
              bool traced = true);
    void answered(Who who, const Answer& answer);
    void arrive(Who who);
    void signUp(Who who);
    void arrived(Who who, const QJsonObject& session);
    void settle();  // what follows once both are here
    void refresh();
    void refresh(Who who);
    void act(Who who, const QString& operation, const QString& query, const QJsonObject& variables,
             const Then& then = {});
    QVector<PostCard> cards(const QJsonObject& feed) const;
    void announce();

    std::array<Person, 2> m_people;
    std::array<std::unique_ptr<Door>, 2> m_doors;
    std::array<bool, 2> m_refreshing{};
    std::array<QHash<quint64, Then>, 2> m_open;  // calls without an answer yet; bounded by the doors
    QVector<std::pair<Who, QString>> m_toPost;   // pressed before both were here; at most 16
    QHash<QString, QString> m_traces;            // post id → trace id
    QTimer m_timer;
    QElapsedTimer m_sinceAct;
    quint64 m_nextId = 1;
    bool m_watching = false;
    bool m_following = false;
    bool m_announced = false;
};

}  // namespace nova::views
