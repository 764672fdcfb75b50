#include <pqxx/except>

#include "kit/postgres/pool.h"

namespace nova::kit {
namespace {

Error fromState(const pqxx::sql_error& e) {
    const std::string& state = e.sqlstate();
    const std::string what = "PostgreSQL " + (state.empty() ? std::string("error") : state) + ": " + e.what();
    return {kindOfState(state), what, {}};
}

Error fromException(const std::exception& e) {
    if (const auto* sql = dynamic_cast<const pqxx::sql_error*>(&e)) return fromState(*sql);
    const std::string what = std::string("PostgreSQL: ") + e.what();
    if (dynamic_cast<const pqxx::broken_connection*>(&e)) {
        return transient(what, "Check that PostgreSQL runs and accepts connections.");
    }
    if (dynamic_cast<const pqxx::in_doubt_error*>(&e)) {
        return transient(what, "The commit may or may not have happened; look before doing it again.");
    }
    if (dynamic_cast<const pqxx::transaction_rollback*>(&e)) return transient(what);
    return permanent(what);
}

}  // namespace

ErrorKind kindOfState(std::string_view sqlState) {
    const auto kind = sqlState.substr(0, 2);
    if (kind.empty() || kind == "08" || kind == "40" || kind == "53" || kind == "57") return ErrorKind::transient;
    return sqlState == "23505" ? ErrorKind::conflict : ErrorKind::permanent;
}

Error sqlError(const std::exception& e) {
    return inside(fromException(e));
}

std::string sqlArray(const std::vector<std::string>& values) {
    std::string text = "{";
    for (const std::string& value : values) {
        if (text.size() > 1) text += ',';
        text += '"';
        for (const char c : value) {
            if (c == '"' || c == '\\') text += '\\';
            text += c;
        }
        text += '"';
    }
    return text + '}';
}

}  // namespace nova::kit
