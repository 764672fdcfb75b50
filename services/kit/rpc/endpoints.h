// The file endpoints.json, watched: which replicas a service has. Replaced by rename; a missing or broken file leaves
// the last good content.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace nova::kit {

using Endpoints = std::map<std::string, std::vector<std::string>>;  // service → host:port list

class EndpointsWatch {
public:
    // `changed` is called once from the constructor when the file is there, then from the watch's thread after each
    // change (≤ 50 ms).
    EndpointsWatch(std::string file, std::function<void(const Endpoints&)> changed);
    ~EndpointsWatch();  // after it, `changed` is not called any more
private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

}  // namespace nova::kit
