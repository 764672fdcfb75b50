// POST /upload: a form's file goes through to media-service while it comes; nothing of it is kept here. Makes the root
// span of the action. Thread: the HTTP server's workers, at most 16 uploads at a time.
#pragma once

#include <atomic>
#include <cstdint>

#include "gateway/http/admission.h"
#include "kit/http/server.h"

namespace nova::kit {
class Metrics;
class RpcClients;
}  // namespace nova::kit

namespace nova::gateway {

class UploadDoor {
public:
    // `fileLimit`: bytes. `admission` is shared with the other door: its limits are for both.
    UploadDoor(kit::RpcClients& clients, Admission& admission, kit::Metrics& metrics, std::int64_t fileLimit)
        : m_clients(clients), m_admission(admission), m_metrics(metrics), m_fileLimit(fileLimit) {}

    // 200 {"media_id","url","upload_id"}. 400 no form, or a file that is not taken; 401; 413; 429; 503.
    kit::HttpResponse handle(const kit::HttpRequest& request, kit::HttpBody& body);
    // For HttpServer::stream(): the file, and the form around it.
    kit::HttpStreamLimits limits() const;

private:
    kit::HttpResponse upload(const kit::HttpRequest& request, kit::HttpBody& body, const Caller& caller,
                             const std::string& boundary);

    kit::RpcClients& m_clients;
    Admission& m_admission;
    kit::Metrics& m_metrics;
    const std::int64_t m_fileLimit;
    std::atomic<int> m_underWay{0};
};

}  // namespace nova::gateway
