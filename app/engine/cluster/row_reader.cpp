#include "app/engine/cluster/row_reader.h"

#include <pqxx/pqxx>

#include "kit/postgres/pool.h"

namespace nova::engine {
namespace {

// Connected after its construction, as the services' pool does: a connection whose server leaves while it is being
// constructed leaks libpq's part of it.
using Connection = pqxx::lazyconnection;

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

kit::Error errorOf(const std::exception& thrown) {
    const auto what = "PostgreSQL: " + oneLine(thrown.what());
    if (const auto* sql = dynamic_cast<const pqxx::sql_error*>(&thrown)) {
        const auto& state = sql->sqlstate();
        if (state == "42501" || state == "25006") return {kit::ErrorKind::forbidden, what, {}};
        if (state == "42P01" || state == "42703" || state == "3F000") return {kit::ErrorKind::notFound, what, {}};
    }
    return kit::sqlError(thrown);
}

}  // namespace

struct RowReader::Impl {
    explicit Impl(const std::string& target) : connection(target) {}
    Connection connection;
};

RowReader::RowReader(std::unique_ptr<Impl> impl) : m_impl(std::move(impl)) {}
RowReader::~RowReader() = default;
RowReader::RowReader(RowReader&&) noexcept = default;
RowReader& RowReader::operator=(RowReader&&) noexcept = default;

kit::Result<RowReader> RowReader::open(const QString& uri) {
    try {
        auto impl = std::make_unique<Impl>(connectionString(uri));
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
        impl->connection.activate();
        impl->connection.inhibit_reactivation(true);
#pragma GCC diagnostic pop
        impl->connection.set_variable("default_transaction_read_only", "on");
        impl->connection.set_variable("statement_timeout", std::to_string(statementMs));
        return RowReader(std::move(impl));
    } catch (const std::exception& thrown) {
        const auto what = oneLine(thrown.what());
        if (isRefusal(what)) return kit::Error{kit::ErrorKind::forbidden, "PostgreSQL refused: " + what, {}};
        return kit::transient("PostgreSQL does not answer: " + what);
    }
}

kit::Result<std::vector<RowReader::Row>> RowReader::rows(const QString& statement, const QStringList& parameters) {
    try {
        std::vector<std::string> values;
        for (const auto& parameter : parameters) values.push_back(parameter.toStdString());
        pqxx::read_transaction transaction(m_impl->connection);
        const auto result =
            transaction.exec_params(statement.toStdString(), pqxx::prepare::make_dynamic_params(values));
        std::vector<Row> rows;
        for (const auto& from : result) {
            Row row;
            for (const auto& field : from)
                row.push_back(field.is_null() ? std::nullopt : std::optional(QString::fromUtf8(field.c_str())));
            rows.push_back(std::move(row));
        }
        return rows;
    } catch (const std::exception& thrown) {
        return errorOf(thrown);
    }
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
