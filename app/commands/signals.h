// SIGINT, SIGTERM and SIGHUP as a Qt signal on the main thread. One at a time in a process. Thread: main.
#pragma once

#include <QObject>
#include <QSocketNotifier>
#include <memory>

namespace nova::commands {

class StopSignals : public QObject {
    Q_OBJECT
public:
    StopSignals();
    ~StopSignals() override;

Q_SIGNALS:
    void caught(int signal);

private:
    int m_ends[2] = {-1, -1};
    std::unique_ptr<QSocketNotifier> m_notifier;
};

}  // namespace nova::commands
