#include "app/shell/main_window.h"

#include <unistd.h>

#include <QApplication>
#include <QCloseEvent>
#include <QDateTime>
#include <QFile>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QScreen>

#include "app/shell/command_palette.h"
#include "app/shell/key_sheet.h"
#include "app/shell/rail.h"
#include "app/shell/status_strip.h"
#include "app/shell/top_bar.h"
#include "app/views/act_as_view.h"
#include "app/views/actions_view.h"
#include "app/views/first_run_view.h"
#include "app/views/services_view.h"
#include "app/views/traffic_view.h"
#include "widgets/theme/clock.h"

namespace nova::shell {

using namespace Qt::StringLiterals;
using views::View;

namespace {

constexpr int tickMs = 250;  // bars; numbers change at most four times a second
constexpr int rememberedActions = 500;

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
    connect(&m_session, &Session::opened, this, [this] {
        auto* stack = m_session.stack();
        connect(stack, &stack::Stack::changed, this, &MainWindow::showStores);
        if (!stack->isOwner()) {
            m_status->setMessage(tr("attached: pid %1 owns this Nova").arg(stack->ownerPid()));
        }
        showStores();
        tick();
        if (!m_session.complete() && stack->isOwner()) return showFirstRun();
        // A Nova that starts is watched as it comes up; one that runs is met where it was left.
        showView(stack->isOwner() || m_settings.view().isEmpty() ? u"services"_s : m_settings.view());
    });
    connect(&m_session, &Session::connected, this, [this] { m_top->setAddress(m_session.brokers()); });
    connect(&m_session, &Session::disconnected, this, [this] { m_top->setAddress(m_session.brokers()); });
    connect(&m_tick, &QTimer::timeout, this, &MainWindow::tick);
    m_tick.start(tickMs);
}

void MainWindow::showStores() {
    const auto& catalogue = stack::Catalogue::builtIn();
    QVector<StoreReading> stores;
    for (const auto& part : m_session.stack()->parts()) {
        const auto* entry = catalogue.part(part.name);
        if (!entry || !entry->isStore()) continue;
        stores.append({entry->label, views::statusOf(part.state), theme::stateWord(stack::stateName(part.state))});
    }
    m_status->setStores(stores);
}

void MainWindow::tick() {
    if (!isVisible()) return;
    m_status->setNow(QDateTime::currentMSecsSinceEpoch(), theme::timeZone());
    m_status->setMemory(residentBytes());
    m_status->setTraffic(m_session.trafficReading());
}

View* MainWindow::currentView() const {
    return m_current < 0 ? nullptr : m_pages[m_current].view;
}

void MainWindow::showView(const QString& name) {
    for (int i = 0; i < m_pages.size(); ++i) {
        if (m_pages[i].name == name) return showPage(i);
    }
    showPage(0);
}

void MainWindow::showPage(int index) {
    if (!m_session.stack()) return;
    View* view = viewOf(index);
    m_current = index;
    for (auto* bar : std::initializer_list<QWidget*>{m_top, m_side, m_foot}) bar->show();
    m_rail->setCurrent(index);
    m_stack->setCurrentWidget(view);
    view->setFocus(Qt::OtherFocusReason);
    m_settings.setView(m_pages[index].name);
}

View* MainWindow::viewOf(int index) {
    auto& page = m_pages[index];
    if (!page.view) adopt(index, make(page.name));
    return page.view;
}

void MainWindow::adopt(int index, View* view) {
    m_pages[index].view = view;
    m_stack->addWidget(view);
    view->setLive(m_live);
    view->restoreLayout(m_settings.layout(m_pages[index].name));
    connect(view, &View::openProblems, this, [this, index](int count) { m_rail->setBadge(index, count); });
    connect(view, &View::pauseToggled, this, [this] { setLive(!m_live); });
    connect(view, &View::timelineWanted, this, &MainWindow::showTimeline);
    connect(view, &View::eventWanted, this, &MainWindow::showRecord);
    connect(view, &View::partWanted, this, &MainWindow::showPart);
}

View* MainWindow::make(const QString& name) {
    if (name == "traffic"_L1) return makeTraffic();
    if (name == "actions"_L1) return makeActions();
    if (name == "people"_L1) return makePeople();
    return makeServices();
}

View* MainWindow::makeServices() {
    auto* view = new views::ServicesView(*m_session.stack(), this);
    m_services = view;
    m_sinceRates.start();
    connect(&m_session.traffic(), &engine::TrafficObserver::batch, view,
            [this, view](const engine::TrafficBatch& batch) {
                if (m_sinceRates.elapsed() < tickMs) return;
                m_sinceRates.restart();
                views::TopicRates rates;
                for (auto it = batch.topicPerSecond.cbegin(); it != batch.topicPerSecond.cend(); ++it)
                    rates.insert(it.key(), it.value());
                view->setRates(rates);
            });
    connect(&m_session.metrics(), &engine::MetricsReader::read, view, &views::ServicesView::setFigures);
    connect(&m_session, &Session::disconnected, view, [view] {
        view->setRates({});
        view->setFigures({});
    });
    return view;
}

View* MainWindow::makeTraffic() {
    auto* view = new views::TrafficView(m_session.traffic().ring(), this);
    m_traffic = view;
    connect(&m_session.traffic(), &engine::TrafficObserver::batch, view, &views::TrafficView::takeBatch);
    connect(&m_session, &Session::connected, view, &views::TrafficView::setConnected);
    connect(&m_session, &Session::disconnected, view, &views::TrafficView::setDisconnected);
    const auto learn = [view, &people = m_session.people()] {
        for (const auto who : {views::Who::alice, views::Who::bob}) {
            view->learnName(people.person(who).id, people.person(who).credentials.handle);
        }
    };
    connect(&m_session.people(), &views::People::credentialsChanged, view, learn);
    learn();
    if (m_session.isConnected()) view->setConnected();
    return view;
}

View* MainWindow::makeActions() {
    auto* view = new views::ActionsView(m_session.actions(), this);
    m_actions = view;
    connect(&m_session, &Session::connected, view, &views::ActionsView::setConnected);
    connect(&m_session, &Session::disconnected, view, &views::ActionsView::setDisconnected);
    if (m_session.isConnected()) view->setConnected();
    return view;
}

View* MainWindow::makePeople() {
    auto* view = new views::ActAsView(m_session.people(), this);
    // What is complete does not change any more and is not asked for again.
    view->setReachOf(
        [&store = m_session.actions(), known = QHash<QString, views::Reach>()](const QString& trace) mutable {
            if (const auto found = known.constFind(trace); found != known.cend()) return *found;
            const auto action = store.action(trace);
            const auto reach = action ? views::Reach{action->complete, action->visibleMs} : views::Reach{};
            if (known.size() >= rememberedActions) known.clear();
            if (reach.complete) known.insert(trace, reach);
            return reach;
        });
    auto* stack = m_session.stack();
    const QString feed = u"feed-service"_s;
    const auto tell = [view, stack, feed] {
        bool possible = false, paused = false;
        for (const auto& part : stack->parts()) {
            if (part.name != feed) continue;
            possible = possible || views::isUp(part.state);
            paused = paused || part.state == stack::PartState::paused;
        }
        view->setSlowdown(possible, paused && !possible);  // one frozen of several is no standstill
    };
    connect(stack, &stack::Stack::changed, view, tell);
    connect(view, &views::ActAsView::slowdownWanted, stack, [stack, feed](bool paused) {
        for (const auto& part : stack->parts()) {
            if (part.name == feed && paused) stack->pausePart(feed, part.replica);
            if (part.name == feed && !paused) stack->resumePart(feed, part.replica);
        }
    });
    tell();
    auto* soon = new QTimer(view);
    soon->setSingleShot(true);
    connect(soon, &QTimer::timeout, view, &views::ActAsView::refreshMarks);
    connect(&m_session.actions(), &engine::ActionStore::changed, soon, [soon, view] {
        if (view->isVisible() && !soon->isActive()) soon->start(tickMs);
    });
    return view;
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
    m_services->selectPart(part);
}

void MainWindow::showFirstRun() {
    if (!m_firstRun) {
        m_firstRun = new views::FirstRunView(this);
        m_stack->addWidget(m_firstRun);
        connect(m_firstRun, &views::FirstRunView::checkWanted, this, [this] {
            m_session.checkAgain();
            m_firstRun->setRequirements(m_session.requirements());
        });
        connect(m_firstRun, &views::FirstRunView::startWanted, this, [this] {
            m_session.start();
            showView(u"services"_s);
        });
    }
    m_firstRun->setRequirements(m_session.requirements());
    for (auto* bar : std::initializer_list<QWidget*>{m_top, m_side, m_foot}) bar->hide();
    m_stack->setCurrentWidget(m_firstRun);
    m_firstRun->setFocus(Qt::OtherFocusReason);
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
    Q_EMIT closed();
}

}  // namespace nova::shell
