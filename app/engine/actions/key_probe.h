// Asks Redis about outcomes that no span has told, for a live ActionStore: each 2 s, by idempotency keys, on a thread
// of its own. Reads only. The store must outlive it. Thread: main.
#pragma once

#include <QObject>
#include <QTimer>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

#include "app/engine/actions/action_store.h"

namespace nova::engine {

class KeyProbe : public QObject {
    Q_OBJECT
public:
    static constexpr int everyMs = 2'000;
    explicit KeyProbe(ActionStore& store, QObject* parent = nullptr);
    ~KeyProbe() override;
    void start(const QString& redisUri);  // stops a former one; a wrong address asks nobody
    void stop();
    void ask();  // now, as far as something is open

private:
    void run(const QString& redisUri);
    ActionStore& m_store;
    QTimer m_timer;
    std::thread m_thread;
    std::mutex m_mutex;
    std::condition_variable m_wake;
    std::optional<QVector<OpenOutcome>> m_asked;  // guarded by m_mutex, as the next
    bool m_stopping = false;
};

}  // namespace nova::engine
