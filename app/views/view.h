// One page of the window. A view joins engine signals, models and widgets; it does no work while it is hidden and never
// calls the engine from paint code. Thread: the GUI's.
#pragma once

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

// The same thing as each view knows it: what a jump to another view (G then T, L, A, K) carries along. Empty or −1: not
// known.
struct Subject {
    QString eventId, traceId, key, group, topic;
    int partition = -1;
    qint64 offset = -1;
};

class View : public QWidget {
    Q_OBJECT
public:
    using QWidget::QWidget;

    virtual void focusFilter() {}                               // Ctrl+F and /
    virtual void goOldest() {}                                  // Home
    virtual void goNewest() {}                                  // End
    virtual bool clear() { return false; }                      // Esc: true when there was something to close or clear
    virtual void setLive(bool) {}                               // false: what is shown stands still
    virtual void timeZoneChanged() {}                           // theme::timeZone() is another
    virtual QVector<Found> find(const QString&) { return {}; }  // at most 8, best first
    virtual Subject subject() const { return {}; }              // what is selected
    virtual void showSubject(const Subject&) {}                 // selects it, as far as this view knows it
    virtual QVector<KeyHint> keys() const { return {}; }
    virtual QByteArray saveLayout() const { return {}; }
    virtual void restoreLayout(const QByteArray&) {}  // an empty one: the default layout

Q_SIGNALS:
    void timelineWanted(const QString& traceId);
    void eventWanted(const QString& eventId);
    void recordWanted(const QString& topic, int partition, qint64 offset);      // in Traffic
    void lagWanted(const QString& group, const QString& topic, int partition);  // −1: all of them
    void keyWanted(const QString& id);     // event id, post id or key: looked up in Keys
    void partWanted(const QString& part);  // "kafka/0": show it and its log
    void pauseToggled();
    void openProblems(int count);  // badge in the rail
};

}  // namespace nova::views
