#include "app/views/card_column.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QScrollBar>
#include <QVBoxLayout>
#include <utility>

#include "app/views/pane.h"
#include "widgets/theme/metrics.h"

namespace nova::views {

using namespace Qt::StringLiterals;
namespace metrics = theme::metrics;

LineCard::LineCard(const QString& text, const QString& hint, bool strong, QWidget* parent) : QFrame(parent) {
    setProperty("card", true);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(metrics::panePadding, 6, metrics::panePadding, 6);
    column->setSpacing(2);
    auto* words = newLabel(text, strong ? u"strong"_s : QString(), this);
    words->setWordWrap(true);
    words->setTextFormat(Qt::PlainText);
    words->setTextInteractionFlags(Qt::TextSelectableByMouse);
    column->addWidget(words);
    auto* foot = new QHBoxLayout;
    auto* small = newLabel(hint, u"hint"_s, this);
    small->setWordWrap(true);
    foot->addWidget(small, 1);
    column->addLayout(foot);
    setAccessibleName(text + u", "_s + hint);
}

void LineCard::addTimeline() {
    auto* button = new QPushButton(tr("Timeline"), this);
    button->setProperty("small", true);
    button->setProperty("kind", u"link"_s);
    button->setToolTip(tr("The measured way of this"));
    layout()->itemAt(1)->layout()->addWidget(button);
    connect(button, &QPushButton::clicked, this, &LineCard::timelineWanted);
}

CardColumn::CardColumn(QWidget* parent) : QScrollArea(parent) {
    auto* inner = new QWidget(this);
    m_column = new QVBoxLayout(inner);
    m_column->setContentsMargins(metrics::panePadding, 8, metrics::panePadding, 8);
    m_column->setSpacing(6);
    m_empty = newLabel({}, u"second"_s, inner);
    m_empty->setWordWrap(true);
    m_column->addWidget(m_empty);
    m_column->addStretch(1);
    setWidget(inner);
    setWidgetResizable(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setMinimumHeight(120);
    // A page that is hidden is laid out when it is shown: the end is known only then.
    connect(verticalScrollBar(), &QScrollBar::rangeChanged, this, [this](int, int end) {
        if (m_atNewest) return verticalScrollBar()->setValue(end);
        if (m_kept > 0 && m_kept <= end) verticalScrollBar()->setValue(std::exchange(m_kept, 0));
    });
    connect(verticalScrollBar(), &QScrollBar::actionTriggered, this, [this] {
        m_kept = 0;
        m_atNewest = m_follows && verticalScrollBar()->sliderPosition() >= verticalScrollBar()->maximum();
    });
}

void CardColumn::setEmptyText(const QString& text) {
    m_empty->setText(text);
}

void CardColumn::clear() {
    m_kept = verticalScrollBar()->value();
    for (auto* card : std::exchange(m_cards, {})) delete card->parentWidget();
    m_empty->show();
}

LineCard* CardColumn::add(const QString& text, const QString& hint, bool strong, Side side) {
    auto* row = new QWidget(widget());
    auto* across = new QHBoxLayout(row);
    across->setContentsMargins(0, 0, 0, 0);
    across->setSpacing(0);
    if (side == Side::right) across->addStretch(1);
    auto* card = new LineCard(text, hint, strong, row);
    across->addWidget(card, side == Side::whole ? 1 : 3);
    if (side == Side::left) across->addStretch(1);
    m_column->insertWidget(m_column->count() - 1, row);
    row->show();  // at once: a layout shows it a turn later, and the column would blink with each message
    m_cards.append(card);
    m_empty->hide();
    return card;
}

void CardColumn::showNewest() {
    m_follows = m_atNewest = true;
    verticalScrollBar()->setValue(verticalScrollBar()->maximum());
}

}  // namespace nova::views
