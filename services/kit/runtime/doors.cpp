#include "kit/runtime/doors.h"

#include <sys/resource.h>
#include <unistd.h>

#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>

#include "kit/http/server.h"
#include "kit/rpc/server.h"
#include "kit/runtime/health.h"
#include "kit/runtime/ids.h"
#include "kit/runtime/metrics.h"

namespace nova::kit {
namespace {

HttpResponse readiness(const Health& health) {
    const Health::State state = health.state();
    const bool ready = state.missing.empty();
    nlohmann::json body{{"status", ready ? "ready" : "missing"}, {"degraded", state.degraded}};
    if (!ready) body["missing"] = state.missing;
    if (!state.notes.empty()) body["notes"] = state.notes;
    HttpResponse response;
    response.status = ready ? 200 : 503;
    response.body = body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    return response;
}

HttpResponse aliveness() {
    HttpResponse response;
    response.body = R"({"status":"alive"})";
    response.headers.emplace_back("Nova-Time", rfc3339(wallNow()));
    return response;
}

double cpuSeconds() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& t) {
        return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double residentBytes() {
    std::ifstream in("/proc/self/statm");
    double total = 0;
    double resident = 0;
    in >> total >> resident;
    return resident * static_cast<double>(sysconf(_SC_PAGESIZE));
}

}  // namespace

void addHealthDoors(HttpServer& http, const Health& health, Metrics& metrics) {
    http.route(
        "/healthz", [](const HttpRequest&) { return aliveness(); }, true);
    http.route(
        "/readyz", [&health](const HttpRequest&) { return readiness(health); }, true);
    http.route("/metrics", [&metrics](const HttpRequest&) {
        HttpResponse response;
        response.contentType = "text/plain; version=0.0.4; charset=utf-8";
        response.body = metrics.scrape();
        return response;
    });
}

void addProcessMetrics(Metrics& metrics) {
    metrics.gauge("nova_up", "1 while the process serves this page").set(1);
    auto& cpu = metrics.counter("nova_process_cpu_seconds_total", "User and system time of the process");
    auto& resident = metrics.gauge("nova_process_resident_bytes", "Resident memory of the process");
    metrics.beforeScrape([&cpu, &resident] {
        if (const double grown = cpuSeconds() - cpu.value(); grown > 0) cpu.add(grown);
        resident.set(residentBytes());
    });
    observeRpc([&metrics](const char* method, double seconds, bool) {
        metrics.histogram("nova_rpc_seconds", "Time in a gRPC handler, by method", {{"method", method}})
            .observe(seconds);
    });
}

}  // namespace nova::kit
