// Blocking work off the main thread, its result back on it. A Background that is destroyed drops what is still to come.
// Thread: made, used and destroyed on its target's thread; `work` runs on a pool thread and must not touch the target.
#pragma once

#include <QMetaObject>
#include <QMutex>
#include <QObject>
#include <QThreadPool>
#include <functional>
#include <memory>
#include <utility>

namespace nova::stack {

class Background {
public:
    explicit Background(QObject* target) : m_guard(std::make_shared<Guard>()) { m_guard->target = target; }
    ~Background() {
        const QMutexLocker lock(&m_guard->mutex);
        m_guard->target = nullptr;
    }
    Q_DISABLE_COPY_MOVE(Background)

    template <typename Work, typename Then>
    void run(Work work, Then then) {
        pool().start([guard = m_guard, work = std::move(work), then = std::move(then)]() mutable {
            auto result = work();
            const QMutexLocker lock(&guard->mutex);
            if (!guard->target) return;
            QMetaObject::invokeMethod(
                guard->target,
                [then = std::move(then), result = std::move(result)]() mutable { then(std::move(result)); },
                Qt::QueuedConnection);
        });
    }

    // A function for the work to call from its thread: runs `what` on the target's, as long as that lives.
    std::function<void(std::function<void()>)> poster() const {
        return [guard = m_guard](std::function<void()> what) {
            const QMutexLocker lock(&guard->mutex);
            if (guard->target) QMetaObject::invokeMethod(guard->target, std::move(what), Qt::QueuedConnection);
        };
    }

    static QThreadPool& pool();  // wide enough for every part's probe and preparation at once

private:
    struct Guard {
        QMutex mutex;
        QObject* target = nullptr;
    };
    std::shared_ptr<Guard> m_guard;
};

}  // namespace nova::stack
