// A local Nova for the time of one command: the one that runs in the data folder, or one started for it and stopped
// with it, by this process or, where a window has the folder and runs nothing, by that. Thread: main.
#pragma once

#include <QDeadlineTimer>
#include <QString>
#include <memory>

#include "app/commands/command.h"
#include "app/engine/cluster/session.h"

namespace nova::stack {
class Stack;
}

namespace nova::commands {

class BorrowedNova {
public:
    explicit BorrowedNova(const CommonOptions& common);
    ~BorrowedNova();  // stops what it started, 30 s at most
    // Spins the event loop until the Nova is ready; one that others start is waited for so long. Error: notFound (--run
    // names none, the folder's owner does not answer), permanent (the start failed; says why).
    kit::Result<engine::RunFile> open();
    // To do harm with; after open(). None: --run names a Nova that nobody supervises on this machine.
    stack::Stack* stack() const { return m_stack.get(); }
    void interrupt();  // open() ends soon, with an error

private:
    enum class Round { waits, ready, over, failed };  // over: nothing runs there any more, and nobody is starting it
    Round waitReady(QDeadlineTimer& patience);
    void startStopped();
    kit::Error impatient() const;

    CommonOptions m_common;
    std::unique_ptr<stack::Stack> m_stack;
    bool m_mine = false;  // started by us, whoever owns it
    bool m_heard = false, m_interrupted = false;
    kit::Error m_fault;  // of the round that failed
};

}  // namespace nova::commands
