#include "app/engine/cluster/profile_reader.h"

#include <QCoreApplication>
#include <QFile>
#include <QFileInfo>

namespace nova::engine {
namespace {

QString say(const char* text) {
    return QCoreApplication::translate("nova::engine::Profile", text);
}

constexpr auto others = QFileDevice::ReadGroup | QFileDevice::WriteGroup | QFileDevice::ExeGroup |
                        QFileDevice::ReadOther | QFileDevice::WriteOther | QFileDevice::ExeOther;

QString modeOf(QFileDevice::Permissions permissions) {
    const auto bits = permissions.toInt();  // Qt keeps a hexadecimal digit for each of owner, user, group, other
    return QString::number((bits >> 12) & 7) + QString::number((bits >> 4) & 7) + QString::number(bits & 7);
}

}  // namespace

ProfileReader::ProfileReader(const toml::table& table, QString file, std::string path)
    : m_table(table), m_file(std::move(file)), m_path(std::move(path)) {}

const toml::node* ProfileReader::ask(std::string_view key) {
    m_asked.emplace(key);
    return m_table.get(key);
}

void ProfileReader::fault(std::string_view key, const QString& text, const QString& hint) {
    if (m_fault) return;
    const auto* node = m_table.get(key);
    const auto line = node ? node->source().begin.line : m_table.source().begin.line;
    m_fault = kit::badInput(m_file.toStdString() + ":" + std::to_string(std::max<std::uint32_t>(1, line)) + ": " +
                                m_path + std::string(key) + ": " + text.toStdString(),
                            hint.toStdString());
}

void ProfileReader::take(const std::optional<kit::Error>& inner) {
    if (!m_fault) m_fault = inner;
}

std::optional<kit::Error> ProfileReader::finish() {
    for (const auto& [key, node] : m_table) {
        if (m_asked.contains(key.str())) continue;
        QStringList known;
        for (const auto& name : m_asked) known << QString::fromStdString(name);
        fault(key.str(), say("this key is not known"), say("there are: %1").arg(known.join(QStringLiteral(", "))));
    }
    return m_fault;
}

QString ProfileReader::text(std::string_view key, const QString& otherwise) {
    const auto* node = ask(key);
    if (!node) return otherwise;
    const auto value = node->value_exact<std::string>();
    if (!value || value->empty()) return fault(key, say("must be text in quotes, and not empty")), otherwise;
    return QString::fromStdString(*value);
}

QString ProfileReader::word(std::string_view key, const QStringList& words, const QString& otherwise) {
    const auto written = text(key, otherwise);
    if (!has(key) || words.contains(written)) return written;
    fault(key, say("\"%1\" is not supported").arg(written),
          say("it is one of %1").arg(words.join(QStringLiteral(", "))));
    return otherwise;
}

qint64 ProfileReader::number(std::string_view key, qint64 otherwise, qint64 least) {
    const auto* node = ask(key);
    if (!node) return otherwise;
    const auto value = node->value_exact<std::int64_t>();
    if (!value || *value < least) return fault(key, say("must be a whole number from %1").arg(least)), otherwise;
    return *value;
}

std::optional<double> ProfileReader::seconds(std::string_view key) {
    const auto* node = ask(key);
    if (!node) return std::nullopt;
    const auto value = node->is_number() ? node->value<double>() : std::nullopt;
    if (!value || !(*value > 0)) return fault(key, say("must be a number of seconds above 0")), std::nullopt;
    return value;
}

bool ProfileReader::flag(std::string_view key, bool otherwise) {
    const auto* node = ask(key);
    if (!node) return otherwise;
    const auto value = node->value_exact<bool>();
    if (!value) fault(key, say("must be true or false"));
    return value.value_or(otherwise);
}

QStringList ProfileReader::texts(std::string_view key) {
    const auto* node = ask(key);
    QStringList list;
    if (!node) return list;
    const auto* array = node->as_array();
    if (!array) return fault(key, say("must be a list of texts: [\"…\", \"…\"]")), list;
    for (const auto& item : *array) {
        const auto value = item.value_exact<std::string>();
        if (!value || value->empty()) return fault(key, say("must be a list of texts: [\"…\", \"…\"]")), list;
        list << QString::fromStdString(*value);
    }
    return list;
}

QString ProfileReader::absolute(const QString& written) const {
    return QDir::cleanPath(QFileInfo(m_file).absoluteDir().absoluteFilePath(written));
}

QString ProfileReader::readablePath(std::string_view key, const QString& written) {
    const auto path = absolute(written);
    QFile file(path);
    if (!QFileInfo(path).isFile()) return fault(key, say("there is no file %1").arg(path)), path;
    if (!file.open(QIODevice::ReadOnly)) fault(key, say("%1 cannot be read: %2").arg(path, file.errorString()));
    return path;
}

QString ProfileReader::path(std::string_view key) {
    const auto written = text(key);
    return written.isEmpty() ? written : readablePath(key, written);
}

QString ProfileReader::privatePath(std::string_view key) {
    const auto found = path(key);
    if (found.isEmpty() || m_fault) return found;
    if (const auto mode = QFile::permissions(found); mode & others)
        fault(key, say("%1 has mode 0%2: others than its owner may use it").arg(found, modeOf(mode)),
              say("chmod 600 %1").arg(found));
    return found;
}

QString ProfileReader::secretFile(std::string_view key, const QString& written) {
    const auto path = readablePath(key, written);
    if (m_fault) return {};
    if (const auto mode = QFile::permissions(path); mode & others) {
        fault(key, say("%1 has mode 0%2: others than its owner may use it").arg(path, modeOf(mode)),
              say("chmod 600 %1").arg(path));
        return {};
    }
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) return {};
    auto value = QString::fromUtf8(file.readAll());
    while (value.endsWith(u'\n') || value.endsWith(u'\r')) value.chop(1);
    if (value.isEmpty()) fault(key, say("%1 is empty").arg(path));
    return value;
}

std::optional<QString> ProfileReader::secret(std::string_view key) {
    const auto* node = ask(key);
    if (!node) return std::nullopt;
    const auto hint = say("write { env = \"NAME\" }, or { file = \"PATH\" } of mode 0600");
    const auto* given = node->as_table();
    if (!given) return fault(key, say("a secret is never written into a profile"), hint), std::nullopt;
    if (given->contains("keyring")) return fault(key, say("keyring is not supported yet"), hint), std::nullopt;
    if (given->size() != 1) return fault(key, say("a secret has one source"), hint), std::nullopt;
    ProfileReader inner(*given, m_file, m_path + std::string(key) + ".");
    if (const auto file = inner.text("file"); !file.isEmpty()) {
        const auto value = inner.secretFile("file", file);
        take(inner.finish());
        return value;
    }
    const auto name = inner.text("env");
    if (!name.isEmpty() && !qEnvironmentVariableIsSet(name.toUtf8().constData()))
        inner.fault("env", say("the environment has no %1").arg(name));
    take(inner.finish());
    return qEnvironmentVariable(name.toUtf8().constData());
}

const toml::table* ProfileReader::table(std::string_view key) {
    const auto* node = ask(key);
    if (!node) return nullptr;
    if (!node->is_table())
        fault(key, say("must be a table: [%1]").arg(QString::fromStdString(m_path + std::string(key))));
    return node->as_table();
}

const toml::array* ProfileReader::tables(std::string_view key) {
    const auto* node = ask(key);
    if (!node) return nullptr;
    if (!node->is_array_of_tables()) {
        fault(key, say("must be tables: [[%1]]").arg(QString::fromStdString(m_path + std::string(key))));
        return nullptr;
    }
    return node->as_array();
}

}  // namespace nova::engine
