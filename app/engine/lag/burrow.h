// Burrow's judgement of one partition from its latest commits (LinkedIn Burrow, evaluator/caching.go), in its order,
// the first hit wins:
//   current lag ≤ allowed                                                                        OK
//   now − last commit > last − first commit, and no stored end ≤ the last commit                 STOP
//   a commit below the one before it, and none later that reached that one again                 REWIND
//   one stored lag ≤ allowed                                                                     OK
//   all commits equal                                                                            STALL
//   no stored lag below the one before it                                                        WARN
//   else                                                                                         OK
// Bounds: 10 commits and 10 ends (one each 10 s). Pure. Thread: any.
#pragma once

#include <array>
#include <optional>

#include "app/engine/lag/lag_types.h"

namespace nova::engine {

struct Commit {
    qint64 offset = 0, atMs = 0;  // the coordinator's clock
    std::optional<qint64> lag;    // at commit time, 0 where the end was not above it; none: the end then is not known
};

// The latest, oldest first.
template <typename T, int N>
class Latest {
public:
    static constexpr int capacity = N;
    void add(const T& value) {
        m_values[static_cast<std::size_t>((m_first + m_size) % N)] = value;
        if (m_size < N)
            ++m_size;
        else
            m_first = (m_first + 1) % N;
    }
    void clear() { m_first = m_size = 0; }
    [[nodiscard]] int size() const { return m_size; }
    const T& operator[](int i) const { return m_values[static_cast<std::size_t>((m_first + i) % N)]; }
    T& operator[](int i) { return m_values[static_cast<std::size_t>((m_first + i) % N)]; }
    const T& last() const { return (*this)[m_size - 1]; }

private:
    std::array<T, N> m_values{};
    int m_first = 0, m_size = 0;
};
constexpr int burrowIntervals = 10;
using CommitRing = Latest<Commit, burrowIntervals>;
using EndRing = Latest<qint64, burrowIntervals>;
inline constexpr qint64 burrowEndEveryMs = 10'000;

// Lag as Burrow stores it with a commit.
std::optional<qint64> lagAtCommit(qint64 offset, std::optional<qint64> end);

// ok, stop, rewind, stall or warn; of a ring that is not full: ok. `currentLag`: the end now − the last commit, 0 at
// least.
LagStatus burrowStatus(const CommitRing& commits, const EndRing& ends, qint64 currentLag, qint64 nowMs,
                       qint64 allowedLag = 0);
// "watching, 3 of 10" while the ring fills, else why the status was given; "" for ok.
QString burrowReason(LagStatus status, const CommitRing& commits, qint64 nowMs);

}  // namespace nova::engine
