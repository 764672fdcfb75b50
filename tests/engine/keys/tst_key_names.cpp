// Names of keys both ways, what a typed word may be, the time in an id, drift.
#include <QtTest>

#include "app/engine/keys/key_names.h"
#include "kit/runtime/ids.h"

using namespace nova::engine;
using namespace Qt::StringLiterals;

namespace {

const QString eventId = u"0193a8e3-1c52-7d04-9b3e-7c2a81f04e91"_s, postId = u"0193a8e2-c2d8-7d04-9b3e-7c2a81f007aa"_s;

}  // namespace

class KeyNamesTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void kinds_data() {
        QTest::addColumn<QString>("typed");
        QTest::addColumn<int>("kind");
        QTest::addColumn<QString>("normal");
        const auto row = [](const char* name, const QString& typed, IdKind kind, const QString& normal) {
            QTest::newRow(name) << typed << static_cast<int>(kind) << normal;
        };
        row("nothing", u"  "_s, IdKind::none, {});
        row("an id", eventId, IdKind::id, eventId);
        row("an id in capitals, with spaces", u" "_s + eventId.toUpper() + u"\n"_s, IdKind::id, eventId);
        row("a key", u"processed:feed-service:"_s + eventId, IdKind::key, u"processed:feed-service:"_s + eventId);
        row("a handle", u"alice"_s, IdKind::handle, u"alice"_s);
        row("a handle with its sign", u"@alice_b-2"_s, IdKind::handle, u"alice_b-2"_s);
        row("too short for a handle", u"al"_s, IdKind::other, u"al"_s);
        row("somebody else's ce_id", u"Order/4711"_s, IdKind::other, u"Order/4711"_s);
        row("nearly an id", eventId.left(35), IdKind::other, eventId.left(35));
    }
    void kinds() {
        QFETCH(QString, typed);
        QFETCH(int, kind);
        QFETCH(QString, normal);
        QCOMPARE(static_cast<int>(idKindOf(typed)), kind);
        QCOMPARE(normalId(typed), normal);
    }

    void timeInsideAnId() {
        // 0193a8e31c52 hex of Unix ms.
        QCOMPARE(uuidTimeMs(eventId), std::optional<qint64>(0x0193a8e31c52));
        QCOMPARE(uuidTimeMs(eventId.toUpper()), std::optional<qint64>(0x0193a8e31c52));
        const auto before = QDateTime::currentMSecsSinceEpoch();
        const auto made = uuidTimeMs(QString::fromStdString(nova::kit::newUuid()));
        QVERIFY(made && *made >= before && *made <= QDateTime::currentMSecsSinceEpoch() + 1);
        QCOMPARE(uuidTimeMs(u"0193a8e3-1c52-4d04-9b3e-7c2a81f04e91"_s), std::nullopt);  // version 4: random
        QCOMPARE(uuidTimeMs(u"alice"_s), std::nullopt);
    }

    void templatesFill() {
        const KeyFields fields{u"feed-service"_s, eventId, postId, u"1732320112901"_s};
        QCOMPARE(KeyTemplate(u"processed:{group}:{event_id}"_s).fill(fields).value(),
                 u"processed:feed-service:"_s + eventId);
        const KeyTemplate design(u"processed:{post_id}:{timestamp}"_s);
        QVERIFY(!design.namesGroup());
        QCOMPARE(design.fill(fields).value(), u"feed-service:processed:%1:1732320112901"_s.arg(postId));
        QCOMPARE(design.fill(fields, true).value(), u"processed:%1:1732320112901"_s.arg(postId));
        QVERIFY(!design.fill({u"feed-service"_s, eventId, postId, {}}));  // a field is lacking
        QVERIFY(!design.fill({{}, eventId, postId, u"1"_s}));             // neither group nor shared
        QCOMPARE(KeyTemplate(u"{group}/{event_id}/{event_id}"_s).fill(fields).value(),
                 u"feed-service/%1/%1"_s.arg(eventId));
    }

    // What one way makes the other takes apart again, for every template of the contract and one of our own.
    void templatesMatchWhatTheyMake() {
        const KeyFields fields{u"feed-service"_s, eventId, postId, u"1732320112901"_s};
        const auto templates = keyTemplates({u"dedup.{group}.{timestamp}.{event_id}"_s});
        QCOMPARE(templates.size(), 3);
        for (const auto& one : templates) {
            for (const bool shared : {false, true}) {
                if (shared && one.namesGroup()) continue;
                const auto key = one.fill(fields, shared).value();
                const auto origin = originOf(key, templates);
                QVERIFY2(origin, qPrintable(key));
                QCOMPARE(origin->keyTemplate, one.text());
                QCOMPARE(origin->fields.group, shared ? QString() : fields.group);
                if (one.text().contains(u"{event_id}")) QCOMPARE(origin->fields.eventId, eventId);
                if (one.text().contains(u"{post_id}")) QCOMPARE(origin->fields.postId, postId);
                if (one.text().contains(u"{timestamp}")) QCOMPARE(origin->fields.timestamp, fields.timestamp);
            }
        }
    }

    void templatesTellApart() {
        const auto templates = keyTemplates({});
        // Both have three parts: which of them are ids decides.
        QCOMPARE(originOf(u"processed:%1:1732320112901"_s.arg(postId), templates)->keyTemplate,
                 u"processed:{post_id}:{timestamp}"_s);
        QCOMPARE(originOf(u"processed:search-lab:%1"_s.arg(eventId), templates)->keyTemplate,
                 u"processed:{group}:{event_id}"_s);
        QCOMPARE(originOf(u"processed:search-lab:Order-4711"_s, templates)->fields.eventId, u"Order-4711"_s);
        for (const auto& other : {u"feed:epoch"_s, u"post:%1:version"_s.arg(postId), u"processed:"_s, QString()})
            QVERIFY(!originOf(other, templates));
        // Characters that mean something in a pattern mean themselves in a template.
        const auto odd = keyTemplates({u"k.(x)+{group}[{event_id}]"_s});
        QCOMPARE(originOf(u"k.(x)+g[%1]"_s.arg(eventId), odd)->keyTemplate, u"k.(x)+{group}[{event_id}]"_s);
        QVERIFY(!originOf(u"kq(x)+g[%1]"_s.arg(eventId), odd));
    }

    void storeKeys() {
        QCOMPARE(storeKeyOf(u"post:%1:version"_s.arg(postId))->group, u"feed-service"_s);
        QCOMPARE(storeKeyOf(u"audit:post:%1:version"_s.arg(postId))->group, u"audit"_s);
        QCOMPARE(storeKeyOf(u"audit:post:%1:version"_s.arg(postId))->id, postId);
        for (const auto& [key, family] : {std::pair(u"feed:%1"_s, u"feed"_s),
                                          {u"likes:%1"_s, u"likes"_s},
                                          {u"likes:%1:version"_s, u"likes"_s},
                                          {u"unread:%1"_s, u"unread"_s},
                                          {u"snapshot:%1"_s, u"snapshot"_s},
                                          {u"websocket:%1"_s, u"socket"_s}}) {
            const auto found = storeKeyOf(key.arg(postId));
            QVERIFY2(found, qPrintable(key));
            QCOMPARE(found->family, family);
            QCOMPARE(found->id, postId);
        }
        for (const auto& other : {u"feed:epoch"_s, u"post:x:version"_s, u"processed:g:%1"_s.arg(eventId)})
            QVERIFY(!storeKeyOf(other));
    }

    void drift() {
        QCOMPARE(driftOf(3, 3), u"equal"_s);
        QCOMPARE(driftOf(2, 3), u"behind by 1"_s);
        QCOMPARE(driftOf(0, 7), u"behind by 7"_s);
        QCOMPARE(driftOf(9, 3), u"ahead by 6"_s);
        QCOMPARE(driftOf({}, 3), u"missing"_s);
        QCOMPARE(driftOf(3, {}), u"unknown"_s);
        QCOMPARE(driftOf({}, {}), u"unknown"_s);
    }
};

QTEST_GUILESS_MAIN(KeyNamesTest)
#include "tst_key_names.moc"
