#include "tests/views/inspector_pictures.h"

#include <QAbstractButton>

#include "app/engine/lag/diagnosis_desk.h"
#include "app/engine/lag/lag_board.h"
#include "app/views/event_detail.h"
#include "app/views/filter_field.h"
#include "app/views/keys_view.h"
#include "app/views/lag_view.h"
#include "app/views/lower_pane.h"
#include "app/views/scan_bar.h"
#include "app/views/topic_chooser.h"
#include "app/views/touched_pane.h"
#include "app/views/traffic_view.h"
#include "tests/views/picture_steps.h"
#include "widgets/tables/event_table.h"
#include "widgets/theme/theme.h"

namespace nova::test {

using namespace Qt::StringLiterals;

namespace {

constexpr int answerMs = 10'000;
const QString paused = u"feed-service"_s;
const QString postTopic = u"nova.content.events"_s;

template <class V>
V* viewOf(shell::MainWindow& window) {
    return qobject_cast<V*>(window.currentView());
}

void everywhere(shell::MainWindow& window, const QString& out, const QString& name) {
    for (const QSize& size : {QSize(1440, 900), QSize(1024, 700)}) {
        window.resize(size);
        for (const bool dark : {true, false}) {
            theme::Theme::instance().setChoice(dark ? theme::Choice::Dark : theme::Choice::Light);
            shoot(window, out,
                  (size.width() < 1200 ? u"small-"_s : QString()) + name + (dark ? u"-dark"_s : u"-light"_s));
        }
    }
    window.resize(1440, 900);
    theme::Theme::instance().setChoice(theme::Choice::Dark);
}

void press(QWidget& window, const QString& text) {
    for (auto* button : window.findChildren<QAbstractButton*>()) {
        if (button->isVisible() && button->text().startsWith(text)) return button->click();
    }
    std::fprintf(stderr, "no button %s\n", qPrintable(text));
}

bool hasTouched(views::TrafficView& view) {
    const auto* facts = view.detail()->touched()->model();
    return waitFor([facts] { return facts->rowCount() > 0; }, answerMs);
}

void shootTraffic(shell::MainWindow& window, const QString& out, const QString& eventId) {
    window.showRecord(eventId);
    auto* view = viewOf<views::TrafficView>(window);
    if (!view) return;
    if (!hasTouched(*view)) std::fputs("nothing touched\n", stderr);
    everywhere(window, out, u"traffic-event"_s);
    view->setFilter(u"type:PostCreated latency>1ms"_s);
    pass(500);
    auto& table = *view->table()->model();
    if (view->rows()->count() > 1) {
        view->table()->selectSequence(view->rows()->last() - 1);
        Q_EMIT view->table()->rowSelected(view->rows()->last() - 1);
        hasTouched(*view);
    }
    everywhere(window, out, u"traffic-filter"_s);
    const auto newest = view->rows()->last();
    if (newest > view->rows()->first() + 2) Q_EMIT view->table()->rowMarked(newest - 3);
    everywhere(window, out, u"traffic-diff"_s);
    view->lower()->closePane();
    view->setFilter(u"type:PostCreated and latency>>1"_s);
    everywhere(window, out, u"traffic-error"_s);
    view->setFilter(u"type:MessageSent"_s);
    press(*view, u"Scan history"_s);
    shoot(window, out, u"traffic-scan-form"_s);
    press(*view->scanBar(), u"Scan"_s);
    pass(4'000);
    everywhere(window, out, u"traffic-scanned"_s);
    Q_EMIT view->scanBar()->searchedWanted();
    shoot(window, out, u"traffic-searched"_s);
    Q_EMIT view->scanBar()->closed();
    view->setFilter({});
    table.setFollowing(true);
    window.resize(1024, 700);
    shoot(window, out, u"small-traffic-live"_s);
    window.resize(1440, 900);
}

void shootLag(shell::Session& session, shell::MainWindow& window, const QString& out) {
    window.showLag(paused, postTopic);
    auto* view = viewOf<views::LagView>(window);
    if (!view) return;
    waitFor([&] { return session.observers().lag->latest().atMs > 0; }, answerMs);
    pass(2'500);
    view->goToGroup(paused, postTopic);
    press(*view, u"5 min"_s);
    everywhere(window, out, u"lag"_s);
    bool answered = false;
    auto* listener = new QObject(&window);
    QObject::connect(&session.observers().desk, &engine::DiagnosisDesk::diagnosed, listener,
                     [&answered] { answered = true; });
    view->askWhy();
    if (!waitFor([&answered] { return answered; }, 30'000)) std::fputs("no diagnosis\n", stderr);
    delete listener;
    everywhere(window, out, u"lag-why"_s);
}

void shootKeys(shell::MainWindow& window, const QString& out, const QString& id, const QString& name) {
    window.showKey(id);
    pass(3'000);
    everywhere(window, out, name);
}

}  // namespace

void shootInspector(shell::Session& session, shell::MainWindow& window, const QString& out, const QString& eventId,
                    const QString& sought) {
    shootTraffic(window, out, eventId);
    const auto event = viewOf<views::TrafficView>(window)->subject();
    shootKeys(window, out, sought.isEmpty() ? eventId : sought, u"keys-event"_s);
    if (!event.key.isEmpty()) shootKeys(window, out, event.key, u"keys-post"_s);
    if (auto* keys = viewOf<views::KeysView>(window)) {
        keys->scan(u"processed:*"_s);
        pass(3'000);
        everywhere(window, out, u"keys-scan"_s);
    }
    shootLag(session, window, out);
}

void shootAttached(shell::Session& session, shell::MainWindow& window, const QString& out) {
    window.showView(u"services"_s);
    pass(6'000);
    everywhere(window, out, u"cluster"_s);
    window.showView(u"traffic"_s);
    shoot(window, out, u"cluster-traffic-unasked"_s);
    press(*window.currentView(), u"Choose topics"_s);
    shoot(window, out, u"cluster-traffic-topics"_s);
    auto* traffic = viewOf<views::TrafficView>(window);
    if (auto* chooser = traffic->chooser()) {
        Q_EMIT chooser->wanted({postTopic, u"nova.social.events"_s},
                               engine::Place{engine::Place::Kind::earliest, 0});
        chooser->hide();
    }
    if (!waitFor([&] { return traffic->rows()->count() > 0; }, answerMs)) std::fputs("no tail\n", stderr);
    everywhere(window, out, u"cluster-traffic"_s);
    if (traffic->rows()->count() > 0) {
        Q_EMIT traffic->table()->rowSelected(traffic->rows()->first());
        hasTouched(*traffic);
        everywhere(window, out, u"cluster-traffic-event"_s);
    }
    const auto event = traffic->subject();
    shootLag(session, window, out + u"/attached"_s);
    window.showView(u"actions"_s);
    shoot(window, out, u"cluster-actions"_s);
    shootKeys(window, out, event.eventId, u"cluster-keys"_s);
}

}  // namespace nova::test
