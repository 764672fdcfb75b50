#include "app/views/services_view.h"

#include <QDataStream>
#include <QDockWidget>
#include <QIODevice>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSplitter>

#include "app/views/alert_strip.h"
#include "app/views/log_lines.h"
#include "app/views/notice_bar.h"
#include "app/views/play_menu.h"
#include "app/views/play_pane.h"
#include "widgets/models/log_model.h"
#include "widgets/models/process_table_model.h"
#include "widgets/tables/log_view.h"
#include "widgets/tables/table_view.h"
#include "widgets/theme/clock.h"
#include "widgets/theme/segmented.h"
#include "widgets/theme/status_label.h"
#include "widgets/topology/topology_widget.h"

namespace nova::views {

using namespace Qt::StringLiterals;
using stack::PartState;
using stack::PartStatus;
using stack::Phase;

namespace {

constexpr int mapHeight = 340;
constexpr int narrowWidth = 1100;  // of the view; below it the log folds
constexpr int mostFound = 8;

}  // namespace

void ServicesView::connectStack() {
    connect(&m_stack, &stack::Stack::changed, this, [this](const QVector<PartStatus>& parts) {
        for (const auto& part : parts) {
            const bool up = part.state == PartState::ready || part.state == PartState::degraded;
            if (up)
                m_downSince.remove(part.id());
            else if (!m_downSince.contains(part.id()))
                m_downSince.insert(part.id(), theme::now());
        }
        if (m_stack.phase() != Phase::failed) m_failure.clear();
        refresh();
    });
    connect(&m_stack, &stack::Stack::logged, this, &ServicesView::takeLog);
    connect(&m_stack, &stack::Stack::ready, this, &ServicesView::refresh);
    connect(&m_stack, &stack::Stack::stopped, this, &ServicesView::refresh);
    connect(&m_stack, &stack::Stack::failed, this, [this](const QString& reason) {
        m_failure = reason;
        refresh();
    });
    connect(m_startAll, &QPushButton::clicked, &m_stack, &stack::Stack::start);
    connect(m_stopAll, &QPushButton::clicked, &m_stack, &stack::Stack::stop);
    const auto onPart = [this](QPushButton* button, void (stack::Stack::*act)(const QString&, int)) {
        connect(button, &QPushButton::clicked, this, [this, act] {
            if (const auto* part = selected()) (m_stack.*act)(part->name, part->replica);
        });
    };
    onPart(m_startPart, &stack::Stack::startPart);
    onPart(m_restartPart, &stack::Stack::restartPart);
    onPart(m_stopPart, &stack::Stack::stopPart);
    onPart(m_killPart, &stack::Stack::killPart);
    onPart(m_pausePart, &stack::Stack::pausePart);
    onPart(m_resumePart, &stack::Stack::resumePart);
    connect(m_fewer, &QPushButton::clicked, this, [this] { scaleBy(-1); });
    connect(m_more, &QPushButton::clicked, this, [this] { scaleBy(1); });
    connect(&m_stack, &stack::Stack::alertsChanged, this, [this](const QVector<stack::Alert>& alerts) {
        m_alerts->setAlerts(alerts);
        judge();
    });
    connect(m_alerts, &AlertStrip::cureWanted, this, &ServicesView::cure);
    m_alerts->setAlerts(m_stack.alerts());
    connect(m_noticeBar, &NoticeBar::acted, this, &ServicesView::actOnNotice);
    connect(m_map, &topology::TopologyWidget::nodeSelected, this, &ServicesView::selectNode);
    connect(&m_clock, &QTimer::timeout, this, &ServicesView::refresh);
    m_clock.setInterval(1000);
    m_clock.start();
}

void ServicesView::setRates(const TopicRates& rates) {
    m_rates = rates;
    m_stale = true;
    if (isVisible() && m_live) m_map->setData(mapOf(stack::Catalogue::builtIn(), m_parts, m_rates, m_figures));
}

void ServicesView::setFigures(const QVector<engine::ReplicaFigures>& figures) {
    m_figures = byPart(figures);
    refresh();
}

void ServicesView::refresh() {
    m_stale = true;
    m_parts = m_stack.parts();
    if (m_plays) m_plays->setPhase(m_stack.phase());
    judge();
    if (!isVisible() || !m_live) return;
    m_stale = false;
    const auto& catalogue = stack::Catalogue::builtIn();
    m_map->setData(mapOf(catalogue, m_parts, m_rates, m_figures));
    m_processModel->setRows(processRows(catalogue, m_parts, theme::now(), m_figures));
    reselect();
    m_summary->setText(m_parts.isEmpty() ? QString() : summaryOf(m_parts));
    if (m_selected.isEmpty() && !m_parts.isEmpty()) selectPart(m_parts.first().id());
    refreshNotice();
    refreshButtons();
    refreshReadiness();
}

// The badge in the rail is right also while another view is shown.
void ServicesView::judge() {
    m_notice = noticeOf(stack::Catalogue::builtIn(), m_stack.phase(), m_parts, m_failure, m_downSince,
                        theme::now(), m_figures);
    const bool problem = m_notice.kind == Notice::Kind::failed || m_notice.kind == Notice::Kind::storeDown ||
                         m_notice.kind == Notice::Kind::partDown;
    Q_EMIT openProblems((problem ? 1 : 0) + m_alerts->firing());
}

void ServicesView::refreshNotice() {
    const QString label = labelOf(stack::Catalogue::builtIn(), m_notice.part);
    switch (m_notice.kind) {
        case Notice::Kind::none:
            m_noticeBar->clearNotice();
            break;
        case Notice::Kind::stopped:
            m_noticeBar->setNotice(u"info"_s, m_notice.headline, m_notice.text);
            break;
        case Notice::Kind::failed:
            m_noticeBar->setNotice(u"err"_s, m_notice.headline, m_notice.text, tr("Start again"));
            break;
        case Notice::Kind::starting:
        case Notice::Kind::stopping:
            m_noticeBar->setNotice(u"info"_s, m_notice.headline, m_notice.text);
            break;
        case Notice::Kind::storeDown:
            m_noticeBar->setNotice(u"err"_s, m_notice.headline, m_notice.text, tr("Start %1").arg(label));
            break;
        case Notice::Kind::partDown:
            m_noticeBar->setNotice(u"warn"_s, m_notice.headline, m_notice.text, tr("Start %1").arg(label));
            break;
        case Notice::Kind::partPaused:
            m_noticeBar->setNotice(u"warn"_s, m_notice.headline, m_notice.text, tr("Resume %1").arg(label));
            break;
    }
}

void ServicesView::actOnNotice() {
    if (m_notice.part.isEmpty()) return m_stack.start();
    if (m_notice.kind == Notice::Kind::partPaused) return m_stack.resumePart(m_notice.part, m_notice.replica);
    m_stack.startPart(m_notice.part, m_notice.replica);
}

void ServicesView::cure(const Cure& cure) {
    switch (cure.act) {
        case Cure::Act::none:
            break;
        case Cure::Act::addReplica:
            m_stack.scalePart(cure.part, replicasOf(cure.part) + 1);
            break;
        case Cure::Act::restart:
            for (const auto& part : m_stack.parts())
                if (part.name == cure.part) m_stack.restartPart(part.name, part.replica);
            break;
        case Cure::Act::showPart:
            selectPart(cure.part + u"/0"_s);
            if (m_narrow) m_showLog->setChecked(true);
            break;
    }
}

int ServicesView::replicasOf(const QString& name) const {
    return int(std::count_if(m_parts.begin(), m_parts.end(), [&](const auto& part) { return part.name == name; }));
}

void ServicesView::scaleBy(int more) {
    if (const auto* part = selected()) m_stack.scalePart(part->name, replicasOf(part->name) + more);
}

// Keeps the row of what is selected; a replica that was scaled away hands over to the first of its part.
void ServicesView::reselect() {
    if (m_selected.isEmpty()) return;
    if (m_processModel->rowOf(m_selected) < 0) return selectPart(m_selected.section(u'/', 0, 0) + u"/0"_s);
    const int row = m_processModel->rowOf(m_selected);
    if (m_processes->currentIndex().row() != row) m_processes->setCurrentIndex(m_processModel->index(row, 0));
}

void ServicesView::refreshButtons() {
    const auto phase = m_stack.phase();
    m_startAll->setEnabled(phase == Phase::stopped || phase == Phase::failed);
    m_stopAll->setEnabled(phase == Phase::ready || phase == Phase::degraded || phase == Phase::starting);
    const auto* part = selected();
    const bool runs = part && part->pid != 0;
    const bool nova = phase == Phase::ready || phase == Phase::degraded || phase == Phase::starting;
    const auto* entry = part ? stack::Catalogue::builtIn().part(part->name) : nullptr;
    const int replicas = part ? replicasOf(part->name) : 0;
    const bool scales = entry && !entry->isStore();
    m_partName->setText(!part          ? QString()
                        : replicas > 1 ? tr("%1 #%2").arg(part->name).arg(part->replica)
                                       : part->name);
    for (auto* widget : std::initializer_list<QWidget*>{m_replicas, m_fewer, m_more}) widget->setVisible(scales);
    m_replicas->setText(tr("×%1").arg(replicas));
    m_fewer->setEnabled(nova && replicas > 1);
    m_more->setEnabled(nova && replicas < stack::mostReplicas);
    const bool paused = part && part->state == PartState::paused;
    m_pausePart->setVisible(!paused);
    m_pausePart->setEnabled(runs && part->state != PartState::stopping);
    m_resumePart->setVisible(paused);
    m_startPart->setVisible(!runs);
    m_startPart->setEnabled(part && nova);
    m_stopPart->setVisible(runs);
    m_stopPart->setEnabled(runs && part->state != PartState::stopping);
    m_restartPart->setEnabled(runs);
    m_killPart->setEnabled(runs);
}

void ServicesView::refreshReadiness() {
    const auto* part = selected();
    if (!part) return m_readiness->setStatus(theme::Status::None, {});
    m_readiness->setStatus(statusOf(part->state), readinessLine(stack::Catalogue::builtIn(), m_parts, *part));
}

const PartStatus* ServicesView::selected() const {
    for (const auto& part : m_parts) {
        if (part.id() == m_selected) return &part;
    }
    return nullptr;
}

void ServicesView::selectNode(const QString& node) {
    // A topic lives in Kafka.
    const QString name = stack::Catalogue::builtIn().part(node) ? node : u"kafka"_s;
    if (!node.isEmpty() && node != u"users") selectPart(name + u"/0"_s);
}

void ServicesView::selectPart(const QString& id) {
    if (m_selected == id) return;
    m_selected = id;
    const int row = m_processModel->rowOf(id);
    if (row >= 0) m_processes->setCurrentIndex(m_processModel->index(row, 0));
    m_map->setSelectedNode(id.section(u'/', 0, 0));
    loadLog();
    refreshButtons();
    refreshReadiness();
}

void ServicesView::loadLog() {
    m_logModel->clear();
    m_logPart->setText(m_selected);
    m_logPart->setVisible(!m_selected.isEmpty());
    std::vector<models::LogLine> lines;
    for (const auto& line : m_stack.log(m_selected, m_logModel->bound())) lines.push_back(logLineOf(line));
    m_logModel->append(lines);
    m_log->follow();
}

void ServicesView::takeLog(const QVector<stack::LogLine>& lines) {
    if (!isVisible() || !m_live) return;  // loaded whole when shown again
    std::vector<models::LogLine> mine;
    for (const auto& line : lines) {
        if (line.part == m_selected) mine.push_back(logLineOf(line));
    }
    if (!mine.empty()) m_logModel->append(mine);
}

void ServicesView::setLive(bool live) {
    m_live = live;
    if (live) showEvent(nullptr);
}

void ServicesView::timeZoneChanged() {
    m_log->viewport()->update();
}

void ServicesView::showEvent(QShowEvent* event) {
    if (event) View::showEvent(event);
    if (m_defaultLayout) giveSizes();
    if (!m_stale && event) return;
    refresh();
    if (!m_selected.isEmpty()) loadLog();
}

void ServicesView::resizeEvent(QResizeEvent* event) {
    View::resizeEvent(event);
    setNarrow(width() < narrowWidth);
}

void ServicesView::setNarrow(bool narrow) {
    if (m_narrow == narrow) return;
    m_narrow = narrow;
    foldLog();
}

void ServicesView::foldLog() {
    const bool folds = m_narrow || (m_playDock && !m_playDock->isHidden());
    m_showLog->setVisible(folds);
    m_showLog->setChecked(false);
    m_logDock->setVisible(!folds);
}

void ServicesView::showPlay(bool shown) {
    if (shown) Q_EMIT wanted();
    const bool was = !m_playDock->isHidden();
    m_playDock->setVisible(shown);
    if (was != shown) foldLog();
    if (shown && !was) m_lower->resizeDocks({m_playDock}, {std::max(360, width() * 11 / 20)}, Qt::Horizontal);
    shown ? m_play->table()->setFocus(Qt::OtherFocusReason) : m_processes->setFocus(Qt::OtherFocusReason);
}

bool ServicesView::actOnKey(int key) {
    auto* button = key == Qt::Key_Plus    ? m_more
                   : key == Qt::Key_Minus ? m_fewer
                   : key == Qt::Key_P     ? (m_resumePart->isHidden() ? m_pausePart : m_resumePart)
                                          : nullptr;
    if (!button) return false;
    if (!button->isHidden()) button->click();
    return true;
}

// A table would take letters for a search.
bool ServicesView::eventFilter(QObject* watched, QEvent* event) {
    if (watched == m_processes && event->type() == QEvent::KeyPress && actOnKey(static_cast<QKeyEvent*>(event)->key()))
        return true;
    return View::eventFilter(watched, event);
}

void ServicesView::keyPressEvent(QKeyEvent* event) {
    const bool enter = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
    if (enter && m_startAll->isEnabled()) return m_stack.start();
    if (!actOnKey(event->key())) View::keyPressEvent(event);
}

void ServicesView::focusFilter() {
    m_logDock->show();
    m_logSearch->setFocus(Qt::ShortcutFocusReason);
    m_logSearch->selectAll();
}

bool ServicesView::clear() {
    if (!m_logSearch->text().isEmpty()) {
        m_logSearch->clear();
        return true;
    }
    if (!m_playDock || m_playDock->isHidden()) return false;
    showPlay(false);
    return true;
}

QVector<Found> ServicesView::find(const QString& text) {
    QVector<Found> found;
    const auto add = [&](Found item) {
        if (!text.isEmpty() && item.title.contains(text, Qt::CaseInsensitive) && found.size() < mostFound)
            found.append(std::move(item));
    };
    const bool nova = m_stack.phase() != Phase::stopped && m_stack.phase() != Phase::failed;
    for (const auto& part : m_stack.parts()) {
        const QString label = labelOf(stack::Catalogue::builtIn(), part.name);
        const QString state = theme::stateWord(stack::stateName(part.state));
        add({Found::Section::go, theme::Icon::Services, label, state, {}, {}, part.name, [this, id = part.id()] {
                 Q_EMIT partWanted(id);
             }});
        const QString which = replicasOf(part.name) > 1 ? tr("%1 #%2").arg(label).arg(part.replica) : label;
        const QString blocked = nova ? QString() : tr("Nova is not running");
        add({Found::Section::run,
             theme::Icon::Restart,
             tr("Restart %1").arg(which),
             {},
             {},
             blocked,
             part.name,
             [this, part] { m_stack.restartPart(part.name, part.replica); }});
        if (part.state == PartState::paused)
            add({Found::Section::run,
                 theme::Icon::Play,
                 tr("Resume %1").arg(which),
                 {},
                 {},
                 blocked,
                 part.name,
                 [this, part] { m_stack.resumePart(part.name, part.replica); }});
        else
            add({Found::Section::run,
                 theme::Icon::Pause,
                 tr("Pause %1").arg(which),
                 {},
                 {},
                 blocked,
                 part.name,
                 [this, part] { m_stack.pausePart(part.name, part.replica); }});
    }
    add({Found::Section::run,
         theme::Icon::Play,
         tr("Start all"),
         {},
         {},
         nova ? tr("It runs already") : QString(),
         {},
         [this] { m_stack.start(); }});
    add({Found::Section::run,
         theme::Icon::Stop,
         tr("Stop all"),
         {},
         {},
         nova ? QString() : tr("Nova is not running"),
         {},
         [this] { m_stack.stop(); }});
    if (m_plays) found += m_plays->find(text).mid(0, mostFound - found.size());
    return found;
}

QVector<KeyHint> ServicesView::keys() const {
    return {{tr("Enter"), tr("start all, while nothing runs")},
            {tr("Ctrl+P"), tr("play a scenario")},
            {tr("↑ ↓"), tr("processes")},
            {tr("+ −"), tr("a replica more or less of the selected process")},
            {tr("P"), tr("pause or resume the selected process")},
            {tr("Ctrl+Shift+K"), tr("kill the selected process")},
            {tr("Ctrl+F or /"), tr("find in the log")},
            {tr("← → ↑ ↓"), tr("on the map: the next node")}};
}

QByteArray ServicesView::saveLayout() const {
    QByteArray state;
    QDataStream stream(&state, QIODevice::WriteOnly);
    stream << m_split->saveState() << m_lower->saveState();
    return state;
}

void ServicesView::restoreLayout(const QByteArray& state) {
    QByteArray split, lower;
    QDataStream stream(state);
    stream >> split >> lower;
    const bool played = m_playDock && !m_playDock->isHidden();
    m_defaultLayout = split.isEmpty() || !m_split->restoreState(split) || !m_lower->restoreState(lower);
    if (m_playDock) m_playDock->setVisible(played);  // what was played then is gone
    if (!m_defaultLayout) return foldLog();
    m_logDock->setFloating(false);
    m_lower->addDockWidget(Qt::RightDockWidgetArea, m_logDock);
    if (m_playDock) m_lower->splitDockWidget(m_playDock, m_logDock, Qt::Horizontal);
    foldLog();
    if (isVisible()) giveSizes();
}

void ServicesView::giveSizes() {
    m_defaultLayout = false;
    m_split->setSizes({std::max(mapHeight, m_map->minimumSizeHint().height()), height()});
    m_lower->resizeDocks({m_logDock}, {std::clamp(width() / 3, 260, 480)}, Qt::Horizontal);
}

}  // namespace nova::views
