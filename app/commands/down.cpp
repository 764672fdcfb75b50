#include "app/commands/down.h"

#include <CLI/App.hpp>
#include <QCoreApplication>
#include <QDeadlineTimer>
#include <QTimer>
#include <optional>

#include "app/commands/attach.h"
#include "app/commands/output.h"
#include "app/commands/status.h"
#include "app/commands/up_view.h"
#include "app/engine/stack/data_lock.h"
#include "app/engine/stack/paths.h"
#include "app/engine/stack/stack.h"

namespace nova::commands {
namespace {

using stack::Stack;

constexpr int patienceMs = 40'000;
constexpr int releaseMs = 3'000, lookEveryMs = 10;  // for the folder itself; a window keeps it

// From the owner's first word to the end of its Nova.
class Down {
public:
    Down(Stack& stack, const CommonOptions& common) : m_stack(stack), m_common(common) {
        QObject::connect(&stack, &Stack::changed, &stack, [this](const auto& parts) { look(parts); });
        QObject::connect(&stack, &Stack::stopped, &stack, [this] { stopped(); });
        QTimer::singleShot(patienceMs, &stack, [this] {
            end(fail(exitCode::badNews,
                     QStringLiteral("the owner of %1 does not stop its Nova").arg(m_common.dataDir)));
        });
    }

private:
    void look(const QVector<stack::PartStatus>& parts) {
        if (!m_asked && m_stack.ownerPid() > 0) {
            if (stack::nothingRuns(m_stack)) return end(noNova(m_common));
            m_asked = true;
            m_owner = lockOwner();
            if (!m_common.json) m_view.emplace(false).stopping();
            m_stack.stop();
        }
        if (m_view) m_view->parts(parts);
    }
    void stopped() {
        if (!m_asked)  // the owner went away, or cannot be reached, before it said anything
            return end(Stack::attach({m_common.dataDir, {}, {}}) ? noAnswer(m_common) : noNova(m_common));
        if (m_view)
            m_view->stopped();
        else
            printJson(processesJson(m_stack.parts()));
        m_stack.disconnect(&m_stack);
        m_release.setRemainingTime(releaseMs);
        QObject::connect(&m_look, &QTimer::timeout, &m_look, [this] { awaitRelease(); });
        m_look.start(lookEveryMs);
    }
    // What follows may want the folder: its owner still ends itself.
    void awaitRelease() {
        if (lockOwner() != m_owner || m_release.hasExpired()) end(exitCode::done);
    }
    qint64 lockOwner() const { return stack::DataLock::owner(stack::DataPaths(m_common.dataDir).lock()); }
    void end(int code) {
        m_stack.disconnect(&m_stack);
        QCoreApplication::exit(code);
    }

    Stack& m_stack;
    const CommonOptions& m_common;
    std::optional<UpView> m_view;
    bool m_asked = false;
    qint64 m_owner = 0;
    QTimer m_look;
    QDeadlineTimer m_release;
};

}  // namespace

int runDown(const Arguments& arguments) {
    CLI::App app("Stops the local Nova of a data folder, whoever started it, and waits until nothing of it runs.");
    CommonOptions common;
    if (const auto done = parse(app, arguments, common)) return *done;
    if (const auto refused = refuseProfile(arguments, common)) return *refused;
    const auto stack = Stack::attach({common.dataDir, {}, {}});
    if (!stack) return noNova(common);
    Down down(*stack, common);
    return QCoreApplication::exec();
}

}  // namespace nova::commands
