#include "app/commands/borrowed_nova.h"

#include <QEventLoop>
#include <QFileInfo>
#include <QTimer>
#include <cstdio>

#include "app/engine/stack/stack.h"

namespace nova::commands {
namespace {

constexpr int stopLimitMs = 30'000, lookEveryMs = 100;

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
    m_stack = stack::Stack::open({m_common.dataDir, {}, {}});
    m_mine = m_stack->isOwner();
    if (m_mine) std::fputs("No Nova is running: starting one for the duration of this play.\n", stderr);
    if (m_mine || !QFileInfo::exists(m_common.runFile)) {
        const auto ready = waitReady();
        if (!ready) return ready.error();
    }
    return engine::RunFile::read(m_common.runFile);
}

// Of a Nova that somebody else is starting the run file tells.
kit::Result<void> BorrowedNova::waitReady() {
    QEventLoop loop;
    QString problem;
    bool ready = false;
    QTimer look;
    QObject::connect(m_stack.get(), &stack::Stack::ready, &loop, [&] {
        ready = true;
        loop.quit();
    });
    QObject::connect(m_stack.get(), &stack::Stack::failed, &loop, [&](const QString& reason) {
        problem = reason;
        loop.quit();
    });
    QObject::connect(&look, &QTimer::timeout, &loop, [&] {
        ready = ready || (!m_mine && QFileInfo::exists(m_common.runFile));
        if (m_interrupted) problem = QStringLiteral("interrupted");
        if (ready || m_interrupted) loop.quit();
    });
    look.start(lookEveryMs);
    m_stack->start();
    loop.exec();
    if (!ready) return kit::permanent(problem.toStdString());
    return kit::outcome::success();
}

}  // namespace nova::commands
