#include "app/views/event_index.h"

#include <QJsonDocument>
#include <QJsonObject>

#include "app/engine/traffic/decode.h"
#include "app/views/event_words.h"
#include "contract/topics.h"

namespace nova::views {

using namespace Qt::StringLiterals;
using engine::Event;
using engine::Names;

namespace {

constexpr int mostNames = 4'096, mostStale = 100'000;
constexpr std::size_t mostKinds = 512, largestLearned = 64 * 1024;
constexpr int deepestPath = 4, mostPaths = 2'000;

void collectPaths(const QJsonObject& object, const QString& prefix, int depth, QSet<QString>& paths) {
    for (auto it = object.begin(); it != object.end() && paths.size() < mostPaths; ++it) {
        const QString path = prefix.isEmpty() ? it.key() : QString(prefix + u'.' + it.key());
        paths.insert(path);
        if (it->isObject() && depth < deepestPath) collectPaths(it->toObject(), path, depth + 1, paths);
    }
}

QStringList sorted(const QSet<QString>& set) {
    QStringList list(set.begin(), set.end());
    list.sort();
    return list;
}

}  // namespace

void EventIndex::add(const Event& event) {
    static const auto userCreated = Names::type("UserCreated");
    const bool isUser = event.type == userCreated;
    const std::uint32_t kind = (std::uint32_t(event.topic) << 16) | event.type;
    bool isNewKind = false;
    m_events->see(event);
    {
        const std::lock_guard lock(m_mutex);
        isNewKind = m_kinds.size() < mostKinds && m_kinds.insert(kind).second;
    }
    if (isNewKind) learnKind(event);
    if (!isUser) return;
    const auto payload = QJsonDocument::fromJson(QByteArray::fromStdString(engine::decode(event).json)).object();
    learnName(payload["user_id"_L1].toString(), payload["handle"_L1].toString());
}

void EventIndex::learnKind(const Event& event) {
    QSet<QString> paths;
    if (event.value.size() <= largestLearned) {
        const auto payload = QJsonDocument::fromJson(QByteArray::fromStdString(engine::decode(event).json)).object();
        collectPaths(payload, {}, 1, paths);
    }
    const std::lock_guard lock(m_mutex);
    for (const auto& [name, value] : event.headers()) {
        m_headers.insert(utf8(name));
        if (name == contract::header::source) m_sources.insert(utf8(value));
    }
    if (m_paths.size() < mostPaths) m_paths.unite(paths);
    m_topics.insert(utf8(Names::topicName(event.topic)));
    if (event.type != 0) m_types.insert(utf8(Names::typeName(event.type)));
}

void EventIndex::learnName(const QString& userId, const QString& handle) {
    const std::lock_guard lock(m_mutex);
    if (!userId.isEmpty() && !handle.isEmpty() && m_names.size() < mostNames) m_names.insert(userId, handle);
}

void EventIndex::learnStale(const QStringList& eventIds) {
    const std::lock_guard lock(m_mutex);
    for (const auto& id : eventIds) {
        if (m_stale.size() < mostStale) m_stale.insert(id);
    }
}

bool EventIndex::isDuplicate(const Event& event) const {
    return m_events->isDuplicate(event);
}

bool EventIndex::isStale(const Event& event) const {
    const std::lock_guard lock(m_mutex);
    return !m_stale.isEmpty() && m_stale.contains(utf8(event.eventId));
}

QString EventIndex::handleOf(const std::string& userId) const {
    const std::lock_guard lock(m_mutex);
    return m_names.value(utf8(userId));
}

engine::SeenValues EventIndex::seen() const {
    const std::lock_guard lock(m_mutex);
    engine::SeenValues seen;
    seen.topics = sorted(m_topics);
    seen.types = sorted(m_types);
    seen.headers = sorted(m_headers);
    seen.payloadPaths = sorted(m_paths);
    seen.sources = sorted(m_sources);
    seen.users = QStringList(m_names.cbegin(), m_names.cend());
    seen.users.sort();
    return seen;
}

}  // namespace nova::views
