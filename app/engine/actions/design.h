// What the design promises of a user action: resources/designs.json, read once. Times: ms. Thread: any.
#pragma once

#include <QString>
#include <QStringList>
#include <QVector>
#include <optional>

namespace nova::engine {

struct Design {
    struct Step {
        QString service, kind, name;  // name: prefix; an empty one matches all
        QString from;  // kind of the hop of the same event at whose start the budget begins; empty: the hop's own start
        double budgetMs = 0;
    };
    double answerMs = 0, effectMs = 0;          // effectMs: from zero, sum of the hops; 0: none
    double syncAnswerMs = 0, syncEffectMs = 0;  // of the calls that were before the events; 0: none
    double classMs = 0;                         // the consistency class's bound; 0: none
    QString effectText, sum;                    // "in every follower's feed", "45 + 50 + 50 + 100"
    QStringList effects;                        // nova.effect of the spans that make it visible: each of them is needed
    QString effectService;                      // whose consuming brings it about; empty: none
    QStringList events;                         // types it publishes, unless it repeats what was so already
    QVector<Step> steps;
};

// nullptr when the design says nothing of that action.
const Design* designOf(const QString& action);
// A scenario of several actions on one clock, as the design drew it.
struct DesignedMoment {
    double atMs = 0;
    QString what, key;  // key: for whoever measures it, e.g. "liked"
};
QVector<DesignedMoment> designedMoments(const QString& scenario);  // in order; empty: the design drew none

// A figure of the design that belongs to no single action: "availability.chain" → 97.0.
std::optional<double> designedFigure(const QString& name);

// The action that publishes events of this type: createPost for PostCreated; empty when no design says so.
QString actionOfEvent(const QString& type);

}  // namespace nova::engine
