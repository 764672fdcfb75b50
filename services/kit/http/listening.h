// Binds and listens for a door of this process. Internal to kit/http: includes Asio.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <string>

#include "kit/runtime/error.h"

namespace nova::kit::http {

// `listen`: host:port, port 0 chooses; `door` begins the error's text, which names address and cause. Returns the port.
// After an error the acceptor is closed. Blocks while the host's name is looked up.
Result<int> listenOn(boost::asio::ip::tcp::acceptor& acceptor, const std::string& listen, const std::string& door);

}  // namespace nova::kit::http
