#include "app/views/post_list.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>

#include "app/views/pane.h"
#include "widgets/theme/clock.h"
#include "widgets/theme/metrics.h"
#include "widgets/theme/numbers.h"
#include "widgets/theme/theme.h"

namespace nova::views {

using namespace Qt::StringLiterals;
namespace metrics = theme::metrics;

namespace {

constexpr int pictureHeight = 72;  // px

QPushButton* smallButton(const QString& text, const QString& kind, QWidget* parent) {
    auto* button = new QPushButton(text, parent);
    button->setProperty("small", true);
    button->setProperty("kind", kind);
    return button;
}

}  // namespace

PostItem::PostItem(bool own, QWidget* parent) : QFrame(parent), m_own(own) {
    setProperty("card", true);
    m_author = newLabel({}, u"strong"_s, this);
    m_time = newLabel({}, u"hint"_s, this);
    m_version = new QLabel(this);
    m_version->setProperty("tag", u"neutral"_s);
    m_content = new QLabel(this);
    m_content->setWordWrap(true);
    m_content->setTextFormat(Qt::PlainText);
    m_content->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_picture = newLabel({}, u"hint"_s, this);
    m_picture->hide();
    m_editor = new QLineEdit(this);
    m_editor->setAccessibleName(tr("New text of the post"));
    m_editor->hide();
    m_mark = newLabel({}, u"second"_s, this);
    m_timeline = smallButton(tr("Timeline"), u"link"_s, this);
    m_timeline->setToolTip(tr("The measured way of this post"));
    m_like = smallButton({}, u"ghost"_s, this);
    m_edit = smallButton(tr("Edit"), u"ghost"_s, this);
    m_remove = smallButton(tr("Delete"), u"ghost"_s, this);
    buildRows();
    connect(m_timeline, &QPushButton::clicked, this, &PostItem::timelineWanted);
    connect(m_like, &QPushButton::clicked, this, [this] { Q_EMIT likeChosen(!m_post.liked); });
    connect(m_remove, &QPushButton::clicked, this, &PostItem::removeWanted);
    connect(m_edit, &QPushButton::clicked, this, [this] {
        if (!m_editor->isHidden()) Q_EMIT edited(m_editor->text());
        setEditing(m_editor->isHidden());
    });
    connect(m_editor, &QLineEdit::returnPressed, m_edit, &QPushButton::click);
}

void PostItem::buildRows() {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(metrics::panePadding, 8, metrics::panePadding, 6);
    column->setSpacing(metrics::grid);
    auto* head = new QHBoxLayout;
    head->addWidget(m_author);
    head->addWidget(m_time);
    head->addWidget(m_version);
    head->addStretch(1);
    column->addLayout(head);
    column->addWidget(m_content);
    column->addWidget(m_picture);
    column->addWidget(m_editor);
    auto* foot = new QHBoxLayout;
    foot->addWidget(m_mark);
    foot->addWidget(m_timeline);
    foot->addStretch(1);
    foot->addWidget(m_like);
    foot->addWidget(m_edit);
    foot->addWidget(m_remove);
    m_edit->setVisible(m_own);
    m_remove->setVisible(m_own);
    column->addLayout(foot);
}

void PostItem::setPost(const PostCard& post, const QString& author) {
    m_author->setText(author);
    if (m_post == post) return;
    m_post = post;
    showTime();
    m_version->setText(tr("updated, v%1").arg(post.version));
    m_version->setVisible(post.version > 1);
    m_content->setText(post.content);
    m_like->setText((post.liked ? tr("Liked · %1") : tr("Like · %1")).arg(theme::count(post.likes)));
    m_like->setToolTip(post.liked ? tr("Takes the like back") : tr("Likes this post"));
    m_timeline->setVisible(!post.traceId.isEmpty());
}

void PostItem::showTime() {
    m_time->setText(theme::momentText(m_post.created));
}

void PostItem::setMark(const QString& text, bool arrived) {
    const QString status = arrived ? u"win"_s : u"info"_s;
    if (m_mark->text() == text && m_mark->property("status").toString() == status) return;
    m_mark->setText(text);
    m_mark->setProperty("status", status);
    theme::repolish(m_mark);
}

void PostItem::setPictures(const PictureOf& pictureOf) {
    m_picture->setVisible(!m_post.media.isEmpty());
    if (m_post.media.isEmpty() || !pictureOf) return;
    const QImage image = pictureOf(m_post.media.first());
    if (image.isNull()) return m_picture->setText(tr("picture …"));
    if (!m_picture->pixmap(Qt::ReturnByValue).isNull()) return;
    const qreal ratio = devicePixelRatioF();
    QPixmap shown = QPixmap::fromImage(image.scaledToHeight(qRound(pictureHeight * ratio), Qt::SmoothTransformation));
    shown.setDevicePixelRatio(ratio);
    m_picture->setPixmap(shown);
    m_picture->setAccessibleName(m_post.media.size() > 1 ? tr("%1 pictures").arg(m_post.media.size()) : tr("Picture"));
}

QString PostItem::mark() const {
    return m_mark->text();
}

void PostItem::setEditing(bool editing) {
    m_editor->setVisible(editing);
    m_content->setVisible(!editing);
    m_edit->setText(editing ? tr("Save") : tr("Edit"));
    if (!editing) return;
    m_editor->setText(m_post.content);
    m_editor->setFocus(Qt::OtherFocusReason);
}

PostList::PostList(bool own, QWidget* parent) : QScrollArea(parent), m_own(own) {
    auto* inner = new QWidget(this);
    m_column = new QVBoxLayout(inner);
    m_column->setContentsMargins(metrics::panePadding, 8, metrics::panePadding, 8);
    m_column->setSpacing(8);
    m_empty = newLabel({}, u"second"_s, inner);
    m_empty->setWordWrap(true);
    m_column->addWidget(m_empty);
    m_column->addStretch(1);
    setWidget(inner);
    setWidgetResizable(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setMinimumHeight(120);
}

void PostList::setEmptyText(const QString& text) {
    m_empty->setText(text);
}

PostItem* PostList::newItem() {
    auto* item = new PostItem(m_own, widget());
    connect(item, &PostItem::edited, this,
            [this, item](const QString& content) { Q_EMIT edited(item->post().id, content, item->post().version); });
    connect(item, &PostItem::removeWanted, this, [this, item] { Q_EMIT removeWanted(item->post().id); });
    connect(item, &PostItem::likeChosen, this, [this, item](bool liked) { Q_EMIT likeChosen(item->post().id, liked); });
    connect(item, &PostItem::timelineWanted, this, [this, item] { Q_EMIT timelineWanted(item->post().traceId); });
    return item;
}

void PostList::setPosts(const QVector<PostCard>& posts, const QHash<QString, QString>& nameOfAuthor) {
    QHash<QString, PostItem*> known;
    for (auto* item : m_items) known.insert(item->post().id, item);
    m_items.clear();
    for (const auto& post : posts) {
        auto* item = known.take(post.id);
        if (!item) item = newItem();
        item->setPost(post, nameOfAuthor.value(post.authorId, post.author));
        const int place = int(m_items.size());
        if (m_column->indexOf(item) != place) m_column->insertWidget(place, item);
        m_items.append(item);
    }
    for (auto* gone : known) {
        gone->hide();
        m_column->removeWidget(gone);
        gone->deleteLater();
    }
    m_empty->setVisible(posts.isEmpty());
}

void PostList::setPictures(const PictureOf& pictureOf) {
    for (auto* item : m_items) item->setPictures(pictureOf);
}

void PostList::setMarks(const ReachOf& reachOf) {
    for (auto* item : m_items) {
        item->showTime();
        const QString& trace = item->post().traceId;
        if (trace.isEmpty() || !reachOf) {
            item->setMark({}, false);
            continue;
        }
        const Reach reach = reachOf(trace);
        item->setMark(reach.visibleMs  ? tr("readable %1 after Post").arg(theme::duration(*reach.visibleMs))
                      : reach.complete ? tr("in nobody’s feed: no follower yet")
                                       : tr("on its way to the feed …"),
                      reach.visibleMs.has_value());
    }
}

}  // namespace nova::views
