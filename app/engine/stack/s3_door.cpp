#include "app/engine/stack/s3_door.h"

#include <QCryptographicHash>
#include <QTemporaryFile>

namespace nova::stack {
namespace {

QString text(const kit::Error& error) {
    return QString::fromStdString(error.what);
}

}  // namespace

S3Door::S3Door(const S3Access& access)
    : m_port(access.port),
      m_store({.endpoint = access.endpoint().toStdString(),
               .bucket = S3Access::bucket,
               .accessKey = access.accessKey.toStdString(),
               .secretKey = access.secretKey.toStdString()}) {}

ProbeAnswer S3Door::ask() {
    if (!somebodyListens(m_port)) return {false, {}, QStringLiteral("is starting")};
    const auto there = m_store.ensureBucket();
    return there ? ProbeAnswer{true, {}, {}} : ProbeAnswer{false, {}, text(there.error())};
}

QString S3Door::exercise() {
    const QByteArray bytes(4096, 'x');
    QTemporaryFile file;
    if (!file.open() || file.write(bytes) != bytes.size() || !file.flush()) return file.errorString();
    const std::string key = "training/object.bin";
    const auto md5 = QCryptographicHash::hash(bytes, QCryptographicHash::Md5).toStdString();
    const auto put = m_store.put(key, {file.handle(), bytes.size(), "application/octet-stream", md5});
    if (!put) return text(put.error());
    if (const auto head = m_store.head(key); !head) return text(head.error());
    const auto got = m_store.get(key, 0, bytes.size());
    if (!got) return text(got.error());
    const auto removed = m_store.remove(key);
    return removed ? QString() : text(removed.error());
}

}  // namespace nova::stack
