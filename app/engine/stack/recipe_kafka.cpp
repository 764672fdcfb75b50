#include <QDir>
#include <QFile>
#include <QRegularExpression>
#include <QUuid>

#include "app/engine/stack/folders.h"
#include "app/engine/stack/java_tools.h"
#include "app/engine/stack/kafka_door.h"
#include "app/engine/stack/kafka_home.h"
#include "app/engine/stack/recipes.h"

namespace nova::stack {
namespace {

class KafkaRecipe : public Recipe {
public:
    KafkaRecipe(NovaPtr nova, const Catalogue& catalogue)
        : m_nova(std::move(nova)),
          m_home(catalogue),
          m_port(m_nova->port(QStringLiteral("kafka"), 0, "broker")),
          m_door(std::make_shared<KafkaDoor>(m_port, catalogue)) {}

    Prepared prepare(const Preparation& preparation) override {
        if (auto fault = m_home.ensure(preparation); !fault.isEmpty()) return {false, true, {}, fault};
        const auto storage = m_nova->paths.store(QStringLiteral("kafka"));
        if (!QFile::exists(storage + QLatin1String("/meta.properties"))) {
            if (auto fault = copyStorage(storage); !fault.isEmpty()) return {false, true, {}, fault};
        }
        const QString file = m_nova->paths.run() + QLatin1String("/kafka.properties");
        const int controller = m_nova->port(QStringLiteral("kafka"), 0, "controller");
        QString fault;
        if (!writeWhole(file, KafkaHome::properties(m_port, controller, QStringLiteral("../kafka")), 0600, &fault))
            return {false, true, {}, fault};
        auto launch = m_home.server(file);
        launch.workDir = m_nova->paths.run();
        return {true, false, launch, {}};
    }
    std::unique_ptr<Probe> probe() override {
        return std::make_unique<BlockingProbe>([door = m_door] { return door->ask(); });
    }
    QVector<StopStep> stopSteps() const override { return {{SIGTERM, 8'000}}; }
    QString binary() const override { return findJava(); }

private:
    // The template's storage under a cluster id of its own.
    QString copyStorage(const QString& storage) const {
        if (!QDir(storage).isEmpty())
            return QStringLiteral("%1 holds files, and no meta.properties among them: move it away").arg(storage);
        const Making making(storage);
        const QString copy = making.folder() + QLatin1String("/copy"), meta = copy + QLatin1String("/meta.properties");
        if (auto fault = copyFolder(m_home.storageTemplate(), copy); !fault.isEmpty()) return fault;
        static const QRegularExpression line(QStringLiteral("cluster\\.id=.*"));
        const auto id =
            QUuid::createUuid().toRfc4122().toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals);
        auto text = QString::fromUtf8(readAll(meta));
        text.replace(line, QLatin1String("cluster.id=") + QString::fromLatin1(id));
        QString fault;
        if (!writeDurably(meta, text.toUtf8(), 0600, &fault)) return fault;
        QDir().rmdir(storage);
        return QFile::rename(copy, storage) ? QString() : QStringLiteral("cannot make %1").arg(storage);
    }

    NovaPtr m_nova;
    KafkaHome m_home;
    int m_port;
    std::shared_ptr<KafkaDoor> m_door;
};

}  // namespace

std::shared_ptr<Recipe> kafkaRecipe(NovaPtr nova, const Catalogue& catalogue) {
    return std::make_shared<KafkaRecipe>(std::move(nova), catalogue);
}

}  // namespace nova::stack
