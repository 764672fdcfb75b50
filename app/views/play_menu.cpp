#include "app/views/play_menu.h"

#include "app/views/play_words.h"

namespace nova::views {

using namespace Qt::StringLiterals;
using stack::Phase;

PlayMenu::PlayMenu(engine::PlayProcess& process, QPushButton& button)
    : QObject(&button), m_process(process), m_button(button), m_menu(&button) {
    m_menu.setToolTipsVisible(true);
    m_menu.setAccessibleName(tr("Scenarios"));
    connect(&m_menu, &QMenu::aboutToShow, this, &PlayMenu::fill);
    connect(&button, &QPushButton::clicked, this, &PlayMenu::popup);
    connect(&process, &engine::PlayProcess::changed, this, [this] { setPhase(m_phase); });
    setPhase(m_phase);
}

QString PlayMenu::blocked() const {
    if (m_process.isPlaying()) return tr("%1 is being played: stop it first").arg(m_process.told().scenario);
    switch (m_phase) {
        case Phase::ready:
        case Phase::degraded: return {};
        case Phase::starting: return tr("Nova starts: wait until its parts are ready");
        case Phase::stopping: return tr("Nova is being stopped: start all once it has");
        case Phase::stopped:
        case Phase::failed: break;
    }
    return tr("No Nova is running: start all first (Enter)");
}

void PlayMenu::setPhase(Phase phase) {
    m_phase = phase;
    const bool playing = m_process.isPlaying();
    const auto why = blocked();
    m_button.setEnabled(playing || why.isEmpty());
    m_button.setToolTip(!why.isEmpty() ? why : tr("Plays a scenario on this Nova and measures it (Ctrl+P)"));
}

void PlayMenu::popup() {
    if (!m_button.isEnabled()) return;
    m_menu.popup(m_button.mapToGlobal(QPoint(0, m_button.height())));
    m_menu.setActiveAction(m_menu.actions().value(0));
}

void PlayMenu::fill() {
    m_menu.clear();
    const auto& told = m_process.told();
    if (!told.scenario.isEmpty()) {
        connect(m_menu.addAction(tr("Show %1").arg(told.scenario)), &QAction::triggered, this, &PlayMenu::shown);
        if (m_process.isPlaying())
            connect(m_menu.addAction(tr("Stop %1").arg(told.scenario)), &QAction::triggered, &m_process,
                    &engine::PlayProcess::stop);
        m_menu.addSeparator();
    }
    addScenarios(false);
    m_menu.addSeparator();
    addScenarios(true);
}

void PlayMenu::addScenarios(bool faults) {
    const auto why = blocked();
    for (const auto& scenario : engine::scenarios()) {
        if (scenario.faults != faults) continue;
        auto* action = m_menu.addAction(theme::icon(faults ? theme::Icon::Bolt : theme::Icon::Play),
                                        scenario.name + u'\t' + shortOf(scenario));
        action->setEnabled(why.isEmpty());
        action->setToolTip(why.isEmpty() ? toolTipOf(scenario) : why);
        connect(action, &QAction::triggered, this, [this, name = scenario.name] { play(name); });
    }
}

void PlayMenu::play(const QString& scenario) {
    if (!blocked().isEmpty()) return;
    m_process.start(scenario);
    Q_EMIT shown();
}

QVector<Found> PlayMenu::find(const QString& text) {
    QVector<Found> found;
    const auto add = [&](Found item) {
        const bool hit =
            item.title.contains(text, Qt::CaseInsensitive) || item.words.contains(text, Qt::CaseInsensitive);
        if (!text.isEmpty() && hit) found.append(std::move(item));
    };
    using Section = Found::Section;
    const auto why = blocked();
    const auto name = m_process.told().scenario;
    if (m_process.isPlaying())
        add({Section::run, theme::Icon::Stop, tr("Stop playing %1").arg(name), {}, {}, {}, {}, [this] {
                 m_process.stop();
             }});
    add({Section::run, theme::Icon::Lab, tr("Play a scenario…"), {}, tr("Ctrl+P"), why, {}, [this] {
             Q_EMIT opened();
             popup();
         }});
    for (const auto& scenario : engine::scenarios())
        add({Section::run,
             scenario.faults ? theme::Icon::Bolt : theme::Icon::Play,
             tr("Play %1").arg(scenario.name),
             shortOf(scenario),
             {},
             why,
             tr("scenario"),
             [this, name = scenario.name] { play(name); }});
    return found;
}

}  // namespace nova::views
