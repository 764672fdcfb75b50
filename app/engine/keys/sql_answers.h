// What PostgreSQL knows of ids, rows and versions. Every answer is a value, not there, or unknown with its reason; a
// table that may not be read, or that this database does not have, makes its own answers unknown and spoils no other.
// Thread: one; blocks.
#pragma once

#include <QMap>
#include <QStringList>
#include <optional>
#include <vector>

#include "app/engine/actions/action.h"
#include "app/engine/cluster/row_reader.h"

namespace nova::engine {

class SqlAnswers {
public:
    explicit SqlAnswers(const QString& uri, std::shared_ptr<ReadBudget> budget = {});  // empty: not configured

    // A row, none (there is no such row), or unknown: `why`.
    struct Answer {
        bool known = false;
        std::vector<RowReader::Row> rows;
        QString why;  // "not configured", "refused: …"
        [[nodiscard]] bool there() const { return known && !rows.empty(); }
        [[nodiscard]] QString text(std::size_t column) const;  // of the first row; "" for NULL
        [[nodiscard]] std::optional<qint64> number(std::size_t column) const;
    };
    // `%1` of the statement becomes the table's quoted name; `schema` empty: the first one that may be read.
    Answer ask(const QString& table, const QString& statement, const QStringList& parameters,
               const QString& schema = {});

    struct Kind {
        QString kind;             // "post", "user", "message", "media"; empty: none of them, or not known
        QString userId;           // of a handle
        QVector<qint64> timesMs;  // when it was made and last changed, Unix ms
        bool asked = false;       // PostgreSQL answered
    };
    Kind kindOf(const QString& id);  // a UUID
    Kind userByHandle(const QString& handle);
    QMap<QString, QString> handles(const QStringList& userIds);  // those known
    [[nodiscard]] QStringList schemasOf(const QString& table) const { return m_schemas.value(table); }
    [[nodiscard]] Source source() const;

private:
    std::optional<RowReader> m_reader;
    QMap<QString, QStringList> m_schemas;
    QString m_state, m_detail;
    int m_answers = 0;
};

}  // namespace nova::engine
