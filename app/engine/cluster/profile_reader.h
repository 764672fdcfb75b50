// Takes the keys of one TOML table one by one. The first fault is kept, with its line; what nobody asked for is
// unknown, and a fault too. For .cpp files alone: toml++ is heavy. Thread: one.
#pragma once

#include <toml++/toml.h>

#include <QDir>
#include <QString>
#include <QStringList>
#include <limits>
#include <optional>
#include <set>
#include <string>

#include "kit/runtime/error.h"

namespace nova::engine {

class ProfileReader {
public:
    // `path`: "kafka." of [kafka], empty at the top; `file`: the profile's.
    ProfileReader(const toml::table& table, QString file, std::string path = {});

    [[nodiscard]] bool has(std::string_view key) const { return m_table.contains(key); }
    QString text(std::string_view key, const QString& otherwise = {});
    // One of those words, or `otherwise` where the key is missing.
    QString word(std::string_view key, const QStringList& words, const QString& otherwise = {});
    qint64 number(std::string_view key, qint64 otherwise, qint64 least = 0);
    std::optional<double> seconds(std::string_view key);
    bool flag(std::string_view key, bool otherwise);
    QStringList texts(std::string_view key);
    // Absolute; relative to the folder of the profile. A fault when it cannot be read.
    QString path(std::string_view key);
    QString readablePath(std::string_view key, const QString& written);
    // As path(), and nobody but its owner may read it.
    QString privatePath(std::string_view key);
    // { env = "NAME" } or { file = "PATH" }, never a literal.
    std::optional<QString> secret(std::string_view key);
    // A table in it; null where it is missing.
    const toml::table* table(std::string_view key);
    const toml::array* tables(std::string_view key);

    void fault(std::string_view key, const QString& text, const QString& hint = {});
    void take(const std::optional<kit::Error>& inner);  // of a table in it
    std::optional<kit::Error> finish();

private:
    const toml::node* ask(std::string_view key);
    QString absolute(const QString& written) const;
    QString secretFile(std::string_view key, const QString& written);

    const toml::table& m_table;
    QString m_file;
    std::string m_path;
    std::set<std::string, std::less<>> m_asked;
    std::optional<kit::Error> m_fault;
};

}  // namespace nova::engine
