// The counters and histograms of a consumer, found once. Thread: the loop's.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "kit/runtime/metrics.h"

namespace nova::kit::consume {

class Tallies {
public:
    explicit Tallies(Metrics& metrics) : m_metrics(metrics) {}

    Counter& outcome(const std::string& topic, const std::string& outcome) {
        Counter*& slot = m_outcomes[{topic, outcome}];
        if (!slot)
            slot = &m_metrics.counter("nova_outcomes_total", "Records by outcome",
                                      {{"topic", topic}, {"outcome", outcome}});
        return *slot;
    }
    Histogram& seconds(const std::string& topic) {
        Histogram*& slot = m_seconds[topic];
        if (!slot)
            slot = &m_metrics.histogram("nova_consume_seconds", "From the poll to the end of a record's handling",
                                        {{"topic", topic}});
        return *slot;
    }
    Counter& letters(const std::string& topic) {
        return m_metrics.counter("nova_dead_letters_total", "Records sent to the dead letters", {{"topic", topic}});
    }

private:
    Metrics& m_metrics;
    std::map<std::pair<std::string, std::string>, Counter*> m_outcomes;
    std::map<std::string, Histogram*> m_seconds;
};

}  // namespace nova::kit::consume
