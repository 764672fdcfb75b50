#include "media/base_url.h"

namespace nova::media {

std::string baseUrl(std::string_view listen, int port, std::string_view computer) {
    auto host = listen.substr(0, listen.rfind(':'));
    if (host == "0.0.0.0" || host == "[::]" || host == "*") host = computer;
    return "http://" + std::string(host) + ":" + std::to_string(port);
}

}  // namespace nova::media
