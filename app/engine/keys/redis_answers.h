// What Redis knows, each answer a value or unknown: once Redis refused or went away the rest is unknown too. Thread:
// one; blocks.
#pragma once

#include <optional>

#include "app/engine/actions/action.h"
#include "app/engine/cluster/key_reader.h"

namespace nova::engine {

class RedisAnswers {
public:
    explicit RedisAnswers(const QString& uri, std::shared_ptr<ReadBudget> budget = {});  // empty: not configured

    // In order, as many as keys; none: unknown.
    std::optional<QVector<KeyReader::Value>> values(const QStringList& keys);
    std::optional<QVector<KeyReader::Member>> members(const QVector<std::pair<QString, QString>>& of);
    // Outer none: unknown; inner none: there is no such hash.
    std::optional<std::optional<QMap<QString, QString>>> fields(const QString& hash, const QStringList& names);
    std::optional<QString> type(const QString& key);

    [[nodiscard]] QString why() const;  // of what is unknown
    [[nodiscard]] Source source() const;

private:
    template <typename T>
    std::optional<T> settle(kit::Result<T>&& answer, qsizetype asked);
    std::optional<KeyReader> m_reader;
    QString m_state, m_detail;
    qsizetype m_keys = 0;
};

}  // namespace nova::engine
