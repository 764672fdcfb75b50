#include "app/shell/main_window.h"

#include <unistd.h>

#include <QApplication>
#include <QClipboard>
#include <QCloseEvent>
#include <QDateTime>
#include <QFile>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QScreen>
#include <algorithm>

#include "app/shell/as_command.h"
#include "app/shell/command_palette.h"
#include "app/shell/key_sheet.h"
#include "app/shell/rail.h"
#include "app/shell/status_strip.h"
#include "app/shell/top_bar.h"
#include "app/views/act_as_view.h"
#include "app/views/actions_view.h"
#include "app/views/cluster_view.h"
#include "app/views/keys_view.h"
#include "app/views/lag_view.h"
#include "app/views/notice_bar.h"
#include "app/views/services_view.h"
#include "app/views/shell_word.h"
#include "app/views/traffic_view.h"
#include "widgets/theme/clock.h"

namespace nova::shell {

using namespace Qt::StringLiterals;
using views::View;

namespace {

constexpr int tickMs = 250;  // bars; numbers change at most four times a second
constexpr int readsEveryMs = 1'000;
constexpr int mostSteps = 50;  // that Alt+← goes back
constexpr qint64 recordsBackMs = 5 * 60'000;  // of a topic whose records are asked for: contract §7, traffic

qint64 residentBytes() {
    QFile statm(u"/proc/self/statm"_s);
    if (!statm.open(QIODevice::ReadOnly)) return 0;
    return statm.readAll().split(' ').value(1).toLongLong() * sysconf(_SC_PAGESIZE);
}

bool isPane(const QWidget* widget) {
    return (widget->focusPolicy() & Qt::TabFocus) && widget->isVisible() && widget->isEnabled() &&
           (widget->inherits("QAbstractScrollArea") || widget->inherits("nova::topology::TopologyWidget") ||
            widget->inherits("nova::timeline::TimelineWidget"));
}

}  // namespace

MainWindow::~MainWindow() = default;

void MainWindow::connectSession() {
    connect(&m_session, &Session::leaving, this, &MainWindow::dropViews);
    connect(&m_session, &Session::opened, this, &MainWindow::opened);
    connect(&m_session, &Session::refused, this, &MainWindow::showChooser);
    connect(&m_session, &Session::connected, this, &MainWindow::setPlace);
    connect(&m_session, &Session::disconnected, this, &MainWindow::setPlace);
    connect(&m_session, &Session::connected, this, &MainWindow::connectLag);
    connect(&m_session, &Session::connected, this, &MainWindow::openWaitingLink);
    connect(&m_session, &Session::disconnected, this, &MainWindow::connectLag);
    connect(m_status, &StatusStrip::mostReadsChosen, this, [this](qint64 most) {
        if (const auto& target = m_session.target(); target && target->kafka.budget())
            target->kafka.budget()->setBytesPerSecond(most);
        showReads();
    });
    connect(&m_tick, &QTimer::timeout, this, &MainWindow::tick);
    m_tick.start(tickMs);
}

void MainWindow::opened() {
    setPlace();
    for (int i = 0; i < m_pages.size(); ++i) {
        m_rail->setShown(i, isOffered(i));
        m_pages[i].action->setEnabled(isOffered(i));
    }
    m_status->setMessage({});
    if (m_session.isLocal()) return openedLocal();
    if (auto* cluster = m_session.observers().cluster.get()) {
        connect(cluster, &engine::ClusterWatch::looked, this, [this](const engine::ClusterLook& look) {
            m_look = look;
            showStores();
            tellTopics();
            offerSpans();
        });
    }
    showView(m_settings.view());
}

void MainWindow::openedLocal() {
    auto* stack = m_session.stack();
    connect(stack, &stack::Stack::changed, this, &MainWindow::showStores, Qt::UniqueConnection);
    connect(stack, &stack::Stack::changed, this, &MainWindow::showOwner, Qt::UniqueConnection);
    showOwner();
    tick();
    if (!m_session.complete() && stack->isOwner()) return showFirstRun();
    // A Nova that starts is watched as it comes up; one that runs is met where it was left.
    const bool runs = stack->phase() == stack::Phase::ready;
    showView((stack->isOwner() && !runs) || m_settings.view().isEmpty() ? u"services"_s : m_settings.view());
}

void MainWindow::showOwner() {
    const auto* stack = m_session.stack();
    if (!m_session.isLocal() || stack->isOwner()) return;
    m_status->setMessage(stack->ownerPid() > 0 ? tr("attached: pid %1 owns this Nova").arg(stack->ownerPid())
                                               : tr("attached: its owner has ended"));
}

// All that shows what was looked at until now, and the observers that it reads from, goes.
void MainWindow::dropViews() {
    m_stack->setCurrentWidget(m_opening);
    for (int i = 0; i < m_pages.size(); ++i) {
        auto& page = m_pages[i];
        if (page.view) m_settings.setLayout(page.name, page.view->saveLayout());
        delete std::exchange(page.view, nullptr);
        m_rail->setBadge(i, 0);
    }
    m_current = -1;
    m_look = {};
    m_alarms.clear();
    m_services = nullptr;
    m_cluster = nullptr;
    m_lag = nullptr;
    m_keysView = nullptr;
    m_board = nullptr;
    m_traffic = nullptr;
    m_actions = nullptr;
}

void MainWindow::setPlace() {
    const auto& profile = m_session.profile();
    const bool local = m_session.isLocal();
    const QString where = local ? tr("A Nova on this computer, in %1").arg(m_session.dataDir()) : profile.file;
    m_top->setPlace({profile.environment, profile.name, m_session.brokers(), !local && profile.readOnly, where});
    m_status->setEnvironment(profile.environment, where);
    setWindowTitle(profile.name);
    m_opening->setText(tr("Opening %1 …").arg(local ? m_session.dataDir() : profile.name));
    showStores();
}

void MainWindow::showStores() {
    QVector<StoreReading> stores;
    if (const auto& target = m_session.target(); target && !m_session.isLocal()) {
        const bool known = m_look.at.isValid(), away = !m_session.trouble().isEmpty();
        stores.append({tr("Kafka"),
                       away    ? theme::Status::Err
                       : known ? theme::Status::Ok
                               : theme::Status::Starting,
                       away    ? m_session.trouble()
                       : known ? tr("answers")
                               : tr("is being asked")});
        const QString asked = tr("in this profile; asked when something is looked up");
        if (!target->postgres.isEmpty()) stores.append({tr("PostgreSQL"), theme::Status::Off, asked});
        if (!target->redis.isEmpty()) stores.append({tr("Redis"), theme::Status::Off, asked});
    }
    if (m_session.isLocal() && m_session.stack()) {
        const auto& catalogue = stack::Catalogue::builtIn();
        for (const auto& part : m_session.stack()->parts()) {
            const auto* entry = catalogue.part(part.name);
            if (!entry || !entry->isStore()) continue;
            stores.append({entry->label, views::statusOf(part.state), theme::stateWord(stack::stateName(part.state))});
        }
    }
    m_status->setStores(stores);
}

void MainWindow::showReads() {
    const auto& target = m_session.target();
    if (!target || !target->kafka.budget()) {
        m_sinceReads.invalidate();
        return m_status->setReads(-1, -1);
    }
    const auto& budget = *target->kafka.budget();
    const qint64 elapsed = m_sinceReads.isValid() ? m_sinceReads.elapsed() : 0;
    if (elapsed > 0 && elapsed < readsEveryMs) return;
    const qint64 before = std::exchange(m_readBytes, budget.bytes());
    m_sinceReads.start();
    m_status->setReads(elapsed > 0 ? (m_readBytes - before) * 1000 / elapsed : 0, budget.bytesPerSecond());
}

void MainWindow::tick() {
    if (!isVisible()) return;
    m_status->setNow(theme::now().toMSecsSinceEpoch(), theme::timeZone());
    m_status->setMemory(residentBytes());
    m_status->setTraffic(m_session.trafficReading());
    showReads();
}

View* MainWindow::currentView() const {
    return m_current < 0 ? nullptr : m_pages[m_current].view;
}

int MainWindow::indexOf(const QString& name) const {
    const auto found =
        std::find_if(m_pages.begin(), m_pages.end(), [&](const auto& page) { return page.name == name; });
    return found == m_pages.end() ? -1 : int(found - m_pages.begin());
}

void MainWindow::showView(const QString& name) {
    const int index = indexOf(name);
    showPage(index >= 0 && isOffered(index) ? index : 0);
}

void MainWindow::jump(const QString& name) {
    const auto* from = currentView();
    const auto subject = from ? from->subject() : views::Subject{};
    showView(name);
    if (View* to = currentView(); to && to != from) to->showSubject(subject);
}

void MainWindow::stepBack(int steps) {
    const auto place = m_place - steps;
    if (place < 0 || place >= m_trail.size() || !isOffered(m_trail[place])) return;
    m_place = place;
    showPage(m_trail[place]);
}

// Ctrl+Shift+C, where a view has no other use for it.
void MainWindow::copyCommand() {
    const View* view = currentView();
    if (!view) return;
    const QString where = m_session.isLocal() ? u"--data "_s + views::shellWord(m_session.dataDir())
                                              : u"--profile "_s + views::shellWord(m_session.asked());
    const QString command = asCommand(m_pages[m_current].name, view->subject(), where);
    if (!command.isEmpty()) QGuiApplication::clipboard()->setText(command);
}

bool MainWindow::isOffered(int index) const {
    return m_session.isOpen() && (m_session.isLocal() || !m_pages[index].localOnly);
}

void MainWindow::showPage(int index) {
    if (!isOffered(index)) return;
    closeOverlays();
    View* view = viewOf(index);
    if (index != m_current && m_trail.value(m_place, -1) != index) {
        m_trail.resize(m_place + 1);
        m_trail.append(index);
        if (m_trail.size() > mostSteps) m_trail.removeFirst();
        m_place = m_trail.size() - 1;
    }
    m_current = index;
    for (auto* bar : std::initializer_list<QWidget*>{m_top, m_side, m_foot}) bar->show();
    m_rail->setCurrent(index);
    m_stack->setCurrentWidget(view);
    view->setFocus(Qt::OtherFocusReason);
    m_settings.setView(m_pages[index].name);
    watchCluster();
    showAlarms();
}

void MainWindow::closeOverlays() {
    m_palette->close();
    m_keys->close();
}

// The look at a cluster is for those who see it: nobody does, nothing is asked.
void MainWindow::watchCluster() {
    auto* cluster = m_session.observers().cluster.get();
    if (!cluster) return;
    const QString page = m_current < 0 ? QString() : m_pages[m_current].name;
    cluster->setPaused(m_look.at.isValid() && page != "services"_L1 && page != "traffic"_L1);
}

View* MainWindow::viewOf(int index) {
    auto& page = m_pages[index];
    if (!page.view) adopt(index, make(page.name));
    return page.view;
}

void MainWindow::adopt(int index, View* view) {
    m_pages[index].view = view;
    view->setAccessibleName(m_pages[index].title);
    m_stack->addWidget(view);
    view->setLive(m_live);
    view->restoreLayout(m_settings.layout(m_pages[index].name));
    if (m_pages[index].name != "lag"_L1)  // its alarms are told whether it is open or not
        connect(view, &View::openProblems, this, [this, index](int count) { m_rail->setBadge(index, count); });
    connect(view, &View::pauseToggled, this, [this] { setLive(!m_live); });
    connect(view, &View::timelineWanted, this, &MainWindow::showTimeline);
    connect(view, &View::eventWanted, this, &MainWindow::showRecord);
    connect(view, &View::partWanted, this, &MainWindow::showPart);
    connect(view, &View::lagWanted, this, &MainWindow::showLag);
    connect(view, &View::keyWanted, this, &MainWindow::showKey);
    connect(view, &View::recordWanted, this, &MainWindow::showLogRecord);
}

void MainWindow::showTimeline(const QString& traceId) {
    showView(u"actions"_s);
    m_actions->selectAction(traceId);
}

void MainWindow::showRecord(const QString& eventId) {
    showView(u"traffic"_s);
    m_traffic->goToEvent(eventId);
}

void MainWindow::showPart(const QString& part) {
    if (part == "people"_L1) return showView(part);
    showView(u"services"_s);
    m_cluster ? m_cluster->selectTopic(part) : m_services->selectPart(part);
}

void MainWindow::showLag(const QString& group, const QString& topic, int partition) {
    showView(u"lag"_s);
    m_lag->goToGroup(group, topic, partition);
}

void MainWindow::showKey(const QString& id) {
    showView(u"keys"_s);
    m_keysView->lookUp(id);
}

void MainWindow::showLogRecord(const QString& topic, int partition, qint64 offset) {
    showView(u"traffic"_s);
    if (partition >= 0) return m_traffic->goToRecord(topic, partition, offset);
    if (m_session.isLocal()) return m_traffic->setFilter(u"topic:"_s + topic);
    engine::TailChoice choice;
    choice.topics = {topic.toStdString()};
    choice.from = {engine::Place::Kind::time, QDateTime::currentMSecsSinceEpoch() - recordsBackMs};
    m_session.follow(choice);
}

bool MainWindow::openLink(const QString& link) {
    m_link = views::RecordLink::parse(link);
    const bool isLink = m_link.has_value();
    openWaitingLink();
    return isLink;
}

// Its cluster may have to be opened first, and a local Nova be ready.
void MainWindow::openWaitingLink() {
    if (!m_link) return;
    const bool local = m_link->profile == "local"_L1;
    const bool here = local ? m_session.isLocal() : !m_session.isLocal() && m_link->profile == m_session.profile().name;
    if (!here) {
        if (m_session.fault().what.empty()) lookAt(local ? QString() : m_link->profile);
        return;
    }
    if (!m_session.isConnected()) return;
    const auto link = *std::exchange(m_link, std::nullopt);
    showLogRecord(link.topic, link.partition, link.offset);
}

// A local Nova that was stopped has another board once it is back.
void MainWindow::connectLag() {
    auto* board = m_session.observers().lag.get();
    if (std::exchange(m_board, board) == board) return;
    connect(board, &engine::LagBoard::alarm, &m_alarms, &LagAlarms::begin);
    connect(board, &engine::LagBoard::sampled, &m_alarms, &LagAlarms::take);
    if (m_lag) m_lag->connectTo(*board);
}

void MainWindow::showAlarms() {
    const int lag = indexOf(u"lag"_s);
    m_rail->setBadge(lag, m_alarms.count());
    const bool there = m_current == lag;
    if (m_alarms.line().isEmpty() || there) return m_alarmLine->clearNotice();
    m_alarmLine->setNotice(u"warn"_s, tr("Lag alarm."), m_alarms.line(), tr("Show in Lag"));
}

void MainWindow::setLive(bool live) {
    m_live = live;
    m_top->setLive(live);
    for (const auto& page : m_pages) {
        if (page.view) page.view->setLive(live);
    }
}

void MainWindow::setUtc(bool utc) {
    m_utc = utc;
    m_settings.setUtc(utc);
    m_top->setUtc(utc);
    theme::setTimeZone(utc ? QTimeZone::utc() : QTimeZone::systemTimeZone());
    for (const auto& page : m_pages) {
        if (page.view) page.view->timeZoneChanged();
    }
    tick();
}

void MainWindow::resetLayout() {
    m_settings.forgetLayouts();
    for (const auto& page : m_pages) {
        if (page.view) page.view->restoreLayout({});
    }
}

void MainWindow::nextPane(bool backwards) {
    QVector<QWidget*> panes;
    for (auto* widget : m_stack->currentWidget()->findChildren<QWidget*>()) {
        if (isPane(widget)) panes.append(widget);
    }
    if (panes.isEmpty()) return;
    std::sort(panes.begin(), panes.end(), [this](const QWidget* a, const QWidget* b) {  // reading order
        const QPoint p = a->mapTo(this, QPoint(0, 0)), q = b->mapTo(this, QPoint(0, 0));
        return std::pair(p.y() / 8, p.x()) < std::pair(q.y() / 8, q.x());
    });
    const auto at = panes.indexOf(QApplication::focusWidget());
    const auto next = at < 0 ? 0 : (at + (backwards ? panes.size() - 1 : 1)) % panes.size();
    panes[next]->setFocus(backwards ? Qt::BacktabFocusReason : Qt::TabFocusReason);
}

void MainWindow::keyPressEvent(QKeyEvent* event) {
    View* view = currentView();
    const bool asCommandLine = event->modifiers() == (Qt::ControlModifier | Qt::ShiftModifier);
    if (event->key() == Qt::Key_C && asCommandLine) return copyCommand();
    switch (event->key()) {
        case Qt::Key_Escape:
            if (view && !view->clear() && isFullScreen()) showNormal();
            return;
        case Qt::Key_Home:
            return view ? view->goOldest() : void();
        case Qt::Key_End:
            return view ? view->goNewest() : void();
        default:
            QMainWindow::keyPressEvent(event);
    }
}

void MainWindow::closeEvent(QCloseEvent* event) {
    event->accept();
    hide();
    m_settings.setGeometry(saveGeometry());
    for (const auto& page : m_pages) {
        if (page.view) m_settings.setLayout(page.name, page.view->saveLayout());
    }
    m_tick.stop();
    m_plays.stop();
    Q_EMIT closed();
}

}  // namespace nova::shell
