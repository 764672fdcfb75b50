// The HTTP doors that every service has: /healthz, /readyz, /metrics, and what the process says of itself there.
#pragma once

namespace nova::kit {

class Health;
class HttpServer;
class Metrics;

// All three must outlive the server.
void addHealthDoors(HttpServer& http, const Health& health, Metrics& metrics);
// nova_up, nova_process_cpu_seconds_total, nova_process_resident_bytes, and nova_rpc_seconds{method} from here on.
void addProcessMetrics(Metrics& metrics);

}  // namespace nova::kit
