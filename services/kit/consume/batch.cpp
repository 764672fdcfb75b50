#include "kit/consume/batch.h"

#include <algorithm>
#include <optional>
#include <set>

#include "contract/topics.h"
#include "kit/consume/decode.h"
#include "kit/consume/shared_span.h"
#include "kit/runtime/failpoint.h"
#include "kit/runtime/log.h"

namespace nova::kit::consume {
namespace {

namespace attr = contract::attr;
using std::chrono::milliseconds;
constexpr milliseconds firstPause{50}, longestPause{1'000};
constexpr int permanentTries = 5;
constexpr std::size_t fewRecords = 20;
constexpr const char* deadLettered = "dead-lettered";

// Records of one key keep their order; records without a key have none.
class Keys {
public:
    void add(const Record& record) {
        if (!record.key.empty()) m_keys.emplace(record.topic, record.key);
    }
    bool contains(const Record& record) const {
        return !m_keys.empty() && !record.key.empty() && m_keys.contains({record.topic, record.key});
    }

private:
    std::set<std::pair<std::string, std::string>> m_keys;
};

std::string message(const std::exception& e) {
    return std::string("handler: ") + e.what();
}

}  // namespace

Batch::Batch(BatchHost& host, std::vector<Record> records)
    : m_host(host), m_polled(wallNow()), m_begin(std::chrono::steady_clock::now()) {
    std::map<std::string, Item*> first;
    for (Record& record : records) {
        Item& item = m_items.emplace_back();
        item.record = std::move(record);
        prepare(item);
        if (item.key.empty()) continue;
        const auto [at, isNew] = first.try_emplace(item.key, &item);
        if (!isNew) item.twin = at->second;
    }
}

void Batch::prepare(Item& item) {
    recordInKafka(item);
    if (auto problem = envelopeProblem(item.record); !problem.empty()) {
        item.state = State::letter;
        item.error = std::move(problem);
    } else if (meantForAnother(item.record, m_host.group) || !m_host.handler->knows(item.record)) {
        item.state = State::decided;
        item.outcome = name(Outcome::skipped);
    } else if (m_host.claims) {
        item.key = claimKey(m_host.keyTemplate, m_host.sharedKeys, m_host.group, item.record);
    }
}

// From the append to this poll; the record's time has milliseconds, cut off.
void Batch::recordInKafka(Item& item) const {
    Record& record = item.record;
    const auto parent = trace::Context::parse(kafka::header(record.headers, contract::header::traceParent));
    if (!parent) return;
    item.producer = *parent;
    item.inKafka = parent->child();
    record.trace = item.inKafka.child();
    if (!parent->sampled) return;
    trace::SpanData span;
    span.context = item.inKafka;
    span.parentId = parent->spanId;
    span.name = "in Kafka";
    span.start = record.appended;
    span.duration = std::max(m_polled - record.appended, std::chrono::nanoseconds{0});
    span.text = {{std::string(attr::kind), "kafka"},
                 {std::string(attr::topicName), record.topic},
                 {std::string(attr::eventId), record.eventId},
                 {std::string(attr::group), m_host.group}};
    span.numbers = {{std::string(attr::partition), record.partition}, {std::string(attr::offset), record.offset}};
    trace::record(std::move(span));
}

bool Batch::run() {
    milliseconds pause = firstPause;
    for (;;) {
        const bool progress = round();
        if (allFinished()) return true;
        if (progress) pause = firstPause;
        if (m_host.abandoned() || !m_host.pause(pause)) {
            abandon();
            return false;
        }
        pause = std::min(pause * 2, longestPause);
    }
}

bool Batch::allFinished() const {
    return std::ranges::all_of(m_items, [](const Item& i) { return i.state == State::finished; });
}

// One pass over what is not finished. True: something came to its end.
bool Batch::round() {
    std::vector<Item*> runnable;
    if (findParked() && claimPending(runnable)) handleInOrder(runnable);
    const bool lettersSent = parkKeys() && sendLetters();
    const bool settled = settle();
    if (settled) storeProgress();
    return lettersSent || settled;
}

// Asked once: who else could park a key of a partition that is ours?
bool Batch::findParked() {
    if (m_parkedKnown || !m_host.parking) return true;
    std::map<std::string, std::set<std::string>> keys;
    for (const Item& item : m_items)
        if (item.state == State::pending && !item.record.key.empty() && Parking::parks(item.record.topic))
            keys[item.record.topic].insert(item.record.key);
    for (const auto& [topic, wanted] : keys) {
        auto found = m_host.parking->find(topic, {wanted.begin(), wanted.end()});
        if (!found) {
            logWarn("consumer", "{}: parked keys not known, again soon: {}", m_host.group, found.error().what);
            return false;
        }
        for (auto& [key, by] : found.value()) m_parked[{topic, key}] = std::move(by);
    }
    m_parkedKnown = true;
    return true;
}

bool Batch::isParked(Item& item) {
    const auto parked = m_parked.find({item.record.topic, item.record.key});
    if (parked == m_parked.end() || item.record.replayed) return false;
    // The record itself, again: its dead letter was not confirmed before.
    item.error = parked->second.eventId == item.record.eventId ? parked->second.error : "parked";
    item.state = State::letter;
    return true;
}

// Before their letters are sent, so that no later record of theirs is handled whatever happens.
bool Batch::parkKeys() {
    for (Item& item : m_items) {
        if (item.state != State::letter || !item.poison || !m_host.parking) continue;
        if (auto parked = m_host.parking->park(item.record.topic, item.record.key, {item.record.eventId, item.error});
            !parked) {
            logWarn("consumer", "{}: key not parked, again soon: {}", m_host.group, parked.error().what);
            return false;
        }
        item.poison = false;
    }
    return true;
}

// Which pending items may be handled now: claimed, and no earlier record of their key is held up.
bool Batch::claimPending(std::vector<Item*>& runnable) {
    std::vector<Item*> pending;
    std::vector<std::string> keys;
    for (Item& item : m_items) {
        if (item.state != State::pending || item.twin) continue;
        pending.push_back(&item);
        if (m_host.claims) keys.push_back(item.key);
    }
    if (!m_host.claims) {
        for (Item* const item : pending)
            if (!isParked(*item)) runnable.push_back(item);
        return !runnable.empty();
    }
    std::optional<SharedSpan> span(std::in_place, "claim keys", "redis", contexts(pending));
    span->set(attr::statements, static_cast<std::int64_t>(keys.size()));
    const auto claims = m_host.claims->claim(keys);
    if (!claims) span->fail(claims.error().what);
    span.reset();
    if (!claims) {
        logWarn("consumer", "{}: keys not claimed, again soon: {}", m_host.group, claims.error().what);
        return false;
    }
    Keys heldUp;
    for (std::size_t i = 0; i < pending.size(); ++i) {
        Item& item = *pending[i];
        if (claims.value()[i] == Claim::done) {
            item.state = State::decided;
            item.outcome = name(Outcome::duplicate);
        } else if (claims.value()[i] == Claim::busy || heldUp.contains(item.record)) {
            heldUp.add(item.record);
            item.claimed = item.claimed || claims.value()[i] == Claim::claimed;
        } else {
            item.claimed = true;
            if (item.failures > 0) heldUp.add(item.record);  // its later ones wait: they may have to be parked
            if (!isParked(item)) runnable.push_back(&item);
        }
    }
    return !runnable.empty();
}

// Of the records' consume spans, for what is done for all of them at once.
std::vector<trace::Context> Batch::contexts(const std::vector<Item*>& items) {
    std::vector<trace::Context> all;
    for (const Item* const item : items) {
        if (item->record.trace.valid() && item->record.trace.sampled) all.push_back(item->record.trace);
    }
    return all;
}

// Whole keys go first, so that the order of none is broken. With few records there is nothing to gain.
void Batch::handleInOrder(std::vector<Item*>& runnable) {
    if (!m_host.premiumFirst || runnable.size() < fewRecords) return handle(runnable);
    Keys first;
    for (const Item* const item : runnable)
        if (m_host.handler->goesFirst(item->record)) first.add(item->record);
    std::vector<Item*> before, after;
    for (Item* const item : runnable) (first.contains(item->record) ? before : after).push_back(item);
    if (!before.empty()) handle(before);
    if (!after.empty()) handle(after);
}

void Batch::handle(std::vector<Item*>& runnable) {
    const auto answers = ask(runnable);
    Keys failed;
    for (std::size_t i = 0; i < runnable.size(); ++i) {
        Item& item = *runnable[i];
        if (failed.contains(item.record)) continue;  // handed in again together with the one before it
        take(item, answers[i]);
        if (item.state == State::pending) failed.add(item.record);
    }
}

std::vector<Handled> Batch::ask(const std::vector<Item*>& runnable) {
    const auto traces = contexts(runnable);
    const trace::Scope scope(traces.empty() ? trace::Context{} : traces.front());
    std::vector<Record*> records;
    for (Item* const item : runnable) {
        ++item->tries;
        records.push_back(&item->record);
    }
    try {
        auto answers = m_host.handler->handle(records);
        answers.resize(records.size(), Handled::failure(permanent("handler: gave no answer for this record")));
        return answers;
    } catch (const std::exception& e) {
        if (records.size() == 1) return {Handled::failure(permanent(message(e)))};
    }
    // One record of the batch made the handler throw: alone, each of them answers for itself. Those behind a failed one
    // of their key wait for it.
    std::vector<Handled> answers;
    Keys failed;
    for (Record* const record : records) {
        if (failed.contains(*record)) {
            answers.push_back(Handled::failure(transient("handler: an earlier record of its key failed")));
            continue;
        }
        try {
            auto one = m_host.handler->handle({record});
            answers.push_back(one.empty() ? Handled::failure(permanent("handler: gave no answer"))
                                          : std::move(one.front()));
        } catch (const std::exception& e) {
            answers.push_back(Handled::failure(permanent(message(e))));
        }
        const Handled& last = answers.back();
        if (last.outcome == Outcome::failed && last.error.kind != ErrorKind::badInput) failed.add(*record);
    }
    return answers;
}

void Batch::take(Item& item, const Handled& answer) {
    if (answer.outcome != Outcome::failed) {
        item.state = State::decided;
        item.outcome = name(answer.outcome);
        return;
    }
    item.error = answer.error.what;
    const Record& record = item.record;
    const bool undecodable = answer.error.kind == ErrorKind::badInput;
    if (undecodable || (!answer.error.retryable() && ++item.failures >= permanentTries)) {
        item.state = State::letter;
        item.poison = !undecodable && Parking::parks(record.topic) && !record.key.empty();
        if (item.poison) m_parked.try_emplace({record.topic, record.key}, ParkedBy{record.eventId, item.error});
        return;
    }
    m_host.tallies->outcome(record.topic, "retried").add();
    logWarn("consumer", "{}: {} {} (try {}) of {}/{}@{}: {}", m_host.group, record.type, record.eventId, item.tries,
            record.topic, record.partition, record.offset, item.error);
}

// True when at least one dead letter was confirmed.
bool Batch::sendLetters() {
    std::vector<Item*> items;
    std::vector<kafka::OutRecord> letters;
    for (Item& item : m_items) {
        if (item.state != State::letter) continue;
        items.push_back(&item);
        letters.push_back(deadLetter(item.record, m_host.group, item.error, wallNow()));
    }
    if (items.empty()) return false;
    const auto deliveries = m_host.deadLetters->send(letters, m_host.abandoned);
    bool any = false;
    for (std::size_t i = 0; i < items.size(); ++i) {
        const Record& record = items[i]->record;
        if (!deliveries[i].ok) {
            logWarn("consumer", "{}: dead letter of {}/{}@{} not confirmed, again soon: {}", m_host.group, record.topic,
                    record.partition, record.offset, deliveries[i].error);
            continue;
        }
        any = true;
        items[i]->state = State::decided;
        items[i]->outcome = deadLettered;
        m_host.tallies->letters(record.topic).add();
        logError("consumer", "{}: {}/{}@{} went to the dead letters: {}", m_host.group, record.topic, record.partition,
                 record.offset, items[i]->error);
    }
    return any;
}

// Marks the keys of what is decided; then it is finished. A dead-lettered or skipped event keeps no mark, so that a
// redrive or a newer consumer may handle it.
bool Batch::settle() {
    std::vector<Item*> decided;
    std::vector<std::string> effective, released;
    for (Item& item : m_items) {
        if (item.state != State::decided) continue;
        decided.push_back(&item);
        if (!item.claimed) continue;
        const bool noEffect = item.outcome == deadLettered || item.outcome == name(Outcome::skipped);
        (noEffect ? released : effective).push_back(item.key);
    }
    if (decided.empty()) return false;
    if (failpoint("after_effect_before_mark")) return false;
    if (m_host.claims) {
        std::optional<SharedSpan> span;
        if (!effective.empty()) {
            span.emplace("mark keys done", "redis", contexts(decided));
            span->set(attr::statements, static_cast<std::int64_t>(effective.size()));
        }
        auto marked = m_host.claims->complete(effective);
        if (span && !marked) span->fail(marked.error().what);
        span.reset();
        if (marked) marked = m_host.claims->release(released);
        if (!marked) {
            logWarn("consumer", "{}: keys not marked, again soon: {}", m_host.group, marked.error().what);
            return false;
        }
    }
    if (failpoint("after_mark_before_store")) return false;
    for (Item* const item : decided) finish(*item);
    for (Item& item : m_items) {
        if (item.state != State::pending || !item.twin || item.twin->state != State::finished) continue;
        item.outcome = name(Outcome::duplicate);
        finish(item);
    }
    return true;
}

void Batch::finish(Item& item) {
    item.state = State::finished;
    const std::string& topic = item.record.topic;
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - m_begin;
    m_host.tallies->outcome(topic, item.outcome).add();
    m_host.tallies->seconds(topic).observe(took.count());
    recordConsumed(item);
}

void Batch::recordConsumed(const Item& item) const {
    const Record& record = item.record;
    if (!record.trace.valid() || !record.trace.sampled) return;
    trace::SpanData span;
    span.context = record.trace;
    span.parentId = item.inKafka.spanId;
    span.name = m_host.group + " " + record.type;
    span.kind = trace::SpanKind::consumer;
    span.start = m_polled;
    span.duration = std::chrono::steady_clock::now() - m_begin;
    span.links = {item.producer};
    span.failed = item.outcome == deadLettered || item.outcome == name(Outcome::failed);
    if (span.failed) span.error = item.error;
    span.text = {{std::string(attr::kind), "consume"},
                 {std::string(attr::group), m_host.group},
                 {std::string(attr::topicName), record.topic},
                 {std::string(attr::eventId), record.eventId},
                 {std::string(attr::outcome), item.outcome}};
    span.numbers = {{std::string(attr::partition), record.partition},
                    {std::string(attr::offset), record.offset},
                    {std::string(attr::tries), std::max(1, item.tries)}};
    trace::record(std::move(span));
}

// Stores, for each partition, the highest offset below which all is finished.
void Batch::storeProgress() {
    Positions next;
    std::set<Position> stuck;
    for (const Item& item : m_items) {
        const Position position{item.record.topic, item.record.partition};
        if (item.state != State::finished) stuck.insert(position);
        if (!stuck.contains(position)) next[position] = item.record.offset + 1;
    }
    if (!next.empty()) m_host.store(next);
}

// Another consumer, or the next run, may take up at once what was not begun.
void Batch::abandon() {
    std::vector<std::string> keys;
    for (Item& item : m_items) {
        if (item.state == State::finished) continue;
        if (item.claimed && item.state != State::decided) keys.push_back(item.key);
        item.outcome = name(Outcome::failed);
        if (item.error.empty()) item.error = "abandoned before its effect was durable";
        recordConsumed(item);
    }
    if (m_host.claims) static_cast<void>(m_host.claims->release(keys));
}

}  // namespace nova::kit::consume
