#include "app/shell/top_bar.h"

#include <QActionGroup>
#include <QFrame>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QTimeZone>
#include <QVBoxLayout>
#include <cmath>

#include "widgets/theme/fonts.h"
#include "widgets/theme/icons.h"
#include "widgets/theme/metrics.h"
#include "widgets/theme/segmented.h"
#include "widgets/theme/theme.h"

namespace nova::shell {

using namespace Qt::StringLiterals;
using namespace theme;

namespace {

constexpr int narrow = 1200;  // below this the address folds away

}  // namespace

SearchButton::SearchButton(QWidget* parent) : QPushButton(tr("Find an id, go to, run…"), parent) {
    setToolTip(tr("Command palette (Ctrl+K)"));
    setAccessibleName(tr("Command palette"));
    setCursor(Qt::IBeamCursor);
}

QSize SearchButton::sizeHint() const {
    return {380, metrics::control};
}
QSize SearchButton::minimumSizeHint() const {
    return {220, metrics::control};
}

void SearchButton::paintEvent(QPaintEvent*) {
    const Tokens& t = tokens();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(hasFocus() ? t.accent : t.line2, hasFocus() ? 2 : 1));
    painter.setBrush(t.dark ? t.bg0 : t.bg1);
    painter.drawRoundedRect(QRectF(rect()).adjusted(.5, .5, -.5, -.5), metrics::radius, metrics::radius);
    painter.drawPixmap(9, (height() - 14) / 2, iconPixmap(Icon::Search, 14, t.t2, devicePixelRatioF()));
    painter.setFont(theme::font(Type::Control));
    painter.setPen(t.t2);
    painter.drawText(rect().adjusted(30, 0, -70, 0), Qt::AlignVCenter, text());
    const QRectF cap(width() - 56.5, std::floor((height() - 16) / 2.0) + .5, 48, 16);
    painter.setPen(t.line2);
    painter.setBrush(t.bg1);
    painter.drawRoundedRect(cap, 3, 3);
    painter.setFont(theme::font(Type::MonoHex));
    painter.setPen(t.t2);
    painter.drawText(cap, Qt::AlignCenter, u"Ctrl K"_s);
}

TopBar::TopBar(QWidget* parent) : QWidget(parent) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    m_strip = new QFrame(this);
    m_strip->setFixedHeight(metrics::environmentStrip);
    column->addWidget(m_strip);
    auto* bar = new QFrame(this);
    bar->setProperty("bar", u"top"_s);
    bar->setFixedHeight(metrics::topBar);
    column->addWidget(bar);

    m_chip = new ClusterChip(bar);
    m_readOnly = new ReadOnlyChip(bar);
    m_address = new QLabel(bar);
    m_address->setProperty("role", u"hint"_s);
    m_address->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_search = new SearchButton(bar);
    m_live = new Segmented(bar);
    m_live->addSegment(tr("Live"), {}, tr("The views follow what happens"));
    m_live->addSegment({}, icon(Icon::Pause), tr("Pause: the views stand still, nothing is lost (P)"));
    m_live->setAccessibleName(tr("Live or paused"));
    m_zone = new QToolButton(bar);
    auto* menuButton = new QToolButton(bar);
    menuButton->setIcon(icon(Icon::Gear));
    menuButton->setToolTip(tr("Window, theme, keys"));
    menuButton->setAccessibleName(tr("Settings"));
    menuButton->setMenu(&m_menu);
    menuButton->setPopupMode(QToolButton::InstantPopup);
    buildZone();

    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(8, 0, 8, 0);
    row->setSpacing(8);
    row->addWidget(m_chip);
    row->addWidget(m_readOnly);
    row->addWidget(m_address);
    row->addStretch(1);
    row->addWidget(m_search, 3);
    row->addStretch(1);
    row->addWidget(m_live);
    row->addWidget(m_zone);
    row->addWidget(menuButton);
    m_search->setMaximumWidth(380);

    setPlace({});

    connect(m_search, &QPushButton::clicked, this, &TopBar::searchWanted);
    connect(m_live, &Segmented::chosen, this, [this](int index) { Q_EMIT liveChosen(index == 0); });
}

void TopBar::buildZone() {
    m_zone->setPopupMode(QToolButton::InstantPopup);
    m_zone->setToolButtonStyle(Qt::ToolButtonTextOnly);
    m_zone->setMenu(&m_zoneMenu);
    m_zone->setToolTip(tr("Time zone of every table"));
    m_zone->setAccessibleName(tr("Time zone"));
    auto* group = new QActionGroup(this);
    const QString local = QString::fromUtf8(QTimeZone::systemTimeZoneId());
    for (const auto& [text, utc] : {std::pair{tr("UTC"), true}, std::pair{tr("Local: %1").arg(local), false}}) {
        auto* action = m_zoneMenu.addAction(text);
        action->setCheckable(true);
        group->addAction(action);
        connect(action, &QAction::triggered, this, [this, choice = utc] { Q_EMIT utcChosen(choice); });
    }
    setUtc(true);
}

void TopBar::setPlace(const Place& place) {
    m_chip->setPlace(place);
    m_strip->setProperty("env", place.environment);
    repolish(m_strip);
    m_readOnly->setVisible(place.readOnly);
    setAddress(place.address);
}
void TopBar::setAddress(const QString& address) {
    m_address->setText(address);
}
void TopBar::setLive(bool live) {
    m_live->setCurrent(live ? 0 : 1);
}

void TopBar::setUtc(bool utc) {
    m_zone->setText(utc ? tr("UTC") : tr("Local"));
    m_zoneMenu.actions().at(utc ? 0 : 1)->setChecked(true);
}

QRect TopBar::searchArea() const {
    return {m_search->mapTo(this, QPoint(0, 0)), m_search->size()};
}

void TopBar::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    m_address->setVisible(width() >= narrow);
    m_readOnly->setShort(width() < narrow);
}

}  // namespace nova::shell
