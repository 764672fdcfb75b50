#include "app/engine/plays/load.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <algorithm>
#include <chrono>
#include <cmath>

#include "contract/topics.h"
#include "kit/http/client.h"

namespace nova::engine {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::seconds patience{20};
constexpr std::chrono::milliseconds lead{100};  // until the workers are there
constexpr std::chrono::milliseconds heedEvery{50};

Clock::time_point at(std::int64_t ns) {
    return Clock::time_point(std::chrono::duration_cast<Clock::duration>(std::chrono::nanoseconds(ns)));
}

// The id of what was made, or why not.
std::pair<QString, QString> readAnswer(const kit::Result<kit::HttpResponse>& response) {
    if (!response) return {{}, QString::fromStdString(response.error().what)};
    const auto body = QJsonDocument::fromJson(QByteArray::fromStdString(response.value().body)).object();
    const auto errors = body.value(u"errors").toArray();
    if (!errors.isEmpty()) return {{}, errors.first().toObject().value(u"message").toString()};
    if (response.value().status != 200) return {{}, QStringLiteral("HTTP %1").arg(response.value().status)};
    return {body.value(u"data").toObject().value(u"createPost").toObject().value(u"id").toString(), {}};
}

}  // namespace

double LoadReport::percentile(double p) const {
    if (latencies.isEmpty()) return 0;
    const auto index = static_cast<qsizetype>(std::ceil(p / 100 * static_cast<double>(latencies.size()))) - 1;
    return latencies[std::clamp<qsizetype>(index, 0, latencies.size() - 1)];
}

Load::Load(QString url, int rate, int seconds, QString mode, std::function<LoadCall(int)> call, int connections,
           std::function<void(int, const QString&)> answered)
    : m_url(std::move(url)),
      m_mode(std::move(mode)),
      m_rate(rate),
      m_total(rate * seconds),
      m_call(std::move(call)),
      m_answered(std::move(answered)),
      m_running(connections),
      m_beginNs(std::chrono::nanoseconds((Clock::now() + lead).time_since_epoch()).count()) {
    for (int i = 0; i < connections; ++i) m_workers.emplace_back([this] { work(); });
}

Load::~Load() {
    m_stopping = true;
    for (auto& worker : m_workers) {
        if (worker.joinable()) worker.join();
    }
}

// False: it was stopped before.
bool Load::waitUntil(Clock::time_point due) const {
    while (!m_stopping && Clock::now() < due) std::this_thread::sleep_until(std::min(due, Clock::now() + heedEvery));
    return !m_stopping;
}

void Load::work() {
    kit::HttpClient http(m_url.toStdString(), patience);
    std::vector<std::pair<std::string, std::string>> headers{{"content-type", "application/json"},
                                                             {"authorization", {}}};
    if (!m_mode.isEmpty()) headers.emplace_back(contract::metadata::mode, m_mode.toStdString());
    for (;;) {
        const int index = m_next++;
        if (index >= m_total) break;
        const auto due = at(m_beginNs + static_cast<std::int64_t>(index) * 1'000'000'000 / m_rate);
        if (!waitUntil(due)) break;
        const auto call = m_call(index);
        headers[1].second = "Bearer " + call.token.toStdString();
        const auto [id, error] = readAnswer(http.send("POST", {}, call.body.toStdString(), headers));
        const auto end = Clock::now();
        ++m_ended;
        if (error.isEmpty() && m_answered) m_answered(index, id);
        const std::lock_guard lock(m_mutex);
        ++m_report.sent;
        m_report.seconds = std::max(m_report.seconds, std::chrono::duration<double>(end - at(m_beginNs)).count());
        if (error.isEmpty()) {
            ++m_report.answered;
            const double ms = std::chrono::duration<double, std::milli>(end - due).count();
            m_report.latencies.append(ms);
            m_report.each.append({index, ms});
            m_report.ids.append({index, id});
        } else {
            ++m_report.failed;
            if (m_report.firstError.isEmpty()) m_report.firstError = error;
        }
    }
    --m_running;
}

int Load::due() const {
    const auto since = std::chrono::duration<double>(Clock::now() - at(m_beginNs)).count();
    return std::clamp(static_cast<int>(since * m_rate) + (since > 0 ? 1 : 0), 0, m_total);
}

LoadReport Load::report() {
    for (auto& worker : m_workers) {
        if (worker.joinable()) worker.join();
    }
    std::sort(m_report.latencies.begin(), m_report.latencies.end());
    return m_report;
}

}  // namespace nova::engine
