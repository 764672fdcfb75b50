// A real Kafka whose lag is looked at: what is sent, committed and deleted in it, what the console says of it, and what
// the broker itself says (kafka_wire.py, which uses no client library). Thread: the test's.
#pragma once

#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>
#include <QtGlobal>
#include <memory>
#include <optional>

#include "app/engine/lag/lag_watch.h"
#include "kit/kafka/handles.h"
#include "tests/support/console_child.h"
#include "tests/support/real_kafka.h"

namespace nova::test {

class LagRoom {
protected:
    using LagRow = engine::LagRow;
    using LagSample = engine::LagSample;
    using Offset = std::optional<qint64>;

    static const LagRow* find(const LagSample& sample, const char* group, const char* topic, int partition = 0) {
        for (const auto& row : sample.rows)
            if (row.group == QLatin1String(group) && row.topic == QLatin1String(topic) && row.partition == partition)
                return &row;
        return nullptr;
    }

    std::unique_ptr<RealKafka> m_kafka;
    QTemporaryDir m_folder;

    engine::Target target(qint64 bytesPerSecond = 0) const {
        engine::Profile profile;
        profile.name = QStringLiteral("test");
        profile.kafka = {{"bootstrap.servers", m_kafka->bootstrap()}};
        profile.readBytesPerSecond = bytesPerSecond;
        return engine::Target::of(profile);
    }
    LagSample lookAt(bool follow, const QStringList& groups = {}) const {
        engine::LagOptions options;
        options.groups = groups;
        options.follow = follow;
        options.alarmAfterMs = 0;
        auto watch = engine::LagWatch::make(target(), options);
        watch.value()->catchUp(5'000);
        auto sample = watch.value()->look();
        watch.value()->measure(sample, [](const LagRow&) { return true; });
        return sample;
    }
    void commit(const char* group, const char* topic, int partition, std::int64_t offset) const {
        auto settings = kit::kafka::commonSettings(m_kafka->bootstrap(), "test-commit");
        settings["group.id"] = group;
        const auto handle = kit::kafka::makeHandle(RD_KAFKA_CONSUMER, settings);
        kit::kafka::PartitionList list(rd_kafka_topic_partition_list_new(1));
        rd_kafka_topic_partition_list_add(list.get(), topic, partition)->offset = offset;
        const auto fault = rd_kafka_commit(handle.value().get(), list.get(), 0);
        if (fault) qFatal("commit: %s", rd_kafka_err2str(fault));
    }
    void fill(const char* topic, int partition, int records, const kit::kafka::HeaderList& headers = {}) const {
        std::vector<kit::kafka::OutRecord> out(static_cast<std::size_t>(records),
                                               {topic, "k", "v", headers, partition});
        m_kafka->send(out);
    }
    void deleteBefore(const char* topic, std::int64_t offset) const {
        const auto handle =
            kit::kafka::makeHandle(RD_KAFKA_PRODUCER, kit::kafka::commonSettings(m_kafka->bootstrap(), "test-delete"));
        kit::kafka::PartitionList list(rd_kafka_topic_partition_list_new(1));
        rd_kafka_topic_partition_list_add(list.get(), topic, 0)->offset = offset;
        rd_kafka_DeleteRecords_t* ask = rd_kafka_DeleteRecords_new(list.get());
        const kit::kafka::Queue queue(rd_kafka_queue_new(handle.value().get()));
        rd_kafka_DeleteRecords(handle.value().get(), &ask, 1, nullptr, queue.get());
        const kit::kafka::Event event(rd_kafka_queue_poll(queue.get(), 10'000));
        if (!event || rd_kafka_event_error(event.get())) qFatal("records not deleted");
        rd_kafka_DeleteRecords_destroy(ask);
    }
    QByteArray wire(const QStringList& words) const {
        QProcess process;
        process.start(QStringLiteral("python3"),
                      QStringList{QStringLiteral(NOVA_SOURCE_DIR "/tests/system/kafka_wire.py"),
                                  QString::fromStdString(m_kafka->bootstrap())} +
                          words);
        if (!process.waitForFinished(20'000) || process.exitCode() != 0)
            qFatal("%s", process.readAllStandardError().constData());
        return process.readAllStandardOutput().trimmed();
    }
    // Nothing of what a row says of offsets differs from the broker's own answer.
    QString differences(const LagSample& sample, const char* group, const char* topic, int partitions) const {
        QStringList wrong;
        const auto truth = QJsonDocument::fromJson(wire({QStringLiteral("lag"), QLatin1String(group),
                                                         QLatin1String(topic), QString::number(partitions)}))
                               .object();
        for (int p = 0; p < partitions; ++p) {
            const auto* row = find(sample, group, topic, p);
            if (!row) return QStringLiteral("no row of p%1").arg(p);
            const auto told = truth.value(QString::number(p)).toObject();
            const auto number = [&](const char* name) -> Offset {
                const auto value = told.value(QLatin1String(name));
                return value.isDouble() ? Offset(value.toInteger()) : std::nullopt;
            };
            const auto committed = number("committed"), start = number("start"), end = number("end");
            Offset lag;
            if (committed && *committed <= *end) lag = *end - std::max(*committed, *start);
            if (row->committed != committed || row->logStart != start || row->logEnd != end ||
                row->lso != number("lso") || row->lag != lag)
                wrong << QStringLiteral("p%1: %2, the broker says %3")
                             .arg(p)
                             .arg(row->lag.value_or(-1))
                             .arg(QString::fromUtf8(QJsonDocument(told).toJson(QJsonDocument::Compact)));
        }
        return wrong.join(QLatin1Char('\n'));
    }

    // The arguments of `lag WORDS…`.
    QStringList arguments(const QStringList& words) const {
        const auto profile = writeProfile(m_folder.filePath(QStringLiteral("profile.toml")), m_kafka->bootstrap());
        return QStringList{QStringLiteral("lag"), QStringLiteral("--profile"), profile} + words;
    }
    // What it prints; another exit is complained of.
    QByteArray command(const QStringList& words, int expected, QByteArray* remarks = nullptr) const {
        QProcess process;
        process.start(QStringLiteral(NOVA_BIN_DIR "/nova-console"), arguments(words));
        if (!process.waitForFinished(20'000)) qFatal("lag does not end");
        const auto text = process.readAllStandardOutput(), said = process.readAllStandardError();
        if (process.exitCode() != expected)
            qWarning("exit %d, not %d: %s%s", process.exitCode(), expected, text.constData(), said.constData());
        if (remarks) *remarks = said;
        return text;
    }
};

}  // namespace nova::test
