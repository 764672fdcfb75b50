#include "app/commands/borrowed_nova.h"

#include <QEventLoop>
#include <QTimer>
#include <cstdio>
#include <utility>

#include "app/engine/stack/stack.h"

namespace nova::commands {
namespace {

constexpr int stopLimitMs = 30'000, lookEveryMs = 100;
constexpr int firstWordMs = 10'000, othersStartMs = 180'000;  // of whoever owns the folder

}  // namespace

BorrowedNova::BorrowedNova(const CommonOptions& common) : m_common(common) {}

BorrowedNova::~BorrowedNova() {
    if (!m_stack || !m_mine) return;
    QEventLoop loop;
    bool stopped = false;
    QObject::connect(m_stack.get(), &stack::Stack::stopped, &loop, [&] {
        stopped = true;
        loop.quit();
    });
    QTimer::singleShot(stopLimitMs, &loop, &QEventLoop::quit);
    m_stack->stop();
    // Where nothing ever ran it is said at once, and a loop that does not run yet cannot be ended.
    if (!stopped && m_stack->phase() != stack::Phase::stopped) loop.exec();
}

void BorrowedNova::interrupt() {
    m_interrupted = true;
}

kit::Result<engine::RunFile> BorrowedNova::open() {
    if (m_common.runGiven) {
        m_stack = stack::Stack::attach({m_common.dataDir, {}, {}});
        return engine::RunFile::read(m_common.runFile);
    }
    QDeadlineTimer patience(firstWordMs);
    for (auto round = Round::over; round == Round::over;) {
        m_stack = stack::Stack::open({m_common.dataDir, {}, {}});
        m_mine = false;
        round = waitReady(patience);
        if (round == Round::failed) return m_fault;
    }
    return engine::RunFile::read(m_common.runFile);
}

// With one owner. Who else has the folder may be starting, stopping, or gone in the next moment.
BorrowedNova::Round BorrowedNova::waitReady(QDeadlineTimer& patience) {
    QEventLoop loop;
    auto round = Round::waits;
    const auto end = [&](Round how) {
        if (round == Round::waits) round = how;
        loop.quit();
    };
    const auto fail = [&](const kit::Error& why) {
        if (round == Round::waits) m_fault = why;
        end(Round::failed);
    };
    QObject::connect(m_stack.get(), &stack::Stack::ready, &loop, [&] { end(Round::ready); });
    QObject::connect(m_stack.get(), &stack::Stack::failed, &loop,
                     [&](const QString& reason) { fail(kit::permanent(reason.toStdString())); });
    QObject::connect(m_stack.get(), &stack::Stack::stopped, &loop, [&] {
        const bool again = !m_mine || m_stack->ownerPid() == 0;
        again ? end(Round::over) : fail(kit::permanent("the Nova was stopped while it started"));
    });
    QObject::connect(m_stack.get(), &stack::Stack::changed, &loop, [&, known = m_stack->isOwner()]() mutable {
        if (m_stack->ownerPid() == 0 || std::exchange(known, true)) return;
        if (!std::exchange(m_heard, true)) patience.setRemainingTime(othersStartMs);
        if (stack::nothingRuns(*m_stack)) startStopped();
    });
    QTimer look;
    QObject::connect(&look, &QTimer::timeout, &loop, [&] {
        if (m_interrupted) fail(kit::permanent("interrupted"));
        if (!m_stack->isOwner() && patience.hasExpired()) fail(impatient());
    });
    look.start(lookEveryMs);
    if (m_stack->isOwner()) startStopped();
    if (round == Round::waits) loop.exec();
    return round;
}

void BorrowedNova::startStopped() {
    m_mine = true;
    const auto whose =
        m_stack->isOwner()
            ? QStringLiteral("No Nova is running: starting one for the duration of this play.")
            : QStringLiteral("The Nova of process %1 is stopped: starting it for the duration of this play.")
                  .arg(m_stack->ownerPid());
    std::fprintf(stderr, "%s\n", qPrintable(whose));
    m_stack->start();
}

kit::Error BorrowedNova::impatient() const {
    const auto folder = m_common.dataDir.toStdString();
    if (!m_heard) return {kit::ErrorKind::notFound, "the owner of " + folder + " does not answer", {}};
    return kit::permanent("the Nova of " + folder + " is not ready after " + std::to_string(othersStartMs / 1000) +
                          " s; what it lacks says: nova-console status --data " + folder);
}

}  // namespace nova::commands
