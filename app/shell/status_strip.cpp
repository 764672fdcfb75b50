#include "app/shell/status_strip.h"

#include <QDateTime>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <algorithm>
#include <cmath>

#include "app/shell/cluster_chip.h"
#include "app/shell/reads_button.h"
#include "widgets/theme/fonts.h"
#include "widgets/theme/metrics.h"
#include "widgets/theme/numbers.h"
#include "widgets/theme/plain_tip.h"
#include "widgets/theme/status_label.h"
#include "widgets/theme/tabular.h"
#include "widgets/theme/theme.h"

namespace nova::shell {

using namespace Qt::StringLiterals;
using namespace theme;

namespace {

constexpr int segmentPadding = 10;

}  // namespace

Figure::Figure(QWidget* parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Expanding);
    connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

void Figure::setText(const QString& text) {
    if (m_text == text) return;
    m_text = text;
    setAccessibleName(text);
    updateGeometry();
    update();
}

QSize Figure::sizeHint() const {
    if (m_text.isEmpty()) return {0, metrics::statusBar - 2};
    return {int(std::ceil(Tabular::of(theme::font(Type::Hint)).width(m_text))) + 2 * segmentPadding + 1,
            metrics::statusBar - 2};
}

void Figure::paintEvent(QPaintEvent*) {
    if (m_text.isEmpty()) return;
    QPainter painter(this);
    painter.setPen(tokens().line);
    painter.drawLine(width() - 1, 0, width() - 1, height());
    painter.setPen(tokens().t2);
    Tabular::of(theme::font(Type::Hint))
        .draw(painter, QRectF(rect()).adjusted(segmentPadding, 0, 0, 0), Qt::AlignVCenter | Qt::AlignLeft, m_text);
}

StoreSegment::StoreSegment(QWidget* parent) : QWidget(parent), m_label(new StatusLabel(this)) {
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(segmentPadding, 0, segmentPadding + 1, 0);
    row->addWidget(m_label);
}

void StoreSegment::setReading(const StoreReading& reading) {
    m_label->setStatus(reading.status, reading.name, reading.name + u' ' + reading.word);
    setToolTip(theme::plainTip(reading.name + u": "_s + reading.word));
}

void StoreSegment::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setPen(tokens().line);
    painter.drawLine(width() - 1, 0, width() - 1, height());
}

StatusStrip::StatusStrip(QWidget* parent) : QFrame(parent), m_row(new QHBoxLayout(this)) {
    setProperty("bar", u"status"_s);
    setFixedHeight(metrics::statusBar);
    m_row->setContentsMargins(0, 1, 0, 0);
    m_row->setSpacing(0);
    m_environment = new QLabel(this);
    m_row->addWidget(m_environment);
    m_rate = addFigure(1, 9, tr("Events a second, all topics but the spans"));
    m_ring = addFigure(2, 3, tr("Events held in memory, and the time they span"));
    m_dropped = addFigure(3, 8, tr("Events that left the ring unseen or were never taken in"));
    m_message = addFigure(4, 6, {});
    m_reads = new ReadsButton(this);
    m_row->addWidget(m_reads);
    m_row->addStretch(1);
    m_clock = addFigure(7, 4, tr("All parts run on this computer and read one clock"));
    m_memory = addFigure(8, 2, tr("Memory of this console"));
    m_time = addFigure(9, 7, tr("Now"));
    m_dropped->setText(tr("dropped 0"));
    connect(m_reads, &ReadsButton::mostChosen, this, &StatusStrip::mostReadsChosen);
    setEnvironment(u"local"_s, {});
    setReads(-1, -1);
    std::sort(m_byWeight.begin(), m_byWeight.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
}

Figure* StatusStrip::addFigure(int position, int weight, const QString& toolTip) {
    auto* figure = new Figure(this);
    figure->setToolTip(toolTip);
    m_row->insertWidget(position, figure);
    m_byWeight.append({weight, figure});
    return figure;
}

void StatusStrip::setEnvironment(const QString& environment, const QString& toolTip) {
    m_environment->setText(environmentWord(environment));
    m_environment->setProperty("env", environment);
    m_environment->setToolTip(toolTip);
    theme::repolish(m_environment);
    m_clock->setText(environment == "local"_L1 ? tr("same clock") : QString());
    fold();
}

void StatusStrip::setReads(qint64 now, qint64 most) {
    m_hasReads = most >= 0;
    m_reads->setVisible(m_hasReads);
    if (m_hasReads) m_reads->setReading(now, most);
    fold();
}

void StatusStrip::setStores(const QVector<StoreReading>& stores) {
    while (m_stores.size() < stores.size()) {
        auto* segment = new StoreSegment(this);
        m_row->insertWidget(1 + int(m_stores.size()), segment);
        m_stores.append(segment);
    }
    for (int i = 0; i < m_stores.size(); ++i) {
        m_stores[i]->setVisible(i < stores.size());
        if (i < stores.size()) m_stores[i]->setReading(stores[i]);
    }
    fold();
}

void StatusStrip::setTraffic(const TrafficReading& reading) {
    m_rate->setText(reading.attached ? rate(reading.perSecond) : QString());
    m_ring->setText(!reading.attached ? QString()
                    : reading.held == 0
                        ? tr("ring empty")
                        : tr("ring %1 · %2").arg(count(qint64(reading.held)), age(reading.heldSeconds)));
    m_dropped->setText(tr("dropped %1").arg(count(qint64(reading.dropped))));
    fold();
}

void StatusStrip::setMemory(qint64 bytes) {
    m_memory->setText(tr("memory %1").arg(theme::bytes(bytes)));
    fold();
}

void StatusStrip::setNow(qint64 unixMs, const QTimeZone& zone) {
    const auto now = QDateTime::fromMSecsSinceEpoch(unixMs, zone);
    m_time->setText(now.toString(u"yyyy-MM-dd HH:mm:ss.zzz "_s) + zone.abbreviation(now));
    fold();
}

void StatusStrip::setMessage(const QString& text) {
    m_message->setText(text);
    fold();
}

void StatusStrip::resizeEvent(QResizeEvent* event) {
    QFrame::resizeEvent(event);
    fold();
}

void StatusStrip::fold() {
    int free = width() - m_row->itemAt(0)->widget()->sizeHint().width();
    for (const auto* store : m_stores) free -= store->isHidden() ? 0 : store->sizeHint().width();
    if (m_hasReads) free -= m_reads->sizeHint().width();
    for (const auto& [weight, widget] : m_byWeight) {
        const int wanted = widget->sizeHint().width();
        const bool fits = wanted <= free;
        if (fits) free -= wanted;
        if (widget->isHidden() == fits) widget->setVisible(fits);
    }
}

}  // namespace nova::shell
