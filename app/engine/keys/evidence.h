// What Kafka tells of an event: its record, others with the same id, subject or trace, how often each group was handed
// it (consume spans), and where the groups stood. Read around the times given, within bounds. Thread: one; blocks.
#pragma once

#include <QSet>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "app/engine/actions/span.h"
#include "app/engine/keys/seen_record.h"
#include "app/engine/keys/time_reader.h"

namespace nova::engine {

struct Wanted {
    std::string eventId, subject;          // either; the same text where it is not known which it is
    std::optional<std::int64_t> ceTimeMs;  // of the subject's events only this one
    QVector<qint64> aroundMs;              // when; empty: the last minutes
};

class Evidence {
public:
    static constexpr qint64 mostEvents = 100'000, mostSpans = 200'000, mostCommits = 100'000;

    Evidence(const ReadSession& session, const std::atomic<bool>& stop) : m_session(session), m_stop(stop) {}
    // Error: transient, Kafka does not answer.
    kit::Result<void> open();

    // Fills what follows. An event given is not searched for, its relatives are.
    kit::Result<void> readEvents(const Wanted& wanted, const std::optional<Event>& given);
    // Of the events in ids(), from a little before the first of them on.
    kit::Result<void> readSpans();
    // Committed now, of these groups.
    void readCommitted(const QStringList& groups);
    // Where these groups stood when the event was appended: commits, spans, and those of the record before it.
    void readPositions(const QStringList& groups);

    std::optional<Event> event;
    std::vector<SeenRecord> sameId;        // with the event's ce_id, the event's own record among them; no dead letters
    std::vector<SeenRecord> related;       // same subject, or same trace
    std::vector<SeenRecord> deadLetters;   // of the event
    QVector<Delivery> deliveries;          // of the event and of its subject's other events, by time
    std::map<QString, qint64> committed;   // group → committed offset now, of the event's partition
    std::map<QString, qint64> lagAtEvent;  // group → offsets
    QMap<QString, QString> committedTrouble;  // group → the broker's words
    SearchReach eventReach, spanReach;
    bool hasSpans = false;  // otlp_spans was read
    QString spansTrouble;   // else why not
    int spansUnreadable = 0;
    qint64 relatedLeft = 0;  // related records found beyond those kept
    // All that was appended since the event was read: what was not met is not there.
    [[nodiscard]] bool isWholeInEvents() const;
    [[nodiscard]] bool isWholeInSpans() const;
    [[nodiscard]] QSet<QString> ids() const;  // of the event and of its subject's other events
    [[nodiscard]] const SeenRecord* seen(const std::string& eventId) const;

private:
    struct Position {
        std::optional<qint64> committed;  // the latest before the event
        qint64 committedAtMs = 0;         // of that commit
        std::optional<qint64> handled;    // highest offset whose work had ended by then
        std::optional<qint64> open;       // lowest offset below the event whose work had not
    };
    void replaceDeadLetter(QVector<qint64>& around);
    kit::Result<void> readTopics(const std::vector<std::string>& topics, const QVector<qint64>& around);
    void choose(const Wanted& wanted);
    void keepRelatives(const Wanted& wanted);
    // What was appended behind `reach` until now: all of it as far as the bound goes, else that of the last minute.
    kit::Result<void> readSince(const std::vector<std::string>& topics, SearchReach& reach, qint64 nowMs, qint64 most,
                                const TimeReader::Each& each);
    TimeReader::Each spanTaker();
    kit::Result<SearchReach> readSpans(TimeReader::Start start, const std::vector<qint64>& untilMs);
    void takeSpan(SpanRecord span, const QSet<QString>& wanted);
    void takePosition(const SpanRecord& span);
    void makeDeliveries();
    kit::Result<void> readCommits(qint64 fromMs, qint64 untilMs);
    void settle(const QStringList& groups);

    const ReadSession& m_session;
    const std::atomic<bool>& m_stop;
    std::optional<TimeReader> m_reader;
    std::vector<SeenRecord> m_all;  // bounded by mostEvents a read
    std::map<QString, Position> m_positions;
    std::map<std::string, SpanRecord> m_consumes;                 // consume spans of the ids, by span id
    std::map<std::string, std::map<std::string, int>> m_effects;  // parent span id → effect → recipients
};

}  // namespace nova::engine
