#include "app/engine/cluster/write_session.h"

#include <QUrl>

#include "kit/kafka/producer.h"
#include "kit/redis/client.h"
#include "kit/trace/exporter.h"

namespace nova::engine {

std::unique_ptr<kit::trace::Exporter> WriteSession::spanExporter() const {
    return std::make_unique<kit::trace::Exporter>(m_bootstrap, "console", "console/0", nullptr);
}

kit::Result<std::vector<kit::kafka::Delivery>> WriteSession::produce(
    const std::vector<kit::kafka::OutRecord>& records) const {
    BOOST_OUTCOME_TRY(auto producer, kit::kafka::Producer::make(m_bootstrap, "console-writer"));
    auto deliveries = producer.sendAll(records);
    for (const auto& delivery : deliveries) {
        if (!delivery.ok) return kit::transient("Kafka did not take the record: " + delivery.error);
    }
    return deliveries;
}

kit::Result<void> WriteSession::flushRedis() const {
    const QUrl url(m_redis);
    if (url.host().isEmpty() || url.port() <= 0) return kit::badInput("the run file names no Redis");
    kit::RedisClient client(url.host().toStdString(), url.port());
    BOOST_OUTCOME_TRY(client.command({"FLUSHALL"}));
    return kit::outcome::success();
}

}  // namespace nova::engine
