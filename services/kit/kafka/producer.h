// A producer whose delivery reports are awaited in batches. murmur2_random partitioner, lz4, idempotent, acks=all.
// Thread: one (the relay's); `send` and `wait` from the same.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "kit/kafka/handles.h"

namespace nova::kit::kafka {

struct OutRecord {
    std::string topic, key, value;
    HeaderList headers;
    int partition = -1;                // -1: by key
};

struct Delivery {
    bool ok = false;
    std::string error;
    bool fatal = false;                // the handle is of no use any more: make a new Producer
    bool tooLarge = false;             // refused for its size, here or by the broker
    int partition = -1;
    std::int64_t offset = -1;
    std::int64_t sentNs = 0, ackedNs = 0;   // wall clock, Unix ns: produce() called, delivery report
};

class Producer {
public:
    static Result<Producer> make(const std::string& bootstrap, const std::string& clientId, const Settings& extra = {});
    Producer(Producer&&) noexcept;
    Producer& operator=(Producer&&) noexcept;
    ~Producer();
    // Makes their leaders known ahead, so that the first record need not wait for it. Returns at once.
    void prepare(const std::vector<std::string>& topics);
    // Produces all in order and waits for every delivery report (or until `abandon` says so, polled each 50 ms: then purged, ok=false).
    std::vector<Delivery> sendAll(const std::vector<OutRecord>& records, const std::function<bool()>& abandon = {});
private:
    struct Impl;
    explicit Producer(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

}  // namespace nova::kit::kafka
