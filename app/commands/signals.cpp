#include "app/commands/signals.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <array>

namespace nova::commands {
namespace {

constexpr std::array signalsOfInterest{SIGINT, SIGTERM, SIGHUP};
int writeEnd = -1;

void note(int signal) {
    const auto byte = static_cast<unsigned char>(signal);
    if (write(writeEnd, &byte, 1) != 1) return;  // the pipe is full of the same news
}

}  // namespace

StopSignals::StopSignals() {
    if (pipe2(m_ends, O_CLOEXEC | O_NONBLOCK) != 0) qFatal("no pipe for signals");
    writeEnd = m_ends[1];
    m_notifier = std::make_unique<QSocketNotifier>(m_ends[0], QSocketNotifier::Read);
    connect(m_notifier.get(), &QSocketNotifier::activated, this, [this] {
        unsigned char byte = 0;
        while (read(m_ends[0], &byte, 1) == 1) Q_EMIT caught(byte);
    });
    struct sigaction action {};
    action.sa_handler = note;
    action.sa_flags = SA_RESTART;
    for (const int sig : signalsOfInterest) sigaction(sig, &action, nullptr);
}

StopSignals::~StopSignals() {
    for (const int sig : signalsOfInterest) signal(sig, SIG_DFL);
    m_notifier.reset();
    writeEnd = -1;
    close(m_ends[0]);
    close(m_ends[1]);
}

}  // namespace nova::commands
