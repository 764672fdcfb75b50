// Answers "Why?": reads the record at a partition's committed offset (on a thread of its own), takes what samples,
// spans and the supervisor tell, and diagnoses. One question at a time; a new one takes the place of one that waits.
// What it watches between questions: since when the partitions that lag stand where they stand; bound: those rows.
// Thread: main.
#pragma once

#include <QHash>
#include <QObject>
#include <functional>
#include <memory>
#include <optional>

#include "app/engine/cluster/target.h"
#include "app/engine/lag/diagnosis_facts.h"
#include "app/engine/stack/stack_types.h"

namespace nova::engine {

class ActionStore;
class LagBoard;

PartFacts partFactsOf(const stack::PartStatus& part);

class DiagnosisDesk final : public QObject {
    Q_OBJECT
public:
    struct Sources {
        std::function<QVector<LagPoint>(const QString& group, const QString& topic, int partition, qint64 fromMs)>
            history;
        std::function<QVector<LagMark>(const QString& group, qint64 fromMs)> marks;
        const ActionStore* actions = nullptr;       // null: spans are not read
        std::function<QVector<PartFacts>()> parts;  // null: no supervisor
    };

    explicit DiagnosisDesk(QObject* parent = nullptr);
    ~DiagnosisDesk() override;

    void setSources(Sources sources);
    // Samples, history and marks of the board; the rest of the sources stays. The board outlives the desk.
    void connectTo(LagBoard& board);
    void start(const Target& target);  // whose records are read; stops a former one
    void stop();

    void takeSample(const LagSample& sample);
    void ask(const QString& group, const QString& topic, int partition);  // then diagnosed()
    // From what is known now and a record read before. `noSpans`: why the topic of spans is not read; empty: it is.
    [[nodiscard]] DiagnosisFacts facts(const QString& group, const QString& topic, int partition,
                                       const StuckRecord& record, const QString& noSpans) const;

Q_SIGNALS:
    void diagnosed(const nova::engine::Diagnosed& diagnosed);

private:
    struct Reading;
    struct Still {
        qint64 committed = 0, committedSinceMs = 0, lso = 0, lsoSinceMs = 0, seenAtMs = 0;
    };
    void answer(const QString& group, const StuckRecord& record, const QString& noSpans);
    void tellSpans(DiagnosisFacts& facts, const QString& noSpans) const;

    Sources m_sources;
    LagSample m_sample;
    QHash<QString, Still> m_still;
    std::unique_ptr<Reading> m_reading;
};

}  // namespace nova::engine
