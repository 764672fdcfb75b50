// Reads PostgreSQL: one connection, each statement in a read-only transaction of its own that may take 2 s. A server
// that says nothing for 3 s is given up: then this and all later statements fail at once. Thread: one; calls block.
#pragma once

#include <QMap>
#include <QString>
#include <QStringList>
#include <QVector>
#include <memory>
#include <optional>
#include <vector>

#include "app/engine/cluster/read_budget.h"
#include "kit/runtime/error.h"

namespace nova::engine {

class RowReader {
public:
    static constexpr int connectSeconds = 3, statementMs = 2'000, silentSeconds = 3;
    using Row = std::vector<std::optional<QString>>;  // values as PostgreSQL writes them; none: NULL

    // A libpq URI or keyword string. Error: forbidden (PostgreSQL answered and refused, in its own words), transient
    // (it did not answer). Each answer is paid for with the budget, and waited for, 2 s at most, where that is spent;
    // null: no limit.
    static kit::Result<RowReader> open(const QString& uri, std::shared_ptr<ReadBudget> budget = {});
    ~RowReader();
    RowReader(RowReader&&) noexcept;
    RowReader& operator=(RowReader&&) noexcept;

    // `$1`, `$2` … stand for the parameters. Error: forbidden (no right), notFound (no such table or column), transient
    // (away, or 2 s were not enough), permanent.
    kit::Result<std::vector<Row>> rows(const QString& statement, const QStringList& parameters = {});
    // Table name → schemas in which a table of that name may be read; those of the search path first.
    kit::Result<QMap<QString, QStringList>> schemasOf(const QStringList& tables);
    // '{"a","b"}' for = ANY($1).
    static QString array(const QStringList& values);

private:
    struct Impl;
    explicit RowReader(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

}  // namespace nova::engine
