// Points and marks in an SQLite file of at most 64 MiB, in three tiers, each written for itself: a point a sample for
// 10 minutes, one each 10 s for 6 hours, one each minute for 7 days. Unchanged points are left out for a minute at
// most. Written each 5 s in one transaction; a crash loses what came since, and one of the whole computer perhaps the
// file: it is then made anew, as any that is no such database. One that cannot be opened for another reason (locked,
// disk full, no right) is left alone, see trouble(). Consoles of one profile share a file. Thread: one at a time.
#pragma once

#include <QString>
#include <QVector>
#include <array>
#include <memory>
#include <unordered_map>

#include "app/engine/lag/point_store.h"

struct sqlite3;
struct sqlite3_stmt;

namespace nova::engine {

class HistoryFile {
public:
    struct Tier {
        qint64 everyMs, keepMs;
        int mostSeries;  // of more series at once nothing is written to this tier
    };
    static constexpr std::array tiers{Tier{0, 600'000, 2'000}, Tier{10'000, 21'600'000, 50'000},
                                      Tier{60'000, 604'800'000, 200'000}};
    static constexpr qint64 writeEveryMs = 5'000, pruneEveryMs = 60'000, repeatEveryMs = 60'000;

    // `makesAnew`: a file that is no such database, or is broken, is replaced; for one of those that share a file.
    HistoryFile(const QString& file, qint64 mostBytes, bool makesAnew = true);
    ~HistoryFile();  // writes what is left
    HistoryFile(const HistoryFile&) = delete;
    HistoryFile& operator=(const HistoryFile&) = delete;

    void add(const LagSample& sample, const QVector<LagMark>& marks);
    // Those before `toMs`, from the finest tier that has them.
    QVector<LagPoint> points(const SeriesKey& key, qint64 fromMs, qint64 toMs);
    QVector<LagMark> marks(const QString& group, qint64 fromMs);
    [[nodiscard]] const QString& trouble() const { return m_trouble; }

private:
    struct Close {
        void operator()(sqlite3* db) const;
    };
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const;
    };
    using Statement = std::unique_ptr<sqlite3_stmt, Finalize>;
    struct Written {
        qint64 id = 0, seenAtMs = 0;
        std::array<PackedPoint, tiers.size()> last{};
    };
    struct Pending {
        int tier;
        qint64 series;
        PackedPoint point;
    };

    bool open(const QString& file, qint64 mostBytes);
    bool isSound();
    bool run(const char* sql);
    Statement prepare(const char* sql);
    qint64 idOf(const SeriesKey& key);
    void write();
    bool writePoint(sqlite3_stmt* insert, const Pending& pending);
    void undo();
    void forgetNumbers();
    void prune(qint64 nowMs);
    qint64 usedBytes();

    std::unique_ptr<sqlite3, Close> m_db;
    QString m_trouble;
    qint64 m_mostBytes, m_writtenAtMs = 0, m_prunedAtMs = 0, m_marksTo = 0;
    std::unordered_map<SeriesKey, Written, SeriesKey::Hash> m_series;
    std::vector<Pending> m_pending;
    QVector<LagMark> m_newMarks;
};

}  // namespace nova::engine
