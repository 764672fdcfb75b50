// A type has one home: two of one name in one namespace would be one to the linker, which takes the destructor of
// either for both. Reads every class and struct of ours that is not in an unnamed namespace.
#include <QDirIterator>
#include <QFile>
#include <QMap>
#include <QRegularExpression>
#include <QtTest>

using namespace Qt::StringLiterals;

namespace {

// Comments and literals without their content: a brace in them opens nothing.
QString bare(QString text) {
    static const QRegularExpression literals(
        u"//[^\\n]*|/\\*.*?\\*/|R\"(\\w*)\\(.*?\\)\\1\"|\"(?:\\\\.|[^\"\\\\\\n])*\"|'(?:\\\\.|[^'\\\\\\n])+'"_s,
        QRegularExpression::DotMatchesEverythingOption);
    return text.replace(literals, u" "_s);
}

// Full names of the types that are defined in `text` and seen outside of its file.
QStringList typesOf(const QString& text) {
    static const QRegularExpression step(
        u"namespace\\s*([\\w:]*)\\s*\\{|(?:struct|class)\\s+(\\w+)(?:\\s+final)?\\s*(?::(?!:)[^;{()]*)?\\{|\\{|\\}"_s);
    struct Scope {
        QString name;
        bool isOpen = false;  // a named namespace
    };
    QList<Scope> scopes;
    QStringList found;
    auto matches = step.globalMatch(bare(text));
    while (matches.hasNext()) {
        const auto match = matches.next();
        if (match.captured() == u"}"_s) {
            if (!scopes.isEmpty()) scopes.removeLast();
            continue;
        }
        const bool isNamespace = match.captured().startsWith(u"namespace"_s);
        const QString type = match.captured(2);
        if (!type.isEmpty() && std::all_of(scopes.begin(), scopes.end(), [](const Scope& s) { return s.isOpen; })) {
            QStringList names;
            for (const auto& scope : scopes) names << scope.name;
            found << (names << type).join(u"::"_s);
        }
        scopes.append({match.captured(1), isNamespace && !match.captured(1).isEmpty()});
    }
    return found;
}

}  // namespace

class TypesTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aTypeHasOneHome() {
        const QString root = QStringLiteral(NOVA_SOURCE_DIR);
        QMap<QString, QStringList> homes;
        for (const auto& top : {u"services"_s, u"widgets"_s, u"app"_s}) {
            QDirIterator it(root + u'/' + top, {u"*.h"_s, u"*.cpp"_s}, QDir::Files, QDirIterator::Subdirectories);
            while (it.hasNext()) {
                QFile file(it.next());
                QVERIFY2(file.open(QIODevice::ReadOnly), qPrintable(file.fileName()));
                for (const auto& type : typesOf(QString::fromUtf8(file.readAll())))
                    if (type != u"main"_s) homes[type] << file.fileName().mid(root.size() + 1);
            }
        }
        QVERIFY2(homes.size() > 500, qPrintable(QString::number(homes.size())));
        QStringList faults;
        for (auto home = homes.cbegin(); home != homes.cend(); ++home)
            if (home.value().size() > 1) faults << home.key() + u": "_s + home.value().join(u", "_s);
        QVERIFY2(faults.isEmpty(), qPrintable(faults.join(u'\n')));
    }

    void whatIsRead() {
        QCOMPARE(typesOf(u"namespace a::b {\nstruct C { struct D {}; };\nclass E final : public F<G> {};\n}"_s),
                 QStringList({u"a::b::C"_s, u"a::b::E"_s}));
        QCOMPARE(typesOf(u"namespace a { namespace { struct C {}; } void f() { struct D {}; } struct G {}; }"_s),
                 QStringList{u"a::G"_s});
        QCOMPARE(typesOf(u"namespace a { struct B; struct C::Impl {}; char c = '{'; // {\nstruct D {}; }"_s),
                 QStringList{u"a::D"_s});
    }
};

QTEST_GUILESS_MAIN(TypesTest)
#include "tst_types.moc"
