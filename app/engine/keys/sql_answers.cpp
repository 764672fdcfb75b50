#include "app/engine/keys/sql_answers.h"

#include "kit/runtime/ids.h"

namespace nova::engine {
namespace {

using namespace Qt::StringLiterals;

const QStringList tables{u"posts"_s,        u"users"_s,         u"messages"_s,      u"media"_s,
                         u"likes"_s,        u"like_counts"_s,   u"follows"_s,       u"follower_counts"_s,
                         u"follow_edges"_s, u"notifications"_s, u"unread_counts"_s, u"feed_posts"_s,
                         u"post_authors"_s, u"gate"_s,          u"feed_likes"_s};

// By contract others may read these columns; what a service keeps beyond them is asked for apart.
struct KindTable {
    const char *kind, *table, *times;
};
constexpr KindTable kindTables[] = {
    {"post", "posts",
     "SELECT extract(epoch FROM created_at), extract(epoch FROM updated_at) FROM %1 WHERE id = $1::uuid"},
    {"message", "messages",
     "SELECT extract(epoch FROM sent_at), extract(epoch FROM read_at) FROM %1 WHERE id = $1::uuid"},
    {"user", "users", nullptr},
    {"media", "media",
     "SELECT extract(epoch FROM created_at), extract(epoch FROM updated_at) FROM %1 WHERE id = $1::uuid"},
};

QString stateOf(const kit::Error& error) {
    return error.kind == kit::ErrorKind::forbidden ? u"refused"_s : u"unreachable"_s;
}

QString quoted(const QString& name) {
    QString escaped = name;
    escaped.replace(u'"', u"\"\""_s);
    return u"\"%1\""_s.arg(escaped);
}

std::optional<qint64> milliseconds(const std::optional<QString>& unixSeconds) {
    if (!unixSeconds) return std::nullopt;
    bool isNumber = false;
    const double seconds = unixSeconds->toDouble(&isNumber);
    return isNumber ? std::optional(static_cast<qint64>(seconds * 1'000)) : std::nullopt;
}

}  // namespace

QString SqlAnswers::Answer::text(std::size_t column) const {
    return there() && column < rows.front().size() ? rows.front()[column].value_or(QString()) : QString();
}

std::optional<qint64> SqlAnswers::Answer::number(std::size_t column) const {
    bool isNumber = false;
    const auto value = text(column).toLongLong(&isNumber);
    return isNumber ? std::optional(qint64{value}) : std::nullopt;
}

SqlAnswers::SqlAnswers(const QString& uri, std::shared_ptr<ReadBudget> budget) {
    if (uri.isEmpty()) {
        m_state = u"not-configured"_s;
        return;
    }
    auto reader = RowReader::open(uri, std::move(budget));
    if (!reader) {
        m_state = stateOf(reader.error());
        m_detail = QString::fromStdString(reader.error().what);
        return;
    }
    auto schemas = reader.value().schemasOf(tables);
    if (!schemas) {
        m_state = stateOf(schemas.error());
        m_detail = QString::fromStdString(schemas.error().what);
        return;
    }
    m_state = u"ok"_s;
    m_schemas = schemas.value();
    m_reader.emplace(std::move(reader.value()));
}

SqlAnswers::Answer SqlAnswers::ask(const QString& table, const QString& statement, const QStringList& parameters,
                                   const QString& schema) {
    if (!m_reader) return {false, {}, m_state == u"not-configured" ? u"PostgreSQL is not in this profile"_s : m_detail};
    const auto schemas = m_schemas.value(table);
    if (schemas.isEmpty()) return {false, {}, u"no table %1 that may be read"_s.arg(table)};
    const auto name = u"%1.%2"_s.arg(quoted(schema.isEmpty() ? schemas.front() : schema), quoted(table));
    auto rows = m_reader->rows(QString(statement).replace(u"%1"_s, name), parameters);
    if (rows) {
        ++m_answers;
        return {true, std::move(rows.value()), {}};
    }
    if (rows.error().kind == kit::ErrorKind::transient) {
        m_state = u"unreachable"_s;
        m_detail = QString::fromStdString(rows.error().what);
    }
    return {false, {}, QString::fromStdString(rows.error().what)};
}

SqlAnswers::Kind SqlAnswers::kindOf(const QString& id) {
    Kind kind;
    kind.asked = m_reader.has_value();
    if (!kit::isUuid(id.toStdString())) return kind;
    for (const auto& [name, table, times] : kindTables) {
        const auto tableName = QString::fromLatin1(table);
        if (!ask(tableName, u"SELECT 1 FROM %1 WHERE id = $1::uuid"_s, {id}).there()) continue;
        kind.kind = QString::fromLatin1(name);
        const auto when = times ? ask(tableName, QString::fromLatin1(times), {id}) : Answer();
        if (when.there()) {
            for (const auto& value : when.rows.front())
                if (const auto time = milliseconds(value)) kind.timesMs.append(*time);
        }
        break;
    }
    return kind;
}

SqlAnswers::Kind SqlAnswers::userByHandle(const QString& handle) {
    Kind kind;
    kind.asked = m_reader.has_value();
    const auto found = ask(u"users"_s, u"SELECT id FROM %1 WHERE handle = $1"_s, {handle});
    if (!found.there()) return kind;
    kind.kind = u"user"_s;
    kind.userId = found.text(0);
    return kind;
}

QMap<QString, QString> SqlAnswers::handles(const QStringList& userIds) {
    QMap<QString, QString> handles;
    if (userIds.isEmpty()) return handles;
    const auto found =
        ask(u"users"_s, u"SELECT id, handle FROM %1 WHERE id = ANY($1::uuid[])"_s, {RowReader::array(userIds)});
    for (const auto& row : found.rows) handles.insert(row[0].value_or(QString()), row[1].value_or(QString()));
    return handles;
}

Source SqlAnswers::source() const {
    const auto detail = m_state == u"ok" ? u"statements: %1"_s.arg(m_answers) : m_detail;
    return {u"postgres"_s, m_state, detail};
}

}  // namespace nova::engine
