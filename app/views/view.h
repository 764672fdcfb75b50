// One page of the window. A view joins engine signals, models and widgets; it does no work while it is hidden and never
// calls the engine from paint code. Thread: the GUI's.
#pragma once

#include <QTimeZone>
#include <QVector>
#include <QWidget>
#include <functional>

#include "widgets/theme/icons.h"

namespace nova::views {

// Something the command palette can go to or run.
struct Found {
    enum class Section { go, run, set };
    Section section = Section::go;
    theme::Icon icon = theme::Icon::Right;
    QString title;
    QString detail;
    QString key;      // its shortcut, "Ctrl+2"; empty: none
    QString blocked;  // why it cannot run now; empty: it can
    QString words;    // further text a search may hit: ids, synonyms
    std::function<void()> run;
};

struct KeyHint {
    QString keys, does;
};

class View : public QWidget {
    Q_OBJECT
public:
    using QWidget::QWidget;

    virtual void focusFilter() {}           // Ctrl+F and /
    virtual void goOldest() {}              // Home
    virtual void goNewest() {}              // End
    virtual bool clear() { return false; }  // Esc: true when there was something to close or clear
    virtual void setLive(bool) {}           // false: what is shown stands still
    virtual void setTimeZone(const QTimeZone&) {}
    virtual QVector<Found> find(const QString&) { return {}; }  // at most 8, best first
    virtual QVector<KeyHint> keys() const { return {}; }
    virtual QByteArray saveLayout() const { return {}; }
    virtual void restoreLayout(const QByteArray&) {}  // an empty one: the default layout

Q_SIGNALS:
    void timelineWanted(const QString& traceId);
    void eventWanted(const QString& eventId);
    void partWanted(const QString& part);  // "kafka/0": show it and its log
    void pauseToggled();
    void openProblems(int count);  // badge in the rail
};

}  // namespace nova::views
