// An open loop: calls at a steady rate, each at its time whether or not the former were answered, by a bounded number
// of connections. Latency counts from the time a call was due, so that waiting for a free connection is not hidden.
#pragma once

#include <QString>
#include <QVector>
#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace nova::engine {

struct LoadCall {
    QString token, body;  // body: of POST /graphql, JSON
};

struct LoadReport {
    int sent = 0, answered = 0, failed = 0;
    double seconds = 0;                // from the first call's time to the last answer
    QVector<double> latencies;         // ms, of those answered, sorted
    QVector<QPair<int, double>> each;  // index of the call, ms; of those answered
    QVector<QPair<int, QString>> ids;  // index of the call, the answer's data.createPost.id
    QString firstError;

    double percentile(double p) const;  // ms; 0 without any
};

class Load {
public:
    // `call(i)` makes the i-th call; called by the workers, so it must not touch what others change. `answered` hears
    // the index of each call that was answered and data.createPost.id, on a worker; may be empty.
    Load(QString url, int rate, int seconds, QString mode, std::function<LoadCall(int)> call, int connections = 48,
         std::function<void(int, const QString&)> answered = {});
    ~Load();  // as stop(), and waits for the calls under way: ≤ 20 s each
    int total() const { return m_total; }
    bool isDone() const { return m_running == 0; }
    int due() const;                          // calls whose time has come
    int waiting() const { return due() - m_ended; }  // due and without an answer: queued here or at the gateway
    void stop() { m_stopping = true; }  // makes no further call
    // Waits until all calls were made and answered; after stop(), for those under way. Blocking.
    LoadReport report();

private:
    void work();
    bool waitUntil(std::chrono::steady_clock::time_point due) const;
    const QString m_url, m_mode;
    const int m_rate, m_total;
    const std::function<LoadCall(int)> m_call;
    const std::function<void(int, const QString&)> m_answered;
    std::atomic<int> m_next{0}, m_ended{0}, m_running{0};
    std::atomic<bool> m_stopping{false};
    std::mutex m_mutex;
    LoadReport m_report;  // guarded by m_mutex
    std::vector<std::thread> m_workers;
    const std::int64_t m_beginNs;
};

}  // namespace nova::engine
