#include "app/engine/lag/diagnosis_desk.h"

#include <QCoreApplication>
#include <QDateTime>
#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "app/engine/actions/action_store.h"
#include "app/engine/cluster/record_reader.h"
#include "app/engine/lag/diagnosis_spans.h"
#include "app/engine/lag/lag_board.h"
#include "app/engine/traffic/event.h"
#include "contract/topics.h"

namespace nova::engine {
namespace {

constexpr int readMs = 5'000, topicsMs = 3'000;
constexpr qint64 historyMs = 1'800'000, marksMs = 600'000;
constexpr int mostActions = 2'000;

QString say(const char* text) {
    return QCoreApplication::translate("nova::engine::Diagnosis", text);
}

QString keyOf(const LagRow& row) {
    return row.group + QLatin1Char('\n') + row.topic + QLatin1Char('\n') + QString::number(row.partition);
}

QString textOf(const std::string& bytes) {
    return QString::fromUtf8(bytes.data(), qsizetype(bytes.size()));
}

void tellRecord(StuckRecord& record, const rd_kafka_message_t& message) {
    const Event event = eventFrom(&message);
    record.offset = event.offset;
    record.type = textOf(Names::typeName(event.type));
    record.eventId = textOf(event.eventId);
    record.key = textOf(event.key);
    record.traceId = event.sampled ? textOf(event.traceId) : QString();
    record.timeMs = event.ceTimeUs > 0 ? event.ceTimeUs / 1'000 : soundMs(event.timestampMs);
    record.bytes = qint64(message.len);
    record.undecodable = event.undecodable;
    if (event.traceId.empty())
        record.spansWhyNot = say("this record names no trace");
    else if (!event.sampled)
        record.spansWhyNot = say("this record's trace was not sampled");
}

}  // namespace

// The thread that reads records, with handles of its own.
struct DiagnosisDesk::Reading {
    struct Question {
        QString group;
        StuckRecord record;
        bool atEnd = false;
    };
    DiagnosisDesk* desk;
    ReadSession session;
    std::mutex mutex;
    std::condition_variable wake;
    std::optional<Question> waiting;  // guarded
    bool stopping = false;            // guarded
    std::thread thread;

    Reading(DiagnosisDesk* of, ReadSession from) : desk(of), session(std::move(from)), thread([this] { run(); }) {}
    ~Reading() {
        {
            const std::lock_guard lock(mutex);
            stopping = true;
        }
        wake.notify_one();
        thread.join();
    }

    void put(Question question) {
        {
            const std::lock_guard lock(mutex);
            waiting = std::move(question);
        }
        wake.notify_one();
    }

    void run() {
        std::optional<RecordReader> reader;
        kit::kafka::Handle handle;
        for (;;) {
            Question question;
            {
                std::unique_lock lock(mutex);
                wake.wait(lock, [this] { return stopping || waiting; });
                if (stopping) return;
                question = std::move(*waiting);
                waiting.reset();
            }
            read(question, reader);
            const QString noSpans = whyNoSpans(handle);
            QMetaObject::invokeMethod(
                desk, [to = desk, q = std::move(question), noSpans]() { to->answer(q.group, q.record, noSpans); });
        }
    }

    void read(Question& question, std::optional<RecordReader>& reader) const {
        auto& record = question.record;
        if (question.atEnd) {
            record.whyNot = say("nothing is there: the group has read all");
            return;
        }
        if (!reader) {
            auto made = RecordReader::make(session);
            if (!made) {
                record.whyNot = QString::fromStdString(made.error().what);
                return;
            }
            reader = std::move(made.value());
        }
        const PartitionKey key{record.topic.toStdString(), record.partition};
        const auto times = reader->timesAt({{key, record.committed}}, readMs,
                                           [&](const rd_kafka_message_t& message) { tellRecord(record, message); });
        if (record.offset >= 0) return;
        const auto found = times.find(key);
        record.whyNot = found == times.end() ? say("it was not read") : found->second.reason;
    }

    // Empty: there are spans. A topic that could not be looked for is not said to be missing.
    QString whyNoSpans(kit::kafka::Handle& handle) const {
        const auto unknown = [](const kit::Error& error) {
            return say("whether there are spans is not known: %1").arg(QString::fromStdString(error.what));
        };
        if (!handle) {
            auto made = session.observer("diagnosis");
            if (!made) return unknown(made.error());
            handle = std::move(made.value());
        }
        const auto topics = session.topics(handle.get(), topicsMs);
        if (!topics) return unknown(topics.error());
        const bool there = std::any_of(topics.value().begin(), topics.value().end(),
                                       [](const auto& topic) { return topic.first == contract::topic::spans; });
        return there ? QString() : say("topic otlp_spans is missing");
    }
};

PartFacts partFactsOf(const stack::PartStatus& part) {
    PartFacts facts;
    facts.name = part.name;
    facts.replica = part.replica;
    facts.state = stack::stateName(part.state);
    facts.note = part.note.isEmpty() ? part.lastError : part.note;
    for (const char* store : {"kafka", "postgres", "redis", "s3"})
        facts.isStore = facts.isStore || part.name == QLatin1String(store);
    return facts;
}

DiagnosisDesk::DiagnosisDesk(QObject* parent) : QObject(parent) {}

DiagnosisDesk::~DiagnosisDesk() = default;

void DiagnosisDesk::setSources(Sources sources) {
    m_sources = std::move(sources);
}

void DiagnosisDesk::connectTo(LagBoard& board) {
    m_sources.history = [&board](const QString& group, const QString& topic, int partition, qint64 fromMs) {
        return board.history(group, topic, partition, fromMs);
    };
    m_sources.marks = [&board](const QString& group, qint64 fromMs) { return board.marks(group, fromMs); };
    connect(&board, &LagBoard::sampled, this, &DiagnosisDesk::takeSample);
}

void DiagnosisDesk::start(const Target& target) {
    m_still.clear();
    m_sample = {};
    m_reading.reset();
    m_reading = std::make_unique<Reading>(this, target.kafka);
}

void DiagnosisDesk::stop() {
    m_reading.reset();
}

void DiagnosisDesk::takeSample(const LagSample& sample) {
    m_sample = sample;
    for (const auto& row : sample.rows) {
        if (row.lag.value_or(0) <= 0 || !row.committed) continue;
        auto& still = m_still[keyOf(row)];
        if (still.seenAtMs == 0 || still.committed != *row.committed) {
            still.committed = *row.committed;
            still.committedSinceMs = sample.atMs;
        }
        if (row.lso && (still.seenAtMs == 0 || still.lso != *row.lso)) {
            still.lso = *row.lso;
            still.lsoSinceMs = sample.atMs;
        }
        still.seenAtMs = sample.atMs;
    }
    m_still.removeIf([&](const auto& entry) { return entry.value().seenAtMs != sample.atMs; });
}

void DiagnosisDesk::ask(const QString& group, const QString& topic, int partition) {
    const auto row = std::find_if(m_sample.rows.begin(), m_sample.rows.end(), [&](const LagRow& r) {
        return r.group == group && r.topic == topic && r.partition == partition;
    });
    Reading::Question question;
    question.group = group;
    question.record.topic = topic;
    question.record.partition = partition;
    if (row == m_sample.rows.end() || !row->committed || !m_reading) {
        question.record.whyNot = say("no committed offset is known");
        return answer(group, question.record, say("not looked for, since no record is read"));
    }
    question.record.committed = std::max(*row->committed, row->logStart.value_or(0));
    question.atEnd = row->lag == 0;
    m_reading->put(std::move(question));
}

void DiagnosisDesk::answer(const QString& group, const StuckRecord& record, const QString& noSpans) {
    const auto all = facts(group, record.topic, record.partition, record, noSpans);
    Diagnosed diagnosed;
    diagnosed.group = group;
    diagnosed.topic = record.topic;
    diagnosed.partition = record.partition;
    diagnosed.atMs = all.atMs;
    diagnosed.record = all.record;
    diagnosed.diagnosis = diagnose(all);
    Q_EMIT this->diagnosed(diagnosed);
}

DiagnosisFacts DiagnosisDesk::facts(const QString& group, const QString& topic, int partition,
                                    const StuckRecord& record, const QString& noSpans) const {
    DiagnosisFacts facts;
    facts.atMs = QDateTime::currentMSecsSinceEpoch();
    facts.record = record;
    facts.row.group = group;
    facts.row.topic = topic;
    facts.row.partition = partition;
    for (const auto& row : m_sample.rows) {
        if (row.group != group || row.topic != topic) continue;
        facts.partitions << row;
        if (row.partition == partition) facts.row = row;
    }
    for (const auto& state : m_sample.groups)
        if (state.listing.group == group) facts.group = state;
    const auto still = m_still.constFind(keyOf(facts.row));
    if (still != m_still.constEnd()) {
        facts.committedSinceMs = still->committedSinceMs;
        facts.lsoSinceMs = still->lsoSinceMs;
    }
    if (m_sources.history) facts.history = m_sources.history(group, topic, partition, facts.atMs - historyMs);
    if (m_sources.marks)
        for (const auto& mark : m_sources.marks(group, facts.atMs - marksMs))
            if (mark.group == group) facts.marks << mark;
    facts.supervised = bool(m_sources.parts);
    if (m_sources.parts) facts.parts = m_sources.parts();
    tellSpans(facts, noSpans);
    return facts;
}

void DiagnosisDesk::tellSpans(DiagnosisFacts& facts, const QString& noSpans) const {
    if (!m_sources.actions || !noSpans.isEmpty()) {
        facts.spansWhyNot = noSpans.isEmpty() ? say("spans are not read here") : noSpans;
        facts.record.spansWhyNot = facts.spansWhyNot;
        return;
    }
    facts.spansKnown = facts.deadLettersKnown = true;
    const auto actions = m_sources.actions->latest(mostActions);
    facts.dependencies = dependenciesOf(actions, facts.row.group, facts.atMs);
    facts.deadLetters = deadLettersOf(actions, facts.row.group, facts.row.topic, facts.atMs);
    if (facts.record.traceId.isEmpty()) {
        if (facts.record.spansWhyNot.isEmpty()) facts.record.spansWhyNot = say("the record was not read");
        return;
    }
    const auto action = m_sources.actions->action(facts.record.traceId);
    if (action)
        tellHandling(facts.record, *action, facts.row.group);
    else
        facts.record.spansWhyNot = say("no span of this record's trace is held");
}

}  // namespace nova::engine
