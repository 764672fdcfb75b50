// Of Alice and Bob: their conversation, notifications, sockets and pictures.
#include <QJsonArray>
#include <algorithm>

#include "app/views/people.h"

namespace nova::views {

using namespace Qt::StringLiterals;

namespace {

constexpr int heardLimit = 500;
constexpr qsizetype mostLines = 200;  // of a conversation; a refresh brings the latest 50
constexpr int readsASecond = 10;  // half of what the server allows a socket
constexpr int pictureLimit = 64;
constexpr int widestPicture = 640;  // px; thumbnails need no more

QDateTime timeOf(const QJsonValue& value) {
    return QDateTime::fromString(value.toString(), Qt::ISODateWithMs);
}

}  // namespace

int Person::unreadMessages() const {
    return int(std::count_if(chat.begin(), chat.end(),
                             [this](const auto& line) { return line.from != id && !line.read.isValid(); }));
}

void People::listen(Who who) {
    const auto i = index(who);
    if (auto* socket = m_doors[i].socket.get()) {
        connect(socket, &SocketDoor::opened, this, [this, who] {
            m_people[index(who)].online = true;
            m_saidRead.clear();  // what was said just before the line broke may be lost
            refreshInbox(who);   // what came while it was away
            announce();
        });
        connect(socket, &SocketDoor::closed, this, [this, i](const QString&) {
            m_people[i].online = false;
            announce();
        });
        connect(socket, &SocketDoor::message, this,
                [this, who](const engine::SocketMessage& message) { heard(who, message); });
        connect(socket, &SocketDoor::read, this, [this, who](const engine::SocketRead& read) {
            for (auto& line : m_people[index(who)].chat)
                if (line.id == read.messageId) line.read = read.at;
            announce();
        });
        connect(socket, &SocketDoor::notification, this, [this, who](const engine::SocketNotification& note) {
            remember(note.id, note.traceId);
            ++m_people[index(who)].unread;
            refreshInbox(who);
            announce();
        });
    }
    if (auto* uploads = m_doors[i].uploads.get())
        connect(uploads, &UploadDoor::uploaded, this,
                [this, who](const engine::UploadReply& reply) { takeUpload(who, reply); });
    if (auto* pictures = m_doors[i].pictures.get())
        connect(pictures, &PictureDoor::fetched, this, [this](const QString& url, const QByteArray& bytes) {
            QImage image = QImage::fromData(bytes);
            if (image.width() > widestPicture) image = image.scaledToWidth(widestPicture, Qt::SmoothTransformation);
            m_pictures.insert(url, image);
            announce();
        });
}

void People::heard(Who who, const engine::SocketMessage& message) {
    auto& chat = m_people[index(who)].chat;
    const double ms = double(message.heardUs - message.sentAt.toMSecsSinceEpoch() * 1'000) / 1'000;
    if (m_heardMs.size() >= heardLimit) m_heardMs.clear();
    if (message.from != person(who).id && message.heardUs != 0) m_heardMs.insert(message.id, std::max(0.0, ms));
    remember(message.id, message.traceId);
    const bool known = std::any_of(chat.begin(), chat.end(), [&](const auto& line) { return line.id == message.id; });
    if (!known)
        chat.append({message.id,
                     message.from,
                     message.text,
                     message.sentAt,
                     {},
                     m_traces.value(message.id),
                     m_heardMs.contains(message.id) ? std::optional(m_heardMs.value(message.id)) : std::nullopt});
    if (chat.size() > mostLines) chat.removeFirst();
    readWhatCame(who);
    announce();
}

void People::readWhatCame(Who who) {
    auto& me = m_people[index(who)];
    auto* socket = m_doors[index(who)].socket.get();
    if (!me.reads || !socket) return;
    auto& pace = m_readPace[index(who)];
    if (!pace.since.isValid() || pace.since.elapsed() >= 1'000) {
        pace.since.start();
        pace.count = 0;
    }
    for (auto& line : me.chat) {
        if (line.from == me.id || line.read.isValid()) continue;
        if (!m_saidRead.contains(line.id)) {
            if (pace.count >= readsASecond) continue;  // with the next refresh
            if (!socket->markRead(line.id)) return;
            ++pace.count;
            if (m_saidRead.size() >= heardLimit) m_saidRead.clear();
            m_saidRead.insert(line.id);
        }
        line.read = QDateTime::currentDateTimeUtc();  // only the writer's socket is told
    }
}

void People::setReading(Who who, bool reads) {
    m_people[index(who)].reads = reads;
    readWhatCame(who);
}

void People::sendMessage(Who who, const QString& text) {
    if (!ready()) return setUp();
    act(who, u"sendMessage"_s, u"mutation($t:ID!,$x:String!){sendMessage(to:$t,text:$x){id}}"_s,
        {{u"t"_s, person(other(who)).id}, {u"x"_s, text}},
        [this](const Answer& a) { remember(a.data["sendMessage"_L1]["id"_L1].toString(), a.traceId); });
}

void People::markNotificationsSeen(Who who) {
    act(who, u"markNotificationsSeen"_s, u"mutation{markNotificationsSeen}"_s, {});
}

void People::setOnline(Who who, bool online) {
    auto& person = m_people[index(who)];
    auto* socket = m_doors[index(who)].socket.get();
    person.wantsSocket = online;
    if (!socket) return;
    if (online && !person.token.isEmpty()) {
        socket->open(person.token);
    } else if (!online) {
        socket->close();
        person.online = false;
    }
    announce();
}

void People::refreshInbox(Who who) {
    const auto i = index(who);
    if (m_asking[i] || !ready() || !hasSockets()) return;
    m_asking[i] = true;
    call(
        who, u"inbox"_s,
        u"query($o:ID!){messages(with:$o,first:50){id from{id} text sentAt readAt} "
        "notifications(first:20){id type actor{id displayName} text createdAt seen} unreadCount}"_s,
        {{u"o"_s, person(other(who)).id}},
        [this, who, i](const Answer& a) {
            m_asking[i] = false;
            if (a.ok()) takeInbox(who, a.data);
        },
        false);
}

void People::takeInbox(Who who, const QJsonObject& data) {
    auto& me = m_people[index(who)];
    me.chat.clear();
    for (const auto& value : data["messages"_L1].toArray()) {
        const QString id = value["id"_L1].toString();
        me.chat.append({id, value["from"_L1]["id"_L1].toString(), value["text"_L1].toString(),
                        timeOf(value["sentAt"_L1]), timeOf(value["readAt"_L1]), m_traces.value(id),
                        m_heardMs.contains(id) ? std::optional(m_heardMs.value(id)) : std::nullopt});
    }
    std::stable_sort(me.chat.begin(), me.chat.end(), [](const auto& a, const auto& b) { return a.sent < b.sent; });
    me.notes.clear();
    for (const auto& value : data["notifications"_L1].toArray()) {
        const QString id = value["id"_L1].toString();
        me.notes.append({id, value["type"_L1].toString(), value["actor"_L1]["displayName"_L1].toString(),
                         value["text"_L1].toString(), timeOf(value["createdAt"_L1]), value["seen"_L1].toBool(),
                         m_traces.value(id)});
    }
    me.unread = data["unreadCount"_L1].toInt();
    readWhatCame(who);
}

void People::upload(Who who, const QString& postId, const engine::UploadFile& picture) {
    if (auto* uploads = m_doors[index(who)].uploads.get()) uploads->upload(picture, postId, person(who).token);
}

void People::takeUpload(Who who, const engine::UploadReply& reply) {
    auto& me = m_people[index(who)];
    if (reply.ok()) {
        m_sinceAct.start();
        Q_EMIT acted(u"upload"_s, reply.traceId, reply.ms);
    } else {
        me.trouble = tr("The picture was not uploaded: %1").arg(reply.error);
        me.troubled = u"upload"_s;
    }
    refresh();
    announce();
}

QImage People::picture(const QString& url) {
    if (const auto known = m_pictures.constFind(url); known != m_pictures.cend()) return *known;
    auto* pictures = m_doors[0].pictures.get();
    if (!pictures) return {};
    if (m_pictures.size() >= pictureLimit) m_pictures.clear();
    m_pictures.insert(url, {});
    pictures->fetch(url);
    return {};
}

}  // namespace nova::views
