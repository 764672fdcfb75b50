// The data of the design's pictures, as the widgets take it.
#pragma once

#include <vector>

#include "widgets/charts/rate_strip.h"
#include "widgets/models/action_list_model.h"
#include "widgets/models/log_model.h"
#include "widgets/models/process_table_model.h"
#include "widgets/models/row_source.h"
#include "widgets/timeline/data.h"
#include "widgets/topology/data.h"

namespace nova::test {

timeline::Data createPost();       // one measured createPost over its design
timeline::Data scenario();         // Alice posts, Bob sees it, likes it, Alice is told
timeline::Data localPost();         // as measured on one machine: nested spans, far below every budget
timeline::Data incomplete();       // a createPost that still waits for its consumer
timeline::Data crowded(int bars);  // many bars, some overlapping, many arrows

topology::Data healthyMap();
topology::Data brokenMap();
topology::Data smallMap();  // the five parts and their stores

std::vector<models::ProcessRow> processes();
std::vector<models::ActionRow> actions();
std::vector<models::LogLine> logLines();
std::vector<charts::RateSeries> rates();

// A ring that keeps the newest `capacity` of `total` made-up events.
class FakeRing : public models::RowSource {
public:
    explicit FakeRing(quint64 capacity) : m_capacity(capacity) {}
    void append(quint64 count) { m_total += count; }

    quint64 first() const override { return m_total > m_capacity ? m_total - m_capacity : 0; }
    quint64 last() const override { return m_total; }
    quint64 dropped() const override { return first(); }
    bool row(quint64 sequence, models::EventRow& row) const override;

private:
    quint64 m_capacity;
    quint64 m_total = 0;
};

}  // namespace nova::test
