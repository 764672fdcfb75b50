// The filter language as text: what parses to what, what is refused where and in which words, and that the canonical
// text of each tree parses to that tree again.
#include <QRandomGenerator>
#include <QtTest>

#include "app/engine/traffic/filter.h"
#include "app/engine/traffic/filter_fields.h"
#include "app/engine/traffic/filter_parser.h"

using namespace nova::engine;
using namespace nova::engine::filter;
using namespace Qt::StringLiterals;

namespace {

// Fully bracketed, so that precedence shows: and[…] or[…] not[…] and the terms as field|op|values.
QString shape(const Node& node) {
    if (node.kind == Node::Kind::term) {
        const auto& term = node.term;
        QStringList values;
        for (const auto& value : term.values) values << (value.quoted ? u"'"_s + value.text + u"'"_s : value.text);
        if (term.field.isEmpty()) return values.first();
        static const QStringList ops{u":"_s, u">"_s, u">="_s, u"<"_s, u"<="_s, u"~"_s};
        QStringList name{term.field};
        return (name + term.path).join(u'|') + u' ' + ops[static_cast<int>(term.op)] + u' ' + values.join(u'|');
    }
    QStringList parts;
    for (const auto& child : node.children) parts << shape(child);
    const auto name = node.kind == Node::Kind::all ? u"and"_s : node.kind == Node::Kind::any ? u"or"_s : u"not"_s;
    return name + u'[' + parts.join(u", "_s) + u']';
}

QString shapeOf(const QString& text) {
    const auto parsed = parse(text);
    if (const auto* error = std::get_if<FilterError>(&parsed)) return u"! "_s + error->sentence();
    return shape(std::get<Node>(parsed));
}

// Trees at random, of what the parser can make: no `all` in an `all`, lone terms that are no operator's.
class Grower {
public:
    explicit Grower(quint32 seed) : m_random(seed) {}

    Node node(int depth, Node::Kind parent) {
        const int most = depth > 0 ? 4 : 1;
        switch (below(most)) {
            case 1:
                return joined(Node::Kind::all, depth, parent);
            case 2:
                return joined(Node::Kind::any, depth, parent);
            case 3: {
                Node made{Node::Kind::none, {}, {}};
                made.children.push_back(node(depth - 1, Node::Kind::none));
                return made;
            }
            default:
                return {Node::Kind::term, term(), {}};
        }
    }

private:
    int below(int n) { return m_random.bounded(n); }

    Node joined(Node::Kind kind, int depth, Node::Kind parent) {
        if (kind == parent) return {Node::Kind::term, term(), {}};
        Node made{kind, {}, {}};
        for (int i = 2 + below(2); i > 0; --i) made.children.push_back(node(depth - 1, kind));
        return made;
    }

    QString letters(bool anything) {
        static const QString plain = u"abzAZ09.-_/*%é中"_s, all = plain + u" \"\\(),:<>~=\n\t'"_s;
        QString text;
        for (int i = 1 + below(6); i > 0; --i) {
            const auto& from = anything ? all : plain;
            text += from[below(static_cast<int>(from.size()))];
        }
        return text;
    }

    Value value() {
        const bool quoted = below(2) == 0;
        const auto text = letters(quoted);
        return {text, quoted, 0, 0};
    }

    Term term() {
        Term made;
        const auto field = below(4) == 0 ? QString() : fields()[static_cast<std::size_t>(below(16))].name.toString();
        if (field.isEmpty()) {
            made.values = {value()};
            return made;
        }
        made.field = field;
        if (field == u"header") made.path = {letters(true)};
        for (int i = field == u"payload" ? 1 + below(3) : 0; i > 0; --i) made.path << letters(true);
        made.op = static_cast<Op>(below(6));
        if (made.op == Op::matches) {
            made.values = {{u"^a (b|c),\"\\/[^x]"_s, false, 0, 0}};
            return made;
        }
        for (int i = made.op == Op::equal ? 1 + below(3) : 1; i > 0; --i) made.values.push_back(value());
        return made;
    }

    QRandomGenerator m_random;
};

}  // namespace

class FilterTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void parses_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("tree");
        const auto row = [](const char* name, const QString& text, const QString& tree) {
            QTest::newRow(name) << text << tree;
        };
        row("nothing", u""_s, u"and[]"_s);
        row("spaces", u" \t\n "_s, u"and[]"_s);
        row("a word", u"alice"_s, u"alice"_s);
        row("a string", u"\"two words\""_s, u"'two words'"_s);
        row("escapes", u"\"a \\\"b\\\" \\\\ c\""_s, u"'a \"b\" \\ c'"_s);
        row("an empty string", u"\"\""_s, u"''"_s);
        row("a field", u"type:PostCreated"_s, u"type : PostCreated"_s);
        row("a list", u"type:PostCreated,\"b c\",d"_s, u"type : PostCreated|'b c'|d"_s);
        row("the first operator ends the field", u"header.ce_source:/nova:8080>x~y<z"_s,
            u"header|ce_source : /nova:8080>x~y<z"_s);
        row("greater", u"version>2"_s, u"version > 2"_s);
        row("greater or equal", u"version>=2"_s, u"version >= 2"_s);
        row("less", u"version<2"_s, u"version < 2"_s);
        row("less or equal", u"version<=2"_s, u"version <= 2"_s);
        row("an expression", u"key~/^0193a8/"_s, u"key ~ ^0193a8"_s);
        row("an expression with a slash", u"key~/a b\"(c),\\/:>/ x"_s, u"and[key ~ a b\"(c),\\/:>, x]"_s);
        row("a time", u"time>2026-11-23T01:02:03Z"_s, u"time > 2026-11-23T01:02:03Z"_s);
        row("so long ago", u"time>-5m"_s, u"time > -5m"_s);
        row("a path", u"payload.a.b_c.d:1"_s, u"payload|a|b_c|d : 1"_s);
        row("a header's dots are its own", u"header.a.b:1"_s, u"header|a.b : 1"_s);
        row("a quoted header", u"header.\"my header: x\":1"_s, u"header|my header: x : 1"_s);
        row("a quoted path", u"payload.a.\"b.c\".d>1"_s, u"payload|a|b.c|d > 1"_s);
        row("spaces beside operators", u"type : a , b  version >= 2"_s, u"and[type : a|b, version >= 2]"_s);
        row("no and", u"a b c"_s, u"and[a, b, c]"_s);
        row("and", u"a and b and c"_s, u"and[a, b, c]"_s);
        row("or", u"a or b or c"_s, u"or[a, b, c]"_s);
        row("and binds more than or", u"a b or c and d"_s, u"or[and[a, b], and[c, d]]"_s);
        row("not binds most", u"not a b"_s, u"and[not[a], b]"_s);
        row("not of a group", u"not (a b)"_s, u"not[and[a, b]]"_s);
        row("a group", u"a (b or c)"_s, u"and[a, or[b, c]]"_s);
        row("a group without need", u"((a)) and (b c)"_s, u"and[a, b, c]"_s);
        row("groups side by side", u"(a)(b)\"c\""_s, u"and[a, b, 'c']"_s);
        row("reserved words in words", u"order android nothing"_s, u"and[order, android, nothing]"_s);
        row("reserved words in quotes", u"\"and\" type:\"or\""_s, u"and['and', type : 'or']"_s);
        row("reserved words are in lower case", u"a AND b"_s, u"and[a, AND, b]"_s);
        row("other signs are a word's own", u"a=b /x/ {\"y\"} -5m 中文"_s, u"and[a=b, /x/, {, 'y', }, -5m, 中文]"_s);
        row("the contract's first example", u"type:PostCreated,PostUpdated user:alice payload.version>2"_s,
            u"and[type : PostCreated|PostUpdated, user : alice, payload|version > 2]"_s);
        row("the contract's second example", u"topic:nova.* latency>200ms or is:duplicate"_s,
            u"or[and[topic : nova.*, latency > 200ms], is : duplicate]"_s);
        row("the contract's third example", u"not header.ce_source:/nova/content-service key~/^0193a8/"_s,
            u"and[not[header|ce_source : /nova/content-service], key ~ ^0193a8]"_s);
    }
    void parses() {
        QFETCH(QString, text);
        QFETCH(QString, tree);
        QCOMPARE(shapeOf(text), tree);
    }

    void everyFieldIsKnown() {
        QStringList named;
        for (const auto& field : fields()) named << field.name.toString();
        QCOMPARE(named.join(u' '),
                 u"topic partition offset key type event trace user version size latency time source "
                 "header payload is"_s);
        for (const auto& field : fields()) QVERIFY(!helpOf(field).isEmpty());
    }

    // The text, the character of the fault (^), how long it is, and words of the message.
    void isRefusedWithItsPlace_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<int>("position");
        QTest::addColumn<int>("length");
        QTest::addColumn<QString>("what");
        QTest::addColumn<QString>("expected");
        const auto row = [](const QString& text, int position, int length, const QString& what,
                            const QString& expected) {
            QTest::addRow("%s", qPrintable(text)) << text << position << length << what << expected;
        };
        row(u"tpye:PostCreated"_s, 0, 4, u"unknown field \"tpye\""_s, u"did you mean \"type\"?"_s);
        row(u"a and Topic:x"_s, 6, 5, u"unknown field \"Topic\""_s, u"\"topic\""_s);
        row(u"headers.ce_type:x"_s, 0, 15, u"unknown field"_s, u"\"header\""_s);
        row(u"qqqqqqqqqqqq:1"_s, 0, 12, u"unknown field"_s, u"one of topic"_s);
        row(u"http://x"_s, 0, 4, u"unknown field \"http\""_s, u""_s);
        row(u"type.x:1"_s, 0, 6, u"unknown field \"type.x\""_s, u"\"type\""_s);
        row(u":x"_s, 0, 1, u"no field before \":\""_s, u"a field"_s);
        row(u"a >5"_s, 0, 1, u"unknown field \"a\""_s, u""_s);
        row(u"header:x"_s, 0, 6, u"lacks a name"_s, u"header.ce_source"_s);
        row(u"header.:x"_s, 0, 7, u"lacks a name"_s, u"header.ce_source"_s);
        row(u"payload.a..b:x"_s, 0, 12, u"lacks a name"_s, u"payload.version"_s);
        row(u"header.\"a b\" x"_s, 12, 1, u"no operator"_s, u": > >="_s);
        row(u"header.\"a\"b:x"_s, 10, 1, u"no operator"_s, u": > >="_s);
        row(u"type:"_s, 5, 1, u"no value"_s, u"a word"_s);
        row(u"type:a,"_s, 7, 1, u"no value"_s, u"a word"_s);
        row(u"type:,a"_s, 5, 1, u"no value"_s, u"a word"_s);
        row(u"(type:)"_s, 6, 1, u"no value"_s, u"a word"_s);
        row(u"type:and"_s, 5, 3, u"\"and\" is reserved"_s, u"quotes"_s);
        row(u"version>1,2"_s, 9, 1, u"a list can only be equal"_s, u"one value"_s);
        row(u"a,b"_s, 1, 1, u"a comma without a list"_s, u"field:value"_s);
        row(u"(a,b)"_s, 2, 1, u"a comma without a list"_s, u"field:value"_s);
        row(u"and"_s, 0, 3, u"nothing before \"and\""_s, u"a word"_s);
        row(u"a and"_s, 5, 1, u"ends too early"_s, u"a word"_s);
        row(u"a or or b"_s, 5, 2, u"nothing before \"or\""_s, u"a word"_s);
        row(u"not"_s, 3, 1, u"ends too early"_s, u"a word"_s);
        row(u"not not a"_s, 4, 3, u"\"not\" twice"_s, u"a word"_s);
        row(u"()"_s, 1, 1, u"nothing before this \")\""_s, u"a word"_s);
        row(u"(a"_s, 0, 1, u"never closed"_s, u"\")\""_s);
        row(u"a (b (c)"_s, 2, 1, u"never closed"_s, u"\")\""_s);
        row(u"a) b"_s, 1, 1, u"closes nothing"_s, u"\"(\""_s);
        row(u"x \"abc"_s, 2, 1, u"string is never closed"_s, u"at its end"_s);
        row(u"\"a\\n\""_s, 2, 2, u"unknown escape"_s, u"\\\" or \\\\"_s);
        row(u"key~abc"_s, 4, 1, u"no regular expression here"_s, u"between slashes"_s);
        row(u"key~/abc"_s, 4, 1, u"never closed"_s, u"at its end"_s);
        row(u"key~/abc\\/"_s, 4, 1, u"never closed"_s, u"at its end"_s);
        row(u"key~/[/]/"_s, 7, 1, u"nothing may follow"_s, u"\\/ for a slash inside"_s);
        row(u"key~/a/i"_s, 7, 1, u"nothing may follow"_s, u"(?i)"_s);
        row(u"key~/a(b/"_s, 5, 3, u"missing )"_s, u"RE2"_s);
        row(u"key~/ab[z-a]/"_s, 8, 3, u"invalid character class range"_s, u"RE2"_s);
        row(u"key~/(?=x)/"_s, 5, 3, u"invalid perl operator"_s, u"RE2"_s);
        // By type
        row(u"topic>x"_s, 0, 5, u"topic is text"_s, u"topic:value"_s);
        row(u"a version~/1/"_s, 2, 7, u"version is no text"_s, u": > >="_s);
        row(u"is~/dlq/"_s, 0, 2, u"is is no text"_s, u"is:"_s);
        row(u"is>dlq"_s, 0, 2, u"a flag has no order"_s, u"is:"_s);
        row(u"is:dlq,dublicate"_s, 7, 9, u"unknown flag \"dublicate\""_s, u"\"duplicate\""_s);
        row(u"is:*"_s, 3, 1, u"unknown flag"_s, u"one of duplicate"_s);
        row(u"partition:x"_s, 10, 1, u"no value of partition"_s, u"a number"_s);
        row(u"offset:1,2,\"3\""_s, 11, 3, u"no value of offset"_s, u"a number"_s);
        row(u"version>2ms"_s, 8, 3, u"no unit of version"_s, u"without a unit"_s);
        row(u"size>2ms"_s, 5, 3, u"no unit of size"_s, u"4kB"_s);
        row(u"size>2KB"_s, 5, 3, u"no value of size"_s, u"4kB"_s);
        row(u"latency>2kB"_s, 8, 3, u"no unit of latency"_s, u"200ms"_s);
        row(u"latency>1.ms"_s, 8, 4, u"no value of latency"_s, u"200ms"_s);
        row(u"time>25:00"_s, 5, 5, u"is no time"_s, u"14:30"_s);
        row(u"time>5m"_s, 5, 2, u"is no time"_s, u"-5m"_s);
        row(u"time>-5kB"_s, 5, 4, u"is no time"_s, u"-5m"_s);
        row(u"time>2026-11-23"_s, 5, 10, u"is no time"_s, u"2026-11-23T01:02:03Z"_s);
        row(u"time~/x/"_s, 0, 4, u"time is no text"_s, u": >"_s);
        row(u"payload.a>abc"_s, 10, 3, u"\"abc\" has no order"_s, u"a string in quotes"_s);
    }
    void isRefusedWithItsPlace() {
        QFETCH(QString, text);
        QFETCH(QString, what);
        QFETCH(QString, expected);
        const auto compiled = Filter::compile(text);
        const auto* error = std::get_if<FilterError>(&compiled);
        QVERIFY2(error, qPrintable(text + u" was taken"_s));
        const auto said = error->sentence();
        QTEST(error->position, "position");
        QTEST(error->length, "length");
        QVERIFY2(error->what.contains(what), qPrintable(said));
        QVERIFY2(error->expected.contains(expected), qPrintable(said));
        QVERIFY2(said.contains(u"at character %1"_s.arg(error->position + 1)), qPrintable(said));
        QVERIFY(error->position >= 0 && error->position <= text.size());
    }

    void theLimitsAreTheContracts() {
        const auto fault = [](const QString& text) {
            const auto compiled = Filter::compile(text);
            const auto* error = std::get_if<FilterError>(&compiled);
            return error ? u"%1 %2"_s.arg(error->position).arg(error->what) : QString();
        };
        QCOMPARE(fault(QString(4096, u'a')), QString());
        QCOMPARE(fault(QString(4097, u'a')), u"4096 the filter is too long"_s);
        QCOMPARE(fault(QString(1365, u'中')), QString());  // 3 bytes each
        QCOMPARE(fault(QString(1366, u'中')), u"1365 the filter is too long"_s);
        QString emoji;
        for (int i = 0; i < 1025; ++i) emoji += u"😀"_s;  // 4 bytes, two units each
        QCOMPARE(fault(emoji.left(2048)), QString());
        QVERIFY(fault(emoji).endsWith(u"too long"_s));

        QCOMPARE(fault(QStringList(64, u"a"_s).join(u' ')), QString());
        QCOMPARE(fault(QStringList(65, u"a"_s).join(u' ')), u"128 too many terms"_s);
        QCOMPARE(fault(u"type:"_s + QStringList(200, u"a"_s).join(u',')), QString());  // one term

        QCOMPARE(fault(QString(32, u'(') + u'a' + QString(32, u')')), QString());
        QCOMPARE(fault(QString(33, u'(') + u'a' + QString(33, u')')), u"32 nested too deep"_s);
        QCOMPARE(fault(QStringList(40, u"(a)"_s).join(u' ')), QString());  // side by side is not deep
    }

    void numbersAndUnits() {
        const auto us = [](const QString& text) {
            const auto measure = parseMeasure(text);
            return measure ? static_cast<double>(measure->value) : std::numeric_limits<double>::quiet_NaN();
        };
        QCOMPARE(us(u"7us"_s), 7.0);
        QCOMPARE(us(u"7ms"_s), 7e3);
        QCOMPARE(us(u"7s"_s), 7e6);
        QCOMPARE(us(u"7m"_s), 420e6);
        QCOMPARE(us(u"7h"_s), 25'200e6);
        QCOMPARE(us(u"7d"_s), 604'800e6);
        QCOMPARE(us(u"7B"_s), 7.0);
        QCOMPARE(us(u"7kB"_s), 7'000.0);
        QCOMPARE(us(u"1.5MB"_s), 1'500'000.0);
        QCOMPARE(us(u"-0.5s"_s), -500'000.0);
        QVERIFY(parseMeasure(u"9223372036854775807"_s)->value - parseMeasure(u"9223372036854775806"_s)->value == 1);
        QVERIFY(parseMeasure(u"18446744073709551615"_s)->value - parseMeasure(u"18446744073709551614"_s)->value == 1);
        for (const auto& wrong : {u""_s, u"-"_s, u"."_s, u".5"_s, u"5."_s, u"1e3"_s, u"1 ms"_s, u"5M"_s, u"5Ms"_s,
                                  u"5kb"_s, u"+5"_s, u"0x5"_s, u"٣"_s, u"5中"_s, u"1.2.3"_s, u"inf"_s, u"nan"_s})
            QVERIFY2(!parseMeasure(wrong), qPrintable(wrong));
    }

    void times() {
        const std::int64_t now = 1'795'395'723'456;  // 2026-11-23T01:02:03.456Z, by date(1)
        const auto us = [&](const QString& text, const QString& zone = {}) {
            return parseTime(text, now, zone).value_or(-1);
        };
        QCOMPARE(us(u"2026-11-23T01:02:03.456Z"_s), now * 1'000);
        QCOMPARE(us(u"2026-11-23T02:02:03.456789+01:00"_s), now * 1'000 + 789);
        QCOMPARE(us(u"-5m"_s), now * 1'000 - 300'000'000);
        QCOMPARE(us(u"-1.5h"_s), now * 1'000 - 5'400'000'000);
        QCOMPARE(us(u"-1d"_s), now * 1'000 - 86'400'000'000);
        const std::int64_t midnight = 1'795'392'000'000'000;  // 2026-11-23T00:00:00Z
        QCOMPARE(us(u"14:30"_s), midnight + 52'200'000'000);
        QCOMPARE(us(u"14:30:05"_s), midnight + 52'205'000'000);
        // 01:02 UTC is still the 22nd in New York (UTC − 5) and already the 23rd in Kolkata (UTC + 5:30).
        QCOMPARE(us(u"14:30"_s, u"America/New_York"_s), midnight + 52'200'000'000 - 86'400'000'000 + 18'000'000'000);
        QCOMPARE(us(u"14:30"_s, u"Asia/Kolkata"_s), midnight + 52'200'000'000 - 19'800'000'000);
        for (const auto& wrong : {u""_s, u"-"_s, u"-5"_s, u"5m"_s, u"24:00"_s, u"1:30"_s, u"14:30:60"_s, u"14:3"_s,
                                  u"-5kB"_s, u"2026-13-01T00:00:00Z"_s, u"2026-11-23T01:02:03"_s, u"-999999999999d"_s})
            QVERIFY2(!parseTime(wrong, now, {}), qPrintable(wrong));
    }

    void theCanonicalTextParsesToTheSameTree() {
        for (quint32 seed = 1; seed <= 3'000; ++seed) {
            const Node tree = Grower(seed).node(3, Node::Kind::none);
            const auto text = print(tree);
            const auto again = parse(text);
            const auto* error = std::get_if<FilterError>(&again);
            if (error && (error->what == u"too many terms" || error->what == u"the filter is too long")) continue;
            QVERIFY2(!error,
                     qPrintable(u"seed %1: %2: %3"_s.arg(seed).arg(text, error ? error->sentence() : QString())));
            const bool same = std::get<Node>(again) == tree;
            QVERIFY2(same, qPrintable(u"seed %1: %2 became %3"_s.arg(seed).arg(text, shape(std::get<Node>(again)))));
            QCOMPARE(print(std::get<Node>(again)), text);
        }
    }

    void whateverIsTypedIsPrintedAsItIsUnderstood() {
        static const QStringList pieces{u"("_s,    u")"_s,       u" "_s,        u","_s,    u"\""_s,  u":"_s,   u">"_s,
                                        u"="_s,    u"<"_s,       u"~"_s,        u"/"_s,    u"and"_s, u"or"_s,  u"not"_s,
                                        u"type"_s, u"header."_s, u"payload."_s, u"time"_s, u"-5m"_s, u"2ms"_s, u"*"_s,
                                        u"\\"_s,   u"a"_s,       u"is"_s,       u"dlq"_s,  u"."_s,   u"7"_s};
        int taken = 0;
        for (quint32 seed = 1; seed <= 40'000; ++seed) {
            QRandomGenerator random(seed);
            QString text;
            for (int i = random.bounded(1, 12); i > 0; --i)
                text += pieces[random.bounded(static_cast<int>(pieces.size()))];
            const auto parsed = parse(text);
            const auto* error = std::get_if<FilterError>(&parsed);
            if (error) {
                QVERIFY2(error->position >= 0 && error->position <= text.size() && error->length > 0, qPrintable(text));
                continue;
            }
            ++taken;
            const auto printed = print(std::get<Node>(parsed));
            const auto again = parse(printed);
            QVERIFY2(std::holds_alternative<Node>(again) && std::get<Node>(again) == std::get<Node>(parsed),
                     qPrintable(text + u" became "_s + printed));
        }
        QVERIFY2(taken > 2'000, qPrintable(QString::number(taken)));
    }

    void canonicalIsShort() {
        const auto canonical = [](const QString& text) { return std::get<Filter>(Filter::compile(text)).canonical(); };
        QCOMPARE(canonical(u"  ( type : a , b ) and ((not (x)))  or y "_s), u"type:a,b not x or y"_s);
        QCOMPARE(canonical(u"not (a or b) (c or d e)"_s), u"not (a or b) (c or d e)"_s);
        QCOMPARE(canonical(u""_s), QString());
        QCOMPARE(std::get<Filter>(Filter::compile(u" a  b "_s)).text(), u" a  b "_s);
    }

    void saysWhatItNeeds() {
        const auto needs = [](const QString& text) {
            const auto n = std::get<Filter>(Filter::compile(text)).needs();
            QString said;
            if (n.headers) said += u'h';
            if (n.value) said += u'v';
            if (n.payload) said += u'p';
            if (n.history) said += u'i';
            if (n.stale) said += u's';
            if (n.handles) said += u'u';
            return said;
        };
        QCOMPARE(needs(u""_s), u""_s);
        QCOMPARE(needs(u"topic:a partition:1 offset>2 key:x time>-5m is:dlq,tombstone"_s), u""_s);
        QCOMPARE(needs(u"size>1kB"_s), u"v"_s);
        for (const auto& text : {u"type:a"_s, u"event:a"_s, u"trace:a"_s, u"version:1"_s, u"latency>1s"_s,
                                 u"source:a"_s, u"header.a:b"_s, u"is:replayed"_s})
            QCOMPARE(needs(text), u"h"_s);
        QCOMPARE(needs(u"is:undecodable"_s), u"hv"_s);
        QCOMPARE(needs(u"is:duplicate"_s), u"hi"_s);
        QCOMPARE(needs(u"is:stale"_s), u"his"_s);
        QCOMPARE(needs(u"user:a"_s), u"hvu"_s);
        QCOMPARE(needs(u"payload.a:b"_s), u"hvp"_s);
        QCOMPARE(needs(u"not a"_s), u"hvpu"_s);
        QVERIFY(Filter().matchesAll() && std::get<Filter>(Filter::compile(u"  "_s)).matchesAll());
        QVERIFY(!std::get<Filter>(Filter::compile(u"a"_s)).matchesAll());
        QCOMPARE(std::get<Filter>(Filter::compile(u"Golden*HOUR not \"A b\" type:x"_s)).searchedWords(),
                 (QStringList{u"golden"_s, u"hour"_s, u"a b"_s}));
    }

    void completes_data() {
        QTest::addColumn<QString>("text");     // | is the cursor
        QTest::addColumn<QString>("some");     // among what is offered; "-": nothing
        QTest::addColumn<QString>("becomes");  // the text after taking the first
        const auto row = [](const QString& text, const QString& some, const QString& becomes) {
            QTest::addRow("%s", qPrintable(text)) << text << some << becomes;
        };
        row(u"|"_s, u"topic payload is"_s, u"topic:"_s);
        row(u"ty|"_s, u"type"_s, u"type:"_s);
        row(u"lat|"_s, u"latency"_s, u"latency>"_s);
        row(u"a (ver| b"_s, u"version"_s, u"a (version: b"_s);
        row(u"an|"_s, u"and"_s, u"and "_s);
        row(u"type:|"_s, u"PostCreated PostUpdated"_s, u"type:PostCreated"_s);
        row(u"type:PostCreated,post|"_s, u"PostUpdated"_s, u"type:PostCreated,PostCreated"_s);
        row(u"type: upd|"_s, u"PostUpdated"_s, u"type: PostUpdated"_s);
        row(u"user:|"_s, u"alice"_s, u"user:\"Bob B\""_s);
        row(u"header.|"_s, u"header.ce_type"_s, u"header.ce_type:"_s);
        row(u"header.my|"_s, u"header.my header"_s, u"header.\"my header\":"_s);
        row(u"payload.con|"_s, u"payload.content"_s, u"payload.content:"_s);
        row(u"is:|"_s, u"duplicate stale dlq undecodable tombstone replayed"_s, u"is:duplicate"_s);
        row(u"is:dlq,t|"_s, u"tombstone"_s, u"is:dlq,tombstone"_s);
        row(u"time>=|"_s, u"-5m"_s, u"time>=-5m"_s);
        row(u"\"ty|"_s, u"-"_s, {});
        row(u"key~/ty|"_s, u"-"_s, {});
        row(u"key~/a b/ ty|"_s, u"type"_s, u"key~/a b/ type:"_s);
        row(u"\"a:b\" ty|"_s, u"type"_s, u"\"a:b\" type:"_s);
        row(u"nonsense:|"_s, u"-"_s, {});
        row(u"qqq|"_s, u"-"_s, {});
    }
    void completes() {
        QFETCH(QString, text);
        QFETCH(QString, some);
        QFETCH(QString, becomes);
        const SeenValues seen{{u"nova.content.events"_s},   {u"PostCreated"_s, u"PostUpdated"_s},
                              {u"Bob B"_s, u"alice"_s},     {u"ce_type"_s, u"my header"_s},
                              {u"content"_s, u"version"_s}, {u"/nova/content-service"_s}};
        const int cursor = static_cast<int>(text.indexOf(u'|'));
        text.remove(cursor, 1);
        const auto offered = completions(text, cursor, seen);
        if (some == u"-"_s) {
            QVERIFY(offered.isEmpty());
            return;
        }
        QStringList labels;
        for (const auto& each : offered) {
            labels << each.label;
            QVERIFY(each.from >= 0 && each.from + each.length == cursor);
        }
        for (const auto& label : some.split(u' ')) {
            const bool whole = labels.contains(label) || labels.contains(some);
            QVERIFY2(whole, qPrintable(labels.join(u", "_s)));
        }
        QCOMPARE(QString(text).replace(offered[0].from, offered[0].length, offered[0].insert), becomes);
    }

    void completionNeverLooksOutsideTheText() {
        const SeenValues seen{{u"t"_s}, {u"T"_s}, {u"u"_s}, {u"h"_s}, {u"p"_s}, {u"s"_s}};
        const auto text = u"a (type:\"b\\\"c\",d) header.\"x\":y key~/a\\/b/ or is:dlq \"open"_s;
        for (int cursor = -1; cursor <= text.size() + 1; ++cursor) {
            for (const auto& each : completions(text, cursor, seen))
                QVERIFY(each.from >= 0 && each.length >= 0 && each.from + each.length <= text.size());
        }
    }
};

QTEST_GUILESS_MAIN(FilterTest)
#include "tst_filter.moc"
