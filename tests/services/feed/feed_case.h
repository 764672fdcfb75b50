// A case on feed-service: Alice, whom Bob and Carol may follow, her events, and the consumer that takes them.
// Thread: the test's.
#pragma once

#include "tests/services/feed/feed_fixture.h"

namespace nova::test {

class FeedCase : public QObject {
protected:
    void begin() {
        m.clear();
        m_alice = kit::newUuid();
        m_bob = kit::newUuid();
        m_carol = kit::newUuid();
        m_jobsAdded = m_reloads = 0;
        m_edges = 0;
        m_owner.clear();
    }

    std::vector<kit::Outcome> give(std::vector<kit::Record> records) { return deliver(m_consumer, records); }
    kit::Record created(const std::string& post, const std::string& text = "text", std::int64_t at = 0) {
        return postRecord<events::v1::PostCreated>(post, m_alice, 1, at ? at : ++m_now, text);
    }
    kit::Record updated(const std::string& post, std::int64_t version, const std::string& text) {
        return postRecord<events::v1::PostUpdated>(post, m_alice, version, m_now, text);
    }
    kit::Record deleted(const std::string& post, std::int64_t version) {
        return postRecord<events::v1::PostDeleted>(post, m_alice, version, m_now);
    }
    kit::Record follow(const std::string& follower) {
        return followRecord<events::v1::UserFollowed>(follower, m_alice, ++m_edges, ++m_now);
    }
    kit::Record unfollow(const std::string& follower) {
        return followRecord<events::v1::UserUnfollowed>(follower, m_alice, ++m_edges, ++m_now);
    }
    std::int64_t gate(const std::string& post) {
        const auto rows =
            m.stores.sql("SELECT version FROM gate WHERE topic = 'nova.content.events' AND key = $1", post);
        return rows.empty() ? 0 : rows[0][0].as<std::int64_t>();
    }

    FeedStores m;
    int m_jobsAdded = 0, m_reloads = 0;
    std::vector<feed::PostState> m_owner;  // what content-service would answer
    feed::FeedConsumer m_consumer{m.projections, m.cache,
                                  [this](const std::vector<std::string>&) -> kit::Result<std::vector<feed::PostState>> {
                                      ++m_reloads;
                                      return m_owner;
                                  },
                                  [this] { ++m_jobsAdded; }};
    std::string m_alice, m_bob, m_carol;
    std::int64_t m_now = 1'700'000'000'000'000, m_edges = 0;
};

}  // namespace nova::test
