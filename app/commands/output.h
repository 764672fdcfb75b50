// How commands talk to a person: columns, colours only where a terminal reads them, lines that are rewritten in place.
// Thread: main.
#pragma once

#include <QJsonObject>
#include <QString>
#include <QStringList>
#include <QVector>

#include "app/engine/stack/stack_types.h"

namespace nova::commands {

enum class Colour { plain, dim, bold, ok, warn, bad, info };

bool isTerminal(int fd);
int terminalWidth();                              // columns of stdout; 100 where it is no terminal
// Wrapped in the colour's codes when stdout is a terminal and NO_COLOR is not set.
QString paint(Colour colour, const QString& text);

// To stdout, with end of line, flushed; a terminal gets harmless().
void print(const QString& line);
// Without control and direction characters, but for tabs and colours: others' bytes give the terminal no orders.
QString harmless(const QString& line);
void printJson(const QJsonObject& object);        // one line

int tableWidth();  // columns that a table may take: the terminal's; 0 where stdout is none: as many as it needs

// Columns as wide as their widest cell, two spaces apart; cells may carry colours. Where there is less room, long words
// at the left of their columns end in "…", and columns are left out, those that are `expendable` in that order.
class Table {
public:
    enum class Align { left, right, whole };  // whole: left, and never cut
    explicit Table(QStringList heads, QVector<Align> aligns, QVector<int> expendable = {})
        : m_heads(std::move(heads)), m_aligns(std::move(aligns)), m_expendable(std::move(expendable)) {}
    void add(QStringList cells) { m_rows.append(std::move(cells)); }
    QStringList lines(int width = tableWidth()) const;

private:
    QVector<int> shrunk(QVector<int> widths, int most, int least) const;

    QStringList m_heads;
    QVector<Align> m_aligns;
    QVector<int> m_expendable;
    QVector<QStringList> m_rows;
};

// As many as a terminal of that height can draw over, the last one saying how many more there are.
QStringList fittedHeight(const QStringList& lines, int height);
// Lines at the end of the terminal that are drawn over at each change; elsewhere nothing is shown.
class LiveLines {
public:
    ~LiveLines() { clear(); }
    void show(const QStringList& lines);
    void clear();
    void forget() { m_shown = 0; }                 // what is shown stays there

private:
    int m_shown = 0;
};

QString stateText(const stack::PartStatus& part);  // with its sign and colour
QString sinceText(const QDateTime& since);         // "19 h 4 m", "12 s"
QString bytesText(qint64 bytes);                   // "212 MiB"
int visibleWidth(const QString& text);             // without colour codes
QString fitted(const QString& text, int width);    // longer text ends in "…", without its colours

}  // namespace nova::commands
