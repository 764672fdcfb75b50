#include "app/views/person_pane.h"

#include <QFrame>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSplitter>
#include <QVBoxLayout>

#include "app/views/pane.h"
#include "widgets/theme/metrics.h"

namespace nova::views {

using namespace Qt::StringLiterals;
namespace metrics = theme::metrics;

PersonPane::PersonPane(People& people, Who who, QWidget* parent) : QWidget(parent), m_people(people), m_who(who) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    auto* header = new PaneHeader({}, this);
    header->setTitle(people.person(who).name);
    m_handle = header->addMono();
    m_state = header->addText();
    header->addStretch();
    m_follow = header->addButton({});
    column->addWidget(header);
    column->addWidget(buildComposer());
    m_feed = new PostList(false, this);
    m_posts = new PostList(true, this);
    auto* split = new QSplitter(Qt::Vertical, this);
    split->setChildrenCollapsible(false);
    const QString name = people.person(who).name;
    split->addWidget(buildSection(tr("%1’s feed, as the gateway serves it").arg(name), m_feed, &m_stale));
    split->addWidget(buildSection(tr("%1’s own posts").arg(name), m_posts, &m_postsTag));
    split->setSizes({1000, 1000});
    column->addWidget(split, 1);
    connectLists();
    refresh();
}

QWidget* PersonPane::buildComposer() {
    auto* box = new QFrame(this);
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
    row->addWidget(m_composer, 1);
    row->addWidget(m_post);
    column->addLayout(row);
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
    m_people.post(m_who, text.isEmpty() ? suggestion() : text);
    m_composer->clear();
    ++m_posted;
    m_composer->setPlaceholderText(suggestion());
}

void PersonPane::focusComposer() {
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

void PersonPane::refresh() {
    const auto& me = m_people.person(m_who);
    const auto& you = m_people.person(People::other(m_who));
    const bool here = me.state == Person::State::ready;
    m_handle->setText(me.credentials.handle);
    m_state->setText(!m_people.connected()                 ? tr("waits for Nova")
                     : me.state == Person::State::arriving ? tr("signing in …")
                     : me.state == Person::State::absent   ? tr("not signed up yet")
                                                           : QString());
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
    m_feed->setEmptyText(!m_people.connected() ? tr("Nova is not ready yet. The feed comes with it.")
                         : !here               ? tr("Press Post: both are signed up, and Bob follows Alice.")
                         : me.follows          ? tr("%1 has posted nothing yet. Press Post on that side.").arg(you.name)
                                      : tr("%1 follows nobody. Follow %2 to fill this feed.").arg(me.name, you.name));
    m_posts->setEmptyText(here ? tr("Nothing posted yet. Press Post.") : tr("No post yet."));
    refreshMarks();
}

}  // namespace nova::views
