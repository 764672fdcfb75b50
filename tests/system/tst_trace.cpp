// The timeline tells the truth: a delay put into one service shows on that hop and on no other; spans are readable by
// others.
#include <QJsonArray>
#include <QJsonDocument>
#include <QProcess>
#include <QtTest>

#include "tests/support/live_nova.h"

using namespace Qt::StringLiterals;
using nova::test::LiveNova;
using nova::test::runConsole;

class TraceTest : public QObject {
    Q_OBJECT

    // Time of a hop that none of its children explains, ms.
    static double ownTime(const QJsonObject& hop, const QJsonArray& hops) {
        const double start = hop.value(u"start_ms").toDouble(), end = start + hop.value(u"duration_ms").toDouble();
        double own = end - start;
        for (const auto& other : hops) {
            const auto child = other.toObject();
            if (child.value(u"parent") != hop.value(u"id")) continue;
            const double from = std::max(start, child.value(u"start_ms").toDouble());
            const double to =
                std::min(end, child.value(u"start_ms").toDouble() + child.value(u"duration_ms").toDouble());
            own -= std::max(0.0, to - from);
        }
        return own;
    }

private Q_SLOTS:
    void aDelayShowsOnItsHop() {
        LiveNova nova({u"--set"_s, u"content-service.rpc_delay_ms=80"_s});
        QVERIFY2(nova.start(), qPrintable(nova.log()));
        const auto play = runConsole(nova.with({u"play"_s, u"create-post"_s, u"--json"_s}), 60'000);
        QJsonObject action;
        for (const auto& line : play.lines()) {
            if (line.value(u"action").toString() == u"createPost"_s) action = line;
        }
        QVERIFY2(action.value(u"complete").toBool(), QByteArray(play.out + play.err).constData());
        const auto hops = action.value(u"hops").toArray();
        int delayed = 0;
        for (const auto& value : hops) {
            const auto hop = value.toObject();
            const double own = ownTime(hop, hops);
            const bool slow = own >= 75;
            if (slow) {
                ++delayed;
                QCOMPARE(hop.value(u"service").toString(), u"content-service"_s);
                QCOMPARE(hop.value(u"kind").toString(), u"grpc"_s);
            }
        }
        QCOMPARE(delayed, 1);
        QVERIFY(nova.stop());
    }

    void anotherDecoderReadsTheSpans() {
        LiveNova nova;
        QVERIFY2(nova.start(), qPrintable(nova.log()));
        const auto alice = nova.signUp(u"alice"_s);
        QVERIFY(!nova.createPost(alice, u"traced"_s).isEmpty());
        QProcess shell;  // kcat brings the bytes, protoc with the upstream .proto files reads them
        const QString broker = nova.run().value(u"kafka").toString();
        const auto decode = [&] {
            shell.start(
                u"bash"_s,
                {u"-c"_s,
                 u"set -o pipefail; d=$(mktemp -d); kcat -q -b %1 -t otlp_spans -e -f '%s' -D 'NOVA-SPLIT' -C >$d/all "
                 u"2>/dev/null;"
                 "python3 - $d <<'P'\nimport sys,os\nd=sys.argv[1]\nfor i,b in "
                 "enumerate(open(d+'/all','rb').read().split(b'NOVA-SPLIT')):\n"
                 "    b and open(f'{d}/{i}.bin','wb').write(b)\nP\n"
                 "for f in $d/*.bin; do protoc -I %2 "
                 "--decode=opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest "
                 "opentelemetry/proto/collector/trace/v1/trace_service.proto <$f || exit 1; done; rm -r $d"_s.arg(
                     broker, QStringLiteral(NOVA_OTLP_DIR))});
            shell.waitForFinished(30'000);
            return QString::fromUtf8(shell.readAllStandardOutput());
        };
        QString text;
        QTRY_VERIFY_WITH_TIMEOUT((text = decode()).contains(u"Content/CreatePost"_s), 30'000);
        QCOMPARE(shell.exitCode(), 0);
        for (const auto& word : {u"service.name"_s, u"content-service"_s, u"graphql-gateway"_s, u"POST /graphql"_s})
            QVERIFY2(text.contains(word), qPrintable(word));
        QVERIFY(nova.stop());
    }
};

QTEST_GUILESS_MAIN(TraceTest)
#include "tst_trace.moc"
