// Asks many of a broker side by side, one question a name. One that hangs gives its slot up after a while and is waited
// for on the side, so that it holds up neither those behind it nor the call; its answer comes with a later call, and
// until then it is not asked anew. Bounds: `slots` at once, `mostOpen` with those on the side. Thread: one.
#pragma once

#include <QString>
#include <QStringList>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <vector>

namespace nova::engine {

class AskSlots {
public:
    static constexpr int slots = 64, mostOpen = 4'096;
    // How long one has its slot; one that hung before, or comes while many hang, has it for less.
    static constexpr qint64 patienceMs = 2'000, shortPatienceMs = 200;

    struct Answer {
        std::uint64_t number = 0;
        std::function<void(const QString& name)> deliver;
    };
    struct Ways {
        std::function<void(std::uint64_t number, const QString& name)> ask;  // an answer comes to each, in the end
        std::function<std::optional<Answer>(int waitMs)> next;               // the next answer; waits so long for one
        std::function<qint64()> nowMs;                                       // never set back
    };
    struct Left {
        QStringList late, notAsked;  // late: asked in this call, no answer yet; notAsked: no time or place was left
    };

    // Delivers each answer that comes, of this call or an earlier one. Returns when no question of this call has a slot
    // any more, or after `timeoutMs`.
    Left run(const QStringList& names, const std::set<QString>& hungBefore, int timeoutMs, const Ways& ways);

private:
    struct Slot {
        std::uint64_t number = 0;
        qint64 untilMs = 0;
    };
    void giveUp(qint64 nowMs);

    std::uint64_t m_number = 0;
    std::map<std::uint64_t, QString> m_open;
    std::set<QString> m_names;  // of m_open
    std::vector<Slot> m_slots;  // of this call
};

}  // namespace nova::engine
