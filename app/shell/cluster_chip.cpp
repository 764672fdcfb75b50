#include "app/shell/cluster_chip.h"

#include <QPainter>

#include "widgets/theme/fonts.h"
#include "widgets/theme/icons.h"
#include "widgets/theme/metrics.h"
#include "widgets/theme/plain_tip.h"
#include "widgets/theme/theme.h"

namespace nova::shell {

using namespace Qt::StringLiterals;
using namespace theme;

namespace {

constexpr int padding = 10, gap = 8, arrow = 12, mostName = 240;

QFont wordFont() {
    return theme::font(Type::Hint, QFont::DemiBold);
}
QFont nameFont() {
    return theme::font(Type::Control, QFont::Medium);
}

QColor colourOf(const QString& environment) {
    const Tokens& t = tokens();
    if (environment == "production"_L1) return t.envProduction;
    return environment == "staging"_L1 ? t.envStaging : t.envLocal;
}

}  // namespace

QString environmentWord(const QString& environment) {
    if (environment == "local"_L1) return ClusterChip::tr("LOCAL");
    if (environment == "staging"_L1) return ClusterChip::tr("STAGING");
    if (environment == "production"_L1) return ClusterChip::tr("PRODUCTION");
    return environment.toUpper();
}

ClusterChip::ClusterChip(QWidget* parent) : QToolButton(parent), m_choices(this) {
    setMenu(&m_choices);
    setPopupMode(QToolButton::InstantPopup);
    setFocusPolicy(Qt::TabFocus);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    setPlace({});
    connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

void ClusterChip::setPlace(const Place& place) {
    m_environment = place.environment;
    m_word = environmentWord(place.environment);
    m_name = QFontMetrics(nameFont()).elidedText(place.name, Qt::ElideMiddle, mostName);
    const QString all = m_word + u' ' + place.name;
    setAccessibleName(tr("Cluster: %1").arg(all));
    QStringList lines{all};
    for (const auto& line : {place.address, place.detail}) {
        if (!line.isEmpty()) lines << line;
    }
    lines << tr("Click to look at another cluster");
    setToolTip(theme::plainTip(lines.join(u'\n')));
    updateGeometry();
    update();
}

QSize ClusterChip::sizeHint() const {
    const int word = QFontMetrics(wordFont()).horizontalAdvance(m_word);
    return {2 * padding + word + gap + QFontMetrics(nameFont()).horizontalAdvance(m_name) + gap + arrow,
            metrics::control};
}

void ClusterChip::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(colourOf(m_environment));
    painter.drawRoundedRect(QRectF(rect()), metrics::radius, metrics::radius);
    const QColor ink = tokens().onEnv;
    painter.setPen(ink);
    QRect left = rect().adjusted(padding, 0, -padding, 0);
    painter.setFont(wordFont());
    painter.drawText(left, Qt::AlignVCenter | Qt::AlignLeft, m_word);
    left.setLeft(left.left() + painter.fontMetrics().horizontalAdvance(m_word) + gap);
    painter.setFont(nameFont());
    painter.drawText(left, Qt::AlignVCenter | Qt::AlignLeft, m_name);
    painter.drawPixmap(width() - padding - arrow, (height() - arrow) / 2,
                       iconPixmap(Icon::Down, arrow, ink, devicePixelRatioF()));
    if (!hasFocus()) return;
    painter.setPen(QPen(ink, 1));
    painter.setBrush(Qt::NoBrush);
    painter.drawRoundedRect(QRectF(rect()).adjusted(2.5, 2.5, -2.5, -2.5), 2, 2);
}

ReadOnlyChip::ReadOnlyChip(QWidget* parent) : QWidget(parent), m_text(tr("read-only")) {
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    setAccessibleName(m_text);
    setToolTip(tr("Nothing is written to this cluster: its profile says read_only, which is the default"));
    connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

void ReadOnlyChip::setShort(bool isShort) {
    if (std::exchange(m_short, isShort) == isShort) return;
    updateGeometry();
    update();
}

QSize ReadOnlyChip::sizeHint() const {
    const int text = m_short ? 0 : gap + QFontMetrics(theme::font(Type::Hint, QFont::Medium)).horizontalAdvance(m_text);
    return {2 * gap + arrow + text, metrics::controlSmall};
}

void ReadOnlyChip::paintEvent(QPaintEvent*) {
    const Tokens& t = tokens();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    QPen pen(t.t3, 1);
    pen.setDashPattern({3, 2});
    painter.setPen(pen);
    painter.drawRoundedRect(QRectF(rect()).adjusted(.5, .5, -.5, -.5), metrics::radius, metrics::radius);
    painter.drawPixmap(gap, (height() - arrow) / 2, iconPixmap(Icon::Lock, arrow, t.t2, devicePixelRatioF()));
    if (m_short) return;
    painter.setPen(t.t2);
    painter.setFont(theme::font(Type::Hint, QFont::Medium));
    painter.drawText(rect().adjusted(gap + arrow + gap, 0, 0, 0), Qt::AlignVCenter, m_text);
}

}  // namespace nova::shell
