// A ring of events as rows of a table: all of them, those that a filter matches, or either in another order. A snapshot
// is taken once a tick, so numbers stand still in between; nothing is copied. Filtering, sorting and looking for a time
// happen in a thread of the pool; matches are searched oldest first and come back in batches. GUI thread. Bound: one
// number a match or sorted row, at most the rows of the ring; and that of the index.
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QString>
#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "app/engine/traffic/event_ring.h"
#include "app/engine/traffic/filter.h"
#include "app/views/event_index.h"
#include "widgets/models/row_source.h"

namespace nova::views {

class RingRows final : public QObject, public models::RowSource {
    Q_OBJECT
public:
    // The ring outlives the rows. `index`: of another ring whose events these are; null: one of its own.
    explicit RingRows(const engine::EventRing& ring, QObject* parent = nullptr, std::shared_ptr<EventIndex> index = {});
    ~RingRows() override;

    void refresh();  // a new snapshot, and the next stretch of the search
    // The ring's rows were given other sequences: all is searched, and sorted, anew.
    void startAnew();
    // A filter that knows what the index knows.
    [[nodiscard]] std::variant<engine::Filter, engine::FilterError> compile(const QString& text) const;
    // An empty text matches all. With an error the former filter stays.
    std::optional<engine::FilterError> setFilter(const QString& text);
    [[nodiscard]] QString filter() const { return m_text; }
    [[nodiscard]] QStringList searchedWords() const { return m_filter.searchedWords(); }
    [[nodiscard]] quint64 held() const { return m_snapshot.rows(); }
    [[nodiscard]] double searched() const;                           // 0..1 of what is held; 1 without a filter
    [[nodiscard]] quint64 filterErrors() const { return m_errors; }  // events that could not be looked into
    [[nodiscard]] double costUs() const;                             // of the filter per event; 0: not measured yet

    // Sorts the rows of this moment in the background, then sorted() and the rows stand in this order until they are
    // sorted anew or by −1, as they came. Rows that come meanwhile are not among them.
    void sort(int column, Qt::SortOrder order);
    [[nodiscard]] int sortedColumn() const { return m_sortColumn; }
    [[nodiscard]] Qt::SortOrder sortOrder() const { return m_sortOrder; }
    [[nodiscard]] bool isSorting() const { return m_wantedColumn != m_sortColumn; }
    // The row whose time is the first at or after this one, searched in the background; −1: none.
    void findTime(qint64 unixMs, std::function<void(qint64 row)> found);

    [[nodiscard]] EventIndex& index() { return *m_index; }
    [[nodiscard]] const std::shared_ptr<EventIndex>& sharedIndex() const { return m_index; }
    [[nodiscard]] const engine::EventRing::Snapshot& snapshot() const { return m_snapshot; }

    using QObject::event;
    // Null when it has left. Valid until the next refresh().
    [[nodiscard]] const engine::Event* event(quint64 row) const;
    // A row's number may change as older rows leave, its sequence in the ring never does. −1: it has left, or is
    // filtered out.
    [[nodiscard]] quint64 sequence(quint64 row) const;
    [[nodiscard]] qint64 rowOfSequence(quint64 sequence) const;
    // All rows as they came: taken at once, listed by whoever has the time.
    struct Sequences {
        engine::EventRing::Snapshot snapshot;
        std::deque<quint64> matches;
        bool all = true;
        [[nodiscard]] std::vector<quint64> list() const;
    };
    [[nodiscard]] Sequences sequences() const;
    // The row of the newest event with this id, or of this place; −1: none held, or filtered out.
    [[nodiscard]] qint64 rowOfEvent(const QString& eventId) const;
    [[nodiscard]] qint64 rowOfPlace(const QString& topic, int partition, qint64 offset) const;

    quint64 first() const override;
    quint64 last() const override;
    quint64 dropped() const override { return m_snapshot.dropped(); }
    bool row(quint64 sequence, models::EventRow& row) const override;

Q_SIGNALS:
    void searchedOn();  // a batch of matches came, or more was indexed
    void sorted();

private:
    struct Found;
    void walkOn();
    void startSort();
    [[nodiscard]] std::vector<quint64> matchesThatMayHaveLeft();
    void take(const Found& found);
    [[nodiscard]] qint64 rowWhere(const std::function<bool(const engine::Event&)>& is) const;

    const engine::EventRing& m_ring;
    engine::EventRing::Snapshot m_snapshot;
    bool m_ownIndex;
    std::shared_ptr<EventIndex> m_index;
    QString m_text;
    engine::Filter m_filter;
    std::deque<quint64> m_matches;  // sequences in the ring
    quint64 m_firstMatch = 0;       // row number of m_matches.front(): rows stay numbered as they leave
    quint64 m_searchedTo = 0;       // sequence; all below was searched
    quint64 m_indexedTo = 0;        // likewise
    quint64 m_errors = 0, m_looked = 0, m_prunedAt = 0;  // prunedAt: rows dropped when matches were last looked over
    double m_costNs = 0;  // of all that was looked at
    std::vector<quint64> m_sorted;  // sequences; counts while m_sortColumn ≥ 0
    int m_sortColumn = -1, m_wantedColumn = -1;  // as it stands; as it shall stand
    Qt::SortOrder m_sortOrder = Qt::AscendingOrder;
    bool m_sortDue = false;  // once the search is through
    int m_sortRun = 0;       // the latest; results of an older one are left
    std::shared_ptr<std::atomic<int>> m_generation;  // of the filter; a search of an older one stops
    bool m_walking = false;
    QElapsedTimer m_sincePrune;
};

}  // namespace nova::views
