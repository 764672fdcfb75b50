#include "tests/support/real_stores.h"

#include <arpa/inet.h>
#include <pwd.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <QFile>
#include <QStandardPaths>
#include <QtTest>
#include <pqxx/pqxx>
#include <thread>

#include "kit/consume/decode.h"
#include "tests/support/slowness.h"

namespace nova::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

sockaddr_in local(int port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

bool accepts(int port) {
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    const sockaddr_in address = local(port);
    const bool ok = connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    close(fd);
    return ok;
}

QString postgresTool(const char* name) {
    for (int version = 20; version > 12; --version) {
        const QString path = QStringLiteral("/usr/lib/postgresql/%1/bin/%2").arg(version).arg(QLatin1String(name));
        if (QFile::exists(path)) return path;
    }
    return QStandardPaths::findExecutable(QLatin1String(name));
}

bool userNamespaceWorks() {
    static const bool works = [] {
        QProcess process;
        process.start(QStringLiteral("unshare"), {QStringLiteral("--user"), QStringLiteral("true")});
        return process.waitForFinished() && process.exitStatus() == QProcess::NormalExit && process.exitCode() == 0;
    }();
    return works;
}

// Whom root becomes where there are no user namespaces, as in a chroot.
const passwd* standIn() {
    const auto* user = getpwnam("postgres");
    return user ? user : getpwnam("nobody");
}

// PostgreSQL refuses root: it runs in a user namespace of its own, or as another user.
QStringList asAnother() {
    if (getuid() != 0) return {};
    if (userNamespaceWorks())
        return {QStringLiteral("unshare"), QStringLiteral("--user"), QStringLiteral("--map-user=1000")};
    const auto* user = standIn();
    if (!user) qFatal("no user \"postgres\" or \"nobody\" to run PostgreSQL as");
    return {QStringLiteral("setpriv"), QStringLiteral("--reuid"),     QString::number(user->pw_uid),
            QStringLiteral("--regid"), QString::number(user->pw_gid), QStringLiteral("--clear-groups")};
}

void handOver(const QString& folder) {
    if (getuid() != 0 || userNamespaceWorks()) return;
    if (const auto* user = standIn();
        !user || chown(QFile::encodeName(folder).constData(), user->pw_uid, user->pw_gid) != 0)
        qFatal("cannot hand %s over", qPrintable(folder));
}

// The server ends with the test in any case.
void launch(QProcess& process, const QStringList& command, bool likesRoot, bool wait) {
    QStringList whole;
    if (!likesRoot) whole += asAnother();
    if (!wait) whole << QStringLiteral("setpriv") << QStringLiteral("--pdeathsig") << QStringLiteral("KILL");
    whole += command;
    process.setStandardOutputFile(QProcess::nullDevice());
    process.setStandardErrorFile(QProcess::nullDevice());
    process.start(whole.takeFirst(), whole);
    if (!process.waitForStarted() || (wait && (!process.waitForFinished() || process.exitCode() != 0))) {
        qFatal("cannot run %s", qPrintable(command.join(QLatin1Char(' '))));
    }
}

void end(QProcess& process, int signal) {
    if (process.state() == QProcess::NotRunning) return;
    ::kill(static_cast<pid_t>(process.processId()), signal);
    if (!process.waitForFinished(10'000)) process.kill();
    process.waitForFinished();
}

kit::kafka::Handle consumerOf(const std::string& bootstrap, const std::string& group) {
    auto settings = kit::kafka::commonSettings(bootstrap, "test");
    settings["group.id"] = group;
    settings["enable.auto.commit"] = "false";
    settings["fetch.wait.max.ms"] = "20";
    settings.erase("allow.auto.create.topics");  // the mock is too old to be asked
    auto made = kit::kafka::makeHandle(RD_KAFKA_CONSUMER, settings);
    return std::move(made.value());
}

}  // namespace

int freePort() {
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address = local(0);
    socklen_t size = sizeof address;
    bind(fd, reinterpret_cast<sockaddr*>(&address), size);
    getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
    close(fd);
    return ntohs(address.sin_port);
}

bool eventually(const std::function<bool()>& done, milliseconds limit) {
    const auto until = steady_clock::now() + limit * slowness();
    while (!done()) {
        if (steady_clock::now() > until) return false;
        std::this_thread::sleep_for(milliseconds{5});
    }
    return true;
}

RealPostgres::RealPostgres() {
    handOver(m_folder.path());
    QProcess initdb;
    launch(initdb,
           {postgresTool("initdb"), QStringLiteral("-D"), m_folder.filePath(QStringLiteral("data")),
            QStringLiteral("-U"), QStringLiteral("nova"), QStringLiteral("-A"), QStringLiteral("trust"),
            QStringLiteral("--no-sync"), QStringLiteral("-E"), QStringLiteral("UTF8"), QStringLiteral("--locale=C")},
           false, true);
    start();
}

RealPostgres::~RealPostgres() {
    stop();
}

void RealPostgres::start() {
    launch(m_server,
           {postgresTool("postgres"), QStringLiteral("-D"), m_folder.filePath(QStringLiteral("data")),
            QStringLiteral("-p"), QString::number(m_port), QStringLiteral("-c"),
            QStringLiteral("listen_addresses=127.0.0.1"), QStringLiteral("-c"),
            QStringLiteral("unix_socket_directories="), QStringLiteral("-c"), QStringLiteral("fsync=off")},
           false, false);
    const bool ready = eventually([&] {
        try {
            return pqxx::connection(uri()).is_open();
        } catch (const std::exception&) {
            return false;
        }
    });
    if (!ready) qFatal("PostgreSQL does not come up");
}

void RealPostgres::stop() {
    end(m_server, SIGQUIT);
}

std::string RealPostgres::uri() const {
    return "postgresql://nova@127.0.0.1:" + std::to_string(m_port) + "/postgres";
}

RealRedis::RealRedis() {
    start();
}
RealRedis::~RealRedis() {
    stop();
}

void RealRedis::start() {
    launch(m_server,
           {QStringLiteral("redis-server"), QStringLiteral("--port"), QString::number(m_port), QStringLiteral("--bind"),
            QStringLiteral("127.0.0.1"), QStringLiteral("--save"), QString(), QStringLiteral("--appendonly"),
            QStringLiteral("no"), QStringLiteral("--dir"), m_folder.path()},
           true, false);
    if (!eventually([&] { return accepts(m_port); })) qFatal("Redis does not come up");
}

void RealRedis::stop() {
    end(m_server, SIGKILL);
}

MockKafka::MockKafka() {
    auto made = kit::kafka::makeHandle(RD_KAFKA_PRODUCER, {});
    m_handle = std::move(made.value());
    m_cluster.reset(rd_kafka_mock_cluster_new(m_handle.get(), 1));
}

std::string MockKafka::bootstrap() const {
    return rd_kafka_mock_cluster_bootstraps(m_cluster.get());
}

void MockKafka::createTopic(const std::string& name, int partitions) {
    rd_kafka_mock_topic_create(m_cluster.get(), name.c_str(), partitions, 1);
    rd_kafka_mock_topic_create(m_cluster.get(), (name + ".dlq").c_str(), partitions, 1);
}

void MockKafka::setDown(bool down) {
    down ? rd_kafka_mock_broker_set_down(m_cluster.get(), 1) : rd_kafka_mock_broker_set_up(m_cluster.get(), 1);
}

void MockKafka::setLed(const std::string& topic, int partition, bool led) {
    rd_kafka_mock_partition_set_leader(m_cluster.get(), topic.c_str(), partition, led ? 1 : -1);
}

void MockKafka::refuseNext(rd_kafka_resp_err_t error) {
    constexpr std::int16_t produce = 0;
    rd_kafka_mock_push_request_errors(m_cluster.get(), produce, 1, error);
}

std::vector<kit::Record> MockKafka::read(const std::string& topic, std::size_t count, milliseconds limit) {
    const auto handle = consumerOf(bootstrap(), "test-reader");
    rd_kafka_poll_set_consumer(handle.get());
    const auto ends = [&] {
        std::int64_t sum = 0;
        for (int p = 0; p < 6; ++p) {
            std::int64_t low = 0, high = 0;
            if (!rd_kafka_query_watermark_offsets(handle.get(), topic.c_str(), p, &low, &high, 2'000)) sum += high;
        }
        return static_cast<std::size_t>(sum);
    };
    eventually([&] { return ends() >= count; }, limit);
    const std::size_t all = ends();
    const kit::kafka::PartitionList list(rd_kafka_topic_partition_list_new(6));
    for (int p = 0; p < 6; ++p)
        rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), p)->offset = RD_KAFKA_OFFSET_BEGINNING;
    rd_kafka_assign(handle.get(), list.get());
    std::vector<kit::Record> records;
    const auto until = steady_clock::now() + limit;
    while (records.size() < all && steady_clock::now() < until) {
        const kit::kafka::Message message(rd_kafka_consumer_poll(handle.get(), 50));
        if (message && !message->err) records.push_back(kit::consume::decode(message.get()));
    }
    rd_kafka_consumer_close(handle.get());
    std::ranges::stable_sort(records, [](const auto& a, const auto& b) {
        return std::pair(a.partition, a.offset) < std::pair(b.partition, b.offset);
    });
    return records;
}

std::vector<std::int64_t> MockKafka::committed(const std::string& group, const std::string& topic, int partitions) {
    const auto handle = consumerOf(bootstrap(), group);
    const kit::kafka::PartitionList list(rd_kafka_topic_partition_list_new(partitions));
    for (int p = 0; p < partitions; ++p) rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), p);
    rd_kafka_committed(handle.get(), list.get(), 5'000);
    std::vector<std::int64_t> offsets;
    for (int p = 0; p < partitions; ++p) offsets.push_back(std::max<std::int64_t>(-1, list->elems[p].offset));
    return offsets;
}

void MockKafka::send(const std::vector<kit::kafka::OutRecord>& records) {
    if (!m_producer)
        m_producer =
            std::make_unique<kit::kafka::Producer>(std::move(kit::kafka::Producer::make(bootstrap(), "test").value()));
    for (const auto& delivery : m_producer->sendAll(records)) {
        if (!delivery.ok) qFatal("not delivered: %s", delivery.error.c_str());
    }
}

}  // namespace nova::test
