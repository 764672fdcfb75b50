#include "app/engine/stack/log_book.h"

#include <QDateTime>
#include <QDir>
#include <algorithm>
#include <array>

namespace nova::stack {
namespace {

constexpr int batchMs = 100, mostInBatch = 20'000;
const QLatin1String ours(" supervisor  ");

}  // namespace

struct LogBook::Book {
    QFile file;
    QVector<LogLine> ring;
    int next = 0;  // where the next line goes once the ring is full

    void keep(LogLine line) {
        if (ring.size() < ringSize) {
            ring.append(std::move(line));
            return;
        }
        ring[next] = std::move(line);
        next = (next + 1) % ringSize;
    }
    const LogLine& newestBut(int i) const { return ring[(next + ring.size() - 1 - i) % ring.size()]; }
    void beginAnewWhenLong() {
        if (file.size() < longestFile) return;
        const QString older = file.fileName() + QLatin1String(".1");
        file.close();
        QFile::remove(older);
        QFile::rename(file.fileName(), older);
        file.open(QIODevice::WriteOnly | QIODevice::Append);
    }
};

QChar levelOf(const QString& line) {
    // "2026-11-23T01:02:03.123Z I component  text"
    if (const auto space = line.indexOf(QLatin1Char(' '));
        space > 0 && line.size() > space + 2 && line[space + 2] == QLatin1Char(' ')) {
        if (QStringLiteral("EWID").contains(line[space + 1])) return line[space + 1];
    }
    struct Sign {
        const char* text;
        char level;
    };
    static constexpr std::array signs{Sign{"FATAL:", 'E'},   Sign{"PANIC:", 'E'},     Sign{"ERROR:", 'E'},
                                      Sign{"WARNING:", 'W'}, Sign{"LOG:", 'I'},       Sign{"DETAIL:", 'I'},
                                      Sign{"HINT:", 'I'},    Sign{"STATEMENT:", 'I'}, Sign{" # WARNING", 'W'},
                                      Sign{" # ", 'I'},      Sign{" * ", 'I'}};
    for (const auto& sign : signs)
        if (line.contains(QLatin1String(sign.text))) return QLatin1Char(sign.level);
    return QLatin1Char(' ');
}

LogBook::LogBook(QString folder, QObject* parent) : QObject(parent), m_folder(std::move(folder)) {
    m_tick.setSingleShot(true);
    m_tick.setInterval(batchMs);
    connect(&m_tick, &QTimer::timeout, this, &LogBook::flush);
}

LogBook::~LogBook() = default;

LogBook::Book& LogBook::book(const QString& part) {
    auto& found = m_books[part];
    if (!found) {
        found = std::make_unique<Book>();
        auto name = part;
        found->file.setFileName(m_folder + QLatin1Char('/') + name.replace(QLatin1Char('/'), QLatin1Char('-')) +
                                QLatin1String(".log"));
        if (!found->file.open(QIODevice::WriteOnly | QIODevice::Append))
            qWarning("cannot write %s", qPrintable(found->file.fileName()));
    }
    return *found;
}

void LogBook::add(const QString& part, const QByteArray& line) {
    auto text = QString::fromUtf8(line.left(longestLine * 4)).left(longestLine);
    if (text.isEmpty()) return;
    const auto level = levelOf(text);
    append(part, {part, QDateTime::currentMSecsSinceEpoch(), level, std::move(text)});
}

void LogBook::note(const QString& part, QChar level, const QString& text) {
    const auto now = QDateTime::currentDateTimeUtc();
    const auto line =
        QStringLiteral("%1 %2%3%4").arg(now.toString(Qt::ISODateWithMs), QString(level), QString(ours), text);
    append(part, {part, now.toMSecsSinceEpoch(), level, line});
}

void LogBook::append(const QString& part, LogLine line) {
    auto& to = book(part);
    to.file.write(line.text.toUtf8() + '\n');
    to.keep(line);
    if (m_batch.size() < mostInBatch) m_batch.append(std::move(line));
    if (!m_tick.isActive()) m_tick.start();
}

void LogBook::flush() {
    for (auto& [part, book] : m_books) {
        book->file.flush();
        book->beginAnewWhenLong();
    }
    Q_EMIT logged(std::exchange(m_batch, {}));
}

QVector<LogLine> LogBook::lines(const QString& part, int newest) const {
    const auto found = m_books.find(part);
    QVector<LogLine> lines;
    if (found == m_books.end()) return lines;
    const int count = std::min(newest, static_cast<int>(found->second->ring.size()));
    lines.reserve(count);
    for (int i = count - 1; i >= 0; --i) lines.append(found->second->newestBut(i));
    return lines;
}

QString LogBook::lastWords(const QString& part, qint64 since) const {
    QString warning, last;
    const auto all = lines(part, 200);
    for (auto line = all.rbegin(); line != all.rend() && line->at >= since; ++line) {
        if (line->text.contains(ours)) continue;
        if (line->level == QLatin1Char('E')) return line->text;
        if (line->level == QLatin1Char('W') && warning.isEmpty()) warning = line->text;
        if (last.isEmpty()) last = line->text;
    }
    return warning.isEmpty() ? last : warning;
}

}  // namespace nova::stack
