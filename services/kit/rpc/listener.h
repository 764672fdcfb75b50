// The gRPC server of a process: the synchronous API, on one port, without SO_REUSEPORT (a second process on the port
// must fail). At most 512 threads: a call beyond what they can take is refused at once with RESOURCE_EXHAUSTED.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "kit/runtime/error.h"

namespace grpc {
class Service;
}

namespace nova::kit {

class RpcListener {
public:
    // `address`: host:port, port 0 chooses. The services live at least as long as the listener (shared).
    static Result<std::unique_ptr<RpcListener>> open(const std::string& address,
                                                     const std::vector<std::shared_ptr<grpc::Service>>& services);
    ~RpcListener();  // takes no new calls, gives those in hand 2 s, cancels the rest
    int port() const;

private:
    struct Impl;
    explicit RpcListener(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

}  // namespace nova::kit
