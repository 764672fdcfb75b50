// What one person was told: likes and follows, newest first.
#pragma once

#include <QTimeZone>
#include <QWidget>

#include "app/views/people.h"

class QPushButton;

namespace nova::views {

class CardColumn;

class NotesPage final : public QWidget {
    Q_OBJECT
public:
    // People outlive the page.
    NotesPage(People& people, Who who, QWidget* parent = nullptr);
    void refresh();
    [[nodiscard]] CardColumn* notes() { return m_notes; }
    [[nodiscard]] QPushButton* seenButton() { return m_seen; }

Q_SIGNALS:
    void timelineWanted(const QString& traceId);

private:
    People& m_people;
    Who m_who;
    QVector<Note> m_shown;
    QTimeZone m_zone;  // of what is shown
    CardColumn* m_notes;
    QPushButton* m_seen;
};

}  // namespace nova::views
