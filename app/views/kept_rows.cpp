#include "app/views/kept_rows.h"

#include <QCoreApplication>
#include <QPointer>
#include <QThreadPool>
#include <algorithm>
#include <iterator>

namespace nova::views {

KeptRows::KeptRows(QObject* parent) : QObject(parent) {}
KeptRows::~KeptRows() = default;

namespace {

// Sequences to keep, ascending.
std::vector<quint64> wanted(const RingRows& live, quint64 top) {
    const auto& snapshot = live.snapshot();
    std::vector<quint64> matches;
    if (!live.filter().isEmpty()) {
        const quint64 from = live.last() - std::min(live.count(), KeptRows::most);
        for (quint64 row = from; row < live.last(); ++row) matches.push_back(live.sequence(row));
        std::sort(matches.begin(), matches.end());
    }
    const quint64 room = KeptRows::most - matches.size();
    const bool all = live.filter().isEmpty() && live.sortedColumn() < 0;
    const quint64 newest = snapshot.last() - std::min<quint64>(snapshot.rows(), room);
    const quint64 from = all ? std::max<quint64>(snapshot.first(), std::min(top, newest)) : newest;
    const quint64 until = std::min<quint64>(snapshot.last(), from + room);
    std::vector<quint64> around;
    around.reserve(until - from);
    for (quint64 row = from; row < until; ++row) around.push_back(snapshot.sequence(row));
    std::vector<quint64> result;
    result.reserve(matches.size() + around.size());
    std::set_union(matches.begin(), matches.end(), around.begin(), around.end(), std::back_inserter(result));
    return result;
}

}  // namespace

void KeptRows::keep(const RingRows& live, quint64 top) {
    drop();
    m_since = QDateTime::currentDateTimeUtc();
    m_end = live.snapshot().last();
    m_index = live.sharedIndex();
    m_filter = live.filter();
    QThreadPool::globalInstance()->start([self = QPointer<KeptRows>(this), mine = m_run, snapshot = live.snapshot(),
                                          sequences = wanted(live, top)]() mutable {
        std::vector<engine::Event> events;
        events.reserve(sequences.size());
        for (const auto sequence : sequences) {
            if (const auto* event = snapshot.bySequence(sequence)) events.push_back(*event);
        }
        // No row may leave it: rows and bytes are those of the live ring at most.
        auto ring = std::make_shared<std::unique_ptr<engine::EventRing>>(std::make_unique<engine::EventRing>(
            most + engine::EventRing::chunkRows, std::numeric_limits<std::size_t>::max()));
        (*ring)->append(std::move(events));
        QMetaObject::invokeMethod(qApp, [self, mine, ring, sequences = std::move(sequences)]() mutable {
            if (self && self->m_run == mine) self->take(std::move(*ring), std::move(sequences));
        });
    });
}

void KeptRows::take(std::unique_ptr<engine::EventRing> ring, std::vector<quint64> sequences) {
    m_ring = std::move(ring);
    m_sequences = std::move(sequences);
    m_coming = std::make_unique<RingRows>(*m_ring, nullptr, m_index);
    const auto check = [this] {
        if (!m_coming || m_coming->searched() < 1) return;
        m_rows = std::move(m_coming);
        disconnect(m_rows.get(), nullptr, this, nullptr);
        Q_EMIT ready();
    };
    connect(m_coming.get(), &RingRows::searchedOn, this, check, Qt::QueuedConnection);
    m_coming->setFilter(m_filter);
    check();
}

void KeptRows::drop() {
    ++m_run;
    m_coming.reset();
    m_rows.reset();
    m_ring.reset();
    m_sequences.clear();
    m_index.reset();
    m_since = {};
}

std::optional<quint64> KeptRows::sequenceOf(quint64 live) const {
    const auto at = std::lower_bound(m_sequences.begin(), m_sequences.end(), live);
    if (at == m_sequences.end() || *at != live) return std::nullopt;
    return quint64(at - m_sequences.begin());
}

std::optional<quint64> KeptRows::liveSequenceOf(quint64 kept) const {
    return kept < m_sequences.size() ? std::optional(m_sequences[kept]) : std::nullopt;
}

}  // namespace nova::views
