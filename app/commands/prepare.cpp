#include "app/commands/prepare.h"

#include <CLI/App.hpp>
#include <QElapsedTimer>
#include <array>

#include "app/commands/attach.h"
#include "app/commands/output.h"
#include "app/engine/stack/catalogue.h"
#include "app/engine/stack/kafka_home.h"
#include "app/engine/stack/postgres_home.h"
#include "app/engine/stack/s3_home.h"

namespace nova::commands {
namespace {

QString timed(const char* what, const std::function<QString()>& work) {
    QElapsedTimer clock;
    clock.start();
    auto fault = work();
    const auto took = QStringLiteral("%1 s").arg(static_cast<double>(clock.elapsed()) / 1000.0, 6, 'f', 1);
    if (fault.isEmpty() && clock.elapsed() > 100)
        print(QStringLiteral("%1  %2").arg(QLatin1String(what), -28).arg(took));
    return fault;
}

}  // namespace

int runPrepare(const Arguments& arguments) {
    CLI::App app(
        "Fetches Kafka's and S3Proxy's jars and makes class archives and template folders, once; a start then takes "
        "two "
        "seconds.");
    CommonOptions common;
    if (const auto done = parse(app, arguments, common)) return *done;
    if (const auto refused = refuseProfile(arguments, common)) return *refused;
    const stack::Preparation quiet{[](const QString&) {}, [] { return false; }};
    const stack::KafkaHome kafka(stack::Catalogue::builtIn());
    const stack::PostgresHome postgres(stack::Catalogue::builtIn().schemas());
    auto fault = timed("Kafka: jars and archive", [&] { return kafka.ensure(quiet); });
    const stack::S3Home s3;
    if (fault.isEmpty()) fault = timed("S3Proxy: jars and archive", [&] { return s3.ensure(quiet); });
    if (fault.isEmpty()) fault = timed("PostgreSQL: cluster template", [&] { return postgres.ensureTemplate(quiet); });
    return fault.isEmpty() ? exitCode::done : fail(exitCode::badNews, fault);
}

}  // namespace nova::commands
