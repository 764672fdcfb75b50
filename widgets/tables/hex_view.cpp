#include "widgets/tables/hex_view.h"

#include <QClipboard>
#include <QFontMetricsF>
#include <QGuiApplication>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QScrollBar>
#include <algorithm>
#include <cmath>

#include "widgets/theme/fonts.h"
#include "widgets/theme/metrics.h"
#include "widgets/theme/theme.h"

namespace nova::tables {
namespace {

constexpr int margin = theme::metrics::panePadding;
constexpr int offsetDigits = 6;

QChar shownChar(char byte) {
    const auto code = static_cast<unsigned char>(byte);
    return code >= 0x20 && code < 0x7f ? QChar(static_cast<char16_t>(code)) : QChar(u'.');
}

QString hexOf(char byte) {
    constexpr char16_t digits[] = u"0123456789abcdef";
    const auto code = static_cast<unsigned char>(byte);
    return QString(QChar(digits[code >> 4])) + QChar(digits[code & 15]);
}

}  // namespace

HexView::HexView(QWidget* parent) : QAbstractScrollArea(parent) {
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("Payload bytes"));
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    viewport()->setCursor(Qt::IBeamCursor);
    m_char = QFontMetricsF(theme::font(theme::Type::MonoHex)).horizontalAdvance(u'0');
    connect(&theme::Theme::instance(), &theme::Theme::changed, viewport(), qOverload<>(&QWidget::update));
}

int HexView::bytesPerLine(double width, double charWidth) {
    // offset, gap of two, three characters a byte, gap of one, one character a byte
    const int characters = static_cast<int>(width / std::max(1.0, charWidth)) - offsetDigits - 3;
    return std::clamp(characters / 4 / 4 * 4, 8, 32);
}

void HexView::setBytes(const QByteArray& bytes) {
    m_bytes = bytes;
    m_hits.clear();
    m_anchor = m_cursor = -1;
    verticalScrollBar()->setValue(0);
    updateScroll();
    viewport()->update();
}

int HexView::setHighlight(const QByteArray& needle) {
    m_hits.clear();
    m_needle = needle.size();
    if (m_needle > 0)
        for (qsizetype at = m_bytes.indexOf(needle); at >= 0; at = m_bytes.indexOf(needle, at + m_needle))
            m_hits.push_back(at);
    viewport()->update();
    return static_cast<int>(m_hits.size());
}

std::pair<qsizetype, qsizetype> HexView::selection() const {
    if (m_anchor < 0 || m_cursor < 0) return {0, 0};
    return {std::min(m_anchor, m_cursor), std::abs(m_anchor - m_cursor) + 1};
}

int HexView::hexX(int column) const {
    return static_cast<int>(std::lround(margin + (offsetDigits + 2 + 3 * column) * m_char));
}

int HexView::textX(int column) const {
    return static_cast<int>(std::lround(margin + (offsetDigits + 3 + 3 * m_perLine + column) * m_char));
}

void HexView::updateScroll() {
    m_perLine = bytesPerLine(viewport()->width() - 2 * margin, m_char);
    const int lines = static_cast<int>((m_bytes.size() + m_perLine - 1) / m_perLine);
    const int page = std::max(1, viewport()->height() / m_line);
    verticalScrollBar()->setPageStep(page);
    verticalScrollBar()->setRange(0, std::max(0, lines - page));
}

void HexView::resizeEvent(QResizeEvent*) {
    updateScroll();
}

void HexView::paintEvent(QPaintEvent*) {
    QPainter painter(viewport());
    const theme::Tokens& t = theme::tokens();
    painter.fillRect(viewport()->rect(), t.bg1);
    painter.setFont(theme::font(theme::Type::MonoHex));
    const QFontMetricsF metrics(painter.font());
    const int first = verticalScrollBar()->value();
    const int lines = viewport()->height() / m_line + 1;
    const auto [selected, length] = selection();
    for (int i = 0; i < lines; ++i) {
        const qsizetype start = static_cast<qsizetype>(first + i) * m_perLine;
        if (start >= m_bytes.size()) break;
        const double baseline = i * m_line + (m_line + metrics.ascent() - metrics.descent()) / 2;
        painter.setPen(t.t3);
        painter.drawText(QPointF(margin, baseline), QStringLiteral("%1").arg(start, offsetDigits, 16, QChar(u'0')));
        const int here = static_cast<int>(std::min<qsizetype>(m_perLine, m_bytes.size() - start));
        for (int column = 0; column < here; ++column) {
            const qsizetype at = start + column;
            const auto hit = std::upper_bound(m_hits.begin(), m_hits.end(), at);
            const bool marked = hit != m_hits.begin() && at < *std::prev(hit) + m_needle;
            const bool chosen = length > 0 && at >= selected && at < selected + length;
            if (marked || chosen) {
                const QColor& fill = chosen ? t.sel : t.warnBg;
                painter.fillRect(QRectF(hexX(column) - m_char / 2, i * m_line, 3 * m_char, m_line), fill);
                painter.fillRect(QRectF(textX(column), i * m_line, m_char, m_line), fill);
            }
            painter.setPen(marked ? t.warn : t.t1);
            painter.drawText(QPointF(hexX(column), baseline), hexOf(m_bytes[at]));
            painter.setPen(marked ? t.warn : t.t2);
            painter.drawText(QPointF(textX(column), baseline), QString(shownChar(m_bytes[at])));
        }
    }
}

qsizetype HexView::byteAt(const QPoint& point) const {
    if (m_bytes.isEmpty()) return -1;
    const qsizetype line = verticalScrollBar()->value() + point.y() / m_line;
    const double inText = (point.x() - textX(0)) / m_char;
    const double inHex = (point.x() - hexX(0) + m_char / 2) / (3 * m_char);
    const int column = static_cast<int>(std::clamp(std::floor(inText >= 0 ? inText : inHex), 0.0, m_perLine - 1.0));
    return std::clamp<qsizetype>(line * m_perLine + column, 0, m_bytes.size() - 1);
}

void HexView::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton) return;
    m_anchor = m_cursor = byteAt(event->position().toPoint());
    viewport()->update();
}

void HexView::mouseMoveEvent(QMouseEvent* event) {
    if (!(event->buttons() & Qt::LeftButton)) return;
    m_cursor = byteAt(event->position().toPoint());
    viewport()->update();
}

void HexView::keyPressEvent(QKeyEvent* event) {
    if (event->matches(QKeySequence::SelectAll) && !m_bytes.isEmpty()) {
        m_anchor = 0;
        m_cursor = m_bytes.size() - 1;
        viewport()->update();
    } else if (event->matches(QKeySequence::Copy)) {
        const auto [start, length] = selection();
        if (length > 0)
            QGuiApplication::clipboard()->setText(QString::fromLatin1(m_bytes.mid(start, length).toHex(' ')));
    } else {
        QAbstractScrollArea::keyPressEvent(event);
    }
}

void HexView::changeEvent(QEvent* event) {
    QAbstractScrollArea::changeEvent(event);
    if (event->type() == QEvent::FontChange || event->type() == QEvent::StyleChange) viewport()->update();
}

}  // namespace nova::tables
