#include "app/engine/traffic/filter.h"
#include "app/engine/traffic/filter_handles.h"
#include "app/engine/traffic/scan.h"
#include "app/engine/traffic/seen_events.h"

namespace nova::engine {
namespace {

class FilterJudge final : public ScanJudge {
public:
    FilterJudge(const Filter& filter, std::shared_ptr<SeenEvents> seen, std::shared_ptr<FilterHandles> handles)
        : m_filter(filter),
          m_seen(m_filter.needs().history ? std::move(seen) : nullptr),
          m_handles(m_filter.needs().handles ? std::move(handles) : nullptr),
          m_parts(partsOf(m_filter.needs())),
          m_before(m_filter.errors()) {}

    bool matches(const rd_kafka_message_t& message) override {
        fillEvent(m_event, message, m_parts);
        if (m_seen) m_seen->see(m_event);
        if (m_handles) m_handles->note(m_event);
        return m_filter.matches(m_event);
    }
    std::int64_t errors() const override { return static_cast<std::int64_t>(m_filter.errors() - m_before); }

private:
    static EventParts partsOf(const FilterNeeds& needs) {
        const bool whole = needs.payload || needs.history || needs.handles;
        return {needs.headers || whole, needs.value || whole};
    }
    Filter m_filter;  // a copy: one thread's
    const std::shared_ptr<SeenEvents> m_seen;
    const std::shared_ptr<FilterHandles> m_handles;
    const EventParts m_parts;
    const std::uint64_t m_before;
    Event m_event;  // used again and again
};

}  // namespace

std::function<std::unique_ptr<ScanJudge>()> judgeOf(const Filter& filter, std::shared_ptr<SeenEvents> seen,
                                                    std::shared_ptr<FilterHandles> handles) {
    if (filter.matchesAll()) return {};
    return [filter, seen = std::move(seen), handles = std::move(handles)] {
        return std::make_unique<FilterJudge>(filter, seen, handles);
    };
}

}  // namespace nova::engine
