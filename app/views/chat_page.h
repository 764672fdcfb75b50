// The conversation of one person with the other one: what was said, when the other's socket had it, when it was read.
#pragma once

#include <QTimeZone>
#include <QWidget>

#include "app/views/people.h"

class QLineEdit;
class QPushButton;

namespace nova::views {

class CardColumn;

class ChatPage final : public QWidget {
    Q_OBJECT
public:
    // People outlive the page.
    ChatPage(People& people, Who who, QWidget* parent = nullptr);
    void refresh();
    void focusLine();
    [[nodiscard]] CardColumn* lines() { return m_lines; }

Q_SIGNALS:
    void timelineWanted(const QString& traceId);

private:
    void send();
    [[nodiscard]] QString suggestion() const;
    [[nodiscard]] QString hintOf(const ChatLine& line) const;

    People& m_people;
    Who m_who;
    int m_sent = 0;
    QVector<ChatLine> m_shown;
    QTimeZone m_zone;  // of what is shown
    CardColumn* m_lines;
    QLineEdit* m_line;
    QPushButton* m_send;
};

}  // namespace nova::views
