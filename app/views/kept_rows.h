// What a pause keeps: the rows that were shown, at most 100,000, in a ring of their own, while the live ring goes on.
// Copied in a thread of the pool; until then the live rows stand still themselves. GUI thread.
#pragma once

#include <QDateTime>
#include <QObject>
#include <memory>
#include <optional>
#include <vector>

#include "app/views/ring_rows.h"

namespace nova::views {

class KeptRows final : public QObject {
    Q_OBJECT
public:
    static constexpr quint64 most = 100'000;

    explicit KeptRows(QObject* parent = nullptr);
    ~KeptRows() override;

    // Keeps what `live` shows: the matches of its filter first, then as many rows around `top` (its row) as there is
    // room for. ready() follows.
    void keep(const RingRows& live, quint64 top);
    void drop();
    [[nodiscard]] RingRows* rows() const { return m_rows.get(); }  // null: nothing is kept, or not yet
    [[nodiscard]] QDateTime since() const { return m_since; }
    [[nodiscard]] quint64 end() const { return m_end; }  // the live ring's end when it was kept
    // Where a sequence of the live ring stands among the kept rows' sequences; none: not kept.
    [[nodiscard]] std::optional<quint64> sequenceOf(quint64 live) const;
    [[nodiscard]] std::optional<quint64> liveSequenceOf(quint64 kept) const;

Q_SIGNALS:
    void ready();  // rows() are there, and its filter has searched them

private:
    void take(std::unique_ptr<engine::EventRing> ring, std::vector<quint64> sequences);

    std::unique_ptr<engine::EventRing> m_ring;
    std::unique_ptr<RingRows> m_rows, m_coming;
    std::vector<quint64> m_sequences;  // of the live ring, one a kept row
    std::shared_ptr<EventIndex> m_index;
    QString m_filter;
    QDateTime m_since;
    quint64 m_end = 0;
    int m_run = 0;
};

}  // namespace nova::views
