#include "app/engine/cluster/metrics_reader.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "kit/http/client.h"

namespace nova::engine {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr auto askLimit = 500ms;

// `key="value",…`; a value may hold \" \\ \n. False: no label list.
bool parseLabels(QStringView text, QMap<QString, QString>& labels) {
    qsizetype at = 0;
    while (at < text.size()) {
        const auto equals = text.indexOf(u'=', at);
        if (equals < 0 || equals + 1 >= text.size() || text[equals + 1] != u'"') return false;
        QString value;
        auto i = equals + 2;
        for (; i < text.size() && text[i] != u'"'; ++i) {
            if (text[i] == u'\\' && i + 1 < text.size()) ++i;
            value += text[i];
        }
        if (i >= text.size()) return false;
        labels.insert(text.mid(at, equals - at).trimmed().toString(), value);
        at = i + 1;
        if (at < text.size() && text[at] == u',') ++at;
    }
    return true;
}

std::optional<MetricsSample> parseLine(QStringView line) {
    const auto open = line.indexOf(u'{');
    const auto close = open < 0 ? -1 : line.lastIndexOf(u'}');
    if (open >= 0 && close < open) return std::nullopt;
    const auto nameEnd = open >= 0 ? open : line.indexOf(u' ');
    if (nameEnd <= 0) return std::nullopt;
    MetricsSample sample;
    sample.name = line.left(nameEnd).toString();
    if (open >= 0 && !parseLabels(line.mid(open + 1, close - open - 1), sample.labels)) return std::nullopt;
    const auto rest = line.mid((open >= 0 ? close : nameEnd) + 1).trimmed();
    bool good = false;
    sample.value = rest.left(rest.indexOf(u' ') < 0 ? rest.size() : rest.indexOf(u' ')).toDouble(&good);
    return good ? std::optional(sample) : std::nullopt;
}

// Sum of all samples of that name, per value of `label` (empty: all together).
QMap<QString, double> sums(const MetricsPage& page, const QString& name, const QString& label = {}) {
    QMap<QString, double> found;
    for (const auto& sample : page.samples) {
        if (sample.name == name) found[sample.labels.value(label)] += sample.value;
    }
    return found;
}

QMap<QString, double> rates(const MetricsPage& now, const MetricsPage* before, const QString& name,
                            const QString& label = {}) {
    QMap<QString, double> found;
    if (!before || now.atUs <= before->atUs) return found;
    const auto then = sums(*before, name, label);
    const double seconds = double(now.atUs - before->atUs) / 1e6;
    const auto values = sums(now, name, label);
    for (auto it = values.cbegin(); it != values.cend(); ++it) {
        const double grown = it.value() - then.value(it.key());
        if (grown >= 0) found.insert(it.key(), grown / seconds);
    }
    return found;
}

std::optional<double> only(const QMap<QString, double>& values) {
    return values.isEmpty() ? std::nullopt : std::optional(values.first());
}

template <class Number>
std::optional<Number> whole(const std::optional<double>& value) {
    return value ? std::optional(static_cast<Number>(*value)) : std::nullopt;
}

}  // namespace

QVector<MetricsSample> parseMetrics(const QByteArray& text) {
    QVector<MetricsSample> samples;
    const QString all = QString::fromUtf8(text);
    for (const auto line : QStringView(all).split(u'\n', Qt::SkipEmptyParts)) {
        if (line.startsWith(u'#')) continue;
        if (const auto sample = parseLine(line)) samples.append(*sample);
    }
    return samples;
}

ReplicaFigures figuresOf(const MetricsTarget& target, const MetricsPage& now, const MetricsPage* before) {
    ReplicaFigures figures;
    figures.part = target.part;
    figures.replica = target.replica;
    figures.requestsPerSecond = only(rates(now, before, u"nova_gateway_request_seconds_count"_s));
    figures.callsPerSecond = only(rates(now, before, u"nova_rpc_seconds_count"_s));
    figures.pushesPerSecond = only(rates(now, before, u"nova_frames_pushed_total"_s));
    figures.consumedPerSecond = rates(now, before, u"nova_consume_seconds_count"_s, u"topic"_s);
    const auto lag = sums(now, u"nova_consumer_lag"_s, u"topic"_s);
    for (auto it = lag.cbegin(); it != lag.cend(); ++it) figures.lag.insert(it.key(), qint64(it.value()));
    figures.outbox = whole<qint64>(only(sums(now, u"nova_outbox_depth"_s)));
    figures.outboxOldestSeconds = only(sums(now, u"nova_outbox_oldest_seconds"_s));
    figures.partitions = whole<int>(only(sums(now, u"nova_consumer_assigned_partitions"_s)));
    figures.sockets = whole<int>(only(sums(now, u"nova_websocket_connections"_s)));
    return figures;
}

struct MetricsReader::Worker {
    explicit Worker(MetricsReader* to) : reader(to), thread([this] { run(); }) {}
    ~Worker() {
        {
            const std::lock_guard lock(mutex);
            stopping = true;
        }
        wake.notify_one();
        thread.join();
    }

    struct Asked {
        MetricsTarget target;
        kit::HttpClient client;
        std::optional<MetricsPage> last;
    };

    void run() {
        std::vector<Asked> asked;
        std::shared_ptr<ReadBudget> paying;
        for (;;) {
            {
                std::unique_lock lock(mutex);
                wake.wait_for(lock, std::chrono::milliseconds(everyMs), [this] { return stopping || changed; });
                if (stopping) return;
                if (std::exchange(changed, false)) follow(asked);
                paying = budget;
            }
            if (asked.empty() || (paying && paying->wait().count() > 0)) continue;
            const auto figures = round(asked, paying.get());
            if (replaced()) continue;
            QMetaObject::invokeMethod(
                reader, [to = reader, figures] { Q_EMIT to->read(figures); }, Qt::QueuedConnection);
        }
    }

    // Who stays keeps the reading its rates go on from.
    void follow(std::vector<Asked>& asked) const {
        std::vector<Asked> next;
        for (const auto& target : targets) {
            const auto old =
                std::find_if(asked.begin(), asked.end(), [&](const Asked& a) { return a.target == target; });
            if (old != asked.end())
                next.push_back(std::move(*old));
            else
                next.push_back({target, kit::HttpClient(target.http.toStdString(), askLimit), std::nullopt});
        }
        asked = std::move(next);
    }

    QVector<ReplicaFigures> round(std::vector<Asked>& asked, ReadBudget* paying) {
        QVector<ReplicaFigures> figures;
        for (auto& one : asked) {
            if (leaving()) return figures;
            const auto answer = one.client.send("GET", "/metrics");
            if (paying && answer) paying->pay(static_cast<std::int64_t>(answer.value().body.size()));
            if (!answer || answer.value().status != 200) {
                one.last.reset();
                continue;
            }
            const auto now = std::chrono::steady_clock::now().time_since_epoch();
            MetricsPage page{std::chrono::duration_cast<std::chrono::microseconds>(now).count(),
                             parseMetrics(QByteArray::fromStdString(answer.value().body))};
            figures.append(figuresOf(one.target, page, one.last ? &*one.last : nullptr));
            one.last = std::move(page);
        }
        return figures;
    }

    bool replaced() {
        const std::lock_guard lock(mutex);
        return changed || stopping;
    }

    bool leaving() {
        const std::lock_guard lock(mutex);
        return stopping;
    }

    MetricsReader* reader;
    std::mutex mutex;
    std::condition_variable wake;
    QVector<MetricsTarget> targets;
    std::shared_ptr<ReadBudget> budget;
    bool changed = false, stopping = false;
    std::thread thread;  // last: it uses all of the above
};

MetricsReader::MetricsReader(QObject* parent) : QObject(parent) {}

MetricsReader::~MetricsReader() = default;

void MetricsReader::setTargets(const QVector<MetricsTarget>& targets, std::shared_ptr<ReadBudget> budget) {
    if (targets.isEmpty() && !m_worker) return;
    if (!m_worker) m_worker = std::make_unique<Worker>(this);
    {
        const std::lock_guard lock(m_worker->mutex);
        m_worker->budget = std::move(budget);
        if (m_worker->targets == targets) return;
        m_worker->targets = targets;
        m_worker->changed = true;
    }
    m_worker->wake.notify_one();
}

}  // namespace nova::engine
