#include "kit/postgres/pool.h"

#include <chrono>
#include <condition_variable>
#include <mutex>

#include "contract/topics.h"
#include "kit/runtime/log.h"
#include "kit/trace/span.h"

namespace nova::kit {
namespace {

using Connection = std::unique_ptr<pqxx::lazyconnection>;
constexpr std::chrono::seconds waitForConnection{5};
constexpr int classFortyTries = 3;

// What Transaction::refuse throws; never leaves transact().
struct Refused {
    Error error;
};

// The pieces that every connection of ours has, added to a URI or a keyword string.
std::string connectionString(const std::string& uri, const std::string& schema) {
    const bool isUri = uri.starts_with("postgresql://") || uri.starts_with("postgres://");
    if (!isUri) {
        return uri +
               " connect_timeout=5 keepalives=1 keepalives_idle=5 keepalives_interval=2 keepalives_count=3 options='-c "
               "search_path=" +
               schema + " -c client_min_messages=warning'";
    }
    return uri + (uri.find('?') == std::string::npos ? '?' : '&') +
           "connect_timeout=5&keepalives=1&keepalives_idle=5&keepalives_interval=2&keepalives_count=3"
           "&options=-csearch_path%3D" +
           schema + "%20-cclient_min_messages%3Dwarning";
}

// Connected after its construction: a pqxx::connection whose server goes away while it is being constructed leaks
// libpq's part of it.
Connection connect(const std::string& target) {
    auto connection = std::make_unique<pqxx::lazyconnection>(target);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
    try {
        connection->activate();
    } catch (const pqxx::feature_not_supported& e) {
        throw pqxx::broken_connection(e.what());  // a server that is going away has version 0
    }
    // A silent reconnect would lose advisory locks and hide that the server went away.
    connection->inhibit_reactivation(true);
#pragma GCC diagnostic pop
    return connection;
}

bool isClassForty(const std::exception& e) {
    if (const auto* sql = dynamic_cast<const pqxx::sql_error*>(&e)) return sql->sqlstate().starts_with("40");
    return dynamic_cast<const pqxx::serialization_failure*>(&e) || dynamic_cast<const pqxx::deadlock_detected*>(&e);
}

}  // namespace

void Transaction::refuse(Error error) {
    throw Refused{std::move(error)};
}

struct PostgresPool::Impl {
    std::string target, schema;
    int size = 1;
    std::mutex mutex;
    std::condition_variable freed;
    std::vector<Connection> idle;  // guarded by mutex; the last one used is taken first
    int open = 0;                  // guarded by mutex: idle ones and those in use

    // Takes an idle connection (`fresh` false afterwards) or makes one. Throws pqxx::broken_connection, Refused.
    Connection take(bool& fresh) {
        std::unique_lock lock(mutex);
        if (!freed.wait_for(lock, waitForConnection, [&] { return !idle.empty() || open < size; })) {
            throw Refused{transient("PostgreSQL: all " + std::to_string(size) + " connections of the pool are in use")};
        }
        fresh = idle.empty();
        if (!fresh) {
            Connection connection = std::move(idle.back());
            idle.pop_back();
            return connection;
        }
        ++open;
        lock.unlock();
        try {
            return connect(target);
        } catch (...) {
            lost();
            throw;
        }
    }

    void giveBack(Connection connection) {
        if (!connection->is_open()) {
            connection.reset();
            return lost();
        }
        const std::lock_guard lock(mutex);
        idle.push_back(std::move(connection));
        freed.notify_one();
    }

    void lost() {
        const std::lock_guard lock(mutex);
        --open;
        freed.notify_one();
    }

    // One connection turned out stale: the idle ones are as old.
    void dropIdle() {
        std::vector<Connection> dropped;
        const std::lock_guard lock(mutex);
        dropped.swap(idle);
        open -= static_cast<int>(dropped.size());
        freed.notify_all();
    }
};

PostgresPool::PostgresPool(const std::string& uri, std::string schema, int size) : m_impl(std::make_unique<Impl>()) {
    m_impl->target = connectionString(uri, schema);
    m_impl->schema = std::move(schema);
    m_impl->size = std::max(1, size);
}

PostgresPool::~PostgresPool() = default;

const std::string& PostgresPool::schema() const {
    return m_impl->schema;
}

namespace {

// What one attempt came to: done, a final error, or an error worth another attempt.
struct Attempt {
    std::optional<Error> error;
    bool stale = false, conflict = false;
};

}  // namespace

Result<void> PostgresPool::transact(const char* name, const std::function<void(Transaction&)>& body) {
    std::optional<trace::Span> span;
    if (name && trace::current().valid()) span.emplace(name, trace::SpanKind::client, "sql");
    int statements = 0;
    std::vector<std::function<void()>> after;

    const auto attempt = [&]() -> Attempt {
        Connection connection;
        bool fresh = true, committing = false;
        Attempt result;
        try {
            connection = m_impl->take(fresh);
            Transaction transaction(*connection);
            const auto note = [&] { statements += transaction.m_statements; };
            try {
                body(transaction);
                committing = true;
                transaction.m_work.commit();
            } catch (...) {
                note();
                throw;
            }
            note();
            after = std::move(transaction.m_after);
        } catch (const Refused& refused) {
            result.error = refused.error;
        } catch (const std::exception& e) {
            result.error = sqlError(e);
            result.stale = connection && !fresh && !committing && !connection->is_open();
            result.conflict = isClassForty(e);
        }
        if (connection) m_impl->giveBack(std::move(connection));
        return result;
    };

    Attempt last = attempt();
    if (last.stale) {
        m_impl->dropIdle();
        last = attempt();
    }
    for (int tries = 1; last.conflict && tries < classFortyTries; ++tries) last = attempt();

    if (span) {
        span->set(contract::attr::statements, statements);
        if (last.error) span->fail(last.error->what);
        span->end();
    }
    if (last.error) return *last.error;
    try {
        for (const auto& then : after) then();
    } catch (const Refused& refused) {
        return refused.error;
    } catch (const std::exception& e) {
        return inside(transient(std::string("after the commit: ") + e.what()));
    }
    return outcome::success();
}

Result<void> PostgresPool::ping() {
    return transact(nullptr, [](Transaction& t) { t.exec("SELECT 1"); });
}

Result<std::unique_ptr<pqxx::lazyconnection>> PostgresPool::dedicated() {
    try {
        return connect(m_impl->target);
    } catch (const std::exception& e) {
        return sqlError(e);
    }
}

}  // namespace nova::kit
