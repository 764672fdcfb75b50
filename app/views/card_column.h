// A scrolling column of cards with a sentence where there is none. Cards belong to the column.
#pragma once

#include <QFrame>
#include <QScrollArea>
#include <QVector>

class QLabel;
class QVBoxLayout;

namespace nova::views {

// Text over a hint line; a conversation's cards lean to their sender's side.
class LineCard final : public QFrame {
    Q_OBJECT
public:
    LineCard(const QString& text, const QString& hint, bool strong, QWidget* parent);
    void addTimeline();  // a link to the measured timeline
Q_SIGNALS:
    void timelineWanted();
};

class CardColumn final : public QScrollArea {
    Q_OBJECT
public:
    explicit CardColumn(QWidget* parent = nullptr);
    void setEmptyText(const QString& text);
    void clear();
    enum class Side { whole, left, right };
    LineCard* add(const QString& text, const QString& hint, bool strong, Side side = Side::whole);
    [[nodiscard]] QVector<LineCard*> cards() const { return m_cards; }
    void showNewest();  // and stays there until somebody scrolls away
    [[nodiscard]] bool isAtNewest() const { return m_atNewest; }

private:
    QVBoxLayout* m_column;
    QLabel* m_empty;
    QVector<LineCard*> m_cards;
    bool m_follows = false, m_atNewest = false;
    int m_kept = 0;  // where somebody had scrolled to before the cards were made anew
};

}  // namespace nova::views
