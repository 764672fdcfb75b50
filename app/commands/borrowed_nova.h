// A local Nova for the time of one command: the one that runs in the data folder, or one started for it and stopped
// with it. Thread: main.
#pragma once

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
    // Spins the event loop until the Nova is ready. Error: notFound (--run names none), permanent (the start failed;
    // says why).
    kit::Result<engine::RunFile> open();
    // To do harm with; after open(). None: --run names a Nova that nobody supervises on this machine.
    stack::Stack* stack() const { return m_stack.get(); }
    void interrupt();  // open() ends soon, with an error

private:
    kit::Result<void> waitReady();
    CommonOptions m_common;
    std::unique_ptr<stack::Stack> m_stack;
    bool m_mine = false, m_interrupted = false;
};

}  // namespace nova::commands
