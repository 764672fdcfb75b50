#include "app/views/act_as_view.h"

#include <QLabel>
#include <QPushButton>
#include <QSplitter>
#include <QVBoxLayout>

#include "app/views/notice_bar.h"
#include "app/views/pane.h"
#include "app/views/person_pane.h"
#include "widgets/theme/numbers.h"

namespace nova::views {

using namespace Qt::StringLiterals;

ActAsView::ActAsView(People& people, QWidget* parent) : View(parent), m_people(people) {
    setFocusPolicy(Qt::StrongFocus);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    m_notice = new NoticeBar(this);
    column->addWidget(m_notice);
    auto* bar = new ViewBar(tr("Act as"), this);
    m_summary = bar->addText();
    bar->addStretch();
    m_last = bar->addButton({}, theme::Icon::Actions, tr("The measured timeline of the last act"));
    m_last->hide();
    m_pause =
        bar->addButton(tr("Pause feed-service"), theme::Icon::Pause,
                       tr("Slows the feeds on purpose: Alice is answered, Bob’s feed lacks the post until it resumes"));
    m_pause->hide();
    m_setUp = bar->addButton(tr("Set up Alice and Bob"), theme::Icon::User);
    column->addWidget(bar);
    auto* split = new QSplitter(Qt::Horizontal, this);
    split->setChildrenCollapsible(false);
    for (const Who who : {Who::alice, Who::bob}) {
        auto* pane = new PersonPane(people, who, split);
        m_panes[static_cast<std::size_t>(who)] = pane;
        split->addWidget(pane);
        connect(pane, &PersonPane::timelineWanted, this, &View::timelineWanted);
    }
    split->setSizes({1000, 1000});
    column->addWidget(split, 1);
    connect(m_pause, &QPushButton::clicked, this, [this] { Q_EMIT slowdownWanted(true); });
    connect(m_notice, &NoticeBar::acted, this, [this] { Q_EMIT slowdownWanted(false); });
    connect(m_setUp, &QPushButton::clicked, &people, &People::setUp);
    connect(m_last, &QPushButton::clicked, this, [this] { Q_EMIT timelineWanted(m_lastTrace); });
    connect(&people, &People::changed, this, &ActAsView::refresh);
    connect(&people, &People::acted, this, [this](const QString& operation, const QString& traceId, double ms) {
        m_lastTrace = traceId;
        m_last->setText(tr("%1 answered in %2").arg(operation, theme::duration(ms)));
        m_last->show();
    });
    refresh();
}

void ActAsView::refresh() {
    if (!m_live) return;
    m_setUp->setVisible(m_people.connected() && !m_people.ready());
    m_summary->setText(!m_people.connected() ? tr("Nova is not ready yet; see Services.")
                       : m_people.ready()    ? tr("two users of this Nova, through its gateway")
                                             : tr("two users; Post signs them up"));
    for (auto* pane : m_panes) pane->refresh();
}

void ActAsView::setSlowdown(bool possible, bool paused) {
    m_pause->setVisible(possible && !paused);
    if (m_paused == paused) return;
    m_paused = paused;
    if (!paused) return m_notice->clearNotice();
    m_notice->setNotice(
        u"warn"_s, tr("feed-service is paused."),
        tr("Who posts is answered at once; the post waits in Kafka and reaches the other’s feed after Resume."),
        tr("Resume"));
}

void ActAsView::setReachOf(const ReachOf& reachOf) {
    for (auto* pane : m_panes) pane->setReachOf(reachOf);
}

void ActAsView::refreshMarks() {
    if (!m_live) return;
    for (auto* pane : m_panes) pane->refreshMarks();
}

void ActAsView::focusFilter() {
    m_panes[0]->focusComposer();
}

void ActAsView::setLive(bool live) {
    m_live = live;
    if (live) refresh();
}

void ActAsView::timeZoneChanged() {
    refresh();
}

QVector<Found> ActAsView::find(const QString& text) {
    QVector<Found> found;
    const QString wanted = text.startsWith(u'@') ? text.mid(1) : text;
    for (const Who who : {Who::alice, Who::bob}) {
        const auto& person = m_people.person(who);
        const QString names = person.name + u' ' + person.credentials.handle;
        if (!names.contains(wanted, Qt::CaseInsensitive)) continue;
        found.append(
            {Found::Section::go, theme::Icon::User, person.name, person.credentials.handle, {}, {}, {}, [this, who] {
                 Q_EMIT partWanted(u"people"_s);
                 pane(who)->focusComposer();
             }});
        found.append({Found::Section::run,
                      theme::Icon::User,
                      tr("%1 posts").arg(person.name),
                      {},
                      {},
                      m_people.connected() ? QString() : tr("Nova is not ready"),
                      {},
                      [this, who] { pane(who)->postButton()->click(); }});
    }
    return found;
}

QVector<KeyHint> ActAsView::keys() const {
    return {{tr("Enter"), tr("post what is written")}, {tr("Ctrl+F or /"), tr("to what Alice writes")}};
}

void ActAsView::showEvent(QShowEvent* event) {
    View::showEvent(event);
    m_people.setWatching(true);
}

void ActAsView::hideEvent(QHideEvent* event) {
    View::hideEvent(event);
    m_people.setWatching(false);
}

}  // namespace nova::views
