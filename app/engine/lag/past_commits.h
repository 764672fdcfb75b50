// The commits of one partition of one group that lay in __consumer_offsets before the start: at most `most`, spread
// over the time that they tell of, the first and the latest among them. Values only. Thread: one.
#pragma once

#include <QtGlobal>
#include <vector>

namespace nova::engine {

class PastCommits {
public:
    static constexpr std::size_t most = 20;
    struct One {
        qint64 offset = 0, atMs = 0;  // the coordinator's clock
    };

    // In the order they were made in; one without a time, or of an earlier one, is left out.
    void add(const One& commit);
    void clear() { m_commits.clear(); }
    [[nodiscard]] bool isEmpty() const { return m_commits.empty(); }
    [[nodiscard]] std::size_t size() const { return m_commits.size(); }
    [[nodiscard]] const One& latest() const { return m_commits.back(); }
    One takeLatest();

private:
    void place(const One& commit);
    std::vector<One> m_commits;
    qint64 m_everyMs = 0;  // grows with what there is
};

}  // namespace nova::engine
