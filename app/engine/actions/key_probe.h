// Asks Redis about outcomes that no span has told, for a live ActionStore: each 2 s, by idempotency keys, on a thread
// of its own. Reads only. The store must outlive it. Thread: main.
#pragma once

#include <QObject>
#include <QTimer>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "app/engine/actions/action_store.h"
#include "app/engine/cluster/read_budget.h"

namespace nova::engine {

class KeyProbe : public QObject {
    Q_OBJECT
public:
    static constexpr int everyMs = 2'000;
    explicit KeyProbe(ActionStore& store, QObject* parent = nullptr);
    ~KeyProbe() override;
    // Stops a former one; a wrong address asks nobody. `budget`: see KeyReader.
    void start(const QString& redisUri, std::shared_ptr<ReadBudget> budget = {});
    void stop();
    void ask();  // now, as far as something is open

private:
    void run(const QString& redisUri, const std::shared_ptr<ReadBudget>& budget);
    ActionStore& m_store;
    QTimer m_timer;
    std::thread m_thread;
    std::mutex m_mutex;
    std::condition_variable m_wake;
    std::optional<QVector<OpenOutcome>> m_asked;  // guarded by m_mutex, as the next
    bool m_stopping = false;
};

}  // namespace nova::engine
