#include "app/views/person_pane.h"

#include <QClipboard>
#include <QDragEnterEvent>
#include <QDropEvent>
#include <QFrame>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QMimeData>
#include <QPushButton>
#include <QSplitter>
#include <QStackedWidget>
#include <QVBoxLayout>

#include "app/views/chat_page.h"
#include "app/views/notes_page.h"
#include "app/views/pane.h"
#include "app/views/picture_picker.h"
#include "widgets/theme/metrics.h"
#include "widgets/theme/segmented.h"

namespace nova::views {

using namespace Qt::StringLiterals;
namespace metrics = theme::metrics;

PersonPane::PersonPane(People& people, Who who, QWidget* parent) : QWidget(parent), m_people(people), m_who(who) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    buildHeader(column);
    m_pages = new QStackedWidget(this);
    m_chat = new ChatPage(people, who, m_pages);
    m_notes = new NotesPage(people, who, m_pages);
    m_pages->addWidget(buildPosts());
    m_pages->addWidget(m_chat);
    m_pages->addWidget(m_notes);
    column->addWidget(m_pages, 1);
    setAcceptDrops(true);
    connectLists();
    refresh();
}

void PersonPane::buildHeader(QVBoxLayout* column) {
    auto* header = new PaneHeader({}, this);
    header->setTitle(m_people.person(m_who).name);
    m_handle = header->addMono();
    m_state = header->addText();
    header->addStretch();
    m_online = header->addButton({});
    m_follow = header->addButton({});
    column->addWidget(header);
    auto* bar = new PaneHeader({}, this);
    m_tabs = new theme::Segmented(bar);
    m_tabs->setSmall(true);
    m_tabs->addSegment(tr("Posts"), {}, tr("What is written, and the feed"));
    m_tabs->addSegment(tr("Chat"), {}, tr("The conversation of the two, live over the socket"));
    m_tabs->addSegment(tr("Notifications"), theme::icon(theme::Icon::Bell), tr("Likes and follows, as they are told"));
    bar->addWidget(m_tabs);
    bar->addStretch();
    column->addWidget(bar);
    m_tabBar = bar;
    connect(m_tabs, &theme::Segmented::chosen, this, [this](int index) { showPage(Page(index)); });
    connect(m_online, &QPushButton::clicked, this,
            [this] { m_people.setOnline(m_who, !m_people.person(m_who).wantsSocket); });
}

QWidget* PersonPane::buildPosts() {
    auto* page = new QWidget(m_pages);
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(buildComposer());
    m_feed = new PostList(false, page);
    m_posts = new PostList(true, page);
    auto* split = new QSplitter(Qt::Vertical, page);
    split->setChildrenCollapsible(false);
    const QString name = m_people.person(m_who).name;
    m_feed->setAccessibleName(tr("%1’s feed").arg(name));
    m_posts->setAccessibleName(tr("%1’s own posts").arg(name));
    split->addWidget(buildSection(tr("%1’s feed, as the gateway serves it").arg(name), m_feed, &m_stale));
    split->addWidget(buildSection(tr("%1’s own posts").arg(name), m_posts, &m_postsTag));
    split->setSizes({1000, 1000});
    column->addWidget(split, 1);
    return page;
}

void PersonPane::showPage(Page page) {
    m_tabs->setCurrent(int(page));
    m_pages->setCurrentIndex(int(page));
    tellWhatIsRead();
    if (page == Page::chat) m_chat->focusLine();
}

void PersonPane::tellWhatIsRead() {
    m_people.setReading(m_who, isVisible() && m_pages->currentWidget() == m_chat);
}

void PersonPane::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    tellWhatIsRead();
}

void PersonPane::hideEvent(QHideEvent* event) {
    QWidget::hideEvent(event);
    tellWhatIsRead();
}

void PersonPane::dragEnterEvent(QDragEnterEvent* event) {
    const auto* mime = event->mimeData();
    if (m_people.hasUploads() && (mime->hasUrls() || mime->hasImage())) event->acceptProposedAction();
}

void PersonPane::dropEvent(QDropEvent* event) {
    const auto picture = pictureOf(event->mimeData());
    if (!picture) return;
    showPage(Page::posts);
    m_picker->choose(*picture);
    event->acceptProposedAction();
}

// A picture is pasted where text is written, too.
bool PersonPane::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::KeyPress && m_people.hasUploads()) {
        const auto* mime = QGuiApplication::clipboard()->mimeData();
        if (static_cast<QKeyEvent*>(event)->matches(QKeySequence::Paste) && mime && !mime->hasText()) {
            if (const auto picture = pictureOf(mime)) {
                m_picker->choose(*picture);
                return true;
            }
        }
    }
    return QWidget::eventFilter(watched, event);
}

QWidget* PersonPane::buildComposer() {
    auto* box = new QFrame(m_pages);
    box->setProperty("bar", u"view"_s);
    auto* column = new QVBoxLayout(box);
    column->setContentsMargins(metrics::panePadding, 8, metrics::panePadding, 9);
    column->setSpacing(metrics::grid);
    auto* row = new QHBoxLayout;
    m_composer = new QLineEdit(box);
    m_composer->setAccessibleName(tr("What %1 writes").arg(m_people.person(m_who).name));
    m_composer->setMaxLength(10'000);
    m_post = new QPushButton(tr("Post"), box);
    m_post->setProperty("kind", u"primary"_s);
    m_post->setToolTip(tr("Creates the post through the gateway (Enter)"));
    m_picker = new PicturePicker(box);
    row->addWidget(m_composer, 1);
    row->addWidget(m_picker->button());
    row->addWidget(m_post);
    column->addLayout(row);
    column->addWidget(m_picker);
    m_composer->installEventFilter(this);
    m_trouble = newLabel({}, u"second"_s, box);
    m_trouble->setProperty("status", u"err"_s);
    m_trouble->setWordWrap(true);
    m_trouble->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_trouble->hide();
    column->addWidget(m_trouble);
    connect(m_post, &QPushButton::clicked, this, &PersonPane::post);
    connect(m_composer, &QLineEdit::returnPressed, this, &PersonPane::post);
    connect(m_follow, &QPushButton::clicked, this,
            [this] { m_people.setFollows(m_who, !m_people.person(m_who).follows); });
    return box;
}

QWidget* PersonPane::buildSection(const QString& title, PostList* list, QLabel** tag) {
    auto* section = new QWidget(this);
    auto* column = new QVBoxLayout(section);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    auto* header = new PaneHeader(title, section);
    header->addStretch();
    *tag = header->addTag(u"warn"_s);
    column->addWidget(header);
    column->addWidget(list, 1);
    return section;
}

void PersonPane::connectLists() {
    connect(m_chat, &ChatPage::timelineWanted, this, &PersonPane::timelineWanted);
    connect(m_notes, &NotesPage::timelineWanted, this, &PersonPane::timelineWanted);
    for (auto* list : {m_feed, m_posts}) {
        connect(list, &PostList::timelineWanted, this, &PersonPane::timelineWanted);
        connect(list, &PostList::likeChosen, this,
                [this](const QString& id, bool liked) { m_people.setLiked(m_who, id, liked); });
    }
    connect(m_posts, &PostList::removeWanted, this, [this](const QString& id) { m_people.remove(m_who, id); });
    connect(m_posts, &PostList::edited, this, [this](const QString& id, const QString& content, qint64 version) {
        m_people.edit(m_who, id, content, version);
    });
}

QString PersonPane::suggestion() const {
    static const std::array alice{tr("Golden hour over the harbour"), tr("First snow on the ridge"),
                                  tr("The ferry is late again"), tr("Coffee, then the long way home")};
    static const std::array bob{tr("Trains run on time today"), tr("Found the old map"), tr("Rain on the tin roof"),
                                tr("Bread is in the oven")};
    const auto& texts = m_who == Who::alice ? alice : bob;
    return texts[std::size_t(m_posted) % texts.size()];
}

void PersonPane::post() {
    const QString text = m_composer->text().trimmed();
    m_people.post(m_who, text.isEmpty() ? suggestion() : text, m_picker->take());
    m_composer->clear();
    ++m_posted;
    m_composer->setPlaceholderText(suggestion());
}

void PersonPane::focusComposer() {
    showPage(Page::posts);
    m_composer->setFocus(Qt::OtherFocusReason);
}

void PersonPane::setReachOf(const ReachOf& reachOf) {
    m_reachOf = reachOf;
    refreshMarks();
}

void PersonPane::refreshMarks() {
    m_feed->setMarks(m_reachOf);
    m_posts->setMarks(m_reachOf);
}

void PersonPane::refreshTabs() {
    const auto& me = m_people.person(m_who);
    const bool sockets = m_people.hasSockets();
    m_tabBar->setVisible(sockets);
    if (!sockets) m_pages->setCurrentIndex(0);
    const int messages = me.unreadMessages();
    m_tabs->setSegmentText(1, messages > 0 ? tr("Chat · %1").arg(messages) : tr("Chat"));
    m_tabs->setSegmentText(2, me.unread > 0 ? tr("Notifications · %1").arg(me.unread) : tr("Notifications"));
    m_online->setVisible(sockets && me.state == Person::State::ready);
    m_online->setText(me.wantsSocket ? tr("Go offline") : tr("Go online"));
    m_online->setToolTip(me.wantsSocket
                             ? tr("Closes the socket: messages and notifications wait until %1 is back").arg(me.name)
                             : tr("Opens the socket again and fetches what came meanwhile"));
    m_picker->button()->setVisible(m_people.hasUploads());
    m_chat->refresh();
    m_notes->refresh();
}

void PersonPane::refresh() {
    const auto& me = m_people.person(m_who);
    const auto& you = m_people.person(People::other(m_who));
    const bool here = me.state == Person::State::ready;
    m_handle->setText(me.credentials.handle);
    m_state->setText(!m_people.connected()                 ? tr("waits for Nova")
                     : me.state == Person::State::arriving ? tr("signing in …")
                     : me.state == Person::State::absent   ? tr("not signed up yet")
                     : !m_people.hasSockets()              ? QString()
                     : me.online                           ? tr("online")
                     : me.wantsSocket                      ? tr("connecting …")
                                                           : tr("offline"));
    refreshTabs();
    m_composer->setPlaceholderText(suggestion());
    m_post->setEnabled(m_people.connected());
    m_follow->setText(me.follows ? tr("Unfollow %1").arg(you.name) : tr("Follow %1").arg(you.name));
    m_follow->setEnabled(m_people.ready());
    m_trouble->setText(me.trouble);
    m_trouble->setVisible(!me.trouble.isEmpty());
    m_stale->setText(tr("stale: served from a snapshot"));
    m_stale->setVisible(me.stale);
    const QHash<QString, QString> names{{me.id, me.name}, {you.id, you.name}};
    m_feed->setPosts(me.feed, names);
    m_posts->setPosts(me.posts, names);
    const auto pictures = [this](const QString& url) { return m_people.picture(url); };
    m_feed->setPictures(pictures);
    m_posts->setPictures(pictures);
    m_feed->setEmptyText(!m_people.connected() ? tr("Nova is not ready yet. The feed comes with it.")
                         : !here               ? tr("Press Post: both are signed up, and Bob follows Alice.")
                         : me.follows          ? tr("%1 has posted nothing yet. Press Post on that side.").arg(you.name)
                                      : tr("%1 follows nobody. Follow %2 to fill this feed.").arg(me.name, you.name));
    m_posts->setEmptyText(here ? tr("Nothing posted yet. Press Post.") : tr("No post yet."));
    refreshMarks();
}

}  // namespace nova::views
