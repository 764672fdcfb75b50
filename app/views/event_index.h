// What the events of one ring have in common: which of them came twice, whose handles are known, and which values a
// filter may name. Events are added in the order in which they came, in a thread of the pool; questions may be asked
// from any thread. Bounds: those of SeenEvents, 4,096 handles, 100,000 stale events, 512 kinds of records of which
// header names and payload fields are told.
#pragma once

#include <QHash>
#include <QSet>
#include <QString>
#include <memory>
#include <mutex>
#include <unordered_set>

#include "app/engine/traffic/event.h"
#include "app/engine/traffic/filter.h"
#include "app/engine/traffic/seen_events.h"

namespace nova::views {

class EventIndex {
public:
    void add(const engine::Event& event);
    void learnName(const QString& userId, const QString& handle);
    void learnStale(const QStringList& eventIds);

    // Records that are searched without being held may be told to it as well: see ScanJob.
    [[nodiscard]] const std::shared_ptr<engine::SeenEvents>& events() const { return m_events; }
    [[nodiscard]] bool isDuplicate(const engine::Event& event) const;  // same topic, ce_id and schema
    [[nodiscard]] bool isStale(const engine::Event& event) const;      // some group's outcome for it is stale
    [[nodiscard]] QString handleOf(const std::string& userId) const;   // empty: not known
    [[nodiscard]] engine::SeenValues seen() const;

private:
    void learnKind(const engine::Event& event);

    const std::shared_ptr<engine::SeenEvents> m_events = std::make_shared<engine::SeenEvents>();
    mutable std::mutex m_mutex;  // guards all below
    std::unordered_set<std::uint32_t> m_kinds;       // topic and type
    QHash<QString, QString> m_names;                 // user id → handle
    QSet<QString> m_stale;
    QSet<QString> m_headers, m_paths, m_sources, m_topics, m_types;
};

}  // namespace nova::views
