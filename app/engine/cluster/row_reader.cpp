#include "app/engine/cluster/row_reader.h"

#include <libpq-fe.h>
#include <poll.h>

#include <algorithm>
#include <chrono>

#include "kit/kafka/handles.h"
#include "kit/postgres/pool.h"

namespace nova::engine {
namespace {

using Clock = std::chrono::steady_clock;
using Connection = std::unique_ptr<PGconn, kit::kafka::Deleter<PQfinish>>;
using Answer = std::unique_ptr<PGresult, kit::kafka::Deleter<PQclear>>;

std::string connectionString(const QString& uri) {
    const auto text = uri.toStdString();
    const bool isUri = text.starts_with("postgresql://") || text.starts_with("postgres://");
    if (text.find("connect_timeout") != std::string::npos) return text;
    const auto seconds = "connect_timeout=" + std::to_string(RowReader::connectSeconds);
    if (!isUri) return text + ' ' + seconds;
    return text + (text.find('?') == std::string::npos ? '?' : '&') + seconds;
}

std::string oneLine(std::string text) {
    while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
    for (auto& c : text) c = c == '\n' ? ' ' : c;
    return text;
}

// A server that refuses says FATAL and why; one that is away says nothing of its own, unless it is starting or
// stopping.
bool isRefusal(const std::string& text) {
    if (text.find("starting up") != std::string::npos || text.find("shutting down") != std::string::npos ||
        text.find("too many clients") != std::string::npos ||
        text.find("remaining connection slots") != std::string::npos)
        return false;
    return text.find("FATAL") != std::string::npos || text.find("password") != std::string::npos ||
           text.find("fe_sendauth") != std::string::npos;
}

std::string notWithin(int seconds) {
    return "PostgreSQL did not answer within " + std::to_string(seconds) + " s";
}

kit::ErrorKind kindOf(std::string_view sqlState) {
    if (sqlState == "42501" || sqlState == "25006") return kit::ErrorKind::forbidden;
    if (sqlState == "42P01" || sqlState == "42703" || sqlState == "3F000") return kit::ErrorKind::notFound;
    return kit::kindOfState(sqlState);
}

// On the wire: a row has a head of 7 bytes, a value its length before it.
std::int64_t sizeOf(const PGresult* answer) {
    std::int64_t bytes = 0;
    for (int row = 0; row < PQntuples(answer); ++row) {
        bytes += 7 + std::int64_t{4} * PQnfields(answer);
        for (int column = 0; column < PQnfields(answer); ++column) bytes += PQgetlength(answer, row, column);
    }
    return bytes;
}

}  // namespace

// libpq itself, since a server that hangs keeps its connections: no limit of its own ends the waiting for an answer.
struct RowReader::Impl {
    Connection connection;
    std::string gone;  // why there is none any more
    std::shared_ptr<ReadBudget> budget;

    kit::Result<Answer> ask(const char* statement, const std::vector<std::string>& parameters);

private:
    bool waitFor(short events);
    kit::Error lose(std::string why);
};

kit::Error RowReader::Impl::lose(std::string why) {
    gone = std::move(why);
    connection.reset();
    return kit::transient(gone);
}

// False: nothing came for so long.
bool RowReader::Impl::waitFor(short events) {
    const auto until = Clock::now() + std::chrono::seconds(silentSeconds);
    for (;;) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now()).count();
        pollfd door{PQsocket(connection.get()), events, 0};
        const int ready = ::poll(&door, 1, static_cast<int>(std::max<long>(0, left)));
        if (ready > 0 || (ready < 0 && errno != EINTR)) return true;  // a fault shows at the next reading
        if (left <= 0) return false;
    }
}

kit::Result<Answer> RowReader::Impl::ask(const char* statement, const std::vector<std::string>& parameters) {
    if (!connection) return kit::transient(gone);
    std::vector<const char*> values;
    for (const auto& parameter : parameters) values.push_back(parameter.c_str());
    auto* raw = connection.get();
    if (budget) budget->waitTurn();
    const auto broken = [&] { return lose("PostgreSQL: " + oneLine(PQerrorMessage(raw))); };
    if (!PQsendQueryParams(raw, statement, static_cast<int>(values.size()), nullptr, values.data(), nullptr, nullptr,
                           0))
        return broken();
    for (int flushed = PQflush(raw); flushed != 0; flushed = PQflush(raw)) {
        if (flushed < 0) return broken();
        if (!waitFor(POLLIN | POLLOUT)) return lose(notWithin(silentSeconds));
        if (!PQconsumeInput(raw)) return broken();
    }
    Answer last;
    for (;;) {
        while (PQisBusy(raw)) {
            if (!waitFor(POLLIN)) return lose(notWithin(silentSeconds));
            if (!PQconsumeInput(raw)) return broken();
        }
        Answer next(PQgetResult(raw));
        if (!next) break;
        last = std::move(next);
    }
    if (budget && last) budget->pay(sizeOf(last.get()));
    const auto status = PQresultStatus(last.get());
    if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) return last;
    const char* state = last ? PQresultErrorField(last.get(), PG_DIAG_SQLSTATE) : nullptr;
    const auto what = "PostgreSQL: " + oneLine(last ? PQresultErrorMessage(last.get()) : PQerrorMessage(raw));
    if (PQstatus(raw) != CONNECTION_OK) return lose(what);
    return kit::Error{kindOf(state ? state : ""), what, {}};
}

RowReader::RowReader(std::unique_ptr<Impl> impl) : m_impl(std::move(impl)) {}
RowReader::~RowReader() = default;
RowReader::RowReader(RowReader&&) noexcept = default;
RowReader& RowReader::operator=(RowReader&&) noexcept = default;

kit::Result<RowReader> RowReader::open(const QString& uri, std::shared_ptr<ReadBudget> budget) {
    auto impl = std::make_unique<Impl>();
    impl->budget = std::move(budget);
    impl->connection.reset(PQconnectdb(connectionString(uri).c_str()));
    auto* connection = impl->connection.get();
    if (!connection || PQstatus(connection) != CONNECTION_OK) {
        const auto what = connection ? oneLine(PQerrorMessage(connection)) : std::string("out of memory");
        if (isRefusal(what)) return kit::Error{kit::ErrorKind::forbidden, "PostgreSQL refused: " + what, {}};
        const bool silent = what.find("timeout expired") != std::string::npos;
        return kit::transient((silent ? notWithin(connectSeconds) : "PostgreSQL does not answer") + ": " + what);
    }
    PQsetnonblocking(connection, 1);
    PQsetNoticeProcessor(
        connection, [](void*, const char*) {}, nullptr);
    const auto limit = "SET statement_timeout = " + std::to_string(statementMs);
    for (const char* set : {"SET client_encoding = 'UTF8'", "SET default_transaction_read_only = on", limit.c_str()}) {
        if (auto done = impl->ask(set, {}); !done) return done.error();
    }
    return RowReader(std::move(impl));
}

kit::Result<std::vector<RowReader::Row>> RowReader::rows(const QString& statement, const QStringList& parameters) {
    std::vector<std::string> values;
    for (const auto& parameter : parameters) values.push_back(parameter.toStdString());
    BOOST_OUTCOME_TRY(const auto answer, m_impl->ask(statement.toUtf8().constData(), values));
    std::vector<Row> rows(static_cast<std::size_t>(PQntuples(answer.get())));
    for (std::size_t i = 0; i < rows.size(); ++i) {
        for (int column = 0; column < PQnfields(answer.get()); ++column) {
            const int row = static_cast<int>(i);
            rows[i].push_back(PQgetisnull(answer.get(), row, column)
                                  ? std::nullopt
                                  : std::optional(QString::fromUtf8(PQgetvalue(answer.get(), row, column))));
        }
    }
    return rows;
}

kit::Result<QMap<QString, QStringList>> RowReader::schemasOf(const QStringList& tables) {
    const auto found =
        rows(QStringLiteral(
                 "SELECT c.relname, n.nspname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
                 " WHERE c.relname = ANY($1::text[]) AND c.relkind IN ('r', 'v', 'm', 'p')"
                 " AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'"
                 " AND has_schema_privilege(n.oid, 'USAGE')"
                 " AND (has_table_privilege(c.oid, 'SELECT') OR has_any_column_privilege(c.oid, 'SELECT'))"
                 " ORDER BY c.relname, coalesce(array_position(current_schemas(false), n.nspname), 1000), n.nspname"),
             {array(tables)});
    if (!found) return found.error();
    QMap<QString, QStringList> schemas;
    for (const auto& row : found.value()) schemas[row[0].value_or(QString())] << row[1].value_or(QString());
    return schemas;
}

QString RowReader::array(const QStringList& values) {
    std::vector<std::string> words;
    for (const auto& value : values) words.push_back(value.toStdString());
    return QString::fromStdString(kit::sqlArray(words));
}

}  // namespace nova::engine
