// Log lines, oldest first, at most `bound()`; what left at the front is counted.
#pragma once

#include <QAbstractListModel>
#include <deque>
#include <vector>

namespace nova::models {

enum class LogLevel { Trace, Debug, Info, Warn, Error };

struct LogLine {
    qint64 timeUs = 0;  // µs since the epoch, UTC
    LogLevel level = LogLevel::Info;
    QString source;     // "feed-service/0"
    QString component;  // "consumer"
    QString text;       // one line

    bool operator==(const LogLine&) const = default;
};

class LogModel : public QAbstractListModel {
    Q_OBJECT

public:
    explicit LogModel(QObject* parent = nullptr, int bound = 10000);

    // One batch a tick.
    void append(const std::vector<LogLine>& lines);
    void clear();
    const LogLine& line(int row) const { return m_lines[static_cast<std::size_t>(row)]; }
    int bound() const { return m_bound; }
    quint64 dropped() const { return m_dropped; }

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;

    static QString timeText(qint64 timeUs);  // "23:41:48.011"
    static QChar levelLetter(LogLevel level);

private:
    std::deque<LogLine> m_lines;
    int m_bound;
    quint64 m_dropped = 0;
};

}  // namespace nova::models
