#include "tests/support/kafka_tools.h"

#include <QFile>
#include <QProcess>
#include <QStringList>

#include "app/engine/stack/java_tools.h"
#include "app/engine/stack/kafka_home.h"
#include "app/engine/stack/paths.h"

namespace nova::test {
namespace {

using namespace Qt::StringLiterals;

QByteArray run(const QString& program, const QStringList& arguments, int timeoutMs) {
    QProcess process;
    process.start(program, arguments);
    if (!process.waitForFinished(timeoutMs) || process.exitCode() != 0)
        qFatal("%s %s: %s%s", qPrintable(program), qPrintable(arguments.join(u' ')),
               process.readAllStandardOutput().constData(), process.readAllStandardError().constData());
    return process.readAllStandardOutput();
}

QString jar() {
    const auto version = stack::KafkaHome::jars().version();
    const auto folder = u"%1/kafka-tools-%2"_s.arg(stack::cacheDir(), version);
    const auto file = u"%1/kafka-tools-%2.jar"_s.arg(folder, version);
    if (!QFile::exists(file))
        run(stack::findMaven(),
            {u"-q"_s, u"-B"_s, u"-f"_s, QStringLiteral(NOVA_SOURCE_DIR "/tests/support/kafka_tools/pom.xml"),
             u"-Dkafka.version="_s + version, u"dependency:copy-dependencies"_s, u"-DoutputDirectory="_s + folder},
            120'000);
    return file;
}

std::optional<qint64> number(const QString& text) {
    bool is = false;
    const auto value = text.toLongLong(&is);
    return is ? std::optional(value) : std::nullopt;
}

QString word(const QString& text) {
    return text == u"-" ? QString() : text;
}

}  // namespace

ToolRows consumerGroups(const std::string& bootstrap) {
    const auto text =
        run(stack::findJava(),
            {u"-XX:TieredStopAtLevel=1"_s, u"-cp"_s, stack::KafkaHome::jars().classPath() + u':' + jar(),
             u"org.apache.kafka.tools.consumer.group.ConsumerGroupCommand"_s, u"--bootstrap-server"_s,
             QString::fromStdString(bootstrap), u"--describe"_s, u"--all-groups"_s, u"--timeout"_s, u"20000"_s},
            60'000);
    ToolRows rows;
    for (const auto& line : QString::fromUtf8(text).split(u'\n')) {
        const auto cells = line.simplified().split(u' ');
        if (cells.size() != 9 || cells[0] == u"GROUP") continue;
        rows[{cells[0], cells[1], cells[2].toInt()}] = {number(cells[3]), number(cells[4]), number(cells[5]),
                                                        word(cells[6]),   word(cells[7]),   word(cells[8])};
    }
    return rows;
}

}  // namespace nova::test
