// One person of Act as: posts (what they write, their feed as the gateway serves it, their own), the conversation with
// the other one, notifications.
#pragma once

#include <QWidget>

#include "app/views/people.h"
#include "app/views/post_list.h"

class QLabel;
class QVBoxLayout;
class QLineEdit;
class QStackedWidget;
class QPushButton;

namespace nova::theme {
class Segmented;
}

namespace nova::views {

class ChatPage;
class NotesPage;
class PaneHeader;
class PicturePicker;

class PersonPane final : public QWidget {
    Q_OBJECT
public:
    // People outlive the pane.
    PersonPane(People& people, Who who, QWidget* parent = nullptr);
    void refresh();
    void setReachOf(const ReachOf& reachOf);
    void refreshMarks();
    void focusComposer();
    enum class Page { posts, chat, notes };
    void showPage(Page page);
    [[nodiscard]] ChatPage* chat() { return m_chat; }
    [[nodiscard]] NotesPage* notes() { return m_notes; }
    [[nodiscard]] PicturePicker* picker() { return m_picker; }
    [[nodiscard]] PostList* feed() { return m_feed; }
    [[nodiscard]] PostList* posts() { return m_posts; }
    [[nodiscard]] QPushButton* postButton() { return m_post; }

Q_SIGNALS:
    void timelineWanted(const QString& traceId);

protected:
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void buildHeader(QVBoxLayout* column);
    QWidget* buildPosts();
    QWidget* buildComposer();
    QWidget* buildSection(const QString& title, PostList* list, QLabel** tag);
    void connectLists();
    void post();
    void refreshTabs();
    void tellWhatIsRead();
    [[nodiscard]] QString suggestion() const;

    People& m_people;
    Who m_who;
    ReachOf m_reachOf;
    int m_posted = 0;
    QLabel* m_handle;
    QLabel* m_state;
    QPushButton* m_online;
    QPushButton* m_follow;
    QWidget* m_tabBar;
    theme::Segmented* m_tabs;
    QStackedWidget* m_pages;
    ChatPage* m_chat;
    NotesPage* m_notes;
    PicturePicker* m_picker;
    QLineEdit* m_composer;
    QPushButton* m_post;
    QLabel* m_trouble;
    PostList* m_feed;
    PostList* m_posts;
    QLabel* m_stale = nullptr;
    QLabel* m_postsTag = nullptr;
};

}  // namespace nova::views
