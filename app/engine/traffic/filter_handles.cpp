#include "app/engine/traffic/filter_handles.h"

#include <mutex>

#include "app/engine/cluster/row_reader.h"
#include "nova/events/v1/events.pb.h"

namespace nova::engine {
namespace {

constexpr std::size_t most = 200'000;

}  // namespace

void FilterHandles::note(const Event& event) {
    static const auto userCreated = Names::type("UserCreated");
    if (event.type != userCreated || event.tombstone) return;
    events::v1::UserCreated created;
    if (created.ParseFromString(event.value) && !created.handle().empty()) add(created.user_id(), created.handle());
}

kit::Result<std::size_t> FilterHandles::readFrom(const QString& postgresUri, std::shared_ptr<ReadBudget> budget) {
    BOOST_OUTCOME_TRY(auto reader, RowReader::open(postgresUri, std::move(budget)));
    BOOST_OUTCOME_TRY(const auto rows,
                      reader.rows(QStringLiteral("SELECT id::text, handle FROM users LIMIT %1").arg(most)));
    for (const auto& row : rows) {
        if (row.size() == 2 && row[0] && row[1]) add(row[0]->toStdString(), row[1]->toStdString());
    }
    return rows.size();
}

void FilterHandles::add(const std::string& userId, const std::string& handle) {
    const std::unique_lock lock(m_mutex);
    if (m_handles.size() < most) m_handles.try_emplace(userId, handle);
}

std::string FilterHandles::handleOf(const std::string& userId) const {
    const std::shared_lock lock(m_mutex);
    const auto found = m_handles.find(userId);
    return found == m_handles.end() ? std::string() : found->second;
}

}  // namespace nova::engine
