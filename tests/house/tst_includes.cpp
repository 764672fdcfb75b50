// Reads every include of ours and holds it to the arrows of the house: who may include whom, and nothing else.
#include <QDirIterator>
#include <QFile>
#include <QRegularExpression>
#include <QtTest>

using namespace Qt::StringLiterals;

namespace {

struct Rule {
    QString folder;         // of the including file; the longest match decides
    QStringList allowed;    // prefixes of our own includes
    QStringList forbidden;  // patterns of foreign includes
};

const QStringList qt{u"^Q[A-Z]"_s, u"^Qt"_s};
const QStringList qtGui{u"^QWidget"_s,         u"^QPainter"_s,  u"^QPixmap"_s, u"^QImage"_s, u"^QApplication"_s,
                        u"^QGuiApplication"_s, u"^QtWidgets"_s, u"^QtGui"_s,   u"^QColor"_s, u"^QFont"_s};
const QStringList clients{u"^librdkafka/"_s, u"^pqxx"_s,     u"^hiredis"_s, u"^grpc"_s,   u"^boost/(beast|asio)"_s,
                          u"^QThread"_s,     u"^QProcess"_s, u"^QTcp"_s,    u"^QFile$"_s, u"^thread$"_s,
                          u"^fstream$"_s};

const QList<Rule> rules{
    {u"services/contract"_s, {u"contract/"_s, u"nova/"_s}, qt},
    {u"services/kit"_s, {u"kit/"_s, u"contract/"_s, u"nova/"_s, u"opentelemetry/"_s}, qt},
    {u"services/gateway"_s, {u"gateway/"_s, u"kit/"_s, u"contract/"_s, u"nova/"_s}, qt},
    {u"services/identity"_s, {u"identity/"_s, u"kit/"_s, u"contract/"_s, u"nova/"_s}, qt},
    {u"services/content"_s, {u"content/"_s, u"kit/"_s, u"contract/"_s, u"nova/"_s}, qt},
    {u"services/social"_s, {u"social/"_s, u"kit/"_s, u"contract/"_s, u"nova/"_s}, qt},
    {u"services/feed"_s, {u"feed/"_s, u"kit/"_s, u"contract/"_s, u"nova/"_s}, qt},
    {u"services/media"_s, {u"media/"_s, u"kit/"_s, u"contract/"_s, u"nova/"_s}, qt},
    {u"services/messaging"_s, {u"messaging/"_s, u"kit/"_s, u"contract/"_s, u"nova/"_s}, qt},
    {u"services/realtime_chat"_s, {u"realtime_chat/"_s, u"kit/"_s, u"contract/"_s, u"nova/"_s}, qt},
    {u"services/notification"_s, {u"notification/"_s, u"kit/"_s, u"contract/"_s, u"nova/"_s}, qt},
    {u"widgets"_s, {u"widgets/"_s, u"contract/"_s}, clients},
    {u"app/engine"_s, {u"app/engine/"_s, u"kit/"_s, u"contract/"_s, u"nova/"_s, u"opentelemetry/"_s}, qtGui},
    {u"app/commands"_s, {u"app/commands/"_s, u"app/engine/"_s, u"kit/"_s, u"contract/"_s}, qtGui},
    {u"app/views"_s, {u"app/views/"_s, u"app/engine/"_s, u"widgets/"_s, u"kit/"_s, u"contract/"_s}, {}},
    {u"app/shell"_s,
     {u"app/shell/"_s, u"app/views/"_s, u"app/engine/"_s, u"widgets/"_s, u"kit/"_s, u"contract/"_s},
     {}},
    {u"app/main.cpp"_s, {u"app/"_s, u"kit/"_s}, {}},
};

const Rule* ruleFor(const QString& path) {
    const Rule* best = nullptr;
    for (const auto& rule : rules) {
        if (path.startsWith(rule.folder) && (!best || rule.folder.size() > best->folder.size())) best = &rule;
    }
    return best;
}

bool anyPrefix(const QStringList& prefixes, const QString& text) {
    return std::any_of(prefixes.begin(), prefixes.end(), [&](const auto& p) { return text.startsWith(p); });
}

bool anyMatch(const QStringList& patterns, const QString& text) {
    return std::any_of(patterns.begin(), patterns.end(),
                       [&](const auto& p) { return QRegularExpression(p).match(text).hasMatch(); });
}

// What is wrong with one include line of `path`, or "".
QString fault(const QString& path, const QString& include, bool quoted) {
    const Rule* rule = ruleFor(path);
    if (!rule) return u"no rule for this folder"_s;
    if (quoted && include.contains(u'/') && !anyPrefix(rule->allowed, include)) return u"includes %1"_s.arg(include);
    if (!quoted && anyMatch(rule->forbidden, include)) return u"includes <%1>"_s.arg(include);
    return {};
}

}  // namespace

class IncludesTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void arrowsAreKept() {
        const QString root = QStringLiteral(NOVA_SOURCE_DIR);
        static const QRegularExpression line(u"^\\s*#\\s*include\\s*([<\"])([^>\"]+)"_s,
                                             QRegularExpression::MultilineOption);
        QStringList faults;
        int files = 0;
        for (const auto& top : {u"services"_s, u"widgets"_s, u"app"_s}) {
            QDirIterator it(root + u'/' + top, {u"*.h"_s, u"*.cpp"_s}, QDir::Files, QDirIterator::Subdirectories);
            while (it.hasNext()) {
                QFile file(it.next());
                QVERIFY2(file.open(QIODevice::ReadOnly), qPrintable(file.fileName()));
                const QString path = file.fileName().mid(root.size() + 1);
                ++files;
                auto matches = line.globalMatch(QString::fromUtf8(file.readAll()));
                while (matches.hasNext()) {
                    const auto match = matches.next();
                    const QString wrong = fault(path, match.captured(2), match.captured(1) == u"\""_s);
                    if (!wrong.isEmpty()) faults << path + u": "_s + wrong;
                }
            }
        }
        QVERIFY(files > 50);
        QVERIFY2(faults.isEmpty(), qPrintable(faults.join(u'\n')));
    }

    void theRulesCatchFaults_data() {
        QTest::addColumn<QString>("path");
        QTest::addColumn<QString>("include");
        QTest::addColumn<bool>("quoted");
        QTest::addColumn<bool>("wrong");
        QTest::newRow("engine includes a widget")
            << u"app/engine/stack/a.cpp"_s << u"widgets/theme/theme.h"_s << true << true;
        QTest::newRow("engine paints") << u"app/engine/stack/a.cpp"_s << u"QPainter"_s << false << true;
        QTest::newRow("service uses Qt") << u"services/feed/a.cpp"_s << u"QString"_s << false << true;
        QTest::newRow("service includes a service") << u"services/feed/a.cpp"_s << u"content/store.h"_s << true << true;
        QTest::newRow("widget reads Kafka") << u"widgets/tables/a.cpp"_s << u"librdkafka/rdkafka.h"_s << false << true;
        QTest::newRow("widget includes the engine")
            << u"widgets/tables/a.h"_s << u"app/engine/traffic/event.h"_s << true << true;
        QTest::newRow("kit includes a service") << u"services/kit/rpc/a.h"_s << u"feed/store.h"_s << true << true;
        QTest::newRow("view joins") << u"app/views/a.cpp"_s << u"app/engine/traffic/event.h"_s << true << false;
        QTest::newRow("kit includes kit") << u"services/kit/rpc/a.h"_s << u"kit/trace/span.h"_s << true << false;
    }
    void theRulesCatchFaults() {
        QFETCH(QString, path);
        QFETCH(QString, include);
        QFETCH(bool, quoted);
        QFETCH(bool, wrong);
        QCOMPARE(!fault(path, include, quoted).isEmpty(), wrong);
    }
};

QTEST_GUILESS_MAIN(IncludesTest)
#include "tst_includes.moc"
