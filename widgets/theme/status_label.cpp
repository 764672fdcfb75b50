#include "widgets/theme/status_label.h"

#include <QPainter>
#include <cmath>

#include "widgets/theme/fonts.h"
#include "widgets/theme/tabular.h"
#include "widgets/theme/theme.h"

namespace nova::theme {
namespace {

constexpr int shape = 10;
constexpr int gap = 6;

}  // namespace

StatusLabel::StatusLabel(QWidget* parent) : QWidget(parent) {
    setFont(theme::font(Type::Hint));
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

void StatusLabel::setStatus(Status status, const QString& text, const QString& spoken) {
    setAccessibleName(spoken.isEmpty() ? text : spoken);
    if (status == m_status && text == m_text) return;
    m_status = status;
    m_text = text;
    updateGeometry();
    update();
}

void StatusLabel::setTinted(bool tinted) {
    m_tinted = tinted;
    update();
}

QSize StatusLabel::sizeHint() const {
    const double text = Tabular::of(font()).width(m_text);
    const int mark = m_status == Status::None ? 0 : shape + (m_text.isEmpty() ? 0 : gap);
    return {mark + static_cast<int>(std::ceil(text)), 16};
}

QSize StatusLabel::minimumSizeHint() const {
    return sizeHint();
}

void StatusLabel::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const Tokens& t = tokens();
    double x = 0;
    if (m_status != Status::None) {
        paintStatus(painter, QRectF(0, (height() - shape) / 2.0, shape, shape), m_status, t);
        x = shape + gap;
    }
    painter.setPen(m_tinted ? statusColor(m_status, t) : t.t2);
    Tabular::of(font()).draw(painter, QRectF(x, 0, width() - x, height()), Qt::AlignLeft | Qt::AlignVCenter, m_text);
}

}  // namespace nova::theme
