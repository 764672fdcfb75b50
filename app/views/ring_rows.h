// The event ring as rows of a table, all of it or those that hold a text. A snapshot is taken once a tick, so numbers
// stand still in between; nothing is copied. Matches are searched in a thread of the pool, oldest first, and come back
// in batches. GUI thread. Bound: one number a match, at most the rows of the ring; 4,096 handles of users.
#pragma once

#include <QHash>
#include <QObject>
#include <QString>
#include <atomic>
#include <deque>
#include <memory>
#include <vector>

#include "app/engine/traffic/event_ring.h"
#include "widgets/models/row_source.h"

namespace nova::views {

class RingRows final : public QObject, public models::RowSource {
    Q_OBJECT
public:
    // The ring outlives the rows.
    explicit RingRows(const engine::EventRing& ring, QObject* parent = nullptr);
    ~RingRows() override;

    void refresh();  // a new snapshot, and the next stretch of the search
    void learnName(const QString& userId, const QString& handle);
    void setFilter(const QString& text);  // empty: all rows
    [[nodiscard]] QString filter() const { return m_filter; }
    [[nodiscard]] quint64 held() const { return m_snapshot.last() - m_snapshot.first(); }
    [[nodiscard]] double searched() const;  // 0..1 of what is held; 1 without a filter

    using QObject::event;
    // Null when it has left. Valid until the next refresh().
    [[nodiscard]] const engine::Event* event(quint64 row) const;
    // The row of the newest event with this id; -1: none held, or filtered out.
    [[nodiscard]] qint64 rowOfEvent(const QString& eventId) const;

    quint64 first() const override;
    quint64 last() const override;
    quint64 dropped() const override { return m_snapshot.dropped(); }
    bool row(quint64 sequence, models::EventRow& row) const override;

Q_SIGNALS:
    void searchedOn();  // a batch of matches came

private:
    struct Search;
    void searchOn();
    void take(int generation, quint64 until, const std::vector<quint64>& matches);
    [[nodiscard]] QString userName(const std::string& id) const;
    void learnNames();

    const engine::EventRing& m_ring;
    engine::EventRing::Snapshot m_snapshot;
    QString m_filter;
    std::deque<quint64> m_matches;  // sequences in the ring
    quint64 m_firstMatch = 0;       // row number of m_matches.front(): rows stay numbered as they leave
    quint64 m_searchedTo = 0;       // sequence; all below was searched
    std::shared_ptr<std::atomic<int>> m_generation;  // of the filter; a search of an older one stops
    bool m_searching = false;
    quint64 m_learnedTo = 0;
    QHash<QString, QString> m_names;  // user id → handle, from UserCreated
};

}  // namespace nova::views
