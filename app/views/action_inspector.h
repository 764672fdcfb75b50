// What is known of one hop: value against budget, where it ran, the record it is about, its outcome and the evidence
// for all that.
#pragma once

#include <QScrollArea>

#include "app/engine/actions/action.h"

class QLabel;
class QVBoxLayout;

namespace nova::views {

class ActionInspector final : public QScrollArea {
    Q_OBJECT
public:
    explicit ActionInspector(QWidget* parent = nullptr);
    void setAction(const engine::Action& action, const QString& hop);  // hop empty: the action as a whole
    void clearAction(const QString& why);
    void setOneClock(bool one) { m_oneClock = one; }  // all parts run on this computer
    [[nodiscard]] bool hasOneClock() const { return m_oneClock; }

Q_SIGNALS:
    void eventWanted(const QString& eventId);
    void hopWanted(const QString& hop);

private:
    struct Line {
        QString name, value;
        bool mono = false;
        QString link;  // "event:<id>" or "hop:<id>"
    };
    void rebuild(const QString& heading, const QString& figure, const QString& verdict, bool over);
    void addSection(const QString& title, const QVector<Line>& lines);
    void addTitle(const QString& title);
    void addText(const QString& title, const QString& text);
    void showHop(const engine::Action& action, const engine::Hop& hop);
    void showWhole(const engine::Action& action);
    void addEnd(const engine::Action& action);

    QVBoxLayout* m_column = nullptr;
    bool m_oneClock = true;
};

}  // namespace nova::views
