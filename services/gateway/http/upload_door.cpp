#include "gateway/http/upload_door.h"

#include <grpcpp/support/sync_stream.h>

#include <chrono>
#include <memory>

#include "contract/topics.h"
#include "gateway/graphql/json.h"
#include "gateway/http/replies.h"
#include "gateway/http/upload_form.h"
#include "gateway/resolvers/request.h"
#include "kit/rpc/client.h"
#include "kit/runtime/metrics.h"
#include "nova/rpc/v1/media.grpc.pb.h"

namespace nova::gateway {
namespace {

constexpr int mostUploads = 16;
constexpr std::int64_t formAround = 64 * 1024;  // bytes of the form that are not the file's
constexpr std::chrono::seconds bodyTime{120};
constexpr std::chrono::seconds answerTime{30};  // after the last byte

using Writer = grpc::ClientWriter<rpc::v1::UploadMediaRequest>;

int statusOf(const kit::Error& error) {
    switch (error.kind) {
        case kit::ErrorKind::badInput:
            return 400;
        case kit::ErrorKind::unauthenticated:
            return 401;
        case kit::ErrorKind::forbidden:
            return 403;
        case kit::ErrorKind::notFound:
            return 404;
        case kit::ErrorKind::conflict:
            return 409;
        case kit::ErrorKind::transient:
            return 503;
        case kit::ErrorKind::permanent:
            break;
    }
    return 500;
}

std::string replyJson(const rpc::v1::UploadMediaReply& reply) {
    std::string json = "{\"media_id\":";
    graphql::writeJsonString(json, reply.media_id());
    json += ",\"url\":";
    graphql::writeJsonString(json, reply.url());
    json += ",\"upload_id\":";
    graphql::writeJsonString(json, reply.upload_id());
    return json + "}";
}

// Reads the form piece by piece.
class FormReader {
public:
    FormReader(kit::HttpBody& body, const std::string& boundary, UploadForm& form)
        : m_body(body), m_reader(boundary, form) {}

    // The next piece into the form; false when all has come and was well formed.
    kit::Result<bool> next() {
        auto piece = m_body.read();
        if (!piece) return piece.error();
        if (piece.value().empty()) {
            if (auto whole = m_reader.finish(); !whole) return whole.error();
            return false;
        }
        if (auto fed = m_reader.feed(piece.value()); !fed) return fed.error();
        return true;
    }

private:
    kit::HttpBody& m_body;
    MultipartReader m_reader;
};

kit::Result<void> readToFile(FormReader& reader, const UploadForm& form) {
    while (!form.hasFile()) {
        auto more = reader.next();
        if (!more) return more.error();
        if (!more.value()) return kit::badInput("The form has no part named \"file\".");
    }
    return kit::outcome::success();
}

// The rest of the form through the call. False: media-service has stopped listening; its status says why.
kit::Result<bool> pass(FormReader& reader, UploadForm& form, Writer& writer) {
    rpc::v1::UploadMediaRequest message;
    message.mutable_start()->set_file_name(form.fileName());
    message.mutable_start()->set_post_id(form.postId());
    if (!writer.Write(message)) return false;
    for (bool more = true;;) {
        if (auto bytes = form.takeBytes(); !bytes.empty()) {
            message.set_chunk(std::move(bytes));
            if (!writer.Write(message)) return false;
        }
        if (!more) break;
        auto next = reader.next();
        if (!next) return next.error();
        more = next.value();
    }
    message.mutable_end()->set_post_id(form.postId());
    return writer.Write(message) && writer.WritesDone();
}

}  // namespace

kit::HttpStreamLimits UploadDoor::limits() const {
    return {m_fileLimit + formAround, bodyTime};
}

kit::HttpResponse UploadDoor::handle(const kit::HttpRequest& request, kit::HttpBody& body) {
    const auto unmeasured = [&] { return m_admission.parentOf(request, false); };
    if (request.method != "POST") {
        auto response = refuse(405, "Send a POST with a form: a part \"file\", and \"post_id\" if it is for a post.",
                               graphql::code::badInput, unmeasured());
        response.headers.emplace_back("allow", "POST");
        return response;
    }
    const Caller caller = m_admission.callerOf(request);
    if (const auto refusal = m_admission.refusal(request, caller)) {
        auto response = refuse(429, refusal->message, graphql::code::unavailable, unmeasured());
        response.close = refusal->close;
        return response;
    }
    if (!caller.claims) return refuse(401, caller.claims.error().what, graphql::code::unauthenticated, unmeasured());
    const auto boundary = boundaryOf(request.header("content-type"));
    if (!boundary) {
        return refuse(400, "The content type must be multipart/form-data with a boundary.", graphql::code::badInput,
                      unmeasured());
    }
    struct Place {
        std::atomic<int>& count;
        ~Place() { --count; }
    };
    const bool full = ++m_underWay > mostUploads;
    const Place place{m_underWay};
    if (full) return refuse(503, "Too many uploads at once.", graphql::code::unavailable, unmeasured());
    return upload(request, body, caller, *boundary);
}

kit::HttpResponse UploadDoor::upload(const kit::HttpRequest& request, kit::HttpBody& body, const Caller& caller,
                                     const std::string& boundary) {
    const auto begin = std::chrono::steady_clock::now();
    kit::trace::Span span("POST /upload", kit::trace::SpanKind::server, "http", m_admission.parentOf(request, true));
    span.set(contract::attr::action, "upload");
    span.set(contract::attr::userId, caller.claims.value().userId);
    span.set(contract::attr::userHandle, caller.claims.value().handle);

    UploadForm form(m_fileLimit);
    FormReader reader(body, boundary, form);
    rpc::v1::UploadMediaReply reply;
    std::optional<kit::Error> broken;  // on the user's side
    const auto call = [&](const std::shared_ptr<grpc::Channel>& channel, grpc::ClientContext& context) {
        rpc::v1::Media::Stub stub(channel);
        const auto writer = stub.UploadMedia(&context, &reply);
        if (auto passed = pass(reader, form, *writer); !passed) {
            broken = passed.error();
            context.TryCancel();
        }
        return writer->Finish();
    };
    auto done = readToFile(reader, form);
    if (done) {
        const kit::CallTarget target{"media-service", "Media/UploadMedia", caller.token, bodyTime + answerTime,
                                     modeOf(request)};
        done = kit::rpcCall(m_clients, target, false, call);
    }
    if (broken) done = *broken;
    const auto outcome = done ? graphql::Failure{{}, "ok"} : failureOf(done.error());
    m_metrics
        .counter("gateway_requests_total", "GraphQL requests by first root field and outcome",
                 {{"action", "upload"}, {"outcome", outcome.code}})
        .add();
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    m_metrics.histogram("gateway_request_seconds", "Time from parsed request to answer", {{"action", "upload"}})
        .observe(took.count());
    if (done) return answer(200, replyJson(reply), span.context());
    span.fail(outcome.message);
    return refuse(form.tooLarge() ? 413 : statusOf(done.error()), outcome.message, outcome.code, span.context());
}

}  // namespace nova::gateway
