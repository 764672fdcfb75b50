#include "app/engine/stack/secrets.h"

#include <QCryptographicHash>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QMessageAuthenticationCode>
#include <QRandomGenerator>
#include <array>

#include "kit/rpc/auth.h"

namespace nova::stack {
namespace {

bool makeTokenKeys(const DataPaths& paths, QString* fault) {
    if (QFile::exists(paths.tokenKey()) && QFile::exists(paths.tokenPublicKey())) return true;
    const auto keys = kit::newTokenKeys();
    if (!keys) {
        *fault = QString::fromStdString(keys.error().what);
        return false;
    }
    return writeDurably(paths.tokenKey(), QByteArray::fromStdString(keys.value().first), 0600, fault) &&
           writeDurably(paths.tokenPublicKey(), QByteArray::fromStdString(keys.value().second), 0600, fault);
}

// Empty where there is no file yet. A database knows the old passwords alone: one that cannot be read is never
// replaced.
std::optional<QJsonObject> keptIn(const QString& path, QString* fault) {
    QFile file(path);
    if (!file.exists()) return QJsonObject();
    if (!file.open(QIODevice::ReadOnly)) {
        *fault = QStringLiteral("cannot read %1: %2").arg(path, file.errorString());
        return std::nullopt;
    }
    QJsonParseError error;
    const auto json = QJsonDocument::fromJson(file.readAll(), &error);
    if (json.isObject()) return json.object();
    *fault = QStringLiteral("%1 is damaged (%2): it holds the passwords of the database beside it. Restore it, or move "
                            "the whole folder away")
                 .arg(path, error.errorString());
    return std::nullopt;
}

}  // namespace

QString Secrets::newPassword() {
    std::array<quint32, 6> random{};
    QRandomGenerator::system()->fillRange(random.data(), static_cast<qsizetype>(random.size()));
    const QByteArray bytes(reinterpret_cast<const char*>(random.data()), sizeof random);
    return QString::fromLatin1(bytes.toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals));
}

QByteArray Secrets::scramVerifier(const QByteArray& password, const QByteArray& salt) {
    const auto hmac = [](const QByteArray& key, const QByteArray& text) {
        return QMessageAuthenticationCode::hash(text, key, QCryptographicHash::Sha256);
    };
    const auto salted = hmac(password, salt + QByteArray("\0\0\0\1", 4));
    const auto stored = QCryptographicHash::hash(hmac(salted, "Client Key"), QCryptographicHash::Sha256);
    return "SCRAM-SHA-256$1:" + salt.toBase64() + '$' + stored.toBase64() + ':' + hmac(salted, "Server Key").toBase64();
}

std::optional<Secrets> Secrets::load(const DataPaths& paths, const QStringList& roles, QString* fault) {
    Secrets secrets;
    const auto kept = keptIn(paths.secrets(), fault);
    if (!kept) return std::nullopt;
    auto all = kept->value(QLatin1String("postgres")).toObject(), s3 = kept->value(QLatin1String("s3")).toObject();
    for (const auto& role : roles + QStringList{QLatin1String(adminRole), QLatin1String(readerRole)}) {
        if (all.value(role).toString().isEmpty()) all.insert(role, newPassword());
        secrets.postgres.insert(role, all.value(role).toString());
    }
    for (const auto& key : {QStringLiteral("access_key"), QStringLiteral("secret_key")})
        if (s3.value(key).toString().isEmpty()) s3.insert(key, newPassword());
    secrets.s3AccessKey = s3.value(QLatin1String("access_key")).toString();
    secrets.s3SecretKey = s3.value(QLatin1String("secret_key")).toString();
    const QJsonObject json{{QStringLiteral("postgres"), all}, {QStringLiteral("s3"), s3}};
    if (json != *kept && !writeDurably(paths.secrets(), QJsonDocument(json).toJson(), 0600, fault)) return std::nullopt;
    if (!makeTokenKeys(paths, fault)) return std::nullopt;
    return secrets;
}

}  // namespace nova::stack
