#include "widgets/charts/delivery_strip.h"

#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>

#include "widgets/tables/cell.h"
#include "widgets/theme/fonts.h"
#include "widgets/theme/plain_tip.h"
#include "widgets/theme/tabular.h"
#include "widgets/theme/theme.h"

namespace nova::charts {
namespace {

using theme::Tabular;
using theme::Type;

constexpr double step = 190, timeTop = 2, lineAt = 30, titleTop = 42, detailTop = 58, ring = 6;
constexpr int stripHeight = 78;

}  // namespace

DeliveryStrip::DeliveryStrip(QWidget* parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    connect(&theme::Theme::instance(), &theme::Theme::changed, this, qOverload<>(&QWidget::update));
}

void DeliveryStrip::setMarks(std::vector<DeliveryMark> marks) {
    if (marks == m_marks) return;
    m_marks = std::move(marks);
    QStringList words;
    for (const auto& mark : m_marks)
        words << mark.time + QLatin1Char(' ') + mark.title + QLatin1String(", ") + mark.detail;
    setAccessibleDescription(words.isEmpty() ? m_emptyText : words.join(QLatin1String("; ")));
    update();
}

void DeliveryStrip::setEmptyText(const QString& text) {
    m_emptyText = text;
    if (m_marks.empty()) setAccessibleDescription(text);
    update();
}

QSize DeliveryStrip::sizeHint() const {
    return {static_cast<int>(step) * 3, stripHeight};
}

QSize DeliveryStrip::minimumSizeHint() const {
    return {static_cast<int>(step), stripHeight};
}

std::size_t DeliveryStrip::leftOut() const {
    const auto room = std::max<std::size_t>(1, static_cast<std::size_t>(width() / step));
    return m_marks.size() > room ? m_marks.size() - room : 0;
}

std::vector<DeliveryStrip::Place> DeliveryStrip::places() const {
    std::vector<Place> places;
    const auto without = leftOut();
    const auto shown = m_marks.size() - without;
    for (std::size_t i = 0; i < shown; ++i) {
        const auto mark = i == 0 ? 0 : i + without;
        places.push_back({mark, static_cast<double>(i) * step});
    }
    return places;
}

void DeliveryStrip::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const theme::Tokens& t = theme::tokens();
    const auto& hint = Tabular::of(theme::font(Type::Hint));
    if (m_marks.empty()) {
        painter.setPen(t.t2);
        painter.setFont(theme::font(Type::Control));
        painter.drawText(rect(), Qt::AlignLeft | Qt::AlignVCenter | Qt::TextWordWrap, m_emptyText);
        return;
    }
    painter.setPen(QPen(t.line2, 1));
    painter.drawLine(QPointF(0, lineAt + 0.5), QPointF(width(), lineAt + 0.5));
    const auto& mono = Tabular::of(theme::font(Type::MonoHex));
    const auto& strong = Tabular::of(theme::font(Type::Control, QFont::DemiBold));
    for (const auto& [index, left] : places()) {
        const auto& mark = m_marks[index];
        const QRectF box(left, 0, step - 12, stripHeight);
        tables::paintCellText(painter, {box.left(), timeTop, box.width(), 16}, mono, t.t2, mark.time);
        painter.setPen(Qt::NoPen);
        painter.setBrush(t.bg1);
        painter.drawEllipse(QPointF(left + ring, lineAt), ring + 2, ring + 2);
        theme::paintStatus(painter, QRectF(left, lineAt - ring, 2 * ring, 2 * ring), mark.status, t);
        tables::paintCellText(painter, {box.left(), titleTop, box.width(), 16}, strong, t.t1, mark.title);
        tables::paintCellText(painter, {box.left(), detailTop, box.width(), 16}, hint, t.t2, mark.detail);
    }
    if (leftOut() == 0) return;
    painter.setPen(t.t2);
    hint.draw(painter, QRectF(step - 64, lineAt - 18, 60, 16), Qt::AlignRight | Qt::AlignVCenter,
              tr("+ %1 …").arg(leftOut()));
}

bool DeliveryStrip::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip) return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    for (const auto& [index, left] : places()) {
        if (help->pos().x() < left || help->pos().x() >= left + step) continue;
        QToolTip::showText(help->globalPos(), theme::plainTip(m_marks[index].toolTip), this);
        return true;
    }
    return QWidget::event(event);
}

}  // namespace nova::charts
