// What the processes say: the newest 10,000 lines of each in memory, all of it in <data>/log/<name>-<replica>.log (8
// MiB, then the file begins anew and one older is kept). Lines longer than 4,096 characters are cut. Thread: the main
// one.
#pragma once

#include <QFile>
#include <QObject>
#include <QTimer>
#include <map>
#include <memory>

#include "app/engine/stack/stack_types.h"

namespace nova::stack {

// 'E' 'W' 'I' 'D' of a line in the form of the kit, of PostgreSQL or of Redis; ' ' where it says none.
QChar levelOf(const QString& line);

class LogBook : public QObject {
    Q_OBJECT
public:
    static constexpr int ringSize = 10'000, longestLine = 4'096;
    static constexpr qint64 longestFile = 8 << 20;

    explicit LogBook(QString folder, QObject* parent = nullptr);
    ~LogBook() override;

    void add(const QString& part, const QByteArray& line);             // without its end of line
    void note(const QString& part, QChar level, const QString& text);  // the supervisor's own word on that part
    QVector<LogLine> lines(const QString& part, int newest) const;     // oldest first
    // What it said itself since that time: the newest 'E' line, else 'W', else the last one.
    QString lastWords(const QString& part, qint64 since) const;

Q_SIGNALS:
    void logged(const QVector<nova::stack::LogLine>& lines);  // batched, 100 ms

private:
    struct Book;
    Book& book(const QString& part);
    void append(const QString& part, LogLine line);
    void flush();

    QString m_folder;
    std::map<QString, std::unique_ptr<Book>> m_books;
    QVector<LogLine> m_batch;
    QTimer m_tick;
};

}  // namespace nova::stack
