// The rules that fire, one line each with what to do about it. Hidden while none does. Bound: three lines, the last
// says how many more there are.
#pragma once

#include <QVector>
#include <QWidget>
#include <array>

#include "app/engine/stack/stack_types.h"

namespace nova::views {

class NoticeBar;

// What to do about an alert; `act` empty: nothing that a button could do.
struct Cure {
    enum class Act { none, addReplica, restart, showPart };
    QString text;
    Act act = Act::none;
    QString part;    // name of the part it is about
    QString button;  // "Add a replica"
};
Cure cureOf(const stack::Alert& alert);

class AlertStrip final : public QWidget {
    Q_OBJECT
public:
    explicit AlertStrip(QWidget* parent = nullptr);
    void setAlerts(const QVector<stack::Alert>& alerts);  // pending ones are left out
    [[nodiscard]] int firing() const { return int(m_firing.size()); }

Q_SIGNALS:
    void cureWanted(const nova::views::Cure& cure);

private:
    QVector<stack::Alert> m_firing;
    std::array<NoticeBar*, 3> m_lines{};
};

}  // namespace nova::views
