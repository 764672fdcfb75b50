#include "app/views/ring_rows.h"

#include <QCoreApplication>
#include <QPointer>
#include <QThreadPool>
#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

#include "widgets/models/event_table_model.h"
#include "widgets/theme/clock.h"

namespace nova::views {

using namespace Qt::StringLiterals;
using engine::Event;
using engine::Names;
using models::EventTableModel;

namespace {

constexpr quint64 stretch = 16'384;  // events searched at a time
constexpr quint64 freedHere = 4'096;  // rows
constexpr qint64 pruneMs = 1'000;

QString text(const std::string& bytes) {
    return QString::fromUtf8(bytes.data(), qsizetype(bytes.size()));
}

// The first row whose sequence is this one or a later one.
quint64 rowFrom(const engine::EventRing::Snapshot& snapshot, quint64 sequence) {
    quint64 low = snapshot.first(), high = snapshot.last();
    while (low < high) {
        const quint64 middle = low + (high - low) / 2;
        if (snapshot.sequence(middle) < sequence)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

quint64 endSequence(const engine::EventRing::Snapshot& snapshot) {
    return snapshot.rows() == 0 ? snapshot.last() : snapshot.sequence(snapshot.last() - 1) + 1;
}

double numberOf(const Event& event, int column) {
    switch (column) {
        case EventTableModel::Time:
            return double(event.timestampMs);
        case EventTableModel::Partition:
            return event.partition;
        case EventTableModel::Offset:
            return double(event.offset);
        case EventTableModel::Version:
            return double(event.version);
        case EventTableModel::Bytes:
            return event.tombstone ? -1 : double(event.valueBytes());
        default:
            return event.latencyMs();
    }
}

const std::string& wordOf(const Event& event, int column) {
    switch (column) {
        case EventTableModel::Topic:
            return Names::topicName(event.topic);
        case EventTableModel::Key:
            return event.key;
        case EventTableModel::Type:
            return Names::typeName(event.type);
        default:
            return event.user;
    }
}

bool isWord(int column) {
    return column == EventTableModel::Topic || column == EventTableModel::Key || column == EventTableModel::Type ||
           column == EventTableModel::User;
}

// Equal ones stay as they came; what has no value comes last in either order.
template <class Value, class Missing>
void sortBy(std::vector<std::pair<Value, quint64>>& rows, bool descending, const Missing& missing) {
    std::stable_sort(rows.begin(), rows.end(), [&](const auto& a, const auto& b) {
        const bool noA = missing(a.first), noB = missing(b.first);
        if (noA || noB) return !noA && noB;
        return descending ? b.first < a.first : a.first < b.first;
    });
}

template <class Value, class Get, class Missing>
std::vector<quint64> ordered(const engine::EventRing::Snapshot& snapshot, const std::vector<quint64>& sequences,
                             bool descending, const Get& get, const Missing& missing) {
    std::vector<std::pair<Value, quint64>> rows;
    rows.reserve(sequences.size());
    for (const auto sequence : sequences) {
        if (const Event* event = snapshot.bySequence(sequence)) rows.emplace_back(get(*event), sequence);
    }
    sortBy(rows, descending, missing);
    std::vector<quint64> result;
    result.reserve(rows.size());
    for (const auto& row : rows) result.push_back(row.second);
    return result;
}

}  // namespace

struct RingRows::Found {
    int generation = 0;
    quint64 searchedTo = 0, indexedTo = 0, errors = 0, looked = 0;
    double costNs = 0;
    std::vector<quint64> matches;
    std::size_t pruned = 0;     // of so many oldest matches
    std::vector<quint64> kept;  // these are still held
};

RingRows::RingRows(const engine::EventRing& ring, QObject* parent, std::shared_ptr<EventIndex> index)
    : QObject(parent),
      m_ring(ring),
      m_snapshot(ring.snapshot()),
      m_ownIndex(!index),
      m_index(index ? std::move(index) : std::make_shared<EventIndex>()),
      m_generation(std::make_shared<std::atomic<int>>(0)) {}

RingRows::~RingRows() {
    ++*m_generation;
}

void RingRows::refresh() {
    auto former = std::exchange(m_snapshot, m_ring.snapshot());
    // Whoever holds rows last frees them: many of them in a thread of the pool, so that no frame has to.
    if (m_snapshot.dropped() - former.dropped() > freedHere)
        QThreadPool::globalInstance()->start([held = std::move(former)] {});
    walkOn();
}

// Rows of quiet topics stay while others leave: which of the older matches are still held is looked over once a second.
std::vector<quint64> RingRows::matchesThatMayHaveLeft() {
    if (m_matches.empty() || m_snapshot.dropped() == m_prunedAt) return {};
    if (m_sincePrune.isValid() && m_sincePrune.elapsed() < pruneMs) return {};
    m_sincePrune.start();
    m_prunedAt = m_snapshot.dropped();
    quint64 low = m_snapshot.first(), high = m_snapshot.last();  // the first row that is numbered by its sequence
    while (low < high) {
        const quint64 middle = low + (high - low) / 2;
        if (m_snapshot.sequence(middle) != middle)
            low = middle + 1;
        else
            high = middle;
    }
    return {m_matches.begin(), std::lower_bound(m_matches.begin(), m_matches.end(), low)};
}

std::variant<engine::Filter, engine::FilterError> RingRows::compile(const QString& wanted) const {
    engine::FilterContext context;
    context.isDuplicate = [index = m_index](const Event& event) { return index->isDuplicate(event); };
    context.isStale = [index = m_index](const Event& event) { return index->isStale(event); };
    context.handleOf = [index = m_index](const std::string& user) { return index->handleOf(user).toStdString(); };
    context.zone = QString::fromLatin1(theme::timeZone().id());
    return engine::Filter::compile(wanted, std::move(context));
}

std::optional<engine::FilterError> RingRows::setFilter(const QString& wanted) {
    if (m_text == wanted) return std::nullopt;
    auto compiled = compile(wanted);
    if (const auto* error = std::get_if<engine::FilterError>(&compiled)) return *error;
    m_filter = std::move(std::get<engine::Filter>(compiled));
    m_text = wanted;
    startAnew();
    return std::nullopt;
}

void RingRows::startAnew() {
    ++*m_generation;
    ++m_sortRun;
    m_sortDue = m_wantedColumn >= 0;
    m_sortColumn = -1;
    m_matches.clear();
    m_firstMatch = 0;
    m_searchedTo = 0;
    m_errors = m_looked = 0;
    m_costNs = 0;
    refresh();
    if (m_sortDue && searched() >= 1) startSort();
}

double RingRows::searched() const {
    if (m_text.isEmpty() || held() == 0) return 1;
    return double(rowFrom(m_snapshot, m_searchedTo) - m_snapshot.first()) / double(held());
}

double RingRows::costUs() const {
    return m_looked == 0 ? 0 : m_costNs / double(m_looked) / 1'000;
}

// Indexes what came, then searches what is indexed: `is:duplicate` knows all that came before.
void RingRows::walkOn() {
    if (m_walking) return;
    const quint64 last = m_snapshot.last();
    Found work;
    work.generation = m_generation->load();
    const quint64 indexFrom = m_ownIndex ? rowFrom(m_snapshot, m_indexedTo) : last;
    const quint64 indexTo = std::min(last, indexFrom + stretch);
    const quint64 searchFrom = m_text.isEmpty() ? indexTo : rowFrom(m_snapshot, m_searchedTo);
    const quint64 searchTo = m_text.isEmpty() ? searchFrom : std::min(indexTo, searchFrom + stretch);
    auto older = matchesThatMayHaveLeft();
    if (indexFrom >= indexTo && searchFrom >= searchTo && older.empty()) return;
    m_walking = true;
    const auto sequenceAt = [this, last](quint64 row) {
        return row < last ? m_snapshot.sequence(row) : endSequence(m_snapshot);
    };
    work.indexedTo = sequenceAt(indexTo);
    work.searchedTo = sequenceAt(searchTo);
    QThreadPool::globalInstance()->start([self = QPointer<RingRows>(this), generation = m_generation, index = m_index,
                                          snapshot = m_snapshot, filter = m_filter, indexFrom, indexTo, searchFrom,
                                          searchTo, older = std::move(older), found = std::move(work)]() mutable {
        for (quint64 i = indexFrom; i < indexTo; ++i) {
            if (const Event* event = snapshot.at(i)) index->add(*event);
        }
        const auto errorsBefore = filter.errors();
        const auto start = std::chrono::steady_clock::now();
        for (quint64 i = searchFrom; i < searchTo && generation->load() == found.generation; ++i) {
            const Event* event = snapshot.at(i);
            if (!event) continue;
            ++found.looked;
            if (filter.matches(*event)) found.matches.push_back(snapshot.sequence(i));
        }
        found.costNs = std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - start).count();
        found.errors = filter.errors() - errorsBefore;
        found.pruned = older.size();
        for (const auto sequence : older) {
            if (snapshot.rowOf(sequence)) found.kept.push_back(sequence);
        }
        QMetaObject::invokeMethod(qApp, [self, found = std::move(found)] {
            if (self) self->take(found);
        });
    });
}

void RingRows::take(const Found& found) {
    m_walking = false;
    m_indexedTo = std::max(m_indexedTo, found.indexedTo);
    if (found.generation != m_generation->load()) return walkOn();  // of a former filter: only the index counts
    m_searchedTo = std::max(m_searchedTo, found.searchedTo);
    m_errors += found.errors;
    m_looked += found.looked;
    m_costNs += found.costNs;
    m_matches.erase(m_matches.begin(), m_matches.begin() + std::ptrdiff_t(found.pruned));
    m_matches.insert(m_matches.begin(), found.kept.begin(), found.kept.end());
    m_firstMatch += found.pruned - found.kept.size();
    m_matches.insert(m_matches.end(), found.matches.begin(), found.matches.end());
    walkOn();
    if (m_sortDue && searched() >= 1) startSort();
    Q_EMIT searchedOn();
}

void RingRows::sort(int column, Qt::SortOrder order) {
    ++m_sortRun;
    m_wantedColumn = column;
    m_sortOrder = order;
    m_sortDue = column >= 0;
    if (m_sortDue && searched() >= 1) startSort();
    if (column >= 0) return;
    m_sortColumn = -1;
    m_sorted.clear();
    Q_EMIT sorted();
}

RingRows::Sequences RingRows::sequences() const {
    if (m_text.isEmpty()) return {m_snapshot, {}, true};
    return {m_snapshot, m_matches, false};
}

std::vector<quint64> RingRows::Sequences::list() const {
    if (!all) return {matches.begin(), matches.end()};
    std::vector<quint64> list;
    list.reserve(snapshot.rows());
    for (quint64 i = snapshot.first(); i < snapshot.last(); ++i) list.push_back(snapshot.sequence(i));
    return list;
}

void RingRows::startSort() {
    m_sortDue = false;
    QThreadPool::globalInstance()->start([self = QPointer<RingRows>(this), mine = m_sortRun, unsorted = sequences(),
                                          column = m_wantedColumn,
                                          descending = m_sortOrder == Qt::DescendingOrder] {
        const auto& snapshot = unsorted.snapshot;
        const auto rows = unsorted.list();
        auto result =
            isWord(column)
                ? ordered<std::string_view>(
                      snapshot, rows, descending,
                      [column](const Event& event) { return std::string_view(wordOf(event, column)); },
                      [](std::string_view word) { return word.empty(); })
                : ordered<double>(
                      snapshot, rows, descending, [column](const Event& event) { return numberOf(event, column); },
                      [](double value) { return std::isnan(value) || value < 0; });
        QMetaObject::invokeMethod(qApp, [self, mine, column, result = std::move(result)]() mutable {
            if (!self || self->m_sortRun != mine) return;
            self->m_sorted = std::move(result);
            self->m_sortColumn = column;
            Q_EMIT self->sorted();
        });
    });
}

void RingRows::findTime(qint64 unixMs, std::function<void(qint64)> found) {
    if (m_sortColumn < 0 && m_text.isEmpty()) {
        const quint64 row = m_snapshot.rowAtTime(unixMs);
        return found(row < m_snapshot.last() ? qint64(row) : -1);
    }
    QThreadPool::globalInstance()->start([self = QPointer<RingRows>(this), unixMs, base = first(),
                                          isSorted = m_sortColumn >= 0,
                                          sorted = m_sorted, unsorted = sequences(), found = std::move(found)] {
        const auto& snapshot = unsorted.snapshot;
        const auto rows = isSorted ? sorted : unsorted.list();
        qint64 best = -1, bestTime = 0;
        for (std::size_t i = 0; i < rows.size(); ++i) {
            const Event* event = snapshot.bySequence(rows[i]);
            if (!event || event->timestampMs < unixMs || (best >= 0 && event->timestampMs >= bestTime)) continue;
            best = qint64(base + i);
            bestTime = event->timestampMs;
        }
        QMetaObject::invokeMethod(qApp, [self, found, best] {
            if (self) found(best);
        });
    });
}

quint64 RingRows::sequence(quint64 row) const {
    if (m_sortColumn >= 0) return m_sorted[row];
    return m_text.isEmpty() ? m_snapshot.sequence(row) : m_matches[row - m_firstMatch];
}

qint64 RingRows::rowOfSequence(quint64 sequence) const {
    if (m_sortColumn >= 0) {
        const auto at = std::find(m_sorted.begin(), m_sorted.end(), sequence);
        return at == m_sorted.end() ? -1 : at - m_sorted.begin();
    }
    if (m_text.isEmpty()) {
        const auto row = m_snapshot.rowOf(sequence);
        return row ? qint64(*row) : -1;
    }
    const auto at = std::lower_bound(m_matches.begin(), m_matches.end(), sequence);
    return at == m_matches.end() || *at != sequence ? -1 : qint64(m_firstMatch) + (at - m_matches.begin());
}

const Event* RingRows::event(quint64 row) const {
    if (row < first() || row >= last()) return nullptr;
    return m_sortColumn < 0 && m_text.isEmpty() ? m_snapshot.at(row) : m_snapshot.bySequence(sequence(row));
}

qint64 RingRows::rowWhere(const std::function<bool(const Event&)>& is) const {
    for (quint64 row = last(); row > first(); --row) {
        const Event* found = event(row - 1);
        if (found && is(*found)) return qint64(row - 1);
    }
    return -1;
}

qint64 RingRows::rowOfEvent(const QString& eventId) const {
    return rowWhere([id = eventId.toStdString()](const Event& found) { return found.eventId == id; });
}

qint64 RingRows::rowOfPlace(const QString& topic, int partition, qint64 offset) const {
    const auto index = Names::topic(topic.toStdString());
    return rowWhere([=](const Event& found) {
        return found.offset == offset && found.partition == partition && found.topic == index;
    });
}

quint64 RingRows::first() const {
    if (m_sortColumn >= 0) return 0;
    return m_text.isEmpty() ? m_snapshot.first() : m_firstMatch;
}
quint64 RingRows::last() const {
    if (m_sortColumn >= 0) return m_sorted.size();
    return m_text.isEmpty() ? m_snapshot.last() : m_firstMatch + m_matches.size();
}

bool RingRows::row(quint64 sequence, models::EventRow& row) const {
    const Event* source = event(sequence);
    if (!source) return false;
    row.timeUs = engine::soundMs(source->timestampMs) * 1'000;
    row.topic = text(Names::topicName(source->topic));
    row.partition = source->partition;
    row.offset = source->offset;
    row.key = text(source->key);
    row.type = text(Names::typeName(source->type));
    row.version = source->version;
    row.user = m_index->handleOf(source->user);
    if (row.user.isEmpty()) row.user = text(source->user);
    row.bytes = qint64(source->valueBytes());
    row.latencyMs = source->latencyMs();
    row.undecodable = source->undecodable;
    row.tombstone = source->tombstone;
    row.replayed = source->replayed;
    row.duplicate = m_index->isDuplicate(*source);
    row.stale = m_index->isStale(*source);
    return true;
}

}  // namespace nova::views
