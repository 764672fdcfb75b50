#include "widgets/tables/log_view.h"

#include <QClipboard>
#include <QFontMetricsF>
#include <QGuiApplication>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QScrollBar>
#include <algorithm>

#include "widgets/theme/fonts.h"
#include "widgets/theme/metrics.h"
#include "widgets/theme/theme.h"

namespace nova::tables {

using models::LogLevel;
using models::LogLine;
using models::LogModel;

namespace {

constexpr int margin = theme::metrics::panePadding;
constexpr int timeChars = 13;
constexpr int componentChars = 11;
constexpr int sourceChars = 20;

}  // namespace

LogView::LogView(QWidget* parent) : QAbstractScrollArea(parent) {
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("Log"));
    viewport()->setCursor(Qt::IBeamCursor);
    m_char = QFontMetricsF(theme::font(theme::Type::MonoTable)).horizontalAdvance(u'0');
    connect(&theme::Theme::instance(), &theme::Theme::changed, viewport(), qOverload<>(&QWidget::update));
    connect(verticalScrollBar(), &QScrollBar::valueChanged, this, [this](int value) {
        m_following = value == verticalScrollBar()->maximum();
        viewport()->update();
    });
    connect(horizontalScrollBar(), &QScrollBar::valueChanged, viewport(), qOverload<>(&QWidget::update));
}

void LogView::setModel(LogModel* model) {
    if (m_model) m_model->disconnect(this);
    m_model = model;
    if (model) {
        connect(model, &QAbstractItemModel::rowsInserted, this,
                [this](const QModelIndex&, int first, int last) { rowsInserted(first, last); });
        connect(model, &QAbstractItemModel::rowsRemoved, this,
                [this](const QModelIndex&, int first, int last) { rowsRemoved(first, last); });
        connect(model, &QAbstractItemModel::modelReset, this, &LogView::rebuild);
        connect(model, &QObject::destroyed, this, [this] {
            m_model = nullptr;
            m_shown.clear();
            updateScroll();
        });
    }
    rebuild();
}

bool LogView::shows(const LogLine& line) const {
    return line.level >= m_level && (m_source.isEmpty() || line.source == m_source);
}

void LogView::rebuild() {
    m_shown.clear();
    m_longest = 0;
    m_anchor = m_cursor = -1;
    m_following = true;
    if (m_model && m_model->rowCount() > 0) rowsInserted(0, m_model->rowCount() - 1);
    updateScroll();
    viewport()->update();
}

// Lines are remembered by a number that never changes: how many the model dropped, plus the row.
void LogView::rowsInserted(int first, int last) {
    for (int row = first; row <= last; ++row)
        if (shows(m_model->line(row))) {
            m_shown.push_back(m_model->dropped() + static_cast<quint64>(row));
            m_longest = std::max(m_longest, m_model->line(row).text.size());
        }
    updateScroll();
    viewport()->update();
}

void LogView::rowsRemoved(int, int) {
    int gone = 0;
    while (!m_shown.empty() && m_shown.front() < m_model->dropped()) {
        m_shown.pop_front();
        ++gone;
    }
    m_anchor = m_anchor < gone ? -1 : m_anchor - gone;
    m_cursor = m_cursor < gone ? -1 : m_cursor - gone;
    if (!m_following) verticalScrollBar()->setValue(std::max(0, verticalScrollBar()->value() - gone));
    updateScroll();
}

void LogView::updateScroll() {
    const bool following = m_following;
    const int page = std::max(1, (viewport()->height() - 8) / m_line);
    verticalScrollBar()->setPageStep(page);
    verticalScrollBar()->setRange(0, std::max(0, shownLines() - page));
    if (following) verticalScrollBar()->setValue(verticalScrollBar()->maximum());
    m_following = following || verticalScrollBar()->value() == verticalScrollBar()->maximum();
    const qsizetype chars = timeChars + 2 + (m_sourceShown ? sourceChars : 0) + componentChars + m_longest + 1;
    const int wide = 2 * margin + static_cast<int>(static_cast<double>(chars) * m_char);
    horizontalScrollBar()->setRange(0, std::max(0, wide - viewport()->width()));
    horizontalScrollBar()->setSingleStep(static_cast<int>(m_char * 4));
    horizontalScrollBar()->setPageStep(viewport()->width());
}

void LogView::follow() {
    m_following = true;
    verticalScrollBar()->setValue(verticalScrollBar()->maximum());
}

void LogView::setMinimumLevel(LogLevel level) {
    if (level == m_level) return;
    m_level = level;
    rebuild();
}

void LogView::setSource(const QString& source) {
    if (source == m_source) return;
    m_source = source;
    rebuild();
}

void LogView::setSearch(const QString& text) {
    m_search = text;
    viewport()->update();
}

void LogView::setSourceShown(bool shown) {
    m_sourceShown = shown;
    updateScroll();
    viewport()->update();
}

void LogView::setEmptyText(const QString& text) {
    m_emptyText = text;
    viewport()->update();
}

bool LogView::findNext(bool backwards) {
    if (m_search.isEmpty() || !m_model) return false;
    const int count = shownLines();
    const int from = m_cursor >= 0 ? m_cursor : backwards ? count : verticalScrollBar()->value() - 1;
    for (int step = 1; step <= count; ++step) {
        const int at = ((from + (backwards ? -step : step)) % count + count) % count;
        const auto row = static_cast<int>(m_shown[static_cast<std::size_t>(at)] - m_model->dropped());
        if (!m_model->line(row).text.contains(m_search, Qt::CaseInsensitive)) continue;
        m_anchor = m_cursor = at;
        verticalScrollBar()->setValue(std::max(0, at - verticalScrollBar()->pageStep() / 2));
        viewport()->update();
        return true;
    }
    return false;
}

void LogView::resizeEvent(QResizeEvent*) {
    updateScroll();
}

void LogView::paintEvent(QPaintEvent*) {
    QPainter painter(viewport());
    const theme::Tokens& t = theme::tokens();
    painter.fillRect(viewport()->rect(), t.bg1);
    if (m_shown.empty() || !m_model) {
        painter.setFont(theme::font(theme::Type::Control));
        painter.setPen(t.t2);
        painter.drawText(viewport()->rect().adjusted(margin, margin, -margin, -margin),
                         Qt::AlignCenter | Qt::TextWordWrap, m_emptyText);
        return;
    }
    const int first = verticalScrollBar()->value();
    const int lines = viewport()->height() / m_line + 1;
    const auto [low, high] = std::minmax(m_anchor, m_cursor);
    for (int i = 0; i < lines && first + i < shownLines(); ++i) {
        const double y = 4 + i * m_line;
        const int at = first + i;
        if (low >= 0 && at >= low && at <= high) painter.fillRect(QRectF(0, y, viewport()->width(), m_line), t.sel);
        const auto row = static_cast<int>(m_shown[static_cast<std::size_t>(at)] - m_model->dropped());
        if (row >= 0 && row < m_model->rowCount()) paintLine(painter, m_model->line(row), y);
    }
}

void LogView::paintLine(QPainter& painter, const LogLine& line, double y) const {
    const theme::Tokens& t = theme::tokens();
    const QFont plain = theme::font(theme::Type::MonoTable);
    const QFont strong = theme::font(theme::Type::MonoTable, QFont::DemiBold);
    const QFontMetricsF metrics(plain);
    const double baseline = y + (m_line + metrics.ascent() - metrics.descent()) / 2;
    double x = margin - horizontalScrollBar()->value();
    const auto put = [&](const QFont& font, const QColor& ink, const QString& text, int chars) {
        painter.setFont(font);
        painter.setPen(ink);
        painter.drawText(QPointF(x, baseline), text);
        x += (std::max(chars - 1, static_cast<int>(text.size())) + 1) * m_char;
    };
    put(plain, t.t3, LogModel::timeText(line.timeUs), timeChars);
    const QColor level = line.level == LogLevel::Error ? t.err : line.level == LogLevel::Warn ? t.warn : t.t2;
    put(strong, level, QString(LogModel::levelLetter(line.level)), 2);
    if (m_sourceShown) put(plain, t.t2, line.source, sourceChars);
    put(plain, t.t2, line.component, componentChars);
    if (!m_search.isEmpty())
        for (qsizetype at = line.text.indexOf(m_search, 0, Qt::CaseInsensitive); at >= 0;
             at = line.text.indexOf(m_search, at + m_search.size(), Qt::CaseInsensitive))
            painter.fillRect(QRectF(x + static_cast<double>(at) * m_char, y + 2,
                                    static_cast<double>(m_search.size()) * m_char, m_line - 4),
                             t.warnBg);
    put(plain, t.t1, line.text, 0);
}

int LogView::lineAt(const QPoint& point) const {
    const int at = verticalScrollBar()->value() + (point.y() - 4) / m_line;
    return at >= 0 && at < shownLines() ? at : -1;
}

void LogView::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton) return;
    m_cursor = lineAt(event->position().toPoint());
    if (!(event->modifiers() & Qt::ShiftModifier) || m_anchor < 0) m_anchor = m_cursor;
    viewport()->update();
}

void LogView::mouseMoveEvent(QMouseEvent* event) {
    if (!(event->buttons() & Qt::LeftButton) || m_anchor < 0) return;
    const int at = lineAt(event->position().toPoint());
    if (at >= 0) m_cursor = at;
    viewport()->update();
}

void LogView::keyPressEvent(QKeyEvent* event) {
    if (event->matches(QKeySequence::SelectAll) && !m_shown.empty()) {
        m_anchor = 0;
        m_cursor = shownLines() - 1;
        viewport()->update();
    } else if (event->matches(QKeySequence::Copy) && m_model && m_anchor >= 0) {
        QString copied;
        const auto [low, high] = std::minmax(m_anchor, m_cursor);
        for (int at = low; at <= high; ++at) {
            const auto row = static_cast<int>(m_shown[static_cast<std::size_t>(at)] - m_model->dropped());
            copied += m_model->index(row).data().toString() + u'\n';
        }
        QGuiApplication::clipboard()->setText(copied);
    } else if (event->key() == Qt::Key_End) {
        follow();
    } else if (event->key() == Qt::Key_Home) {
        verticalScrollBar()->setValue(0);
    } else {
        QAbstractScrollArea::keyPressEvent(event);
    }
}

void LogView::changeEvent(QEvent* event) {
    QAbstractScrollArea::changeEvent(event);
    if (event->type() == QEvent::StyleChange) viewport()->update();
}

}  // namespace nova::tables
