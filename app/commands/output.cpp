#include "app/commands/output.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <QJsonDocument>
#include <QRegularExpression>
#include <algorithm>
#include <cstdio>
#include <limits>
#include <utility>

namespace nova::commands {
namespace {

using stack::PartState;
constexpr int gap = 2;                           // between columns of a table
constexpr int comfortable = 20, leastWidth = 6;  // of a column that is cut: while others may go, and at last

const char* codeOf(Colour colour) {
    switch (colour) {
        case Colour::plain: return "";
        case Colour::dim: return "\x1b[2m";
        case Colour::bold: return "\x1b[1m";
        case Colour::ok: return "\x1b[32m";
        case Colour::warn: return "\x1b[33m";
        case Colour::bad: return "\x1b[31m";
        case Colour::info: return "\x1b[36m";
    }
    return "";
}

}  // namespace

QString fitted(const QString& text, int width) {
    static const QRegularExpression codes(QStringLiteral("\x1b\\[[0-9;]*m"));
    if (visibleWidth(text) <= width) return text;
    auto bare = text;
    bare.remove(codes);
    return bare.left(width - 1) + QStringLiteral("…");
}

bool isTerminal(int fd) {
    return isatty(fd) == 1;
}

int terminalWidth() {
    winsize size{};
    return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 100;
}

int terminalHeight() {
    winsize size{};
    return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 ? size.ws_row : 24;
}

QString paint(Colour colour, const QString& text) {
    static const bool coloured = isTerminal(STDOUT_FILENO) && qEnvironmentVariableIsEmpty("NO_COLOR");
    if (!coloured || colour == Colour::plain || text.isEmpty()) return text;
    return QLatin1String(codeOf(colour)) + text + QLatin1String("\x1b[0m");
}

// What comes from records and clients may hold anything: of codes only colours reach the terminal.
QString harmless(const QString& line) {
    static const QRegularExpression code(
        QStringLiteral("(\x1b\\[[0-9;]*m|[\t\n])|[\\x00-\\x1f\\x7f-\\x9f\\x{200e}\\x{200f}\\x{202a}-\\x{202e}"
                       "\\x{2066}-\\x{2069}]"));
    QString shown;
    qsizetype at = 0;
    for (auto it = code.globalMatch(line); it.hasNext();) {
        const auto found = it.next();
        shown += QStringView(line).mid(at, found.capturedStart() - at);
        if (found.hasCaptured(1))
            shown += found.captured(1);
        else
            shown += QChar(0xfffd);
        at = found.capturedEnd();
    }
    return shown += QStringView(line).mid(at);
}

void print(const QString& line) {
    static const bool read = isTerminal(STDOUT_FILENO);
    std::fputs((read ? harmless(line) : line).toUtf8().constData(), stdout);
    std::fputc('\n', stdout);
    std::fflush(stdout);
}

void printJson(const QJsonObject& object) {
    print(QString::fromUtf8(QJsonDocument(object).toJson(QJsonDocument::Compact)));
}

int visibleWidth(const QString& text) {
    int width = 0;
    bool inCode = false;
    for (const auto c : text) {
        if (c == QLatin1Char('\x1b')) inCode = true;
        if (!inCode) ++width;
        if (inCode && c == QLatin1Char('m')) inCode = false;
    }
    return width;
}

int tableWidth() {
    return isTerminal(STDOUT_FILENO) ? terminalWidth() : 0;
}

// Left columns shrink, the widest first, as far as `least`, so that all fit into `most`; empty: they do not. −1: left
// out.
QVector<int> Table::shrunk(QVector<int> widths, int most, int least) const {
    int sum = -gap;
    for (const int width : widths) sum += width < 0 ? 0 : width + gap;
    while (sum > most) {
        int widest = -1;
        for (int i = 0; i < widths.size(); ++i)
            if (m_aligns[i] == Align::left && widths[i] > (widest < 0 ? least : widths[widest])) widest = i;
        if (widest < 0) return {};
        --widths[widest];
        --sum;
    }
    return widths;
}

QStringList Table::lines(int width) const {
    QVector<int> natural;
    for (const auto& head : m_heads) natural << visibleWidth(head);
    for (const auto& row : m_rows)
        for (int i = 0; i < row.size(); ++i) natural[i] = std::max(natural[i], visibleWidth(row[i]));
    const int most = width > 0 ? width : std::numeric_limits<int>::max();
    auto wide = shrunk(natural, most, comfortable);
    for (int i = 0; wide.isEmpty() && i < m_expendable.size(); ++i) {
        natural[m_expendable[i]] = -1;
        wide = shrunk(natural, most, comfortable);
    }
    if (wide.isEmpty()) wide = shrunk(natural, most, leastWidth);
    if (wide.isEmpty()) wide = natural;
    const auto lay = [&](const QStringList& cells, Colour colour) {
        QString line;
        bool first = true;
        for (int i = 0; i < cells.size(); ++i) {
            if (wide[i] < 0) continue;
            if (!std::exchange(first, false)) line += QString(gap, QLatin1Char(' '));
            const auto fit = fitted(cells[i], wide[i]);
            const QString room(wide[i] - visibleWidth(fit), QLatin1Char(' '));
            const auto cell = paint(colour, fit);
            line += m_aligns[i] == Align::right ? QString(room + cell) : QString(cell + room);
        }
        while (line.endsWith(QLatin1Char(' '))) line.chop(1);
        return line;
    };
    QStringList lines{lay(m_heads, Colour::dim)};
    for (const auto& row : m_rows) lines << lay(row, Colour::plain);
    return lines;
}

// What is scrolled out of a terminal cannot be drawn over.
QStringList fittedHeight(const QStringList& lines, int height) {
    const int most = std::max(2, height - 1);
    if (lines.size() <= most) return lines;
    return lines.mid(0, most - 1) << paint(Colour::dim, QStringLiteral("… %1 more lines").arg(lines.size() - most + 1));
}

void LiveLines::show(const QStringList& lines) {
    if (!isTerminal(STDOUT_FILENO)) return;
    clear();
    const int width = terminalWidth();
    const auto fit = fittedHeight(lines, terminalHeight());
    for (const auto& line : fit) print(fitted(line, width));
    m_shown = static_cast<int>(fit.size());
}

void LiveLines::clear() {
    if (m_shown == 0) return;
    std::printf("\x1b[%dA\x1b[J", m_shown);
    std::fflush(stdout);
    m_shown = 0;
}

QString stateText(const stack::PartStatus& part) {
    const auto name = stack::stateName(part.state);
    switch (part.state) {
        case PartState::ready: return paint(Colour::ok, QStringLiteral("● ") + name);
        case PartState::degraded: return paint(Colour::warn, QStringLiteral("▲ ") + name);
        case PartState::failed: return paint(Colour::bad, QStringLiteral("✕ ") + name);
        case PartState::starting:
        case PartState::stopping: return paint(Colour::info, QStringLiteral("◐ ") + name);
        case PartState::waiting:
        case PartState::paused:
        case PartState::stopped: break;
    }
    return paint(Colour::dim, QStringLiteral("○ ") + name);
}

QString sinceText(const QDateTime& since) {
    if (!since.isValid()) return QStringLiteral("–");
    const auto seconds = std::max<qint64>(0, since.secsTo(QDateTime::currentDateTimeUtc()));
    if (seconds < 60) return QStringLiteral("%1 s").arg(seconds);
    if (seconds < 3600) return QStringLiteral("%1 m %2 s").arg(seconds / 60).arg(seconds % 60);
    return QStringLiteral("%1 h %2 m").arg(seconds / 3600).arg(seconds / 60 % 60);
}

QString bytesText(qint64 bytes) {
    return QStringLiteral("%1 MiB").arg(bytes >> 20);
}

}  // namespace nova::commands
