#include "kit/consume/gate.h"

namespace nova::kit::gate {

const char* schemaSql() {
    return "CREATE TABLE gate (\n"
           "  topic text NOT NULL,\n"
           "  key text NOT NULL,\n"
           "  version bigint NOT NULL,\n"
           "  PRIMARY KEY (topic, key)\n"
           ");\n";
}

std::map<std::string, std::int64_t> lock(Transaction& t, const std::string& topic,
                                         const std::vector<std::string>& keys) {
    std::map<std::string, std::int64_t> versions;
    if (keys.empty()) return versions;
    const auto rows =
        t.exec("SELECT key, version FROM gate WHERE topic = $1 AND key = ANY($2::text[]) ORDER BY key FOR UPDATE",
               topic, sqlArray(keys));
    for (const auto& row : rows) versions[row[0].as<std::string>()] = row[1].as<std::int64_t>();
    return versions;
}

std::vector<std::string> raise(Transaction& t, const std::string& topic,
                               const std::map<std::string, std::int64_t>& versions) {
    std::vector<std::string> keys, numbers, raised;
    for (const auto& [key, version] : versions) {
        keys.push_back(key);
        numbers.push_back(std::to_string(version));
    }
    if (keys.empty()) return raised;
    const auto rows = t.exec(
        "INSERT INTO gate AS g (topic, key, version)"
        " SELECT $1, k, v FROM unnest($2::text[], $3::bigint[]) AS new(k, v)"
        " ON CONFLICT (topic, key) DO UPDATE SET version = excluded.version WHERE g.version < excluded.version"
        " RETURNING key",
        topic, sqlArray(keys), sqlArray(numbers));
    for (const auto& row : rows) raised.push_back(row[0].as<std::string>());
    return raised;
}

}  // namespace nova::kit::gate
