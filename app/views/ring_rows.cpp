#include "app/views/ring_rows.h"

#include <QCoreApplication>
#include <QJsonDocument>
#include <QJsonObject>
#include <QPointer>
#include <QThreadPool>
#include <algorithm>

#include "app/engine/traffic/decode.h"

namespace nova::views {

using namespace Qt::StringLiterals;
using engine::Event;
using engine::Names;

namespace {

constexpr quint64 stretch = 16'384;  // events searched at a time
constexpr int nameLimit = 4096;

QString text(const std::string& bytes) {
    return QString::fromUtf8(bytes.data(), qsizetype(bytes.size()));
}

}  // namespace

RingRows::RingRows(const engine::EventRing& ring, QObject* parent)
    : QObject(parent), m_ring(ring), m_snapshot(ring.snapshot()), m_generation(std::make_shared<std::atomic<int>>(0)) {}

RingRows::~RingRows() {
    ++*m_generation;
}

void RingRows::refresh() {
    m_snapshot = m_ring.snapshot();
    learnNames();
    while (!m_matches.empty() && m_matches.front() < m_snapshot.first()) {
        m_matches.pop_front();
        ++m_firstMatch;
    }
    if (!m_filter.isEmpty()) searchOn();
}

void RingRows::setFilter(const QString& wanted) {
    if (m_filter == wanted) return;
    m_filter = wanted;
    ++*m_generation;
    m_searching = false;
    m_matches.clear();
    m_firstMatch = 0;
    m_searchedTo = m_snapshot.first();
    refresh();
}

double RingRows::searched() const {
    if (m_filter.isEmpty() || held() == 0) return 1;
    const auto done = std::max<quint64>(m_searchedTo, m_snapshot.first()) - m_snapshot.first();
    return std::min(1.0, double(done) / double(held()));
}

void RingRows::searchOn() {
    const quint64 from = std::max<quint64>(m_searchedTo, m_snapshot.first());
    const quint64 until = std::min<quint64>(m_snapshot.last(), from + stretch);
    if (m_searching || from >= until) return;
    m_searching = true;
    const int mine = m_generation->load();
    QThreadPool::globalInstance()->start([self = QPointer<RingRows>(this), generation = m_generation, mine,
                                          snapshot = m_snapshot, from, until,
                                          needle = m_filter.toLower().toStdString()] {
        std::vector<quint64> matches;
        for (quint64 i = from; i < until && generation->load() == mine; ++i) {
            const Event* event = snapshot.at(i);
            if (event && engine::containsText(*event, needle)) matches.push_back(i);
        }
        QMetaObject::invokeMethod(
            qApp,
            [self, mine, until, matches] {
                if (self) self->take(mine, until, matches);
            },
            Qt::QueuedConnection);
    });
}

void RingRows::take(int generation, quint64 until, const std::vector<quint64>& matches) {
    if (generation != m_generation->load()) return;
    m_searching = false;
    m_searchedTo = until;
    m_matches.insert(m_matches.end(), matches.begin(), matches.end());
    searchOn();
    Q_EMIT searchedOn();
}

const Event* RingRows::event(quint64 row) const {
    if (m_filter.isEmpty()) return m_snapshot.at(row);
    if (row < m_firstMatch || row - m_firstMatch >= m_matches.size()) return nullptr;
    return m_snapshot.at(m_matches[row - m_firstMatch]);
}

qint64 RingRows::rowOfEvent(const QString& eventId) const {
    const std::string id = eventId.toStdString();
    for (quint64 row = last(); row > first(); --row) {
        const Event* found = event(row - 1);
        if (found && found->eventId == id) return qint64(row - 1);
    }
    return -1;
}

quint64 RingRows::first() const {
    return m_filter.isEmpty() ? m_snapshot.first() : m_firstMatch;
}
quint64 RingRows::last() const {
    return m_filter.isEmpty() ? m_snapshot.last() : m_firstMatch + m_matches.size();
}

bool RingRows::row(quint64 sequence, models::EventRow& row) const {
    const Event* source = event(sequence);
    if (!source) return false;
    row.timeUs = source->timestampMs * 1000;
    row.topic = text(Names::topicName(source->topic));
    row.partition = source->partition;
    row.offset = source->offset;
    row.key = text(source->key);
    row.type = text(Names::typeName(source->type));
    row.version = int(source->version);
    row.user = userName(source->user);
    row.bytes = qint64(source->value.size());
    row.latencyMs = source->latencyMs();
    row.undecodable = source->undecodable;
    row.tombstone = source->tombstone;
    row.replayed = source->replayed;
    row.duplicate = row.stale = false;
    return true;
}

QString RingRows::userName(const std::string& id) const {
    if (id.empty()) return {};
    const QString key = text(id);
    return m_names.value(key, key);
}

void RingRows::learnName(const QString& userId, const QString& handle) {
    if (!userId.isEmpty() && !handle.isEmpty() && m_names.size() < nameLimit) m_names.insert(userId, handle);
}

void RingRows::learnNames() {
    static const auto userCreated = Names::type("UserCreated");
    const quint64 from = std::max<quint64>(m_learnedTo, m_snapshot.first());
    const quint64 until = std::min<quint64>(m_snapshot.last(), from + stretch);
    for (quint64 i = from; i < until; ++i) {
        const Event* event = m_snapshot.at(i);
        if (!event || event->type != userCreated) continue;
        const auto payload = QJsonDocument::fromJson(QByteArray::fromStdString(engine::decode(*event).json)).object();
        learnName(payload["user_id"_L1].toString(), payload["handle"_L1].toString());
    }
    m_learnedTo = std::max(until, m_learnedTo);
}

}  // namespace nova::views
