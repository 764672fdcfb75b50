// One batch of records from claim to stored offset (contract §4): claim keys, handle, retry in place, dead-letter, mark
// keys, store. Bound: the batch (≤ 500). Thread: the loop's.
#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "kit/consume/claims.h"
#include "kit/consume/dead_letters.h"
#include "kit/consume/handler.h"
#include "kit/consume/parking.h"
#include "kit/consume/tallies.h"

namespace nova::kit::consume {

using Position = std::pair<std::string, int>;        // topic, partition
using Positions = std::map<Position, std::int64_t>;  // the next offset to read

// What a batch needs of its loop.
struct BatchHost {
    std::string group, keyTemplate;
    bool sharedKeys = false;
    RecordHandler* handler = nullptr;
    Claims* claims = nullptr;  // null: no idempotency keys
    DeadLetters* deadLetters = nullptr;
    Parking* parking = nullptr;  // null: no key is ever parked
    bool premiumFirst = true;
    Tallies* tallies = nullptr;
    std::function<bool(std::chrono::milliseconds)> pause;  // false: abandon (stop, or the partitions changed hands)
    std::function<bool()> abandoned;
    std::function<void(const Positions&)> store;
};

class Batch {
public:
    Batch(BatchHost& host, std::vector<Record> records);
    // False: abandoned. What is not stored comes again.
    bool run();

private:
    enum class State { pending, letter, decided, finished };  // letter: waits for its dead letter to be confirmed
    struct Item {
        Record record;
        trace::Context producer, inKafka;
        std::string key;  // the claim's; empty without one
        State state = State::pending;
        Item* twin = nullptr;  // an earlier record of this batch with the same key
        bool claimed = false;
        bool poison = false;  // could not be handled, though it was decodable
        int tries = 0, failures = 0;
        std::string outcome, error;
    };

    void prepare(Item& item);
    void recordInKafka(Item& item) const;
    bool round();
    bool claimPending(std::vector<Item*>& runnable);
    bool findParked();
    bool isParked(Item& item);
    bool parkKeys();
    void handle(std::vector<Item*>& runnable);
    void handleInOrder(std::vector<Item*>& runnable);
    std::vector<Handled> ask(const std::vector<Item*>& runnable);
    void take(Item& item, const Handled& answer);
    bool sendLetters();
    bool settle();
    void finish(Item& item);
    void recordConsumed(const Item& item) const;
    void storeProgress();
    void abandon();
    bool allFinished() const;
    static std::vector<trace::Context> contexts(const std::vector<Item*>& items);

    BatchHost& m_host;
    std::deque<Item> m_items;  // in log order per partition; addresses stay
    std::map<std::pair<std::string, std::string>, ParkedBy> m_parked;  // by topic and key
    bool m_parkedKnown = false;
    WallTime m_polled;
    std::chrono::steady_clock::time_point m_begin;
};

}  // namespace nova::kit::consume
