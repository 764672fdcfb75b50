// `nova-console up` against the same dependencies spawned bare: same binaries, settings and folders, in the same run,
// in turns. The commands are those that the supervisor itself used, as its parts.json tells; the bare floor ends when
// Kafka, PostgreSQL, Redis and S3 answer a real request.
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QRegularExpression>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QThread>
#include <QUrl>
#include <cstdio>

#include "kit/kafka/handles.h"
#include "kit/objects/object_store.h"
#include "kit/redis/client.h"
#include "tests/bench/samples.h"
#include "tests/support/live_nova.h"

using namespace Qt::StringLiterals;
using namespace nova;

namespace {

struct Dependency {
    QString name, program, workingDirectory;
    QStringList arguments;
};

// From run/parts.json, where the supervisor notes how it launched each process.
QList<Dependency> dependenciesOf(const QString& dataDir) {
    QFile file(dataDir + u"/run/parts.json"_s);
    if (!file.open(QIODevice::ReadOnly)) return {};
    QList<Dependency> found;
    for (const auto& value : QJsonDocument::fromJson(file.readAll()).object().value(u"processes").toArray()) {
        const auto process = value.toObject();
        const auto name = process.value(u"name").toString();
        if (name != u"kafka" && name != u"postgres" && name != u"redis" && name != u"s3") continue;
        QStringList words;
        if (process.value(u"user_namespace").toBool()) words << u"unshare"_s << u"--user"_s << u"--map-user=1000"_s;
        for (const auto& word : process.value(u"command").toArray()) words << word.toString();
        const auto program = words.takeFirst();
        found << Dependency{name, program, process.value(u"work_dir").toString(), words};
    }
    return found;
}

bool answers(const QString& name, const QJsonObject& run) {
    if (name == u"redis") {
        const QUrl url(run.value(u"redis").toString());
        kit::RedisClient client(url.host().toStdString(), url.port());
        return static_cast<bool>(client.ping());
    }
    if (name == u"s3") {
        const auto s3 = run.value(u"s3").toObject();
        const auto text = [&s3](const char* key) { return s3.value(QLatin1String(key)).toString().toStdString(); };
        static std::map<std::string, std::unique_ptr<kit::ObjectStore>> stores;
        auto& store = stores[text("endpoint")];
        if (!store)
            store = std::make_unique<kit::ObjectStore>(
                kit::ObjectStoreOptions{text("endpoint"), text("bucket"), text("access_key"), text("secret_key")});
        return static_cast<bool>(store->ensureBucket());
    }
    if (name == u"postgres") {
        try {
            pqxx::connection connection(run.value(u"postgres").toString().toStdString() + "?connect_timeout=2");
            return pqxx::work(connection).exec1("SELECT 1")[0].as<int>() == 1;
        } catch (const std::exception&) {
            return false;
        }
    }
    static std::map<std::string, kit::kafka::Handle> handles;
    const std::string broker = run.value(u"kafka").toString().toStdString();
    auto& handle = handles[broker];
    if (!handle) {
        auto settings = kit::kafka::commonSettings(broker, "bench");
        settings["reconnect.backoff.ms"] = "5";
        settings["reconnect.backoff.max.ms"] = "20";
        settings["log_level"] = "0";
        handle = std::move(kit::kafka::makeHandle(RD_KAFKA_PRODUCER, settings)).value();
    }
    const struct rd_kafka_metadata* metadata = nullptr;
    const auto error = rd_kafka_metadata(handle.get(), 1, nullptr, &metadata, 50);
    const bool ok = error == RD_KAFKA_RESP_ERR_NO_ERROR && metadata->broker_cnt > 0;
    if (metadata) rd_kafka_metadata_destroy(metadata);
    return ok;
}

double bare(const QList<Dependency>& dependencies, const QJsonObject& run) {
    const bench::Stopwatch watch;
    std::vector<std::unique_ptr<QProcess>> processes;
    for (const auto& d : dependencies) {
        auto process = std::make_unique<QProcess>();
        process->setWorkingDirectory(d.workingDirectory);
        process->setStandardOutputFile(QProcess::nullDevice());
        process->setStandardErrorFile(QProcess::nullDevice());
        process->start(d.program, d.arguments);
        process->waitForStarted();
        processes.push_back(std::move(process));
    }
    QStringList waiting;
    for (const auto& d : dependencies) waiting << d.name;
    while (!waiting.isEmpty() && watch.ms() < 60'000) {
        for (const auto& name : QStringList(waiting)) {
            if (answers(name, run)) waiting.removeAll(name);
        }
        QThread::usleep(2'000);
    }
    const double took = watch.ms();
    for (auto& process : processes) process->terminate();
    for (auto& process : processes) {
        if (!process->waitForFinished(20'000)) process->kill();
    }
    return waiting.isEmpty() ? took : -1;
}

// What `nova-console prepare` takes with an empty cache, but for the download: the jars are there. ms; −1: it failed.
double preparation() {
    const QDir cache(QStandardPaths::writableLocation(QStandardPaths::GenericCacheLocation) + u"/nova-console"_s);
    const QTemporaryDir fresh;
    const QDir empty(fresh.filePath(u"nova-console"_s));
    empty.mkpath(u"."_s);
    static const QRegularExpression jars(u"^(kafka|s3)-[0-9.]+$"_s);
    for (const auto& folder : cache.entryList(QDir::Dirs | QDir::NoDotAndDotDot).filter(jars))
        QFile::link(cache.filePath(folder), empty.filePath(folder));
    const auto before = qgetenv("XDG_CACHE_HOME");
    qputenv("XDG_CACHE_HOME", QFile::encodeName(fresh.path()));
    const bench::Stopwatch watch;
    const auto done = test::runConsole({u"prepare"_s}, 180'000);
    const double took = watch.ms();
    if (before.isEmpty())
        qunsetenv("XDG_CACHE_HOME");
    else
        qputenv("XDG_CACHE_HOME", before);
    return done.exitCode == 0 ? took : -1;
}

double up(test::LiveNova& nova) {
    const bench::Stopwatch watch;
    return nova.start() ? watch.ms() : -1;
}

struct Pair {
    bench::Samples ours, floor;
};

Pair onInitialisedFolder(int rounds) {
    Pair pair;
    test::LiveNova nova;
    if (up(nova) < 0) return pair;
    for (int i = 0; i < rounds; ++i) {
        const auto run = nova.run();
        const auto dependencies = dependenciesOf(nova.dataDir());
        nova.stop();
        if (dependencies.size() != 4) return pair;
        pair.floor.add(bare(dependencies, run));
        pair.ours.add(up(nova));
    }
    nova.stop();
    return pair;
}

// The floor of a fresh folder is the same processes on that folder; making it from the templates is ours to pay.
Pair onFreshFolders(int rounds) {
    Pair pair;
    for (int i = 0; i < rounds; ++i) {
        test::LiveNova nova;
        pair.ours.add(up(nova));
        const auto run = nova.run();
        const auto dependencies = dependenciesOf(nova.dataDir());
        nova.stop();
        pair.floor.add(bare(dependencies, run));
    }
    return pair;
}

bool report(const char* name, const Pair& pair) {
    if (pair.ours.size() == 0) return std::printf("%s: could not be measured\n", name), false;
    std::printf("%s, medians of %zu: up %.0f ms, bare dependencies %.0f ms\n", name, pair.ours.size(),
                pair.ours.percentile(50), pair.floor.percentile(50));
    return bench::verdict("up / bare dependencies", pair.ours.percentile(50) / pair.floor.percentile(50), 1.5, "x");
}

}  // namespace

int main(int argc, char** argv) {
    QCoreApplication app(argc, argv);
    const double once = preparation();
    if (once < 0) return std::puts("prepare failed"), 1;
    std::printf("once, not counted below: class archives and template folders %.0f ms\n", once);
    {
        test::LiveNova warm;
        if (up(warm) < 0) return std::puts("up failed"), 1;
    }
    const bool initialised = report("initialised data folder", onInitialisedFolder(5));
    const bool fresh = report("fresh data folder", onFreshFolders(5));
    return initialised && fresh ? 0 : 1;
}
