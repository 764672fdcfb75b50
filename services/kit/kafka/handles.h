// Owner types for librdkafka's C handles, one line each, and small helpers. Settings: research of defects in 2.0.2 decides them
// (range assignor, no batch consume, no pause/resume/seek). Thread: as librdkafka says of each handle.
#pragma once

#include <librdkafka/rdkafka.h>

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kit/runtime/error.h"

namespace nova::kit::kafka {

template <auto Destroy>
struct Deleter { template <typename T> void operator()(T* p) const { if (p) Destroy(p); } };

using Handle = std::unique_ptr<rd_kafka_t, Deleter<rd_kafka_destroy>>;
using Conf = std::unique_ptr<rd_kafka_conf_t, Deleter<rd_kafka_conf_destroy>>;
using Message = std::unique_ptr<rd_kafka_message_t, Deleter<rd_kafka_message_destroy>>;
using Event = std::unique_ptr<rd_kafka_event_t, Deleter<rd_kafka_event_destroy>>;
using Queue = std::unique_ptr<rd_kafka_queue_t, Deleter<rd_kafka_queue_destroy>>;
using Headers = std::unique_ptr<rd_kafka_headers_t, Deleter<rd_kafka_headers_destroy>>;
using PartitionList = std::unique_ptr<rd_kafka_topic_partition_list_t, Deleter<rd_kafka_topic_partition_list_destroy>>;
using AdminOptions = std::unique_ptr<rd_kafka_AdminOptions_t, Deleter<rd_kafka_AdminOptions_destroy>>;
using NewTopic = std::unique_ptr<rd_kafka_NewTopic_t, Deleter<rd_kafka_NewTopic_destroy>>;

using Settings = std::map<std::string, std::string>;
using HeaderList = std::vector<std::pair<std::string, std::string>>;   // ordered, duplicates kept, values are bytes

// For all handles made from now on in this process: connect to every broker at once, and look for a lost one each 100 ms
// rather than once a second. For a broker beside the process; against a cluster it opens a connection to each broker.
void connectEagerly(bool eager);

// Common settings of every handle of ours; `extra` wins.
Settings commonSettings(const std::string& bootstrap, const std::string& clientId);
// Empty but for an error callback that keeps librdkafka from logging each failure twice.
Conf newConf();
// A configured handle; a refused setting is an error that names it. `conf` may carry callbacks already; logs go to ours.
Result<Handle> makeHandle(rd_kafka_type_t type, const Settings& settings, Conf conf = newConf());

HeaderList headersOf(const rd_kafka_message_t* message);
// The last header of that name, or "".
std::string_view header(const HeaderList& headers, std::string_view name);

// Creates missing topics (contract settings: LogAppendTime, 168 h, 1 GiB). Existing ones are left alone.
struct TopicSpec { std::string name; int partitions; Settings config; };
Result<void> createTopics(const std::string& bootstrap, const std::vector<TopicSpec>& topics, int timeoutMs);

}  // namespace nova::kit::kafka
