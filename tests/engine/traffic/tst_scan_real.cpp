// Scans of a real Kafka: compacted topics, transactions, places and ranges, against what kcat reads of the same.
#include <QtTest>
#include <mutex>
#include <random>
#include <set>
#include <thread>

#include "app/engine/traffic/filter.h"
#include "app/engine/traffic/scan.h"
#include "app/engine/traffic/scan_job.h"
#include "app/engine/traffic/topic_tail.h"
#include "tests/support/real_kafka.h"
#include "tests/support/real_stores.h"

using namespace nova::engine;
using namespace Qt::StringLiterals;
using nova::kit::kafka::OutRecord;
using nova::test::RealKafka;

using Seen = std::map<std::pair<std::string, int>, std::vector<std::int64_t>>;

class ScanRealTest : public QObject {
    Q_OBJECT

    std::unique_ptr<RealKafka> m_kafka;
    const std::atomic<bool> m_never{false};

    ReadSession session(std::shared_ptr<ReadBudget> budget = {}) const {
        return ReadSession(m_kafka->bootstrap(), {}, std::move(budget));
    }

    nova::kit::Result<ScanReport> run(const ScanRequest& request, Seen& seen, const QString& filter = {}) const {
        ScanHooks hooks;
        hooks.record = [&](const rd_kafka_message_t& m) {
            seen[{rd_kafka_topic_name(m.rkt), m.partition}].push_back(m.offset);
            return true;
        };
        if (!filter.isEmpty()) hooks.judge = judgeOf(std::get<Filter>(Filter::compile(filter)));
        return scan(session(), request, hooks, m_never);
    }
    static ScanRequest all(const std::string& topic) {
        ScanRequest request;
        request.topics = {topic};
        request.from = {Place::Kind::earliest, 0};
        return request;
    }
    // What kcat reads of a partition: its offsets.
    std::vector<std::int64_t> kcat(const QString& topic, int partition, const QString& from = u"beginning"_s,
                                   int count = 0) const {
        QStringList words{
            u"-C"_s, u"-t"_s, topic,     u"-p"_s, QString::number(partition),           u"-o"_s, from, u"-e"_s,
            u"-q"_s, u"-f"_s, u"%o\n"_s, u"-X"_s, u"isolation.level=read_uncommitted"_s};
        if (count > 0) words << u"-c"_s << QString::number(count);
        std::vector<std::int64_t> offsets;
        for (const auto& line : m_kafka->kcat(words).split('\n')) {
            if (!line.isEmpty()) offsets.push_back(line.toLongLong());
        }
        return offsets;
    }
    static std::size_t count(const Seen& seen) {
        std::size_t sum = 0;
        for (const auto& [partition, offsets] : seen) sum += offsets.size();
        return sum;
    }
    void fill(const std::string& topic, int partitions, int records, int valueBytes = 20) {
        m_kafka->createTopic(topic, partitions);
        std::vector<OutRecord> list;
        for (int i = 0; i < records; ++i)
            list.push_back({topic,
                            "key" + std::to_string(i),
                            std::string(static_cast<std::size_t>(valueBytes), 'v'),
                            {{"ce_type", i % 50 ? "Usual" : "Rare"}},
                            i % partitions});
        m_kafka->send(list);
    }

private Q_SLOTS:
    void initTestCase() {
        m_kafka = std::make_unique<RealKafka>("log.cleaner.backoff.ms=100\nlog.segment.delete.delay.ms=0\n");
        fill("plain", 4, 2'000);
        fill("large", 5, 30'000);  // enough for two clients
    }

    void eachRecordOnceByTwoClients() {
        Seen seen;
        const auto report = run(all("large"), seen);
        QVERIFY2(report, report ? "" : report.error().what.c_str());
        QCOMPARE(report.value().end, ScanEnd::reachedEnd);
        QCOMPARE(report.value().records, 30'000);
        QCOMPARE(seen.size(), 5u);
        for (const auto& [partition, offsets] : seen) QCOMPARE(offsets, kcat(u"large"_s, partition.second));
        for (const auto& range : report.value().ranges)
            QVERIFY(range.from == 0 && range.next == 6'000 && range.until == 6'000);
        QCOMPARE(report.value().done(), 1.0);
    }

    // Wish 10: others gave another result at each click, or old ones only.
    void searchingAgainFindsTheSameEachTime() {
        Seen first;
        QVERIFY(run(all("large"), first, u"type:Rare"_s));
        QCOMPARE(count(first), 600u);
        for (int i = 0; i < 3; ++i) {
            Seen again;
            QVERIFY(run(all("large"), again, u"type:Rare"_s));
            QVERIFY(again == first);
        }
    }

    void aFilterFindsWhatKcatAndGrepFind() {
        Seen seen;
        const auto report = run(all("large"), seen, u"type:Rare partition:3"_s);
        QVERIFY(report);
        const auto lines = m_kafka->kcat({u"-C"_s, u"-t"_s, u"large"_s, u"-p"_s, u"3"_s, u"-o"_s, u"beginning"_s,
                                          u"-e"_s, u"-q"_s, u"-f"_s, u"%o %h\n"_s});
        std::vector<std::int64_t> expected;
        for (const auto& line : lines.split('\n')) {
            if (line.contains("ce_type=Rare")) expected.push_back(line.left(line.indexOf(' ')).toLongLong());
        }
        QCOMPARE((seen[{"large", 3}]), expected);
        QCOMPARE(report.value().matched, static_cast<std::int64_t>(expected.size()));
        QCOMPARE(report.value().records, 30'000);
        QCOMPARE(report.value().filterErrors, 0);
    }

    void limitsEndItExactlyAndItGoesOn() {
        for (const auto bound : {&ScanRequest::limit, &ScanRequest::maxRecords, &ScanRequest::maxBytes}) {
            auto request = all("large");
            request.*bound = bound == &ScanRequest::maxBytes ? 200'000 : 4'321;
            Seen seen;
            int runs = 0;
            for (;; ++runs) {
                Seen part;
                const auto report = run(request, part);
                QVERIFY(report);
                if (bound != &ScanRequest::maxBytes) QVERIFY(report.value().records <= 4'321);
                for (const auto& [partition, offsets] : part) {
                    auto& sum = seen[partition];
                    sum.insert(sum.end(), offsets.begin(), offsets.end());
                }
                for (const auto& range :
                     report.value().ranges) {  // what is said to be searched is what was handed over
                    const auto& offsets = seen[{range.topic, range.partition}];
                    QCOMPARE(range.next, offsets.empty() ? 0 : offsets.back() + 1);
                }
                if (!report.value().limited) break;
                request.ranges = report.value().ranges;
            }
            QVERIFY(runs >= 3);
            for (const auto& [partition, offsets] : seen) QCOMPARE(offsets, kcat(u"large"_s, partition.second));
        }
    }

    void placesAreThoseOfKcat() {
        auto request = all("plain");
        request.from = {Place::Kind::offset, 490};
        Seen seen;
        QVERIFY(run(request, seen));
        for (const auto& [partition, offsets] : seen) QCOMPARE(offsets, kcat(u"plain"_s, partition.second, u"490"_s));
        QCOMPARE(count(seen), 40u);
        request.until = Place{Place::Kind::offset, 495};
        seen.clear();
        QVERIFY(run(request, seen));
        for (const auto& [partition, offsets] : seen)
            QCOMPARE(offsets, (std::vector<std::int64_t>{490, 491, 492, 493, 494}));
    }

    // Beside wish 11: a start by time gave an earlier record elsewhere, or the newest where all are older.
    void timesBeginAtTheRecord() {
        m_kafka->createTopic("timed", 1);
        m_kafka->send({{"timed", "a", "1", {}}});
        QTest::qWait(20);
        const auto between = QDateTime::currentMSecsSinceEpoch();
        QTest::qWait(20);
        m_kafka->send({{"timed", "b", "2", {}}, {"timed", "c", "3", {}}});
        auto request = all("timed");
        request.from = {Place::Kind::time, between};
        Seen seen;
        QVERIFY(run(request, seen));
        QCOMPARE((seen[{"timed", 0}]), kcat(u"timed"_s, 0, u"s@%1"_s.arg(between)));
        QCOMPARE(count(seen), 2u);
        request.from = {Place::Kind::time, between + 3'600'000};  // later than all: nothing, not the newest
        seen.clear();
        QCOMPARE(run(request, seen).value().records, 0);
        request.from = {Place::Kind::earliest, 0};
        request.until = Place{Place::Kind::time, between};
        QCOMPARE(run(request, seen).value().records, 1);
    }

    void aCompactedTopicEnds() {
        m_kafka->createTopic("compacted", 1,
                             {{"cleanup.policy", "compact"},
                              {"segment.ms", "100"},
                              {"min.cleanable.dirty.ratio", "0.01"},
                              {"max.compaction.lag.ms", "100"},
                              {"min.compaction.lag.ms", "0"}});
        const auto holes = [&] { return kcat(u"compacted"_s, 0); };
        std::vector<std::int64_t> left;
        QVERIFY(nova::test::eventually([&] {
            std::vector<OutRecord> records;
            for (int i = 0; i < 40; ++i) records.push_back({"compacted", "key" + std::to_string(i % 2), "v", {}, 0});
            m_kafka->send(records);
            left = holes();
            return !left.empty() && left.back() + 1 > static_cast<std::int64_t>(left.size());
        }));
        // Wish 12: a small compacted topic took more than a minute from its oldest record.
        QElapsedTimer clock;
        clock.start();
        Seen seen;
        const auto report = run(all("compacted"), seen);
        QVERIFY(report);
        QVERIFY2(clock.elapsed() < 10'000, qPrintable(QString::number(clock.elapsed())));
        QCOMPARE(report.value().end, ScanEnd::reachedEnd);
        QCOMPARE((seen[{"compacted", 0}]).back(), left.back());
        // An end in the middle of a hole, and a beginning in one.
        auto request = all("compacted");
        request.from = {Place::Kind::offset, 1};
        request.until = Place{Place::Kind::offset, 3};
        QCOMPARE(run(request, seen).value().end, ScanEnd::reachedEnd);
    }

    void transactionsEnd() {
        m_kafka->createTopic("tx", 1);
        m_kafka->sendTransaction({{"tx", "a", "1", {}, 0}, {"tx", "b", "2", {}, 0}}, true);
        m_kafka->sendTransaction({{"tx", "c", "3", {}, 0}}, false);
        Seen seen;
        const auto report = run(all("tx"), seen);  // ends with a marker, where there is no record
        QVERIFY(report);
        QCOMPARE(report.value().end, ScanEnd::reachedEnd);
        QCOMPARE((seen[{"tx", 0}]), (std::vector<std::int64_t>{0, 1, 3}));  // what was aborted is there, too
        QCOMPARE(report.value().ranges.at(0).next, 5);
        const auto none = readEvent(session(), "tx", 0, 2);
        QVERIFY(!none && none.error().kind == nova::kit::ErrorKind::notFound);
        QCOMPARE(readEvent(session(), "tx", 0, 3).value().key, std::string("c"));
        QElapsedTimer clock;
        clock.start();
        for (const std::int64_t missing : {4, 5, 77}) {  // a marker at the end of the log, its end, and beyond
            const auto read = readEvent(session(), "tx", 0, missing);
            QVERIFY(!read && read.error().kind == nova::kit::ErrorKind::notFound);
        }
        QVERIFY2(clock.elapsed() < 8'000, "as if what is not yet written had been waited for");
    }

    void whatIsNotThereIsKnownAtOnce() {
        m_kafka->createTopic("trimmed", 1);
        m_kafka->send({{"trimmed", "a", "1", {}, 0}, {"trimmed", "b", "2", {}, 0}});
        m_kafka->trim("trimmed", 0, 1);
        const auto gone = readEvent(session(), "trimmed", 0, 0);
        QVERIFY(!gone && gone.error().kind == nova::kit::ErrorKind::notFound);
        QCOMPARE(readEvent(session(), "trimmed", 0, 1).value().key, std::string("b"));
        // Nobody there: whoever closes the window does not wait for the timeout.
        std::atomic<bool> stop{false};
        std::thread closing([&] {
            std::this_thread::sleep_for(std::chrono::milliseconds{200});
            stop = true;
        });
        QElapsedTimer clock;
        clock.start();
        const auto none = readEvent(ReadSession("127.0.0.1:1"), "trimmed", 0, 0, stop);
        closing.join();
        QVERIFY(!none && none.error().kind == nova::kit::ErrorKind::transient);
        QVERIFY2(clock.elapsed() < 3'000, qPrintable(QString::number(clock.elapsed())));
    }

    // Wish 15: a large value is cut in what is held, never lost, and read whole on demand.
    void largeValuesAreHeldByTheirBeginningAndReadWholeOnDemand() {
        m_kafka->createTopic("huge", 1, {{"max.message.bytes", "4000000"}});
        const std::string value = "{\"text\": \"" + std::string(900'000, 'a') + "\", \"last\": 7}";
        m_kafka->send({{"huge", "k", value, {{"ce_type", "Huge"}}, 0}, {"huge", "small", "{\"last\": 8}", {}, 0}});
        ScanJob job;
        QSignalSpy finished(&job, &ScanJob::finished);
        job.start(session(), all("huge"),
                  std::get<Filter>(Filter::compile(u"payload.last:7"_s)));  // of the whole value
        QTRY_COMPARE_WITH_TIMEOUT(finished.count(), 1, 20'000);
        const auto snapshot = job.ring().snapshot();
        QCOMPARE(snapshot.rows(), 1u);
        const auto* held = snapshot.at(snapshot.first());
        QVERIFY(held->isCut() && held->value == value.substr(0, Event::heldValue) && !held->undecodable);
        QCOMPARE(held->valueBytes(), value.size());
        QVERIFY(snapshot.bytes() < 70'000);
        const auto whole = readEvent(session(), "huge", 0, held->offset);
        QVERIFY(whole && whole.value().value == value && !whole.value().isCut());
        // What the beginning does not tell counts as not looked into; the size is that of the whole.
        auto filter = std::get<Filter>(Filter::compile(u"payload.last:7"_s));
        QVERIFY(!filter.matches(*held));
        QCOMPARE(filter.errors(), 1u);
        QVERIFY(std::get<Filter>(Filter::compile(u"size>900kB"_s)).matches(*held));
    }

    // What is found stands by time across partitions, as the best tools have it, not partition by partition.
    void whatIsFoundStandsInTheOrderOfTime() {
        m_kafka->createTopic("ordered", 4);
        for (int i = 0; i < 40; ++i) {
            std::vector<OutRecord> records;
            for (int p = 0; p < 4; ++p) records.push_back({"ordered", "k", "v" + std::to_string(i), {}, (p + i) % 4});
            m_kafka->send(records);
        }
        const auto isInOrder = [](const EventRing::Snapshot& snapshot) {
            std::map<int, std::int64_t> next;
            for (auto row = snapshot.first(); row < snapshot.last(); ++row) {
                const auto* event = snapshot.at(row);
                if (row > snapshot.first() && event->timestampMs < snapshot.at(row - 1)->timestampMs) return false;
                if (event->offset != next[event->partition]++) return false;
            }
            return true;
        };
        ScanJob job;
        QSignalSpy finished(&job, &ScanJob::finished);
        job.start(session(), all("ordered"));
        QTRY_COMPARE_WITH_TIMEOUT(finished.count(), 1, 20'000);
        QCOMPARE(job.ring().snapshot().rows(), 160u);
        QVERIFY(isInOrder(job.ring().snapshot()));
        // The partitions do not come equally far in a run that a bound ends: what is found next belongs in between.
        QSignalSpy reordered(&job, &ScanJob::reordered);
        auto part = all("ordered");
        part.maxRecords = 50;
        job.start(session(), part);
        quint64 newest = 0;
        for (int run = 2; run <= 5; ++run) {
            QTRY_COMPARE_WITH_TIMEOUT(finished.count(), run, 20'000);
            const auto snapshot = job.ring().snapshot();
            QCOMPARE(snapshot.rows(), std::min(160u, 50u * unsigned(run - 1)));
            QVERIFY(isInOrder(snapshot));
            QVERIFY(snapshot.last() > newest);  // a row's sequence is never given again
            newest = snapshot.last();
            QCOMPARE(job.canContinue(), run < 5);
            job.continueOn();
        }
        QVERIFY(reordered.count() > 0);
    }

    // A topic that is deleted and made anew is another one: it is said, and the tail goes on with it.
    void aTopicMadeAnewIsNoticedByTheTailAndByAScan() {
        m_kafka->createTopic("phoenix", 2);
        const auto send = [&](int count, const std::string& value) {
            std::vector<OutRecord> records;
            for (int i = 0; i < count; ++i) records.push_back({"phoenix", "k", value, {}, i % 2});
            m_kafka->send(records);
        };
        send(40, "old");
        auto request = all("phoenix");
        request.maxRecords = 30;
        Seen seen;
        auto begun = run(request, seen);
        QVERIFY(begun && begun.value().end == ScanEnd::maxRecords);
        std::mutex mutex;
        std::vector<std::string> values, told;
        TailChoice choice;
        choice.topics = {"phoenix"};
        choice.from = {Place::Kind::earliest, 0};
        TailCalls calls;
        calls.record = [&](const rd_kafka_message_t& message) {
            const std::lock_guard lock(mutex);
            values.emplace_back(static_cast<const char*>(message.payload), message.len);
        };
        calls.troubles = [&](std::vector<std::string> troubles) {
            const std::lock_guard lock(mutex);
            told.insert(told.end(), troubles.begin(), troubles.end());
        };
        const auto came = [&](const std::string& value) {
            const std::lock_guard lock(mutex);
            return std::count(values.begin(), values.end(), value);
        };
        const auto said = [&](const std::string& text) {
            const std::lock_guard lock(mutex);
            return std::any_of(told.begin(), told.end(),
                               [&](const auto& each) { return each.find(text) != std::string::npos; });
        };
        TopicTail tail(session(), choice, calls);
        QTRY_COMPARE_WITH_TIMEOUT(came("old"), 40, 15'000);
        m_kafka->deleteTopic("phoenix");
        m_kafka->createTopic("phoenix", 2);
        send(6, "new");
        QTRY_COMPARE_WITH_TIMEOUT(came("new"), 6, 30'000);
        QTRY_VERIFY_WITH_TIMEOUT(said("phoenix: it was deleted and made anew"), 15'000);
        send(4, "newer");
        QTRY_COMPARE_WITH_TIMEOUT(came("newer"), 4, 15'000);
        QCOMPARE(came("old"), 40);
        // The search that was to go on does not mix both.
        request.maxRecords = 0;
        request.ranges = begun.value().ranges;
        Seen more;
        const auto ended = run(request, more);
        if (ended) {
            QCOMPARE(ended.value().end, ScanEnd::unavailable);
            for (const auto& range : ended.value().ranges) {
                if (range.next > range.from && !range.isDone())
                    QVERIFY2(range.trouble.find("made anew") != std::string::npos, range.trouble.c_str());
            }
        } else {
            QVERIFY(ended.error().what.find("made anew") != std::string::npos);
        }
        QCOMPARE(count(more), 0u);
    }

    // Wish 9: an empty topic took two minutes elsewhere, a poll's timeout for each partition.
    void emptyPartitionsCostNothing() {
        m_kafka->createTopic("empty", 200);
        m_kafka->send({{"empty", "k", "v", {}, 150}});
        QElapsedTimer clock;
        clock.start();
        Seen seen;
        const auto report = run(all("empty"), seen);
        QVERIFY2(report, report ? "" : report.error().what.c_str());
        QCOMPARE(report.value().records, 1);
        QVERIFY2(clock.elapsed() < 5'000, "as if each empty partition had been waited for");
        QCOMPARE(count(seen), 1u);
    }

    void theBudgetIsPaidAndKept() {
        m_kafka->createTopic("paid", 3);
        std::vector<OutRecord> records;
        std::mt19937 random(7);
        for (int i = 0; i < 3'000; ++i) {
            std::string value(1'000, '\0');  // that no compression makes smaller
            for (auto& byte : value) byte = static_cast<char>(random());
            records.push_back({"paid", "k", std::move(value), {}, i % 3});
        }
        m_kafka->send(records);
        const auto budget = std::make_shared<ReadBudget>(1'000'000);
        QElapsedTimer clock;
        clock.start();
        const auto report = scan(
            session(budget), all("paid"), [](const rd_kafka_message_t&) { return true; }, m_never);
        QCOMPARE(report.value().records, 3'000);
        QVERIFY(budget->bytes() >= report.value().bytes);
        // One second's worth at once, the rest by the second.
        QVERIFY(static_cast<double>(clock.elapsed()) >= (static_cast<double>(budget->bytes()) / 1e6 - 1) * 1'000 * 0.8);
    }

    void aJobPutsWhatItFindsIntoItsRing() {
        ScanJob job;
        QSignalSpy finished(&job, &ScanJob::finished);
        auto request = all("large");
        request.maxRecords = 10'000;
        job.start(session(), request, std::get<Filter>(Filter::compile(u"type:Rare"_s)));
        std::int64_t before = 0;
        for (int runs = 1;; ++runs) {
            QTRY_COMPARE_WITH_TIMEOUT(finished.count(), runs, 20'000);
            QVERIFY2(job.error().isEmpty(), qPrintable(job.error()));
            QVERIFY(job.report().records > before);
            before = job.report().records;
            if (!job.canContinue()) break;
            QCOMPARE(job.report().end, ScanEnd::maxRecords);
            job.continueOn();
        }
        QCOMPARE(job.report().records, 30'000);
        QCOMPARE(job.report().matched, 600);
        QCOMPARE(job.report().end, ScanEnd::reachedEnd);
        const auto snapshot = job.ring().snapshot();
        QCOMPARE(snapshot.rows(), 600u);
        std::set<std::pair<int, std::int64_t>> places;
        for (auto row = snapshot.first(); row < snapshot.last(); ++row)
            places.insert({snapshot.at(row)->partition, snapshot.at(row)->offset});
        QCOMPARE(places.size(), 600u);
    }
};

QTEST_GUILESS_MAIN(ScanRealTest)
#include "tst_scan_real.moc"
