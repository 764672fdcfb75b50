#include "app/views/notes_page.h"

#include <QPushButton>
#include <QVBoxLayout>

#include "app/views/card_column.h"
#include "app/views/pane.h"
#include "widgets/theme/clock.h"

namespace nova::views {

using namespace Qt::StringLiterals;

NotesPage::NotesPage(People& people, Who who, QWidget* parent) : QWidget(parent), m_people(people), m_who(who) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    auto* header = new PaneHeader(tr("What %1 was told").arg(people.person(who).name), this);
    header->addStretch();
    m_seen = header->addButton(tr("Mark all seen"), tr("Sets the count of unread notifications to zero"));
    column->addWidget(header);
    m_notes = new CardColumn(this);
    column->addWidget(m_notes, 1);
    connect(m_seen, &QPushButton::clicked, this, [this] { m_people.markNotificationsSeen(m_who); });
    refresh();
}

void NotesPage::refresh() {
    const auto& me = m_people.person(m_who);
    const auto& you = m_people.person(People::other(m_who));
    m_seen->setEnabled(me.unread > 0);
    m_notes->setEmptyText(!m_people.ready() ? tr("Press Post first: it signs both up.")
                          : !me.inboxTrouble.isEmpty()
                              ? tr("Notifications cannot be read now: %1").arg(me.inboxTrouble)
                              : tr("Nothing yet. Let %1 like a post of %2 or follow.").arg(you.name, me.name));
    if (m_shown == me.notes && m_zone == theme::timeZone()) return;
    m_shown = me.notes;
    m_zone = theme::timeZone();
    m_notes->clear();
    for (const auto& note : m_shown) {
        const QString text = note.text.isEmpty() ? note.actor + u": "_s + note.kind : note.text;
        const QString when = theme::momentText(note.at);
        auto* card = m_notes->add(text, note.seen ? when : tr("%1 · new").arg(when), !note.seen);
        if (note.traceId.isEmpty()) continue;
        card->addTimeline();
        connect(card, &LineCard::timelineWanted, this, [this, trace = note.traceId] { Q_EMIT timelineWanted(trace); });
    }
}

}  // namespace nova::views
