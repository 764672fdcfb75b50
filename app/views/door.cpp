#include "app/views/door.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "contract/topics.h"
#include "kit/http/client.h"
#include "kit/trace/exporter.h"

namespace nova::views {

using namespace std::chrono_literals;
namespace trace = kit::trace;

namespace {

constexpr std::size_t waitingLimit = 64;

std::vector<std::pair<std::string, std::string>> headersOf(const Call& call, const trace::Context& context) {
    std::vector<std::pair<std::string, std::string>> headers{{"content-type", "application/json"},
                                                             {"traceparent", context.traceparent()}};
    if (!call.token.isEmpty()) headers.emplace_back("authorization", "Bearer " + call.token.toStdString());
    return headers;
}

void readErrors(const QJsonArray& errors, Answer& answer) {
    const auto first = errors.first().toObject();
    answer.error = first[QLatin1StringView("message")].toString();
    answer.code = first[QLatin1StringView("extensions")][QLatin1StringView("code")].toString();
    if (answer.error.isEmpty()) answer.error = Door::tr("The gateway answered with an error that has no message.");
}

void readBody(const kit::HttpResponse& response, Answer& answer) {
    const auto body = QJsonDocument::fromJson(QByteArray::fromStdString(response.body)).object();
    const auto errors = body[QLatin1StringView("errors")].toArray();
    if (!errors.isEmpty()) return readErrors(errors, answer);
    if (response.status != 200) {
        answer.error = Door::tr("The gateway answered HTTP %1.").arg(response.status);
        return;
    }
    answer.data = body[QLatin1StringView("data")].toObject();
}

trace::SpanData spanOf(const Call& call, const trace::Context& context, kit::WallTime start,
                       std::chrono::nanoseconds took, const Answer& answer) {
    trace::SpanData span;
    span.context = context;
    span.name = call.operation.toStdString();
    span.kind = trace::SpanKind::client;
    span.start = start;
    span.duration = took;
    span.failed = !answer.ok();
    span.error = answer.error.toStdString();
    span.text = {{std::string(contract::attr::kind), "http"},
                 {std::string(contract::attr::action), call.operation.toStdString()},
                 {std::string(contract::attr::userHandle), call.handle.toStdString()}};
    return span;
}

}  // namespace

struct GatewayDoor::Worker {
    Worker(GatewayDoor* owner, const std::string& url, const std::string& kafka)
        : door(owner),
          client(url, 5s),
          exporter(kafka.empty() ? nullptr
                                 : std::make_unique<trace::Exporter>(kafka, "console", "console/0", nullptr)) {
        thread = std::thread([this] { run(); });
    }
    ~Worker() {
        leave();
        thread.join();
    }

    // Nothing is said to the door any more, and no further call begins.
    void leave() {
        {
            const std::lock_guard lock(mutex);
            stopping = true;
            door = nullptr;
        }
        wake.notify_one();
    }

    void run() {
        for (;;) {
            std::unique_lock lock(mutex);
            wake.wait(lock, [this] { return stopping || !waiting.empty(); });
            if (stopping) break;
            const Call call = std::move(waiting.front());
            waiting.pop_front();
            lock.unlock();
            const Answer answer = perform(call);
            lock.lock();
            if (!door) break;
            QMetaObject::invokeMethod(
                door, [owner = door, answer] { Q_EMIT owner->answered(answer); }, Qt::QueuedConnection);
        }
        ended = true;
    }

    Answer perform(const Call& call) {
        Answer answer{call.id, call.operation, {}, 0, {}, {}, {}};
        const auto context = trace::Context::fresh(call.traced);
        answer.traceId = QString::fromStdString(context.traceIdHex());
        const QJsonObject body{{QStringLiteral("query"), call.query}, {QStringLiteral("variables"), call.variables}};
        const auto text = QJsonDocument(body).toJson(QJsonDocument::Compact).toStdString();
        const auto wall = kit::wallNow();
        const auto begin = std::chrono::steady_clock::now();
        const auto response = client.send("POST", {}, text, headersOf(call, context));
        const auto took = std::chrono::steady_clock::now() - begin;
        answer.ms = std::chrono::duration<double, std::milli>(took).count();
        if (response) {
            readBody(response.value(), answer);
        } else {
            answer.error = QString::fromStdString(response.error().what);
            answer.code = QStringLiteral("UNREACHABLE");
        }
        if (call.traced && exporter) exporter->push(spanOf(call, context, wall, took, answer));
        return answer;
    }

    GatewayDoor* door;  // guarded by mutex; null: it is gone
    kit::HttpClient client;
    std::unique_ptr<trace::Exporter> exporter;
    std::mutex mutex;
    std::condition_variable wake;
    std::deque<Call> waiting;
    bool stopping = false;
    std::atomic<bool> ended = false;
    std::thread thread;
};

// Workers whose door is gone end their call in hand here, so that the window never waits for a gateway that hangs.
// Whoever is left when the program ends is waited for. GUI thread only.
class GatewayDoor::Leavers {
public:
    static void take(std::unique_ptr<Worker> worker) {
        static std::vector<std::unique_ptr<Worker>> leavers;
        std::erase_if(leavers, [](const auto& old) { return old->ended.load(); });
        worker->leave();
        leavers.push_back(std::move(worker));
    }
};

GatewayDoor::GatewayDoor(const QString& url, const QString& kafka, QObject* parent)
    : Door(parent), m_worker(std::make_unique<Worker>(this, url.toStdString(), kafka.toStdString())) {}

GatewayDoor::~GatewayDoor() {
    Leavers::take(std::move(m_worker));
}

void GatewayDoor::send(const Call& call) {
    {
        const std::lock_guard lock(m_worker->mutex);
        if (m_worker->waiting.size() < waitingLimit) {
            m_worker->waiting.push_back(call);
            m_worker->wake.notify_one();
            return;
        }
    }
    Answer answer{call.id,
                  call.operation,
                  {},
                  0,
                  {},
                  tr("64 calls wait for the gateway already; this one was not sent."),
                  QStringLiteral("UNREACHABLE")};
    QMetaObject::invokeMethod(
        this, [this, answer] { Q_EMIT answered(answer); }, Qt::QueuedConnection);
}

}  // namespace nova::views
