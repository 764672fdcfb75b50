// realtime-chat-service: the WebSocket door.
#include <memory>
#include <stdexcept>

#include "contract/topics.h"
#include "kit/redis/client.h"
#include "kit/rpc/client.h"
#include "kit/runtime/service.h"
#include "realtime_chat/realtime.h"

int main(int argc, char** argv) {
    return nova::kit::runService(argc, argv, [](nova::kit::Service& s) {
        const auto realtime = std::make_shared<nova::realtime_chat::Realtime>(
            nova::realtime_chat::RealtimeParts{s.config(), s.redis(), s.clients(), s.tokens(), s.metrics()});
        if (const auto started = realtime->start(); !started) throw std::runtime_error(started.error().what);
        s.onStop([realtime] { realtime->stop(); });
        s.serve(std::shared_ptr<grpc::Service>(realtime, &realtime->rpc()));
        s.consume({std::string(nova::contract::topic::message)},
                  std::shared_ptr<nova::kit::RecordHandler>(realtime, &realtime->handler()));
        s.degradedWhen([&s] { return s.clients().reachable("messaging-service") ? "" : "messaging-service"; });
    });
}
