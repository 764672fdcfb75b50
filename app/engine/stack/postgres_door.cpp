#include "app/engine/stack/postgres_door.h"

#include <QFile>
#include <QMutex>
#include <QMutexLocker>
#include <pqxx/pqxx>
#include <string>

namespace nova::stack {
namespace {

using Connection = std::unique_ptr<pqxx::connection>;

QString uri(int port, const QString& role, const QString& password, const char* database) {
    return QStringLiteral("postgresql://%1:%2@127.0.0.1:%3/%4")
        .arg(role, password)
        .arg(port)
        .arg(QLatin1String(database));
}

Connection connect(const PostgresAccess& to, const QString& password, const char* database) {
    const QString text =
        uri(to.port, QLatin1String(adminRole), password, database) + QLatin1String("?connect_timeout=2");
    return std::make_unique<pqxx::connection>(text.toStdString());
}

bool any(pqxx::transaction_base& work, const char* sql, const std::string& name) {
    return !work.exec_params(sql, name).empty();
}

void ensureRole(pqxx::transaction_base& work, const PostgresAccess& to, const QString& role, bool fresh) {
    const auto name = work.quote_name(role.toStdString());
    const auto password = to.secrets.postgres.value(role).toUtf8();  // a template has none yet
    const bool known = any(work, "SELECT 1 FROM pg_roles WHERE rolname = $1", role.toStdString());
    if (!known) work.exec("CREATE ROLE " + name + " LOGIN");
    if ((known && !fresh) || password.isEmpty()) return;
    const auto verifier = Secrets::scramVerifier(password, Secrets::newPassword().toUtf8());
    work.exec("ALTER ROLE " + name + " PASSWORD " + work.quote(verifier.toStdString()));
}

void ensureSchema(pqxx::transaction_base& work, const QString& schema) {
    if (any(work, "SELECT 1 FROM pg_namespace WHERE nspname = $1", schema.toStdString())) return;
    const auto name = work.quote_name(schema.toStdString()), reader = std::string(readerRole);
    work.exec("CREATE SCHEMA " + name + " AUTHORIZATION " + name);
    work.exec("ALTER ROLE " + name + " SET search_path = " + name);
    work.exec("GRANT USAGE ON SCHEMA " + name + " TO " + reader);
    work.exec("ALTER DEFAULT PRIVILEGES FOR ROLE " + name + " IN SCHEMA " + name + " GRANT SELECT ON TABLES TO " +
              reader);
}

void ensureReader(pqxx::transaction_base& work, const QStringList& schemas) {
    QStringList path;
    for (const auto& schema : schemas) path << QString::fromStdString(work.quote_name(schema.toStdString()));
    work.exec(std::string("ALTER ROLE ") + readerRole +
              " SET search_path = " + path.join(QLatin1String(", ")).toStdString());
    work.exec(std::string("ALTER ROLE ") + readerRole + " SET default_transaction_read_only = on");
}

bool hasAll(pqxx::transaction_base& work, const QStringList& schemas) {
    QStringList names;
    for (const auto& schema : schemas) names << QString::fromStdString(work.quote(schema.toStdString()));
    const auto found = work.exec("SELECT count(*) FROM pg_namespace WHERE nspname IN (" +
                                 names.join(QLatin1Char(',')).toStdString() + ")");
    return found[0][0].as<int>() == schemas.size();
}

void ensureAll(pqxx::connection& connection, const PostgresAccess& to, bool fresh) {
    pqxx::work work(connection);
    if (!fresh && (to.schemas.isEmpty() || hasAll(work, to.schemas))) return;
    ensureRole(work, to, QLatin1String(readerRole), fresh);
    for (const auto& schema : to.schemas) {
        ensureRole(work, to, schema, fresh);
        ensureSchema(work, schema);
    }
    ensureReader(work, to.schemas);
    if (fresh) ensureRole(work, to, QLatin1String(adminRole), fresh);
    work.commit();
}

// The server writes its own word on itself into its pid file; asking earlier would only fill its log with refusals.
bool saysReady(const QString& cluster) {
    return readAll(cluster + QLatin1String("/postmaster.pid")).contains("\nready");
}

}  // namespace

QString postgresUri(int port, const QString& role, const QString& password) {
    return uri(port, role, password, "nova");
}

struct PostgresDoor::Impl {
    PostgresAccess to;
    QMutex mutex;
    Connection connection;

    // The database of a cluster from the template is there already.
    Connection open(const QString& password) const {
        try {
            return connect(to, password, "nova");
        } catch (const pqxx::broken_connection& broken) {
            if (std::string_view(broken.what()).find("does not exist") == std::string_view::npos) throw;
        }
        const auto maintenance = connect(to, password, "template1");
        pqxx::nontransaction(*maintenance).exec("CREATE DATABASE nova");
        return connect(to, password, "nova");
    }

    void settle() {
        const auto mark = freshMark(to.cluster);
        const bool fresh = QFile::exists(mark);
        const auto own = to.secrets.postgres.value(QLatin1String(adminRole));
        try {
            connection = open(fresh ? to.templatePassword : own);
        } catch (const pqxx::broken_connection&) {
            if (!fresh) throw;
            connection = open(own);  // the passwords were set, and then we were killed before the mark was gone
        }
        ensureAll(*connection, to, fresh);
        QFile::remove(mark);
    }
};

PostgresDoor::PostgresDoor(PostgresAccess access) : m_impl(std::make_unique<Impl>()) {
    m_impl->to = std::move(access);
}
PostgresDoor::~PostgresDoor() = default;

ProbeAnswer PostgresDoor::ask() {
    const QMutexLocker lock(&m_impl->mutex);
    if (!saysReady(m_impl->to.cluster)) return {false, {}, QStringLiteral("is starting")};
    try {
        if (!m_impl->connection) m_impl->settle();
        pqxx::nontransaction(*m_impl->connection).exec("SELECT 1");
        return {true, {}, {}};
    } catch (const std::exception& e) {
        m_impl->connection.reset();
        return {false, {}, QString::fromUtf8(e.what()).simplified()};
    }
}

QString PostgresDoor::dropSpareDatabases() {
    const QMutexLocker lock(&m_impl->mutex);
    try {
        pqxx::nontransaction work(*m_impl->connection);
        work.exec("ALTER DATABASE template0 IS_TEMPLATE false");
        work.exec("DROP DATABASE template0");
        work.exec("DROP DATABASE postgres");
        work.exec("CHECKPOINT");
        return {};
    } catch (const std::exception& e) {
        return QString::fromUtf8(e.what()).simplified();
    }
}

}  // namespace nova::stack
