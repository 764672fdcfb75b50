#include "app/engine/lag/history_file.h"

#include <sqlite3.h>

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <algorithm>
#include <cmath>

namespace nova::engine {
namespace {

constexpr int pageBytes = 4'096;

void bind(sqlite3_stmt* statement, int at, const QString& text) {
    const auto bytes = text.toUtf8();
    sqlite3_bind_text(statement, at, bytes.constData(), static_cast<int>(bytes.size()), SQLITE_TRANSIENT);
}

void bind(sqlite3_stmt* statement, int at, float value) {
    if (std::isnan(value))
        sqlite3_bind_null(statement, at);
    else
        sqlite3_bind_double(statement, at, value);
}

std::optional<double> real(sqlite3_stmt* statement, int at) {
    if (sqlite3_column_type(statement, at) == SQLITE_NULL) return std::nullopt;
    return sqlite3_column_double(statement, at);
}

QString string(sqlite3_stmt* statement, int at) {
    return QString::fromUtf8(reinterpret_cast<const char*>(sqlite3_column_text(statement, at)));
}

}  // namespace

void HistoryFile::Close::operator()(sqlite3* db) const {
    sqlite3_close_v2(db);
}
void HistoryFile::Finalize::operator()(sqlite3_stmt* statement) const {
    sqlite3_finalize(statement);
}

HistoryFile::HistoryFile(const QString& file, qint64 mostBytes, bool makesAnew) : m_mostBytes(mostBytes) {
    QDir().mkpath(QFileInfo(file).absolutePath());
    // What a clean end folds into the file: after another the file itself may be broken.
    const bool leftOpen = QFileInfo(file + QLatin1String("-wal")).size() > 0;
    const bool opened = open(file, mostBytes);
    if (opened && (!makesAnew || !leftOpen || isSound())) return;
    // One that is locked, or lies on a full disk, is history all the same.
    const int code = opened ? SQLITE_CORRUPT : sqlite3_errcode(m_db.get()) & 0xff;
    m_db.reset();
    if (!makesAnew || (code != SQLITE_NOTADB && code != SQLITE_CORRUPT)) return;
    for (const auto& end : {"", "-wal", "-shm"}) QFile::remove(file + QLatin1String(end));
    m_trouble.clear();
    if (!open(file, mostBytes)) m_db.reset();
}

HistoryFile::~HistoryFile() {
    write();
}

bool HistoryFile::open(const QString& file, qint64 mostBytes) {
    sqlite3* raw = nullptr;
    const int code = sqlite3_open(QFile::encodeName(file).constData(), &raw);
    m_db.reset(raw);
    if (code != SQLITE_OK) {
        m_trouble = QStringLiteral("%1: %2").arg(file, QString::fromUtf8(sqlite3_errmsg(raw)));
        return false;
    }
    sqlite3_busy_timeout(raw, 1'000);
    // The log of writes is part of what the file may take.
    const auto pages = std::max<qint64>(64, mostBytes / pageBytes - 1'024);
    const auto limit = QStringLiteral("PRAGMA max_page_count=%1").arg(pages).toUtf8();
    return run("PRAGMA page_size=4096") && run("PRAGMA journal_mode=WAL") && run("PRAGMA synchronous=OFF") &&
           run("PRAGMA wal_autocheckpoint=512") && run("PRAGMA journal_size_limit=4194304") &&
           run("PRAGMA cache_size=-8192") && run(limit.constData()) &&
           run("CREATE TABLE IF NOT EXISTS series(id INTEGER PRIMARY KEY AUTOINCREMENT, grp TEXT NOT NULL,"
               " topic TEXT NOT NULL, part INTEGER NOT NULL, UNIQUE(grp, topic, part))") &&
           run("CREATE TABLE IF NOT EXISTS points(tier INTEGER NOT NULL, series INTEGER NOT NULL, at INTEGER NOT NULL,"
               " lag INTEGER, seconds REAL, inr REAL, outr REAL, PRIMARY KEY(tier, series, at)) WITHOUT ROWID") &&
           run("CREATE TABLE IF NOT EXISTS marks(at INTEGER NOT NULL, kind INTEGER NOT NULL, grp TEXT NOT NULL,"
               " text TEXT NOT NULL, PRIMARY KEY(at, kind, grp)) WITHOUT ROWID");
}

bool HistoryFile::isSound() {
    const auto check = prepare("PRAGMA quick_check(1)");
    if (!check || sqlite3_step(check.get()) != SQLITE_ROW) return false;
    return string(check.get(), 0) == QLatin1String("ok");
}

bool HistoryFile::run(const char* sql) {
    char* fault = nullptr;
    const bool done = sqlite3_exec(m_db.get(), sql, nullptr, nullptr, &fault) == SQLITE_OK;
    if (!done) m_trouble = QStringLiteral("history: %1").arg(QString::fromUtf8(fault ? fault : "refused"));
    sqlite3_free(fault);
    return done;
}

HistoryFile::Statement HistoryFile::prepare(const char* sql) {
    sqlite3_stmt* raw = nullptr;
    if (sqlite3_prepare_v2(m_db.get(), sql, -1, &raw, nullptr) != SQLITE_OK)
        m_trouble = QStringLiteral("history: %1").arg(QString::fromUtf8(sqlite3_errmsg(m_db.get())));
    return Statement(raw);
}

qint64 HistoryFile::idOf(const SeriesKey& key) {
    const auto find = prepare("SELECT id FROM series WHERE grp=? AND topic=? AND part=?");
    const auto insert = prepare("INSERT INTO series(grp, topic, part) VALUES(?, ?, ?)");
    if (!find || !insert) return 0;
    for (auto* statement : {find.get(), insert.get()}) {
        bind(statement, 1, key.group);
        bind(statement, 2, key.topic);
        sqlite3_bind_int(statement, 3, key.partition);
    }
    if (sqlite3_step(find.get()) == SQLITE_ROW) return sqlite3_column_int64(find.get(), 0);
    return sqlite3_step(insert.get()) == SQLITE_DONE ? sqlite3_last_insert_rowid(m_db.get()) : 0;
}

void HistoryFile::add(const LagSample& sample, const QVector<LagMark>& marks) {
    if (!m_db) return;
    bool naming = false, named = true;  // new series are entered in one transaction
    for (const auto& row : sample.rows) {
        auto& written = m_series[{row.group, row.topic, row.partition}];
        written.seenAtMs = sample.atMs;
        const auto point = PackedPoint::of(row, sample.atMs);
        for (std::size_t tier = 0; tier < tiers.size(); ++tier) {
            auto& last = written.last[tier];
            const auto since = point.atMs - last.atMs;
            if (sample.rows.size() > tiers[tier].mostSeries || since < tiers[tier].everyMs ||
                (since < repeatEveryMs && last.sameValues(point)))
                continue;
            if (written.id == 0 && named) {
                naming = naming || run("BEGIN");
                written.id = idOf({row.group, row.topic, row.partition});
                named = written.id != 0;  // full, or locked by another console: the others wait for the next look
            }
            if (written.id == 0) break;
            last = point;
            m_pending.push_back({static_cast<int>(tier), written.id, point});
        }
    }
    if (naming && !run("COMMIT")) undo();
    for (const auto& mark : marks)
        if (mark.atMs > m_marksTo) m_newMarks.append(mark);
    for (const auto& mark : m_newMarks) m_marksTo = std::max(m_marksTo, mark.atMs);
    if (sample.atMs - m_writtenAtMs < writeEveryMs) return;
    m_writtenAtMs = sample.atMs;
    write();
    prune(sample.atMs);
    std::erase_if(m_series, [&](const auto& entry) { return sample.atMs - entry.second.seenAtMs > tiers[1].keepMs; });
}

// The numbers given in it are nobody's, or will be another's.
void HistoryFile::undo() {
    run("ROLLBACK");
    m_pending.clear();
    forgetNumbers();
}

void HistoryFile::forgetNumbers() {
    for (auto& [key, written] : m_series) written.id = 0;
}

// Another console may have pruned a series whose first points wait here.
bool HistoryFile::writePoint(sqlite3_stmt* insert, const Pending& pending) {
    const auto& [tier, series, point] = pending;
    sqlite3_bind_int(insert, 1, tier);
    sqlite3_bind_int64(insert, 2, series);
    sqlite3_bind_int64(insert, 3, point.atMs);
    if (point.lag < 0)
        sqlite3_bind_null(insert, 4);
    else
        sqlite3_bind_int64(insert, 4, point.lag);
    bind(insert, 5, point.seconds);
    bind(insert, 6, point.inPerSecond);
    bind(insert, 7, point.outPerSecond);
    const bool done = sqlite3_step(insert) == SQLITE_DONE;
    if (!done) m_trouble = QStringLiteral("history: %1").arg(QString::fromUtf8(sqlite3_errmsg(m_db.get())));
    if (done && sqlite3_changes(m_db.get()) == 0) forgetNumbers();
    sqlite3_reset(insert);
    return done;
}

void HistoryFile::write() {
    if (!m_db || (m_pending.empty() && m_newMarks.isEmpty())) return;
    m_trouble.clear();  // of an earlier write: this one tells
    run("BEGIN");
    if (const auto insert = prepare("INSERT OR REPLACE INTO points SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7"
                                    " WHERE EXISTS(SELECT 1 FROM series WHERE id=?2)")) {
        for (const auto& pending : m_pending)
            if (!writePoint(insert.get(), pending)) break;  // full: pruned next
    }
    if (const auto insert = prepare("INSERT OR REPLACE INTO marks VALUES(?, ?, ?, ?)")) {
        for (const auto& mark : m_newMarks) {
            sqlite3_bind_int64(insert.get(), 1, mark.atMs);
            sqlite3_bind_int(insert.get(), 2, static_cast<int>(mark.kind));
            bind(insert.get(), 3, mark.group);
            bind(insert.get(), 4, mark.text);
            sqlite3_step(insert.get());
            sqlite3_reset(insert.get());
        }
    }
    if (!run("COMMIT")) run("ROLLBACK");
    m_pending.clear();
    m_newMarks.clear();
}

qint64 HistoryFile::usedBytes() {
    qint64 used = 0;
    const auto count = prepare(
        "SELECT (SELECT page_count FROM pragma_page_count) - (SELECT freelist_count FROM pragma_freelist_count)");
    if (count && sqlite3_step(count.get()) == SQLITE_ROW) used = sqlite3_column_int64(count.get(), 0) * pageBytes;
    return used;
}

// By age; and where that is not enough, a quarter of the tier that holds most.
void HistoryFile::prune(qint64 nowMs) {
    const bool full = usedBytes() > m_mostBytes * 3 / 4;
    if (!full && nowMs - m_prunedAtMs < pruneEveryMs) return;
    m_prunedAtMs = nowMs;
    const auto remove = prepare("DELETE FROM points WHERE tier=? AND at<?");
    for (std::size_t tier = 0; remove && tier < tiers.size(); ++tier) {
        sqlite3_bind_int(remove.get(), 1, static_cast<int>(tier));
        sqlite3_bind_int64(remove.get(), 2, nowMs - tiers[tier].keepMs);
        sqlite3_step(remove.get());
        sqlite3_reset(remove.get());
    }
    run("DELETE FROM marks WHERE at < (SELECT max(at) FROM marks) - 604800000");
    for (int round = 0; round < 16 && usedBytes() > m_mostBytes * 3 / 4; ++round) {
        run("DELETE FROM points WHERE tier=(SELECT tier FROM points GROUP BY tier ORDER BY count(*) DESC LIMIT 1) AND "
            "at <="
            " (SELECT min(at) + (max(at) - min(at)) / 4 FROM points WHERE tier="
            "(SELECT tier FROM points GROUP BY tier ORDER BY count(*) DESC LIMIT 1))");
    }
    run("DELETE FROM series WHERE id NOT IN (SELECT DISTINCT series FROM points)");
    if (sqlite3_changes(m_db.get()) > 0) forgetNumbers();  // one that lost all its points has lost its number, too
}

QVector<LagPoint> HistoryFile::points(const SeriesKey& key, qint64 fromMs, qint64 toMs) {
    QVector<LagPoint> points;
    if (!m_db) return points;
    write();
    const auto select = prepare(
        "SELECT at, lag, seconds, inr, outr FROM points WHERE tier=? AND series=(SELECT id FROM series WHERE grp=? AND"
        " topic=? AND part=?) AND at>=? AND at<? ORDER BY at");
    auto before = toMs;
    QVector<QVector<LagPoint>> parts;
    for (std::size_t tier = 0; select && tier < tiers.size(); ++tier) {
        sqlite3_bind_int(select.get(), 1, static_cast<int>(tier));
        bind(select.get(), 2, key.group);
        bind(select.get(), 3, key.topic);
        sqlite3_bind_int(select.get(), 4, key.partition);
        sqlite3_bind_int64(select.get(), 5, fromMs);
        sqlite3_bind_int64(select.get(), 6, before);
        QVector<LagPoint> part;
        while (sqlite3_step(select.get()) == SQLITE_ROW) {
            LagPoint point{sqlite3_column_int64(select.get(), 0),
                           {},
                           real(select.get(), 2),
                           real(select.get(), 3),
                           real(select.get(), 4),
                           false};
            if (sqlite3_column_type(select.get(), 1) != SQLITE_NULL) point.lag = sqlite3_column_int64(select.get(), 1);
            part.append(point);
        }
        sqlite3_reset(select.get());
        if (!part.isEmpty()) before = part.first().atMs;
        parts.prepend(std::move(part));
    }
    for (const auto& part : parts) points += part;
    return points;
}

QVector<LagMark> HistoryFile::marks(const QString& group, qint64 fromMs) {
    QVector<LagMark> marks;
    if (!m_db) return marks;
    write();
    const auto select =
        prepare("SELECT at, kind, grp, text FROM marks WHERE at>=? AND (?='' OR grp=? OR grp='') ORDER BY at");
    if (!select) return marks;
    sqlite3_bind_int64(select.get(), 1, fromMs);
    bind(select.get(), 2, group);
    bind(select.get(), 3, group);
    while (sqlite3_step(select.get()) == SQLITE_ROW) {
        const int kind = sqlite3_column_int(select.get(), 1);
        if (kind < 0 || kind > static_cast<int>(LagMark::Kind::reset)) continue;  // of another version
        marks.append({static_cast<LagMark::Kind>(kind), sqlite3_column_int64(select.get(), 0), string(select.get(), 2),
                      string(select.get(), 3)});
    }
    return marks;
}

}  // namespace nova::engine
