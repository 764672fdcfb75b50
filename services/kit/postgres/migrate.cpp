#include "kit/postgres/migrate.h"

#include <fmt/format.h>
#include <xxhash.h>

#include <charconv>
#include <map>
#include <string>
#include <vector>

#include "kit/consume/gate.h"
#include "kit/consume/parking.h"
#include "kit/outbox/outbox.h"
#include "kit/postgres/pool.h"
#include "kit/runtime/log.h"

namespace nova::kit {
namespace {

struct Part {
    int version = 0;  // the kit's own parts count downwards from -1, a service's upwards from 1
    std::string title, sql;
    std::string checksum() const { return fmt::format("{:016x}", XXH3_64bits(sql.data(), sql.size())); }
};

constexpr std::string_view marker = "-- migration ";

Result<Part> header(std::string_view line) {
    Part part;
    line.remove_prefix(marker.size());
    const auto colon = line.find(':');
    const auto number = line.substr(0, colon);
    const auto parsed = std::from_chars(number.data(), number.data() + number.size(), part.version);
    if (colon == std::string_view::npos || parsed.ec != std::errc{} || parsed.ptr != number.data() + number.size()) {
        return permanent(fmt::format("migration: `{}{}` is not `-- migration N: title`", marker, line));
    }
    part.title = line.substr(std::min(line.size(), colon + 2));
    return part;
}

Result<std::vector<Part>> split(std::string_view text) {
    std::vector<Part> parts{{-1, "outbox", Outbox::schemaSql()},
                            {-2, "gate", gate::schemaSql()},
                            {-3, "parked keys", consume::Parking::schemaSql()}};
    const std::size_t own = parts.size();
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        const std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.starts_with(marker)) {
            auto part = header(line);
            if (!part) return part.error();
            const int expected = static_cast<int>(parts.size() - own) + 1;
            if (part.value().version != expected) {
                return permanent(fmt::format("migration {} follows where {} is due: the numbers must have no gap",
                                             part.value().version, expected));
            }
            parts.push_back(std::move(part.value()));
        } else if (parts.size() > own) {
            parts.back().sql.append(line).append("\n");
        } else if (!line.empty() && !line.starts_with("--")) {
            return permanent("migration: SQL stands before the first line `-- migration 1: title`");
        }
    }
    return parts;
}

std::map<int, std::string> applied(Transaction& t) {
    std::map<int, std::string> checksums;
    for (const auto& row : t.exec("SELECT version, checksum FROM schema_version")) {
        checksums[row[0].as<int>()] = row[1].as<std::string>();
    }
    return checksums;
}

// Services of one schema start at the same time: the lock makes the second find the work done.
void lockSchema(Transaction& t, const std::string& schema) {
    t.exec("SELECT pg_advisory_xact_lock(hashtextextended('nova.migrate:' || $1, 0))", schema);
}

// Asked first: the service's role owns its schema but may not be allowed to make one.
void ensureSchema(Transaction& t, const std::string& schema) {
    if (t.exec("SELECT to_regnamespace($1) IS NULL", t.work().quote_name(schema))[0][0].as<bool>()) {
        t.work().exec("CREATE SCHEMA " + t.work().quote_name(schema));
    }
    t.exec(
        "CREATE TABLE IF NOT EXISTS schema_version (version integer PRIMARY KEY, title text NOT NULL, "
        "checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT clock_timestamp())");
}

void apply(Transaction& t, const std::string& schema, const Part& part) {
    t.work().exec(part.sql);
    t.exec("INSERT INTO schema_version (version, title, checksum) VALUES ($1, $2, $3)", part.version, part.title,
           part.checksum());
    t.afterCommit([schema, version = part.version, title = part.title] {
        logInfo("postgres", "schema {}: migration {} ({}) applied", schema, version, title);
    });
}

}  // namespace

// One transaction for all: a start waits for one commit, and a schema is as before or as it shall be.
Result<void> migrate(PostgresPool& pool, std::string_view schemaSql) {
    auto parts = split(schemaSql);
    if (!parts) return parts.error();
    const std::string& schema = pool.schema();
    return pool.transact(nullptr, [&](Transaction& t) {
        lockSchema(t, schema);
        ensureSchema(t, schema);
        const auto done = applied(t);
        for (const Part& part : parts.value()) {
            const auto found = done.find(part.version);
            if (found == done.end()) {
                apply(t, schema, part);
            } else if (found->second != part.checksum()) {
                t.refuse(permanent(fmt::format("migration {} ({}) of schema {} was changed after it was applied",
                                               part.version, part.title, schema),
                                   "Put its text back and add the change as a new migration."));
            }
        }
    });
}

}  // namespace nova::kit
