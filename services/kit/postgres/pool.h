// PostgreSQL by libpqxx, prepared statements or exec_params only. A Transaction makes one `sql` span with the number of statements.
// SQL errors become kit::Error: classes 08, 40, 53, 57 and a lost connection are transient, 23505 is conflict, the rest permanent.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <pqxx/pqxx>
#include <string>
#include <vector>

#include "kit/runtime/error.h"

namespace nova::kit {

class Transaction {
public:
    // $1… parameters of any type libpqxx can convert. Throws pqxx exceptions: `PostgresPool::run` turns them into errors.
    template <typename... Args>
    pqxx::result exec(const char* sql, Args&&... args) {
        count();
        return m_work.exec_params(sql, std::forward<Args>(args)...);
    }
    pqxx::work& work() { return m_work; }
    // Run after the commit, on the caller's thread (wake the relay). What it throws becomes the error of `run`; the commit stands.
    void afterCommit(std::function<void()> then) { m_after.push_back(std::move(then)); }
    // Leaves `run` with this error and rolls back.
    [[noreturn]] void refuse(Error error);

private:
    friend class PostgresPool;
    explicit Transaction(pqxx::connection_base& connection) : m_work(connection) {}
    void count() { ++m_statements; }
    pqxx::work m_work;
    std::vector<std::function<void()>> m_after;
    int m_statements = 0;
};

class PostgresPool {
public:
    // Connections are made on demand, at most `size`; a caller waits for a free one at most 5 s (transient error then).
    PostgresPool(const std::string& uri, std::string schema, int size);
    ~PostgresPool();

    // One transaction: BEGIN … COMMIT, span `name` of kind sql, retried once by itself on a stale connection and up to 3 times on
    // class 40 (serialization, deadlock). The body may run more than once.
    template <typename T>
    Result<T> run(const char* name, const std::function<T(Transaction&)>& body) {
        std::optional<T> value;
        auto done = transact(name, [&](Transaction& t) { value.emplace(body(t)); });
        if (!done) return done.error();
        return std::move(*value);
    }
    Result<void> transact(const char* name, const std::function<void(Transaction&)>& body);

    Result<void> ping();                 // SELECT 1
    // A connection of the caller's own (the relay, LISTEN); TCP keepalives on; search_path set.
    Result<std::unique_ptr<pqxx::lazyconnection>> dedicated();
    const std::string& schema() const;

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

// "{a,b}" for = ANY($1::uuid[]) and the like.
std::string sqlArray(const std::vector<std::string>& values);
Error sqlError(const std::exception& e);
// Of an SQLSTATE; "" is libpq's own: the connection. transient (classes 08, 40, 53, 57), conflict (23505) or permanent.
ErrorKind kindOfState(std::string_view sqlState);

}  // namespace nova::kit
