// Pictures of the real window over a real local Nova, for the README and for looking at: window_pictures DATA_FOLDER
// OUT_FOLDER [all | inspector | PROFILE [EVENT]]. Starts the Nova of that folder or attaches to its owner, lets Alice
// and Bob act, paints each view in both themes, stops what it started; "inspector": Traffic, Lag and Keys alone; of a
// profile: what is shown of its cluster. EVENT is looked up in Keys. Not a test: nothing is judged here.
#include <QApplication>
#include <QDir>
#include <QTimer>
#include <algorithm>
#include <cstdio>

#include "app/shell/main_window.h"
#include "app/views/act_as_view.h"
#include "app/views/person_pane.h"
#include "app/views/picture_picker.h"
#include "tests/views/inspector_pictures.h"
#include "tests/views/picture_steps.h"
#include "widgets/theme/theme.h"

using namespace nova;
using namespace Qt::StringLiterals;
using test::pass;
using test::shoot;
using test::waitFor;

namespace {

constexpr int startLimitMs = 180'000;

void act(views::People& people) {
    people.setWatching(true);
    people.post(views::Who::alice, u"Golden hour over the harbour"_s);
    waitFor([&] { return !people.person(views::Who::bob).feed.isEmpty(); }, 20'000);
    const QStringList more{u"First snow on the ridge"_s, u"The ferry is late again"_s,
                           u"Coffee, then the long way home"_s};
    for (int i = 0; i < 9; ++i) {
        people.post(i % 3 == 2 ? views::Who::bob : views::Who::alice, more[i % more.size()]);
        pass(250);
        const auto& feed = people.person(views::Who::bob).feed;
        if (!feed.isEmpty()) people.setLiked(views::Who::bob, feed.first().id, i % 2 == 0);
        pass(250);
    }
}

// Life while pictures are taken, so that the map and the charts have something to show.
void stir(views::People& people, int i) {
    const QStringList words{u"Rain until noon"_s, u"The lighthouse is open today"_s, u"New shoes, old hills"_s};
    people.post(i % 4 == 0 ? views::Who::bob : views::Who::alice, words[i % words.size()],
                i == 8 ? std::optional(views::samplePicture(0)) : std::nullopt);
    const auto& feed = people.person(views::Who::bob).feed;
    if (!feed.isEmpty() && i % 2 == 0) people.setLiked(views::Who::bob, feed.first().id, true);
    const QStringList talk{u"Still raining?"_s, u"Only over the harbour"_s, u"Coffee at ten?"_s,
                           u"Ten it is"_s,      u"I am on the ferry"_s,     u"See you on the quay"_s};
    if (i % 3 != 0) return;
    const int line = i / 3;
    people.sendMessage(line % 2 == 0 ? views::Who::bob : views::Who::alice, talk[line % talk.size()]);
}

// The action of a kind that was seen through to its effect soonest: one that this computer had time for.
QString bestAction(const engine::ActionStore& store, QStringView kind = u"createPost") {
    QString trace;
    double least = 0;
    for (const auto& action : store.latest(1'000)) {
        if (!action.complete || !action.visibleMs || action.action != kind) continue;
        if (!trace.isEmpty() && *action.visibleMs >= least) continue;
        trace = action.traceId;
        least = *action.visibleMs;
    }
    return trace;
}

QString eventOf(const engine::ActionStore& store, const QString& trace) {
    const auto action = store.action(trace);
    for (const auto& hop : action ? action->hops : QVector<engine::Hop>{}) {
        if (!hop.eventId.isEmpty()) return hop.eventId;
    }
    return {};
}

// Alice and Bob talk, and Alice is told of likes; left out where this Nova has no sockets.
void shootTalk(shell::Session& session, shell::MainWindow& window, const QString& out) {
    using Page = views::PersonPane::Page;
    auto* view = qobject_cast<views::ActAsView*>(window.currentView());
    auto& people = session.people();
    if (!view || !people.hasSockets()) return;
    for (const auto who : {views::Who::alice, views::Who::bob}) view->pane(who)->showPage(Page::chat);
    people.sendMessage(views::Who::alice, u"Did you see the harbour? 你看到港口了吗？"_s);
    pass(500);
    people.sendMessage(views::Who::bob, u"看到了，金色的！ Golden!"_s);
    pass(900);
    shoot(window, out, u"people-chat"_s);
    view->pane(views::Who::alice)->showPage(Page::notes);
    view->pane(views::Who::bob)->showPage(Page::posts);
    people.post(views::Who::alice, u"With a picture"_s, views::samplePicture(0));
    pass(2'500);
    shoot(window, out, u"people-picture"_s);
    view->pane(views::Who::alice)->showPage(Page::posts);
}

// What followed a like, a message and an upload.
void shootTimelines(shell::Session& session, shell::MainWindow& window, const QString& out) {
    for (const auto* kind : {"likePost", "sendMessage", "upload"}) {
        const auto trace = bestAction(session.observers().actions, QString::fromLatin1(kind));
        if (trace.isEmpty()) continue;
        window.showTimeline(trace);
        shoot(window, out, u"action-"_s + QLatin1String(kind));
    }
}

// The smallest window, in both themes.
void shootSmall(shell::Session& session, shell::MainWindow& window, const QString& out) {
    const auto before = window.size();
    window.resize(1024, 700);
    for (const bool dark : {true, false}) {
        theme::Theme::instance().setChoice(dark ? theme::Choice::Dark : theme::Choice::Light);
        for (const char* view : {"services", "traffic", "actions", "people"}) {
            window.showView(QLatin1String(view));
            if (QLatin1String(view) == "actions"_L1) window.showTimeline(bestAction(session.observers().actions));
            shoot(window, out, u"small-"_s + QLatin1String(view) + (dark ? u"-dark"_s : u"-light"_s));
        }
    }
    window.resize(before);
}

// Three replicas, one of them frozen: what it consumes waits, the others go on.
void shootTrouble(shell::Session& session, shell::MainWindow& window, const QString& out) {
    const auto isIn = [&session](int replicas, int replica, stack::PartState state) {
        int count = 0;
        bool is = false;
        for (const auto& part : session.stack()->parts()) {
            if (part.name != u"feed-service") continue;
            ++count;
            is |= part.replica == replica && part.state == state;
        }
        return count == replicas && is;
    };
    window.showPart(u"feed-service/0"_s);
    session.stack()->scalePart(u"feed-service"_s, 3);
    waitFor([&] { return isIn(3, 2, stack::PartState::ready); }, 20'000);
    pass(4'000);
    session.stack()->pausePart(u"feed-service"_s, 1);
    waitFor([&] { return isIn(3, 1, stack::PartState::paused); }, 5'000);
    for (int i = 0; i < 12; ++i) {
        session.people().post(views::Who::alice, u"Posted while a replica is frozen"_s);
        pass(120);
    }
    pass(2'000);
    window.showPart(u"feed-service/1"_s);
    shoot(window, out, u"trouble-services"_s);
    window.showView(u"people"_s);
    shoot(window, out, u"trouble-people"_s);
    session.stack()->resumePart(u"feed-service"_s, 1);
    session.stack()->scalePart(u"feed-service"_s, 1);
    waitFor([&] { return isIn(1, 0, stack::PartState::ready); }, 20'000);
    pass(2'000);
}

// Users are still answered while Kafka is away; their events follow when it is back.
void shootOutage(shell::Session& session, shell::MainWindow& window, const QString& out) {
    auto& people = session.people();
    session.stack()->stopPart(u"kafka"_s, 0);
    waitFor(
        [&] {
            const auto parts = session.stack()->parts();
            return std::any_of(parts.begin(), parts.end(), [](const auto& p) {
                return p.name == u"kafka" && p.state == stack::PartState::stopped;
            });
        },
        20'000);
    window.showView(u"services"_s);
    people.post(views::Who::alice, u"Written while Kafka is away"_s);
    pass(3'000);
    shoot(window, out, u"outage-services"_s);
    window.showView(u"traffic"_s);
    shoot(window, out, u"outage-traffic"_s);
    window.showView(u"people"_s);
    shoot(window, out, u"outage-people"_s);
    window.showView(u"services"_s);
    waitFor(
        [&] {
            const auto alerts = session.stack()->alerts();
            return std::any_of(alerts.begin(), alerts.end(), [](const auto& alert) { return alert.firing; });
        },
        40'000);
    shoot(window, out, u"outage-alerts"_s);
    window.resize(1024, 700);
    shoot(window, out, u"small-outage-alerts"_s);
    window.resize(1440, 900);
    window.showView(u"people"_s);
    session.stack()->startPart(u"kafka"_s, 0);
    waitFor([&] { return session.stack()->phase() == stack::Phase::ready; }, 60'000);
    pass(3'000);
    shoot(window, out, u"after-outage-people"_s);
    window.showTimeline(bestAction(session.observers().actions));
    shoot(window, out, u"after-outage-action"_s);
}

void shootViews(shell::Session& session, shell::MainWindow& window, const QString& out, QTimer& life) {
    for (const bool dark : {true, false}) {
        theme::Theme::instance().setChoice(dark ? theme::Choice::Dark : theme::Choice::Light);
        life.start(110);
        for (const char* view : {"services", "traffic", "actions", "people"}) {
            window.showView(QLatin1String(view));
            if (QLatin1String(view) == "actions"_L1) window.showTimeline(bestAction(session.observers().actions));
            if (QLatin1String(view) == "traffic"_L1)
                window.showRecord(eventOf(session.observers().actions, bestAction(session.observers().actions)));
            pass(QLatin1String(view) == "services"_L1 ? 3'000 : 600);
            if (QLatin1String(view) == "traffic"_L1) life.stop();
            shoot(window, out, QLatin1String(view) + (dark ? u"-dark"_s : u"-light"_s));
        }
    }
}

bool end(shell::Session& session) {
    bool ended = false;
    QObject::connect(&session, &shell::Session::ended, qApp, [&ended] { ended = true; });
    session.end();
    return waitFor([&ended] { return ended; }, 60'000);
}

// One consumer stands still, so that Lag has something to explain.
void shootInspected(shell::Session& session, shell::MainWindow& window, const QString& out, QTimer& life,
                    const QString& sought) {
    const QString feed = u"feed-service"_s;
    for (const auto& part : session.stack()->parts())
        if (part.name == feed) session.stack()->pausePart(feed, part.replica);
    const QString event = eventOf(session.observers().actions, bestAction(session.observers().actions));
    life.start(250);
    test::shootInspector(session, window, out, event, sought);
    life.stop();
    for (const auto& part : session.stack()->parts())
        if (part.name == feed) session.stack()->resumePart(feed, part.replica);
    pass(1'000);
}

int runLocal(const QString& data, const QString& out, bool all, const QString& sought) {
    shell::Settings settings(QDir(out).filePath(u"window.ini"_s));
    shell::Session session(data);
    shell::MainWindow window(session, settings);
    window.resize(1440, 900);
    window.show();
    session.lookAt();
    waitFor([&] { return session.stack()->phase() != stack::Phase::stopped; }, 2'000);
    pass(900);
    shoot(window, out, u"starting"_s);
    if (!waitFor([&] { return session.isConnected(); }, startLimitMs)) {
        std::fputs("the Nova did not become ready\n", stderr);
        return 1;
    }
    window.showView(u"people"_s);
    act(session.people());
    QTimer life;
    QObject::connect(&life, &QTimer::timeout, qApp, [&session, i = 0]() mutable { stir(session.people(), i++); });
    if (all) {
        shootViews(session, window, out, life);
        shootTimelines(session, window, out);
        theme::Theme::instance().setChoice(theme::Choice::Dark);
        window.showView(u"people"_s);
        shootTalk(session, window, out);
    }
    shootInspected(session, window, out, life, sought);
    if (all) {
        shootSmall(session, window, out);
        shootTrouble(session, window, out);
        shootOutage(session, window, out);
    }
    return end(session) ? 0 : 1;
}

int runAttached(const QString& data, const QString& out, const QString& profile) {
    shell::Settings settings(QDir(out).filePath(u"window.ini"_s));
    shell::Session session(data);
    shell::MainWindow window(session, settings);
    window.resize(1440, 900);
    window.show();
    session.lookAt(profile);
    if (session.isConnected())
        test::shootAttached(session, window, out);
    else
        std::fprintf(stderr, "%s\n", session.fault().what.c_str());
    return end(session) ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    QApplication app(argc, argv);
    if (argc < 3 || argc > 5) {
        std::fputs("window_pictures DATA_FOLDER OUT_FOLDER [all | inspector | PROFILE [EVENT]]\n", stderr);
        return 2;
    }
    theme::Theme::instance().apply(app, theme::Choice::Dark);
    const QString data = QDir(QString::fromLocal8Bit(argv[1])).absolutePath(), out = QString::fromLocal8Bit(argv[2]);
    QDir().mkpath(out);
    const QString what = argc > 3 ? QString::fromLocal8Bit(argv[3]) : u"all"_s;
    const bool local = what == "all"_L1 || what == "inspector"_L1;
    const QString sought = argc > 4 ? QString::fromLocal8Bit(argv[4]) : QString();
    const int code = local ? runLocal(data, out, what == "all"_L1, sought) : runAttached(data, out, what);
    shell::Observers::awaitEnded();
    return code;
}
