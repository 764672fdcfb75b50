// A real local Nova for system tests: runs the built `nova-console up` on a scratch data folder and speaks to it
// through its doors. Thread: the test's. Every Nova is stopped, and its folder removed, by the destructor.
#pragma once

#include <QByteArray>
#include <QJsonObject>
#include <QProcess>
#include <QStringList>
#include <QTemporaryDir>
#include <memory>
#include <optional>
#include <pqxx/pqxx>

namespace nova::test {

struct CommandResult {
    int exitCode = -1;
    QByteArray out, err;
    [[nodiscard]] QList<QJsonObject> lines() const;  // standard output as JSON lines
};

// Runs nova-console with these arguments and waits for its end (kills it after `timeoutMs`; exitCode -1 then).
CommandResult runConsole(const QStringList& arguments, int timeoutMs = 60'000);

struct HttpAnswer {
    int status = 0;
    QByteArray body;
    QJsonObject json;
    QByteArray traceparent;
};

struct Account {
    QString id, handle, token;
};

class LiveNova {
public:
    // `dataDir` empty: a fresh scratch folder. `upArguments` are added to `up`.
    explicit LiveNova(QStringList upArguments = {}, QString dataDir = {});
    ~LiveNova();

    bool start(int timeoutMs = 90'000);  // waits for the line `ready`
    void spawn();                        // does not wait
    bool waitReady(int timeoutMs);
    bool waitEvent(const QString& text, int timeoutMs);  // a line of `up --json` that contains the text
    bool stop(int timeoutMs = 40'000);                   // SIGTERM to `up`
    void kill9();                                        // SIGKILL to `up`

    [[nodiscard]] QString dataDir() const { return m_dataDir; }
    [[nodiscard]] qint64 ownerPid() const { return m_up ? m_up->processId() : 0; }
    [[nodiscard]] QString log() const { return QString::fromUtf8(m_log); }
    [[nodiscard]] QJsonObject run() const;        // run.json
    [[nodiscard]] QJsonObject endpoints() const;  // endpoints.json
    [[nodiscard]] QList<qint64> pids() const;     // every process of this Nova still alive, by its data folder
    [[nodiscard]] QStringList with(const QStringList& command) const;  // command + --data

    HttpAnswer post(const QByteArray& body, const QList<QPair<QByteArray, QByteArray>>& headers = {}) const;
    HttpAnswer graphql(const QString& query, const QJsonObject& variables = {}, const QString& token = {},
                       const QList<QPair<QByteArray, QByteArray>>& headers = {}) const;
    Account signUp(const QString& prefix) const;
    QString createPost(const Account& by, const QString& content) const;  // its id
    [[nodiscard]] QStringList feedOf(const Account& user) const;          // post ids
    std::unique_ptr<pqxx::connection> sql() const;
    QByteArray redis(const QByteArray& inlineCommand) const;  // raw reply

private:
    QStringList m_upArguments;
    std::unique_ptr<QTemporaryDir> m_scratch;
    QString m_dataDir;
    std::unique_ptr<QProcess> m_up;
    QByteArray m_log;
};

}  // namespace nova::test
