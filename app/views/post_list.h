// Posts as cards, newest first. Cards are kept by post id: what a person is writing or has focused stays.
#pragma once

#include <QFrame>
#include <QHash>
#include <QScrollArea>
#include <functional>
#include <optional>

#include "app/views/people.h"

class QLabel;
class QLineEdit;
class QPushButton;
class QVBoxLayout;

namespace nova::views {

// How far the effect of an action has come.
struct Reach {
    bool complete = false;            // nothing more will come of it
    std::optional<double> visibleMs;  // ms after the click; none: not yet, or to nobody
};
using ReachOf = std::function<Reach(const QString& traceId)>;
// The picture at an address; null until it is here.
using PictureOf = std::function<QImage(const QString& url)>;

class PostItem final : public QFrame {
    Q_OBJECT
public:
    PostItem(bool own, QWidget* parent);
    void setPost(const PostCard& post, const QString& author);
    void showTime();                                  // in the zone chosen now
    void setMark(const QString& text, bool arrived);  // empty text: none
    void setPictures(const PictureOf& pictureOf);
    [[nodiscard]] const PostCard& post() const { return m_post; }
    [[nodiscard]] QString mark() const;

Q_SIGNALS:
    void edited(const QString& content);
    void removeWanted();
    void likeChosen(bool liked);
    void timelineWanted();

private:
    void buildRows();
    void setEditing(bool editing);

    bool m_own;
    PostCard m_post;
    QLabel* m_author;
    QLabel* m_time;
    QLabel* m_version;
    QLabel* m_content;
    QLabel* m_picture;
    QLineEdit* m_editor;
    QLabel* m_mark;
    QPushButton* m_timeline;
    QPushButton* m_like;
    QPushButton* m_edit;
    QPushButton* m_remove;
};

class PostList final : public QScrollArea {
    Q_OBJECT
public:
    explicit PostList(bool own, QWidget* parent = nullptr);
    void setPosts(const QVector<PostCard>& posts, const QHash<QString, QString>& nameOfAuthor);
    void setEmptyText(const QString& text);
    void setMarks(const ReachOf& reachOf);
    void setPictures(const PictureOf& pictureOf);
    [[nodiscard]] QVector<PostItem*> items() const { return m_items; }

Q_SIGNALS:
    void edited(const QString& postId, const QString& content, qint64 version);
    void removeWanted(const QString& postId);
    void likeChosen(const QString& postId, bool liked);
    void timelineWanted(const QString& traceId);

private:
    PostItem* newItem();

    bool m_own;
    QVBoxLayout* m_column;
    QLabel* m_empty;
    QVector<PostItem*> m_items;
};

}  // namespace nova::views
