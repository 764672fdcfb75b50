// Where an event table gets its rows: implemented over the event ring, or over a list of matches in it.
#pragma once

#include <QString>
#include <QtGlobal>
#include <limits>

namespace nova::models {

struct EventRow {
    qint64 timeUs = 0;  // record time, µs since the epoch, UTC; < 0: none
    QString topic;      // full name
    int partition = 0;
    qint64 offset = 0;
    QString key;
    QString type;         // "PostCreated"; empty when undecodable without ce_type
    qint64 version = -1;  // aggregate version; < 0: none
    QString user;
    qint64 bytes = 0;                                             // of the value
    double latencyMs = std::numeric_limits<double>::quiet_NaN();  // record time - ce_time; NaN: absent
    bool duplicate = false;
    bool stale = false;
    bool undecodable = false;
    bool tombstone = false;
    bool replayed = false;
};

// Rows are numbered without gaps from first() to last() - 1; old ones leave at the front, new ones come at the back.
// All calls come from the GUI thread, between two calls of EventTableModel::refresh() the numbers must not change.
class RowSource {
public:
    virtual ~RowSource() = default;

    virtual quint64 first() const = 0;
    virtual quint64 last() const = 0;     // one past the newest
    virtual quint64 dropped() const = 0;  // rows lost since the start
    // False when the row has gone meanwhile; `row` is then untouched.
    virtual bool row(quint64 sequence, EventRow& row) const = 0;

    quint64 count() const { return last() - first(); }
};

}  // namespace nova::models
