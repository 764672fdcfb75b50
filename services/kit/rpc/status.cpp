#include "kit/rpc/server.h"

namespace nova::kit {

grpc::Status toStatus(const Error& error) {
    const auto code = [&] {
        switch (error.kind) {
            case ErrorKind::transient:
                return grpc::StatusCode::UNAVAILABLE;
            case ErrorKind::badInput:
                return grpc::StatusCode::INVALID_ARGUMENT;
            case ErrorKind::unauthenticated:
                return grpc::StatusCode::UNAUTHENTICATED;
            case ErrorKind::forbidden:
                return grpc::StatusCode::PERMISSION_DENIED;
            case ErrorKind::notFound:
                return grpc::StatusCode::NOT_FOUND;
            case ErrorKind::conflict:
                return grpc::StatusCode::ABORTED;
            case ErrorKind::permanent:
                return grpc::StatusCode::INTERNAL;
        }
        return grpc::StatusCode::INTERNAL;
    }();
    return {code, error.what, error.hint};
}

Error toError(const grpc::Status& status, const std::string& call) {
    const auto kind = [&] {
        switch (status.error_code()) {
            case grpc::StatusCode::UNAVAILABLE:
            case grpc::StatusCode::DEADLINE_EXCEEDED:
            case grpc::StatusCode::RESOURCE_EXHAUSTED:
            case grpc::StatusCode::CANCELLED:
                return ErrorKind::transient;
            case grpc::StatusCode::INVALID_ARGUMENT:
            case grpc::StatusCode::OUT_OF_RANGE:
                return ErrorKind::badInput;
            case grpc::StatusCode::UNAUTHENTICATED:
                return ErrorKind::unauthenticated;
            case grpc::StatusCode::PERMISSION_DENIED:
                return ErrorKind::forbidden;
            case grpc::StatusCode::NOT_FOUND:
                return ErrorKind::notFound;
            case grpc::StatusCode::ALREADY_EXISTS:
            case grpc::StatusCode::FAILED_PRECONDITION:
            case grpc::StatusCode::ABORTED:
                return ErrorKind::conflict;
            default:
                return ErrorKind::permanent;
        }
    }();
    const bool ownersWords = kind != ErrorKind::transient && kind != ErrorKind::permanent;
    return {kind, ownersWords ? status.error_message() : call + ": " + status.error_message(), status.error_details()};
}

}  // namespace nova::kit
