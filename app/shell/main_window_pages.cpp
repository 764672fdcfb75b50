// The pages of the window: each view, and what it is joined with.
#include <QFileDialog>
#include <QLabel>
#include <QMenu>

#include "app/shell/main_window.h"
#include "app/shell/rail.h"
#include "app/shell/status_strip.h"
#include "app/shell/top_bar.h"
#include "app/views/act_as_view.h"
#include "app/views/action_inspector.h"
#include "app/views/actions_view.h"
#include "app/views/cluster_view.h"
#include "app/views/first_run_view.h"
#include "app/views/keys_view.h"
#include "app/views/lag_view.h"
#include "app/views/profile_chooser.h"
#include "app/views/services_view.h"
#include "app/views/traffic_view.h"
#include "contract/topics.h"
#include "widgets/theme/numbers.h"

namespace nova::shell {

using namespace Qt::StringLiterals;
using views::View;

namespace {

constexpr int ratesEveryMs = 250;  // numbers change at most four times a second
constexpr int rememberedActions = 500;

QString fromView(std::string_view text) {
    return QString::fromUtf8(text.data(), qsizetype(text.size()));
}

QString spansTopic() {
    return fromView(contract::topic::spans);
}

}  // namespace

View* MainWindow::make(const QString& name) {
    if (name == "traffic"_L1) return makeTraffic();
    if (name == "lag"_L1) return makeLag();
    if (name == "actions"_L1) return makeActions();
    if (name == "keys"_L1) return makeKeys();
    if (name == "people"_L1) return makePeople();
    return m_session.isLocal() ? makeServices() : makeCluster();
}

View* MainWindow::makeServices() {
    auto* view = new views::ServicesView(*m_session.stack(), this);
    m_services = view;
    view->setPlays(m_plays);
    connect(view, &views::ServicesView::wanted, this, [this] { showView(u"services"_s); });
    m_sinceRates.start();
    connect(&m_session.observers().traffic, &engine::TrafficObserver::batch, view,
            [this, view](const engine::TrafficBatch& batch) {
                if (m_sinceRates.elapsed() < ratesEveryMs) return;
                m_sinceRates.restart();
                views::TopicRates rates;
                for (auto it = batch.topicPerSecond.cbegin(); it != batch.topicPerSecond.cend(); ++it)
                    rates.insert(it.key(), it.value());
                view->setRates(rates);
            });
    connect(&m_session.observers().metrics, &engine::MetricsReader::read, view, &views::ServicesView::setFigures);
    connect(&m_session, &Session::disconnected, view, [view] {
        view->setRates({});
        view->setFigures({});
    });
    return view;
}

View* MainWindow::makeCluster() {
    auto* view = new views::ClusterView(*m_session.target(), this);
    m_cluster = view;
    auto* cluster = m_session.observers().cluster.get();
    connect(cluster, &engine::ClusterWatch::looked, view, &views::ClusterView::setLook);
    connect(cluster, &engine::ClusterWatch::reached, view, &views::ClusterView::setReached);
    connect(cluster, &engine::ClusterWatch::config, view, &views::ClusterView::setConfig);
    connect(view, &views::ClusterView::configWanted, cluster, &engine::ClusterWatch::readConfig);
    connect(view, &views::ClusterView::retryWanted, cluster, &engine::ClusterWatch::lookNow);
    connect(&m_session.observers().metrics, &engine::MetricsReader::read, view, &views::ClusterView::setFigures);
    connect(m_session.observers().lag.get(), &engine::LagBoard::sampled, view,
            [view](const engine::LagSample& sample) { view->setGroups(sample.groups); });
    if (m_look.at.isValid()) view->setLook(m_look);
    if (const QString why = m_session.trouble(); !why.isEmpty()) view->setReached(false, why);
    return view;
}

View* MainWindow::makeTraffic() {
    auto* view = new views::TrafficView(m_session.observers().traffic.ring(), this);
    m_traffic = view;
    auto& traffic = m_session.observers().traffic;
    connect(&traffic, &engine::TrafficObserver::batch, view, &views::TrafficView::takeBatch);
    connect(&traffic, &engine::TrafficObserver::troubles, view, &views::TrafficView::setTroubles);
    const bool local = m_session.isLocal();
    connect(view, &views::TrafficView::tailWanted, this, [this, view, local](const engine::TailChoice& choice) {
        m_session.follow(choice);
        if (!local) return;  // told by the observer, patterns resolved
        QStringList names;
        for (const auto& name : choice.topics) names << QString::fromStdString(name);
        view->setFollowed(names);
    });
    if (!local) connect(&traffic, &engine::TrafficObserver::topicsChanged, view, &views::TrafficView::setFollowed);
    view->followOutcomes(m_session.observers().actions);
    connect(&m_session, &Session::targeted, view, [this, view] { view->setTarget(*m_session.target()); });
    if (m_session.target()) view->setTarget(*m_session.target());
    tellTopics();
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
    if (const QString why = m_session.trouble(); !why.isEmpty()) view->setDisconnected(why);
    return view;
}

// Those of the cluster; of a local Nova those it was made with.
void MainWindow::tellTopics() {
    if (!m_traffic) return;
    QStringList names;
    if (m_session.isLocal()) {
        for (const auto& topic : stack::Catalogue::builtIn().topics()) {
            names << topic.name;
            if (topic.deadLetters) names << topic.name + fromView(contract::topic::deadLetterSuffix);
        }
    }
    for (const auto& topic : m_look.topics) names << topic.name;
    m_traffic->setTopics(names);
}

View* MainWindow::makeLag() {
    auto* view = new views::LagView(this);
    m_lag = view;
    view->setProfile(m_session.profile());
    view->connectTo(*m_session.observers().lag);
    connect(&m_session, &Session::connected, view, &views::LagView::setConnected);
    connect(&m_session, &Session::disconnected, view, &views::LagView::setDisconnected);
    if (auto* stack = m_session.stack(); stack && m_session.isLocal()) {
        QStringList consumers;
        for (const auto& part : stack::Catalogue::builtIn().parts()) {
            if (!part.consumes.isEmpty()) consumers << part.name;
        }
        view->setScalable(consumers);
        connect(view, &views::LagView::addReplicaWanted, stack, [stack](const QString& service) {
            const auto parts = stack->parts();
            const auto replicas =
                std::count_if(parts.begin(), parts.end(), [&](const auto& part) { return part.name == service; });
            stack->scalePart(service, int(replicas) + 1);
        });
    }
    view->setMutesKept(!m_session.isLocal());
    connect(view, &views::LagView::muteWanted, this, [this, view](const QString& group, bool muted) {
        const auto done = m_session.mute(group, muted);
        view->setProfile(m_session.profile());
        view->setMuteFault(done ? QString() : fromView(done.error().what));
    });
    auto& desk = m_session.observers().desk;
    connect(view, &views::LagView::whyWanted, &desk, &engine::DiagnosisDesk::ask);
    connect(&desk, &engine::DiagnosisDesk::diagnosed, view, &views::LagView::takeDiagnosed);
    if (m_session.isConnected()) view->setConnected();
    if (const QString why = m_session.trouble(); !why.isEmpty()) view->setDisconnected(why);
    if (const auto& sample = m_session.observers().lag->latest(); sample.atMs > 0) view->takeSample(sample);
    return view;
}

View* MainWindow::makeActions() {
    auto* view = new views::ActionsView(m_session.observers().actions, this);
    m_actions = view;
    view->inspector()->setOneClock(m_session.isLocal());
    connect(&m_session, &Session::connected, view, &views::ActionsView::setConnected);
    connect(&m_session, &Session::disconnected, view, &views::ActionsView::setDisconnected);
    connect(view, &views::ActionsView::offerTaken, this, [this] {
        m_session.followSpans();
        offerSpans();
    });
    connect(&m_session, &Session::connected, view, [this] { offerSpans(); });
    view->setRunnable(m_session.isLocal());
    connect(view, &views::ActionsView::runWanted, &m_session.people(), &views::People::aliceToBob);
    if (m_session.isConnected()) view->setConnected();
    offerSpans();
    return view;
}

// Off local no span is read unasked: a busy cluster writes many.
void MainWindow::offerSpans() {
    if (!m_actions || m_session.isLocal() || m_session.observers().followsSpans) return;
    const auto topic = std::find_if(m_look.topics.begin(), m_look.topics.end(),
                                    [](const auto& one) { return one.name == spansTopic(); });
    if (!m_look.at.isValid()) return;
    if (topic == m_look.topics.end()) {
        return m_actions->setOffer(
            tr("No spans: topic %1 is missing.").arg(spansTopic()),
            tr("Actions are put together from spans; events of the topics that Traffic follows give parts of them."));
    }
    const QString rate = topic->rate ? theme::rate(*topic->rate) : tr("rate not known yet");
    m_actions->setOffer(tr("Spans are not read yet."),
                        tr("Actions are put together from the records of %1 (%2 partitions, %3), read within the "
                           "limit of this console.")
                            .arg(spansTopic())
                            .arg(topic->partitions.size())
                            .arg(rate),
                        tr("Read spans"));
}

View* MainWindow::makeKeys() {
    auto* view = new views::KeysView(this);
    m_keysView = view;
    connect(&m_session, &Session::targeted, view, [this, view] { view->setTarget(*m_session.target()); });
    connect(&m_session, &Session::disconnected, view, [this, view] {
        if (!m_session.target()) view->setDisconnected();
    });
    if (m_session.target()) view->setTarget(*m_session.target());
    return view;
}

View* MainWindow::makePeople() {
    auto* view = new views::ActAsView(m_session.people(), this);
    // What is complete does not change any more and is not asked for again.
    view->setReachOf(
        [&store = m_session.observers().actions, known = QHash<QString, views::Reach>()](const QString& trace) mutable {
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
    connect(&m_session.observers().actions, &engine::ActionStore::changed, soon, [soon, view] {
        if (view->isVisible() && !soon->isActive()) soon->start(ratesEveryMs);
    });
    return view;
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

void MainWindow::lookAt(const QString& profile) {
    // A view that asks for it is gone when it is done.
    QMetaObject::invokeMethod(
        this, [this, profile] { m_session.lookAt(profile); }, Qt::QueuedConnection);
}

void MainWindow::showChooser() {
    if (!m_chooser) {
        m_chooser = new views::ProfileChooser(this);
        m_stack->addWidget(m_chooser);
        connect(m_chooser, &views::ProfileChooser::chosen, this, &MainWindow::lookAt);
        connect(m_chooser, &views::ProfileChooser::left, this, [this] {
            if (m_session.isOpen()) showPage(std::max(m_current, 0));
        });
        connect(m_chooser, &views::ProfileChooser::fileWanted, this, [this] {
            const QString file = QFileDialog::getOpenFileName(this, tr("Open a profile"), engine::Profile::folder(),
                                                              tr("Profiles (*.toml)"));
            if (!file.isEmpty()) lookAt(file);
        });
    }
    const auto& fault = m_session.fault();
    m_chooser->setFault(m_session.asked(), QString::fromStdString(fault.what), QString::fromStdString(fault.hint));
    QVector<views::ProfileChooser::Choice> choices;
    for (const auto& name : m_session.profiles()) {
        const auto loaded = m_session.load(name);
        if (!loaded) {
            choices.append({name, name, {}, {}, QString::fromStdString(loaded.error().what)});
            continue;
        }
        const auto& profile = loaded.value();
        const auto target = engine::Target::of(profile);
        choices.append({name,
                        profile.name,
                        profile.environment,
                        target.address() + (profile.readOnly ? tr(" · read-only") : tr(" · may be written to")),
                        {}});
    }
    m_chooser->setChoices(choices, engine::Profile::folder());
    for (auto* bar : std::initializer_list<QWidget*>{m_top, m_side, m_foot}) bar->hide();
    m_stack->setCurrentWidget(m_chooser);
    m_chooser->setFocus(Qt::OtherFocusReason);
}

}  // namespace nova::shell
