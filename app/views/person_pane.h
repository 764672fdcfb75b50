// One person of Act as: what they write, their feed as the gateway serves it, their own posts.
#pragma once

#include <QWidget>

#include "app/views/people.h"
#include "app/views/post_list.h"

class QLabel;
class QLineEdit;
class QPushButton;

namespace nova::views {

class PaneHeader;

class PersonPane final : public QWidget {
    Q_OBJECT
public:
    // People outlive the pane.
    PersonPane(People& people, Who who, QWidget* parent = nullptr);
    void refresh();
    void setReachOf(const ReachOf& reachOf);
    void refreshMarks();
    void focusComposer();
    [[nodiscard]] PostList* feed() { return m_feed; }
    [[nodiscard]] PostList* posts() { return m_posts; }
    [[nodiscard]] QPushButton* postButton() { return m_post; }

Q_SIGNALS:
    void timelineWanted(const QString& traceId);

private:
    QWidget* buildComposer();
    QWidget* buildSection(const QString& title, PostList* list, QLabel** tag);
    void connectLists();
    void post();
    [[nodiscard]] QString suggestion() const;

    People& m_people;
    Who m_who;
    ReachOf m_reachOf;
    int m_posted = 0;
    QLabel* m_handle;
    QLabel* m_state;
    QPushButton* m_follow;
    QLineEdit* m_composer;
    QPushButton* m_post;
    QLabel* m_trouble;
    PostList* m_feed;
    PostList* m_posts;
    QLabel* m_stale = nullptr;
    QLabel* m_postsTag = nullptr;
};

}  // namespace nova::views
