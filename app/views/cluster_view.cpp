#include "app/views/cluster_view.h"

#include <QDataStream>
#include <QIODevice>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSplitter>
#include <QStackedWidget>
#include <algorithm>

#include "app/views/notice_bar.h"
#include "widgets/tables/table_view.h"
#include "widgets/theme/clock.h"
#include "widgets/theme/numbers.h"
#include "widgets/theme/plain_tip.h"
#include "widgets/theme/segmented.h"
#include "widgets/topology/topology_widget.h"

namespace nova::views {

using namespace Qt::StringLiterals;

namespace {

constexpr int mapHeight = 300;
constexpr int lowMap = 780;  // of the view; below it the map folds, the lists stay
constexpr int mostFound = 8;
constexpr int mostSide = 470;  // px, of the pane at the right
constexpr int narrowSide = 400;            // px; below it the tables of that pane have fewer columns
constexpr int narrowTopics = 720;  // px; below it the list of topics has fewer columns

}  // namespace

void ClusterView::setLook(const engine::ClusterLook& look) {
    m_look = look;
    Q_EMIT openProblems(look.leaderless() + look.underReplicated());
    m_stale = true;
    // What was not answered is asked for again, once a look; a right that is missing comes at F5 at most.
    for (const auto& config : std::as_const(m_configs))
        if (!config.trouble.isEmpty() && !engine::ReadSession::isRefusal(config.trouble.toStdString()))
            m_asked.remove(config.topic);
    refresh();
}

void ClusterView::retry() {
    m_asked.clear();
    wantConfigs();
    Q_EMIT retryWanted();
}

void ClusterView::setReached(bool reachable, const QString& why) {
    m_reachable = reachable;
    m_trouble = why;
    refreshNotice();
    refreshAge();
}

void ClusterView::setConfig(const engine::TopicConfig& config) {
    m_configs.insert(config.topic, config);
    m_stale = true;
    refresh();
}

void ClusterView::setGroups(const QVector<engine::GroupState>& groups) {
    m_groupStates = groups;
    if (isVisible() && m_live) m_groupModel->setRows(groupRows(m_look, m_groupStates));
}

void ClusterView::setFigures(const QVector<engine::ReplicaFigures>& figures) {
    m_figures = byPart(figures);
    if (isVisible() && m_live) refreshMap();
}

const engine::TopicRow* ClusterView::topic() const {
    const auto found = std::find_if(m_look.topics.begin(), m_look.topics.end(),
                                    [this](const auto& one) { return one.name == m_topic; });
    return found == m_look.topics.end() ? nullptr : &*found;
}

void ClusterView::refresh() {
    refreshNotice();
    refreshAge();
    if (!isVisible() || !m_live) return;
    m_stale = false;
    m_summary->setText(m_look.at.isValid() ? summaryOf(m_look) : QString());
    const int leaderless = m_look.leaderless(), weak = m_look.underReplicated();
    m_leaderless->setText(tr("✕ %1 leaderless").arg(leaderless));
    m_leaderless->setToolTip(tr("Partitions that nobody can read or write"));
    m_leaderless->setVisible(leaderless > 0);
    m_underReplicated->setText(tr("▲ %1 under-replicated").arg(weak));
    m_underReplicated->setToolTip(tr("Partitions whose in-sync replicas are fewer than their replicas"));
    m_underReplicated->setVisible(weak > 0);
    m_topicModel->setRows(topicRows(m_look, m_configs));
    m_topics->setEmptyText(m_look.at.isValid() ? tr("No topic is here.")
                                               : tr("Waiting for %1 …").arg(m_target.address()));
    m_brokerModel->setRows(brokerRows(m_look));
    m_brokers->setEmptyText(m_look.brokersTrouble.isEmpty() ? tr("No broker is known yet.") : m_look.brokersTrouble);
    m_groupModel->setRows(groupRows(m_look, m_groupStates));
    m_groups->setEmptyText(!m_look.groupsTrouble.isEmpty() ? m_look.groupsTrouble
                           : m_look.at.isValid()           ? tr("No consumer group is here.")
                                                           : tr("No group is known yet."));
    m_groupStatesText->setText(groupStatesOf(m_look));
    m_groupStatesText->setVisible(!m_look.groups.isEmpty());
    if (m_topic.isEmpty() && m_topicModel->rowCount() > 0)
        selectTopic(m_topicModel->index(0, 0).data(models::CellTableModel::IdRole).toString());
    else
        reselect();
    refreshTopic();
    refreshMap();
    wantConfigs();
}

void ClusterView::refreshMap() {
    m_hasMap = hasNova(stack::Catalogue::builtIn(), m_look);
    m_map->setVisible(m_hasMap && height() >= lowMap);
    if (m_map->isHidden()) return;
    m_map->setData(clusterMapOf(stack::Catalogue::builtIn(), m_target, m_look, m_figures));
    if (std::exchange(m_defaultLayout, false))
        m_rows->setSizes({std::max(mapHeight, m_map->minimumSizeHint().height()), height()});
}

void ClusterView::refreshTopic() {
    const auto* shown = topic();
    m_topicName->setText(m_topic);
    m_topicName->setToolTip(theme::plainTip(m_topic));
    m_records->setEnabled(shown);
    m_partitionModel->setRows(shown ? partitionRows(*shown) : std::vector<models::CellRow>{});
    const auto config = m_configs.constFind(m_topic);
    m_configModel->setRows(config == m_configs.cend() ? std::vector<models::CellRow>{} : configRows(*config));
    m_config->setEmptyText(!shown                       ? tr("Its configuration stands here once a topic is selected.")
                           : config == m_configs.cend() ? tr("The configuration is being read.")
                           : !config->trouble.isEmpty() ? tr("Not readable: %1").arg(config->trouble)
                                                        : tr("All settings are Kafka’s defaults."));
}

void ClusterView::refreshNotice() {
    if (!m_reachable) {
        const QString rest = m_look.at.isValid() ? tr("What was read before stands below, with its age.")
                                                 : tr("It is tried again and again.");
        return m_notice->setNotice(u"err"_s, tr("The cluster does not answer."), tr("%1. %2").arg(m_trouble, rest),
                                   tr("Try now"));
    }
    QStringList parts;
    for (const auto& trouble : {m_look.brokersTrouble, m_look.endsTrouble, m_look.groupsTrouble}) {
        if (!trouble.isEmpty()) parts << trouble;
    }
    parts.removeDuplicates();
    if (parts.isEmpty()) return m_notice->clearNotice();
    m_notice->setNotice(u"warn"_s, tr("Some of it is not told."), parts.join(u' '), tr("Try now"));
}

void ClusterView::refreshAge() {
    if (!m_look.at.isValid()) {
        m_age->setText(m_reachable ? tr("being read") : QString());
        return;
    }
    const double age = double(m_look.at.msecsTo(theme::now())) / 1000;
    m_age->setText(m_live ? tr("read %1 ago").arg(theme::age(std::max(0., age)))
                          : tr("paused at %1").arg(theme::clockText(m_look.at)));
}

// The columns of what is on screen are filled, one question a topic.
void ClusterView::wantConfigs() {
    const auto ask = [this](const QString& name) {
        if (name.isEmpty() || m_asked.contains(name)) return;
        m_asked.insert(name);
        Q_EMIT configWanted(name);
    };
    ask(m_topic);
    if (!isVisible() || m_topicModel->rowCount() == 0) return;
    const int first = std::max(0, m_topics->rowAt(0));
    const int last = m_topics->rowAt(m_topics->viewport()->height() - 1);
    for (int row = first; row <= (last < 0 ? m_topicModel->rowCount() - 1 : last); ++row)
        ask(m_topicModel->index(row, 0).data(models::CellTableModel::IdRole).toString());
}

void ClusterView::selectTopic(const QString& name) {
    if (m_topic != name) {
        m_topic = name;
        refreshTopic();
        wantConfigs();
        if (m_side->currentIndex() != 0 && m_topics->hasFocus()) showSide(0);
    }
    reselect();
}

// Another order or another search: the selection stays with its topic, where that is still shown.
void ClusterView::reselect() {
    const int row = m_topicModel->rowOf(m_topic);
    if (row >= 0 && m_topics->currentIndex().row() != row) m_topics->setCurrentIndex(m_topicModel->index(row, 0));
    m_map->setSelectedNode(m_topic);
}

void ClusterView::showSide(int page) {
    m_sides->setCurrent(page);
    m_side->setCurrentIndex(page);
}

void ClusterView::openTopic() {
    if (topic()) Q_EMIT recordWanted(m_topic, -1, -1);
}

void ClusterView::openGroup() {
    if (m_groupStates.isEmpty()) return;
    if (const auto* row = m_groupModel->at(m_groups->currentIndex())) Q_EMIT lagWanted(row->id, {}, -1);
}

void ClusterView::setLive(bool live) {
    m_live = live;
    live ? refresh() : refreshAge();
}

void ClusterView::timeZoneChanged() {
    refreshAge();
}

void ClusterView::showEvent(QShowEvent* event) {
    View::showEvent(event);
    refresh();
}

void ClusterView::resizeEvent(QResizeEvent* event) {
    View::resizeEvent(event);
    if (m_defaultColumns) giveColumns();
    if (isVisible()) refreshMap();
}

void ClusterView::giveColumns() {
    const int side = std::clamp(width() / 3, m_side->parentWidget()->minimumWidth(), mostSide);
    m_columns->setSizes({width() - side, side});
}

// What identifies a topic and what is wrong with it stays; the rest folds where room is short.
void ClusterView::foldTopics(int width) {
    for (const int column : {2, 6}) m_topics->setColumnHidden(column, width < narrowTopics);
}

// A group is known by its name: that is not cut.
void ClusterView::foldGroups(bool narrow) {
    m_groups->setColumnHidden(2, narrow);
    m_groups->setColumnWidth(1, narrow ? 112 : 156);
}

void ClusterView::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_F5) return retry();
    View::keyPressEvent(event);
}

void ClusterView::focusFilter() {
    m_search->setFocus(Qt::ShortcutFocusReason);
    m_search->selectAll();
}

bool ClusterView::eventFilter(QObject* watched, QEvent* event) {
    if (watched == m_topics && event->type() == QEvent::Resize) foldTopics(m_topics->width());
    if (watched == m_partitions && event->type() == QEvent::Resize)
        m_partitions->setColumnHidden(5, m_partitions->width() < narrowSide);
    if (watched == m_groups && event->type() == QEvent::Resize) foldGroups(m_groups->width() < narrowSide);
    return View::eventFilter(watched, event);
}

bool ClusterView::clear() {
    if (m_search->text().isEmpty()) return false;
    m_search->clear();
    m_topics->setFocus(Qt::OtherFocusReason);
    return true;
}

QVector<Found> ClusterView::find(const QString& text) {
    QVector<Found> found;
    for (const auto& topic : m_look.topics) {
        if (found.size() == mostFound) break;
        if (!topic.name.contains(text, Qt::CaseInsensitive)) continue;
        const QString detail = tr("topic · %1 partitions").arg(topic.partitions.size());
        found.append(
            {Found::Section::go, theme::Icon::Database, topic.name, detail, {}, {}, {}, [this, name = topic.name] {
                 Q_EMIT partWanted(name);
             }});
    }
    for (const auto& group : m_groupStates) {
        if (found.size() == mostFound) break;
        const QString name = group.listing.group;
        if (group.isConsole || !name.contains(text, Qt::CaseInsensitive)) continue;
        found.append({Found::Section::go,
                      theme::Icon::Lag,
                      name,
                      tr("group · %1").arg(group.listing.state),
                      {},
                      {},
                      {},
                      [this, name] { Q_EMIT lagWanted(name, {}, -1); }});
    }
    return found;
}

Subject ClusterView::subject() const {
    Subject subject;
    subject.topic = m_topic;
    return subject;
}

void ClusterView::showSubject(const Subject& subject) {
    if (m_topicModel->rowOf(subject.topic) >= 0) selectTopic(subject.topic);
}

QVector<KeyHint> ClusterView::keys() const {
    return {{tr("↑ ↓"), tr("topics")},
            {tr("Enter"), tr("the records of the topic in Traffic; the group in Lag")},
            {tr("F5"), tr("look now")},
            {tr("Ctrl+F or /"), tr("find a topic")}};
}

QByteArray ClusterView::saveLayout() const {
    QByteArray state;
    QDataStream stream(&state, QIODevice::WriteOnly);
    stream << m_rows->saveState() << m_columns->saveState();
    return state;
}

void ClusterView::restoreLayout(const QByteArray& state) {
    QByteArray rows, columns;
    QDataStream stream(state);
    stream >> rows >> columns;
    m_defaultLayout = rows.isEmpty() || !m_rows->restoreState(rows);
    m_defaultColumns = columns.isEmpty() || !m_columns->restoreState(columns);
    if (m_defaultColumns) giveColumns();
    if (isVisible()) refreshMap();
}

}  // namespace nova::views
