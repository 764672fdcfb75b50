// feed-service draining a backlog with a fan-out of 20, against its floor: a bare loop that reads the same records and
// pipelines the same ZADDs and trims by hiredis. Then with more replicas, and what a fan-out to 10,000 followers costs
// the posts of others. One Nova, one run.
#include <hiredis/hiredis.h>
#include <signal.h>

#include <QCoreApplication>
#include <QFile>
#include <QThread>
#include <QUrl>
#include <cstdio>
#include <functional>
#include <map>
#include <random>

#include "contract/topics.h"
#include "kit/consume/decode.h"
#include "kit/kafka/producer.h"
#include "kit/redis/client.h"
#include "kit/runtime/times.h"
#include "nova/events/v1/events.pb.h"
#include "tests/bench/samples.h"
#include "tests/support/live_nova.h"

using namespace Qt::StringLiterals;
using namespace nova;

namespace {

constexpr int authors = 200, users = 1'000, fanOut = 20, backlog = 20'000, batch = 500, manyFollowers = 10'000;
const std::string contentTopic{contract::topic::content}, socialTopic{contract::topic::social};

template <typename Event>
kit::kafka::OutRecord recordOf(const std::string& topic, const std::string& key, const Event& event) {
    const auto now = kit::rfc3339(kit::wallNow());
    return {topic,
            key,
            event.SerializeAsString(),
            {{"ce_specversion", "1.0"},
             {"ce_id", kit::newUuid()},
             {"ce_source", "/nova/bench"},
             {"ce_type", Event::descriptor()->name()},
             {"ce_time", now},
             {"ce_subject", key},
             {"ce_dataschema", Event::descriptor()->full_name()},
             {"content-type", "application/protobuf"},
             {"nova-version", std::to_string(event.version())}},
            -1};
}

kit::kafka::OutRecord post(const std::string& author, const std::string& id = kit::newUuid()) {
    events::v1::PostCreated event;
    event.set_post_id(id);
    event.set_version(1);
    kit::setTime(event.mutable_event_time(), kit::wallNow());
    *event.mutable_created_at() = event.event_time();
    event.set_user_tier("standard");
    event.set_author_id(author);
    event.set_content("Golden hour over the harbour, and nobody but the gulls to see it");
    return recordOf(contentTopic, id, event);
}

struct Graph {
    std::map<std::string, std::vector<std::string>> followers;  // by author
    std::vector<std::string> names;                             // of the authors

    Graph() {
        std::mt19937 random(7);
        std::vector<std::string> readers;
        for (int i = 0; i < users; ++i) readers.push_back(kit::newUuid());
        for (int a = 0; a < authors; ++a) {
            std::shuffle(readers.begin(), readers.end(), random);
            names.push_back(kit::newUuid());
            followers[names.back()] = {readers.begin(), readers.begin() + fanOut};
        }
    }
    static std::vector<kit::kafka::OutRecord> follows(const std::string& author, const std::vector<std::string>& who) {
        std::vector<kit::kafka::OutRecord> records;
        for (const auto& follower : who) {
            events::v1::UserFollowed event;
            event.set_follower_id(follower);
            event.set_followee_id(author);
            event.set_version(static_cast<std::int64_t>(records.size()) + 1);
            kit::setTime(event.mutable_event_time(), kit::wallNow());
            records.push_back(recordOf(socialTopic, author, event));
        }
        return records;
    }
};

// The group's place in the log, and the log's ends.
class Log {
public:
    explicit Log(const std::string& bootstrap) {
        auto settings = kit::kafka::commonSettings(bootstrap, "bench");
        settings["group.id"] = "feed-service";
        settings["enable.auto.commit"] = "false";
        settings["auto.offset.reset"] = "earliest";
        m_handle = std::move(kit::kafka::makeHandle(RD_KAFKA_CONSUMER, settings).value());
        rd_kafka_poll_set_consumer(m_handle.get());
    }
    std::map<int, std::int64_t> ends(const std::string& topic) const {
        std::map<int, std::int64_t> all;
        for (int p = 0; p < contract::topic::partitions; ++p) {
            std::int64_t low = 0;
            rd_kafka_query_watermark_offsets(m_handle.get(), topic.c_str(), p, &low, &all[p], 5'000);
        }
        return all;
    }
    bool isDrained(const std::string& topic, const std::map<int, std::int64_t>& ends) const {
        const kit::kafka::PartitionList list(rd_kafka_topic_partition_list_new(contract::topic::partitions));
        for (const auto& [p, end] : ends) rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), p);
        if (rd_kafka_committed(m_handle.get(), list.get(), 5'000)) return false;
        for (int i = 0; i < list->cnt; ++i)
            if (list->elems[i].offset < ends.at(list->elems[i].partition)) return false;
        return true;
    }
    void awaitDrained(const std::string& topic) const {
        const auto all = ends(topic);
        while (!isDrained(topic, all)) QThread::msleep(20);
    }
    rd_kafka_t* handle() const { return m_handle.get(); }

private:
    kit::kafka::Handle m_handle;
};

QByteArray whole(const QString& path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

std::vector<pid_t> feedPids(const test::LiveNova& live) {
    std::vector<pid_t> pids;
    for (const auto pid : live.pids())
        if (QFile::symLinkTarget(u"/proc/%1/exe"_s.arg(pid)).endsWith(u"/feed-service"_s))
            pids.push_back(static_cast<pid_t>(pid));
    return pids;
}

// Processor seconds so far, by program.
using Cpu = std::map<std::string, double>;
Cpu cpuSeconds(const test::LiveNova& live) {
    Cpu cpu;
    for (const auto pid : live.pids()) {
        const auto stat = whole(u"/proc/%1/stat"_s.arg(pid));
        const auto begin = stat.indexOf('(') + 1, end = stat.lastIndexOf(')');
        const auto fields = stat.mid(end + 1).split(' ');
        if (fields.size() < 14) continue;
        cpu[stat.mid(begin, end - begin).toStdString()] +=  // as the process calls itself: Redis is a link to another
            (fields.at(12).toDouble() + fields.at(13).toDouble()) / static_cast<double>(sysconf(_SC_CLK_TCK));
    }
    return cpu;
}

struct Drained {
    double rate = 0;                       // events/s
    std::map<int, std::int64_t> from, to;  // offsets
    Cpu cpu;                               // seconds, by program

    void print(const char* name) const {
        std::printf("  %-40s%.0f events/s; ms of processor per 1,000 events:", name, rate);
        for (const auto& [program, seconds] : cpu)
            if (seconds * 1e6 / backlog >= 1) std::printf(" %s %.0f", program.c_str(), seconds * 1e6 / backlog);
        std::printf("\n");
    }
};

// What feed-service needs at least: read, find the followers in memory, write.
double floorRate(const Log& log, const Drained& drained, const Graph& graph, int redisPort) {
    const kit::kafka::PartitionList list(rd_kafka_topic_partition_list_new(contract::topic::partitions));
    std::int64_t left = 0;
    for (const auto& [p, offset] : drained.from) {
        rd_kafka_topic_partition_list_add(list.get(), contentTopic.c_str(), p)->offset = offset;
        left += drained.to.at(p) - offset;
    }
    const std::int64_t total = left;
    redisContext* const redis = redisConnect("127.0.0.1", redisPort);
    const bench::Stopwatch watch;
    rd_kafka_assign(log.handle(), list.get());
    while (left > 0) {
        std::map<std::string, std::vector<std::pair<std::string, std::string>>> feeds;
        for (int i = 0; i < batch && left > 0; ++i) {
            const kit::kafka::Message message(rd_kafka_consumer_poll(log.handle(), i == 0 ? 1'000 : 0));
            if (!message || message->err) break;
            events::v1::PostCreated event;
            event.ParseFromArray(message->payload, static_cast<int>(message->len));
            --left;
            const auto score = std::to_string(kit::micros(kit::timeOf(event.created_at())) / 1000);
            for (const auto& follower : graph.followers.at(event.author_id()))
                feeds[follower].emplace_back(score, event.post_id());
        }
        int commands = 0;
        for (const auto& [follower, posts] : feeds) {
            std::vector<std::string> words{"ZADD", "floor:feed:" + follower, "NX"};
            for (const auto& [score, id] : posts) words.insert(words.end(), {score, id});
            std::vector<const char*> data;
            std::vector<std::size_t> sizes;
            for (const auto& word : words) {
                data.push_back(word.data());
                sizes.push_back(word.size());
            }
            redisAppendCommandArgv(redis, static_cast<int>(data.size()), data.data(), sizes.data());
            redisAppendCommand(redis, "ZREMRANGEBYRANK floor:feed:%s 0 -501", follower.c_str());
            commands += 2;
        }
        for (; commands > 0; --commands) {
            void* reply = nullptr;
            if (redisGetReply(redis, &reply) != REDIS_OK) std::abort();
            freeReplyObject(reply);
        }
    }
    const double rate = static_cast<double>(total) / watch.ms() * 1'000;
    rd_kafka_assign(log.handle(), nullptr);
    redisFree(redis);
    return rate;
}

struct Bench {
    test::LiveNova live;
    Graph graph;
    std::unique_ptr<Log> log;
    std::unique_ptr<kit::kafka::Producer> producer;
    std::unique_ptr<kit::RedisClient> redis;
    int redisPort = 0;

    bool start() {
        if (!live.start()) return false;
        const std::string bootstrap = live.run()[u"kafka"].toString().toStdString();
        log = std::make_unique<Log>(bootstrap);
        producer = std::make_unique<kit::kafka::Producer>(
            std::move(kit::kafka::Producer::make(bootstrap, "bench-producer").value()));
        redisPort = QUrl(live.run()[u"redis"].toString()).port();
        redis = std::make_unique<kit::RedisClient>("127.0.0.1", redisPort);
        for (const auto& [author, who] : graph.followers) send(Graph::follows(author, who));
        log->awaitDrained(socialTopic);
        return true;
    }
    void send(const std::vector<kit::kafka::OutRecord>& records) const {
        for (const auto& delivery : producer->sendAll(records))
            if (!delivery.ok) qFatal("%s", delivery.error.c_str());
    }

    // A backlog made while all replicas hold still, then drained.
    Drained drain() {
        Drained drained;
        drained.from = log->ends(contentTopic);
        std::vector<kit::kafka::OutRecord> records;
        for (int i = 0; i < backlog; ++i) records.push_back(post(graph.names[static_cast<std::size_t>(i) % authors]));
        const auto pids = feedPids(live);
        for (const auto pid : pids) ::kill(pid, SIGSTOP);
        send(records);
        drained.to = log->ends(contentTopic);
        const Cpu before = cpuSeconds(live);
        for (const auto pid : pids) ::kill(pid, SIGCONT);
        const bench::Stopwatch watch;
        while (!log->isDrained(contentTopic, drained.to)) QThread::msleep(10);
        drained.rate = backlog / watch.ms() * 1'000;
        drained.cpu = cpuSeconds(live);
        for (const auto& [program, seconds] : before) drained.cpu[program] -= seconds;
        return drained;
    }

    // From the record to the last of its author's followers, `count` times.
    void visible(bench::Samples& samples, int count, const std::function<void(int)>& meanwhile) {
        for (int i = 0; i < count; ++i) {
            meanwhile(i);
            const auto& author = graph.names[static_cast<std::size_t>(i) % authors];
            const auto id = kit::newUuid();
            const bench::Stopwatch watch;
            send({post(author, id)});
            for (const auto& follower : graph.followers.at(author))
                while (redis->command({"ZSCORE", "feed:" + follower, id}).value().isNil() && watch.ms() < 5'000)
                    QThread::usleep(300);
            samples.add(watch.ms());
            QThread::msleep(5);
        }
    }
};

bool scale(const test::LiveNova& live, int replicas) {
    if (test::runConsole(live.with({u"fault"_s, u"scale"_s, u"feed-service"_s, QString::number(replicas)})).exitCode !=
        0)
        return false;
    for (int i = 0; i < 300 && static_cast<int>(feedPids(live).size()) != replicas; ++i) QThread::msleep(100);
    QThread::msleep(3'000);  // the group settles
    return static_cast<int>(feedPids(live).size()) == replicas;
}

}  // namespace

int main(int argc, char** argv) {
    QCoreApplication app(argc, argv);
    Bench bench;
    if (!bench.start()) return 1;
    const auto warmUp = bench.drain();
    const double floorBefore = floorRate(*bench.log, warmUp, bench.graph, bench.redisPort);
    const auto one = bench.drain();
    const double floor = std::max(floorBefore, floorRate(*bench.log, one, bench.graph, bench.redisPort));
    std::printf("draining %d events, fan-out %d, feeds capped at %d\n", backlog, fanOut, contract::key::feedCap);
    std::printf("  %-40s%.0f events/s\n", "floor (read, ZADD, trim; nothing else)", floor);
    one.print("feed-service, one instance");
    bool ok = one.rate >= 2'000 && one.rate / floor >= 0.4;
    std::printf("  one instance / floor                    %.2f (0.40 and 2,000 events/s at least) %s\n",
                one.rate / floor, ok ? "ok" : "UNDER");

    bench::Samples rest, during;
    bench.visible(rest, 200, [](int) {});
    const std::string star = kit::newUuid();
    std::vector<std::string> crowd;
    for (int i = 0; i < manyFollowers; ++i) crowd.push_back(kit::newUuid());
    bench.send(Graph::follows(star, crowd));
    bench.log->awaitDrained(socialTopic);
    bench.visible(during, 200, [&](int i) {
        if (i % 10 == 0) bench.send({post(star)});
    });
    std::printf("another author's post to its last follower, 200 each\n");
    std::printf("  at rest                                 p50 %.2f  p99 %.2f ms\n", rest.percentile(50),
                rest.percentile(99));
    std::printf("  during fan-outs to %d followers      p50 %.2f  p99 %.2f ms\n", manyFollowers, during.percentile(50),
                during.percentile(99));
    ok &= bench::verdict("p99 during / p99 at rest", during.percentile(99) / rest.percentile(99), 2, "x");

    std::printf("replicas (%d partitions, %d processors)\n", contract::topic::partitions, QThread::idealThreadCount());
    one.print("1");
    for (const int replicas : {2, 4, 6}) {
        if (!scale(bench.live, replicas)) return std::puts("  not scaled"), 1;
        bench.drain().print(std::to_string(replicas).c_str());
    }
    return bench.live.stop() && ok ? 0 : 1;
}
