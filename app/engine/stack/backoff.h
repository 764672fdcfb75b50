// Waits between restarts: 100 ms, doubled up to 10 s, back to 100 ms once a process has been up for 30 s. Thread: the
// part's.
#pragma once

#include <QtGlobal>
#include <algorithm>

namespace nova::stack {

class Backoff {
public:
    static constexpr int firstMs = 100, mostMs = 10'000, forgivenAfterMs = 30'000;

    // Call when a process ended by itself after `upMs`; returns how long to wait.
    int next(qint64 upMs) {
        if (upMs >= forgivenAfterMs) reset();
        const int wait = m_waitMs;
        m_waitMs = std::min(m_waitMs * 2, mostMs);
        ++m_inARow;
        return wait;
    }
    void reset() {
        m_waitMs = firstMs;
        m_inARow = 0;
    }
    int inARow() const { return m_inARow; }  // ends by itself since the last reset

private:
    int m_waitMs = firstMs;
    int m_inARow = 0;
};

}  // namespace nova::stack
