#include "kit/http/listening.h"

namespace nova::kit::http {

using boost::asio::ip::tcp;

Result<int> listenOn(tcp::acceptor& acceptor, const std::string& listen, const std::string& door) {
    const auto colon = listen.rfind(':');
    if (colon == std::string::npos) return permanent(door + ": " + listen + " is not host:port");
    boost::system::error_code error;
    const auto fail = [&] { return permanent(door + ": cannot listen on " + listen + ": " + error.message()); };
    tcp::resolver resolver(acceptor.get_executor());
    const auto found =
        resolver.resolve(listen.substr(0, colon), listen.substr(colon + 1), tcp::resolver::passive, error);
    if (error || found.empty()) return fail();
    const tcp::endpoint endpoint = found.begin()->endpoint();
    acceptor.open(endpoint.protocol(), error);
    if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor.bind(endpoint, error);
    if (!error) acceptor.listen(boost::asio::socket_base::max_listen_connections, error);
    if (error) {
        const Error failure = fail();
        acceptor.close(error);
        return failure;
    }
    return acceptor.local_endpoint().port();
}

}  // namespace nova::kit::http
