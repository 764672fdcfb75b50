// Which events a filter matches: a table by hand for every field and rule, and thousands of filters at random against
// an evaluator in Python that shares no code with ours (naive_filter.py).
#include <QProcess>
#include <QTemporaryDir>
#include <QtTest>

#include "app/engine/traffic/decode.h"
#include "app/engine/traffic/filter.h"
#include "tests/engine/traffic/filter_records.h"
#include "tests/engine/traffic/random_filters.h"

using namespace nova::engine;
using namespace Qt::StringLiterals;
using nova::test::FilterRecords, nova::test::Json, nova::test::RandomFilters, nova::test::nowMs;

class FilterMatchTest : public QObject {
    Q_OBJECT

    const FilterRecords m_records;

    QString matched(const QString& text, std::uint64_t* errors = nullptr) const {
        auto compiled = Filter::compile(text, m_records.context());
        if (const auto* error = std::get_if<FilterError>(&compiled)) return u"! "_s + error->sentence();
        auto& filter = std::get<Filter>(compiled);
        QStringList names;
        for (std::size_t i = 0; i < m_records.all.size(); ++i) {
            if (filter.matches(m_records.all[i])) names << QString::fromStdString(m_records.names[i]);
        }
        if (errors) *errors = filter.errors();
        return names.join(u' ');
    }

private Q_SLOTS:
    void matches_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("events");
        const auto row = [](const QString& text, const QString& names) {
            QTest::addRow("%s", qPrintable(text)) << text << names;
        };
        const auto all = u"created twin updated deleted liked uploaded cut tombstone dead spans"_s;
        row(u""_s, all);
        row(u"type:PostCreated,PostUpdated user:alice payload.version>2"_s, u"updated"_s);
        row(u"topic:nova.* latency>200ms or is:duplicate"_s, u"twin updated liked"_s);
        row(u"not header.ce_source:/nova/content-service key~/^p/"_s, u"liked cut tombstone"_s);
        // text: exact, with case, any of, wildcards
        row(u"topic:nova.content.events"_s, u"created twin updated deleted cut tombstone"_s);
        row(u"topic:nova.*"_s, u"created twin updated deleted liked uploaded cut tombstone dead"_s);
        row(u"topic:\"nova.*\""_s, u""_s);
        row(u"topic:*.dlq,otlp_spans"_s, u"dead spans"_s);
        row(u"type:postcreated"_s, u""_s);
        row(u"type:Post*ed"_s, u"created twin updated deleted liked cut dead"_s);
        row(u"type:*"_s, u"created twin updated deleted liked uploaded cut dead"_s);
        row(u"not type:*"_s, u"tombstone spans"_s);
        row(u"key:*"_s, u"created twin updated deleted liked uploaded cut tombstone"_s);
        row(u"key:\"\""_s, u"uploaded"_s);
        row(u"key:\"p 2\",p9"_s, u"deleted cut"_s);
        row(u"event:e1"_s, u"created twin"_s);
        row(u"trace:4bf92f3577b34da6a3ce929d0e0e4736"_s, u"created twin"_s);
        row(u"source~/social|media/"_s, u"liked uploaded"_s);
        row(u"key~/P/"_s, u""_s);
        row(u"key~/(?i)P \\d/"_s, u"deleted"_s);
        // users by id and by handle
        row(u"user:u-1"_s, u"created twin updated"_s);
        row(u"user:bob"_s, u"liked uploaded"_s);
        row(u"user:b*,u-3"_s, u"deleted liked uploaded"_s);
        // numbers, exactly
        row(u"version:9007199254740993"_s, u"deleted"_s);
        row(u"version:9007199254740992"_s, u""_s);
        row(u"version>9007199254740992"_s, u"deleted"_s);
        row(u"version:1,3"_s, u"created twin updated dead"_s);
        row(u"version:*"_s, u"created twin updated deleted dead"_s);
        row(u"not version<3"_s, u"updated deleted liked uploaded cut tombstone dead spans"_s);
        row(u"partition>=2"_s, u"deleted spans"_s);
        row(u"offset:10 partition:0"_s, u"created uploaded dead"_s);
        row(u"size:0"_s, u"tombstone"_s);
        row(u"size>0.2kB"_s, u""_s);
        // durations
        row(u"latency:250ms"_s, u"twin"_s);
        row(u"latency>250ms"_s, u"updated liked"_s);
        row(u"latency>=0.25s"_s, u"twin updated liked"_s);
        row(u"latency>250"_s, u"updated liked"_s);
        row(u"latency<=45000us"_s, u"created deleted"_s);
        row(u"latency>1m"_s, u""_s);
        row(u"not latency>=0ms"_s, u"uploaded cut tombstone dead spans"_s);
        // times
        row(u"time<-5m"_s, u"twin"_s);
        row(u"time>=01:02"_s, u"cut spans"_s);
        row(u"time>2026-11-23T01:02:03.455Z"_s, u"cut"_s);
        row(u"time:2026-11-23T02:02:03.456+01:00"_s, u"cut"_s);
        // headers: any of that name; an order of numbers and times
        row(u"header.x:two"_s, u"created"_s);
        row(u"header.x:*"_s, u"created"_s);
        row(u"header.nova-version>1"_s, u"updated deleted dead"_s);
        row(u"header.at>=2026-11-23T01:00:00Z"_s, u"dead"_s);
        row(u"header.at>01:00"_s, u""_s);
        row(u"header.X:two"_s, u""_s);
        // payloads
        row(u"payload.media_ids:m2"_s, u"created twin"_s);
        row(u"payload.version:1"_s, u"created twin"_s);
        row(u"payload.version:\"1\""_s, u""_s);
        row(u"payload.version:0"_s, u"liked"_s);  // defaults are printed
        row(u"payload.like_count>40 payload.like_count<42"_s, u"liked"_s);
        row(u"payload.size_bytes>=1.5MB"_s, u"uploaded"_s);
        row(u"payload.event_time<-1m"_s, u""_s);
        row(u"payload.event_time>-60001ms"_s, u"created twin updated deleted dead"_s);
        row(u"payload.event_time:2026-11-23T01:01:03.456789Z"_s, u"created twin updated deleted dead"_s);
        row(u"payload.event_time~/01:01:03/"_s, u"created twin updated deleted dead"_s);
        row(u"payload.event_time:*"_s, u"created twin updated deleted dead"_s);  // unset in liked and uploaded
        row(u"payload.content~/(?i)golden HOUR/"_s, u"created twin"_s);
        row(u"payload.author_id>\"u-2\""_s, u"deleted"_s);
        row(u"payload.author_id>2"_s, u""_s);  // text is no number
        row(u"payload.resource_spans.scope_spans.spans.name:\"feed fan-out\""_s, u"spans"_s);
        row(u"payload.resource_spans.scope_spans.spans.kind:SPAN_KIND_SERVER"_s, u"spans"_s);
        row(u"payload.resource_spans.scope_spans.spans.start_time_unix_nano:18446744073709551615"_s, u"spans"_s);
        row(u"payload.resource_spans.scope_spans.spans.start_time_unix_nano:18446744073709551614"_s, u""_s);
        row(u"payload.resource_spans.scope_spans.spans.attributes.value.bool_value:true"_s, u"spans"_s);
        row(u"payload.resource_spans.scope_spans.spans.attributes.value.double_value<0.3"_s, u"spans"_s);
        row(u"payload.resource_spans.scope_spans.spans.attributes.value.int_value:*"_s,
            u""_s);  // not the oneof's member
        row(u"payload.resource_spans.scope_spans.spans.trace_id:Af8="_s, u"spans"_s);
        row(u"payload.resource_spans:*"_s, u"spans"_s);
        row(u"payload.resource_spans.resource:*"_s, u""_s);
        row(u"not payload.post_id:p1"_s, u"deleted uploaded cut tombstone spans"_s);
        // flags
        row(u"is:duplicate"_s, u"twin"_s);
        row(u"is:stale,dlq"_s, u"updated dead"_s);
        row(u"is:undecodable"_s, u"cut"_s);
        row(u"is:tombstone,replayed"_s, u"twin tombstone"_s);
        // lone words: key, type, user, header values, payload; any case
        row(u"P9"_s, u"cut"_s);
        row(u"postliked"_s, u"liked"_s);
        row(u"BOB"_s, u"liked uploaded"_s);
        row(u"u-3"_s, u"deleted"_s);
        row(u"\"bad content\""_s, u"dead"_s);
        row(u"málaga"_s, u"created twin"_s);
        row(u"gold*málaga"_s, u"created twin"_s);
        row(u"málaga*gold"_s, u""_s);
        row(u"\"gold*\""_s, u""_s);
        row(u"\"say \\\"HI\\\" (x),\""_s, u"updated dead"_s);
        row(u"1500000"_s, u"uploaded"_s);
        row(u"span_kind_server"_s, u"spans"_s);
        row(u"0.25"_s, u"spans"_s);
        row(u"e6"_s, u"cut"_s);  // a header's value
        row(u"*"_s, all);
        row(u"\"\""_s, all);
        // logic
        row(u"user:alice or user:bob type:PostLiked"_s, u"created twin updated liked"_s);
        row(u"(user:alice or user:bob) type:PostLiked"_s, u"liked"_s);
        row(u"not (type:Post* or is:tombstone)"_s, u"uploaded spans"_s);
    }
    void matches() {
        QFETCH(QString, text);
        QFETCH(QString, events);
        QCOMPARE(matched(text), events);
    }

    void anotherEvaluatorAgrees() {
        constexpr quint32 filters = 3'000;
        Json given{{"now_ms", nowMs}, {"events", m_records.said}, {"filters", Json::array()}};
        QStringList texts, ours;
        for (quint32 seed = 1; seed <= filters; ++seed) {
            const auto text = RandomFilters(seed).expression(2);
            const auto canonical = Filter::compile(text, m_records.context());
            const auto* error = std::get_if<FilterError>(&canonical);
            if (error && error->what == u"too many terms") continue;
            QVERIFY2(!error, qPrintable(text + u": "_s + (error ? error->sentence() : QString())));
            texts << text;
            given["filters"].push_back(text.toStdString());
        }
        QTemporaryDir folder;
        QFile file(folder.filePath(u"given.json"_s));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(QByteArray::fromStdString(given.dump()));
        file.close();
        QProcess python;
        python.start(u"python3"_s,
                     {QStringLiteral(NOVA_SOURCE_DIR "/tests/engine/traffic/naive_filter.py"), file.fileName()});
        QVERIFY(python.waitForFinished(60'000));
        QVERIFY2(python.exitCode() == 0, python.readAllStandardError().constData());
        const auto lines = python.readAllStandardOutput().trimmed().split('\n');
        QCOMPARE(lines.size(), texts.size());
        int some = 0;
        for (qsizetype i = 0; i < texts.size(); ++i) {
            QStringList theirs;
            for (const auto& index : Json::parse(lines[i].toStdString()))
                theirs << QString::fromStdString(m_records.names[index.get<std::size_t>()]);
            some += !theirs.isEmpty() && theirs.size() < static_cast<qsizetype>(m_records.all.size());
            QVERIFY2(matched(texts[i]) == theirs.join(u' '),
                     qPrintable(texts[i] + u"\n ours: "_s + matched(texts[i]) + u"\n theirs: "_s + theirs.join(u' ')));
            const auto canonical = std::get<Filter>(Filter::compile(texts[i], m_records.context())).canonical();
            QCOMPARE(matched(canonical), theirs.join(u' '));
        }
        QVERIFY2(some > 1'000, qPrintable(QString::number(some)));  // else the filters say nothing
    }

    void whatIsNotKnownIsFalse() {
        auto filter = std::get<Filter>(Filter::compile(u"is:duplicate or is:stale or user:alice"_s));
        for (const auto& event : m_records.all) QVERIFY(!filter.matches(event));
        auto opposite = std::get<Filter>(Filter::compile(u"not is:duplicate"_s));
        for (const auto& event : m_records.all) QVERIFY(opposite.matches(event));
    }

    // Wish 20: event type and trace live in headers, so they are searched: by name, by what they say, each of several.
    void headersAreSearchedByNameAndByWhatTheySay() {
        Event event;
        event.topic = Names::topic("orders");
        event.headerBlob = packHeaders({{"ce_type", "OrderPaid"},
                                        {"x-try", "1"},
                                        {"traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"},
                                        {"x-try", "2"}});
        readParts(event);
        for (const auto& text :
             {u"header.x-try:1"_s, u"header.x-try:2"_s, u"header.x-try>1"_s, u"type:OrderPaid"_s,
              u"trace:0af7651916cd43dd8448eb211c80319c"_s, u"header.ce_type~/^order/"_s, u"orderpaid"_s})
            QCOMPARE(std::get<Filter>(Filter::compile(text)).matches(event), text != u"header.ce_type~/^order/"_s);
        for (const auto& text : {u"header.x-try:3"_s, u"header.other:*"_s, u"trace:0af7"_s})
            QVERIFY2(!std::get<Filter>(Filter::compile(text)).matches(event), qPrintable(text));
    }

    void errorsAreCountedOnceARecord() {
        std::uint64_t errors = 0;
        matched(u"payload.version>2 or payload.post_id:x or nothing"_s, &errors);
        QCOMPARE(errors, 1u);  // cut; a tombstone has no payload that could fail
        matched(u"type:PostUpdated payload.version>2"_s, &errors);
        QCOMPARE(errors, 0u);  // cut is decided by its type
        QCOMPARE(matched(u"not payload.version>0"_s, &errors), u"liked uploaded cut tombstone spans"_s);
        QCOMPARE(errors, 1u);
        matched(u"is:undecodable"_s, &errors);
        QCOMPARE(errors, 0u);
    }

    void copiesAreIndependent() {
        auto first = std::get<Filter>(Filter::compile(u"payload.version>0"_s));
        for (const auto& event : m_records.all) static_cast<void>(first.matches(event));
        auto second = first;
        QVERIFY(second.matches(m_records.all[0]) && !second.matches(m_records.all[6]));
        QCOMPARE(first.errors(), 1u);
        QCOMPARE(second.errors(), 2u);
        first = Filter();
        QVERIFY(first.matchesAll() && !second.matchesAll() && second.matches(m_records.all[0]));
    }
};

QTEST_GUILESS_MAIN(FilterMatchTest)
#include "tst_filter_match.moc"
