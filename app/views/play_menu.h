// "Play…": the button and its menu of all scenarios, and the same for the command palette. It says why nothing can be
// played while no Nova runs.
#pragma once

#include <QMenu>
#include <QPushButton>

#include "app/engine/plays/play_process.h"
#include "app/engine/stack/stack_types.h"
#include "app/views/view.h"

namespace nova::views {

class PlayMenu final : public QObject {
    Q_OBJECT
public:
    // Both outlive it.
    PlayMenu(engine::PlayProcess& process, QPushButton& button);
    void setPhase(stack::Phase phase);  // of the Nova that is played on
    void popup();                       // Ctrl+P
    [[nodiscard]] QMenu& menu() { return m_menu; }
    [[nodiscard]] QVector<Found> find(const QString& text);

Q_SIGNALS:
    void shown();   // the play, running or the last one, is asked for
    void opened();  // the menu is about to be: the view has to be shown

private:
    void fill();
    void addScenarios(bool faults);
    void play(const QString& scenario);
    [[nodiscard]] QString blocked() const;  // why nothing can be played now

    engine::PlayProcess& m_process;
    QPushButton& m_button;
    QMenu m_menu;
    stack::Phase m_phase = stack::Phase::stopped;
};

}  // namespace nova::views
