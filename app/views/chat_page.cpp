#include "app/views/chat_page.h"

#include <QFrame>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>
#include <array>

#include "app/views/card_column.h"
#include "widgets/theme/clock.h"
#include "widgets/theme/metrics.h"
#include "widgets/theme/numbers.h"

namespace nova::views {

using namespace Qt::StringLiterals;
namespace metrics = theme::metrics;

ChatPage::ChatPage(People& people, Who who, QWidget* parent) : QWidget(parent), m_people(people), m_who(who) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    m_lines = new CardColumn(this);
    m_lines->showNewest();
    column->addWidget(m_lines, 1);
    auto* foot = new QFrame(this);
    foot->setProperty("bar", u"view"_s);
    auto* row = new QHBoxLayout(foot);
    row->setContentsMargins(metrics::panePadding, 8, metrics::panePadding, 9);
    m_line = new QLineEdit(foot);
    m_line->setMaxLength(10'000);
    m_line->setAccessibleName(tr("What %1 says").arg(people.person(who).name));
    m_send = new QPushButton(tr("Send"), foot);
    m_send->setProperty("kind", u"primary"_s);
    m_send->setToolTip(tr("Sends it through the gateway; it arrives at the other’s socket (Enter)"));
    row->addWidget(m_line, 1);
    row->addWidget(m_send);
    column->addWidget(foot);
    connect(m_send, &QPushButton::clicked, this, &ChatPage::send);
    connect(m_line, &QLineEdit::returnPressed, this, &ChatPage::send);
    refresh();
}

QString ChatPage::suggestion() const {
    static const std::array alice{tr("Did you see the harbour?"), tr("Coffee at ten?"), tr("I am on the ferry")};
    static const std::array bob{tr("I did, golden!"), tr("Ten it is"), tr("See you on the quay")};
    const auto& texts = m_who == Who::alice ? alice : bob;
    return texts[std::size_t(m_sent) % texts.size()];
}

void ChatPage::send() {
    if (!m_send->isEnabled()) return;
    const QString text = m_line->text().trimmed();
    m_people.sendMessage(m_who, text.isEmpty() ? suggestion() : text);
    m_line->clear();
    m_lines->showNewest();
    ++m_sent;
    m_line->setPlaceholderText(suggestion());
}

void ChatPage::focusLine() {
    m_line->setFocus(Qt::OtherFocusReason);
}

QString ChatPage::hintOf(const ChatLine& line) const {
    QStringList words{theme::momentText(line.sent)};
    if (line.heardMs) words << tr("on the socket %1 after sending").arg(theme::duration(*line.heardMs));
    if (line.from == m_people.person(m_who).id)
        words << (line.read.isValid() ? tr("read %1").arg(theme::momentText(line.read)) : tr("not read yet"));
    return words.join(u" · "_s);
}

void ChatPage::refresh() {
    const auto& me = m_people.person(m_who);
    const auto& you = m_people.person(People::other(m_who));
    m_line->setPlaceholderText(suggestion());
    m_send->setEnabled(m_people.ready());
    m_lines->setEmptyText(!m_people.ready() ? tr("Press Post first: it signs both up.")
                          : !me.inboxTrouble.isEmpty()
                              ? tr("Messages cannot be read now: %1").arg(me.inboxTrouble)
                              : tr("Nothing said yet. Press Send; %1 hears it on %1’s side.").arg(you.name));
    if (m_shown == me.chat && m_zone == theme::timeZone()) return;
    m_shown = me.chat;
    m_zone = theme::timeZone();
    m_lines->clear();
    for (const auto& line : m_shown) {
        const bool mine = line.from == me.id;
        auto* card = m_lines->add(line.text, hintOf(line), !mine && !line.read.isValid(),
                                  mine ? CardColumn::Side::right : CardColumn::Side::left);
        if (line.traceId.isEmpty()) continue;
        card->addTimeline();
        connect(card, &LineCard::timelineWanted, this, [this, trace = line.traceId] { Q_EMIT timelineWanted(trace); });
    }
    if (m_lines->isAtNewest()) m_lines->showNewest();
}

}  // namespace nova::views
