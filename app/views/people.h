// Alice and Bob: two users of Nova, acting through their own doors, each with their own posts and feed as the gateway
// serves them, with their conversation, notifications and pictures. Lives on the thread of the window; calls never
// block. Bounds: 20 posts, 20 feed entries, 50 messages and 20 notifications a person, 500 remembered traces, 64
// pictures.
#pragma once

#include <QDateTime>
#include <QElapsedTimer>
#include <QHash>
#include <QImage>
#include <QObject>
#include <QSet>
#include <QTimer>
#include <QVector>
#include <array>
#include <functional>
#include <memory>
#include <optional>

#include "app/views/user_doors.h"

namespace nova::views {

struct PostCard {
    QString id, authorId, author, content;
    qint64 version = 0, likes = 0;
    bool liked = false;
    QDateTime created, updated;
    QStringList media;  // addresses of its pictures
    QString traceId;    // of the createPost made from here; empty for posts of earlier sessions
    bool operator==(const PostCard&) const = default;
};

struct ChatLine {
    QString id, from, text;  // from: a user's id
    QDateTime sent, read;    // read: invalid while it was not
    QString traceId;
    std::optional<double> heardMs;  // from sending until the receiver's socket had it; none: not by a socket here
    bool operator==(const ChatLine&) const = default;
};

struct Note {
    QString id, kind, actor, text;
    QDateTime at;
    bool seen = false;
    QString traceId;  // of what it tells about; empty: not heard by the socket
    bool operator==(const Note&) const = default;
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
    QVector<ChatLine> chat;         // with the other one, oldest first
    QVector<Note> notes;            // newest first
    int unread = 0;                 // notifications not seen
    QString inboxTrouble;           // why chat and notifications could not be read; empty: they could
    bool wantsSocket = true;        // chosen: online
    bool online = false;            // the socket is open
    bool reads = false;             // looks at the conversation: what comes is read at once
    [[nodiscard]] int unreadMessages() const;
};

enum class Who { alice = 0, bob = 1 };

class People final : public QObject {
    Q_OBJECT
public:
    explicit People(QObject* parent = nullptr);
    ~People() override;

    // Both or none; nobody answers without doors. Replaces former ones (a Nova that was started again).
    void setDoors(Doors alice, Doors bob);
    void setDoors(std::unique_ptr<Door> alice, std::unique_ptr<Door> bob);  // calls alone
    [[nodiscard]] bool connected() const { return m_doors[0].calls != nullptr; }
    [[nodiscard]] bool hasSockets() const { return m_doors[0].socket != nullptr; }
    [[nodiscard]] bool hasUploads() const { return m_doors[0].uploads != nullptr; }
    // Known from an earlier session: signed in instead of signed up, if this Nova still knows them.
    void restore(const Credentials& alice, const Credentials& bob);

    [[nodiscard]] const Person& person(Who who) const { return m_people[index(who)]; }
    [[nodiscard]] static Who other(Who who) { return who == Who::alice ? Who::bob : Who::alice; }
    [[nodiscard]] bool ready() const;

    void setUp();  // signs both in or up, then Bob follows Alice
    // Sets up first where needed. A picture is uploaded once the post is there, and is attached to it by its event.
    void post(Who who, const QString& content, const std::optional<engine::UploadFile>& picture = std::nullopt);
    // Alice posts, and Bob likes it as soon as his feed shows it: the measured story of Actions.
    void aliceToBob();
    void edit(Who who, const QString& postId, const QString& content, qint64 expectedVersion);
    void remove(Who who, const QString& postId);
    void setLiked(Who who, const QString& postId, bool liked);
    void setFollows(Who who, bool follows);
    void sendMessage(Who who, const QString& text);  // to the other one
    void setReading(Who who, bool reads);
    void markNotificationsSeen(Who who);
    void setOnline(Who who, bool online);
    // Null until it is here; asks for it.
    [[nodiscard]] QImage picture(const QString& url);
    void setWatching(bool watching);  // refresh both once a second, and at once after each act

Q_SIGNALS:
    void changed();  // at most once a turn of the event loop
    void credentialsChanged();
    void acted(const QString& operation, const QString& traceId, double ms);

private:
    struct Draft {
        Who who;
        QString content;
        std::optional<engine::UploadFile> picture;
        bool awaited = false;
    };
    static std::size_t index(Who who) { return static_cast<std::size_t>(who); }
    using Then = std::function<void(const Answer&)>;
    void call(Who who, const QString& operation, const QString& query, const QJsonObject& variables, const Then& then,
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
    void listen(Who who);
    void refreshInbox(Who who);
    void takeInbox(Who who, const QJsonObject& data);
    void heard(Who who, const engine::SocketMessage& message);
    void readWhatCame(Who who);
    void post(const Draft& draft);
    void lookForAwaited();
    void upload(Who who, const QString& postId, const engine::UploadFile& picture);
    void takeUpload(Who who, const engine::UploadReply& reply);
    void remember(const QString& id, const QString& traceId);
    void announce();

    std::array<Person, 2> m_people;
    std::array<Doors, 2> m_doors;
    std::array<bool, 2> m_refreshing{}, m_asking{};
    std::array<QHash<quint64, Then>, 2> m_open;  // calls without an answer yet; bounded by the doors
    QVector<Draft> m_toPost;                     // pressed before both were here; at most 16
    QHash<QString, QString> m_traces;            // id of a post, message or notification → trace id
    QHash<QString, double> m_heardMs;            // message id → ms until the receiver's socket had it
    QSet<QString> m_saidRead;                    // messages said to be read
    struct Pace {
        QElapsedTimer since;
        int count = 0;
    };
    std::array<Pace, 2> m_readPace;     // a socket that says too much at once is closed by the server
    QHash<QString, QImage> m_pictures;  // by address; null: asked for
    QTimer m_timer;
    QElapsedTimer m_sinceAct;
    QString m_awaited;  // a post that Bob likes once it is in his feed
    QElapsedTimer m_sinceAwaited;
    quint64 m_nextId = 1;
    bool m_watching = false;
    bool m_following = false;
    bool m_announced = false;
};

}  // namespace nova::views
