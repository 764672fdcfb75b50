// A profile's file changed by the console: only what was asked changes, what a person wrote around it stays, and a file
// that cannot be changed is left as it was.
#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QtTest>

#include "app/engine/cluster/profile_edit.h"

using namespace nova::engine;
using namespace Qt::StringLiterals;

namespace {

const QByteArray kafka =
    "name = \"staging\"  # ours\n\n[kafka]\nbootstrap = \"h:1\"\nca_file = \"ca.pem\"\n"
    "security_protocol = \"SSL\"\n";

}  // namespace

class ProfileEditTest : public QObject {
    Q_OBJECT
    QTemporaryDir m_folder;

    QString write(const QByteArray& text, const QString& name = u"staging.toml"_s) const {
        QFile ca(m_folder.filePath(u"ca.pem"_s));
        if (!ca.open(QIODevice::WriteOnly)) qFatal("cannot write");
        QFile out(m_folder.filePath(name));
        if (!out.open(QIODevice::WriteOnly) || out.write(text) != text.size()) qFatal("cannot write");
        out.setPermissions(QFile::ReadOwner | QFile::WriteOwner);
        return out.fileName();
    }
    static QByteArray read(const QString& file) {
        QFile in(file);
        return in.open(QIODevice::ReadOnly) ? in.readAll() : QByteArray();
    }

private Q_SLOTS:
    void aGroupWithoutARuleOfItsOwnGetsOneBeforeAllOthers() {
        const QByteArray rules = "\n# the whole team\n[[lag]]\ngroups = \"team-*\"\nmax_lag = 50\nmax_seconds = 2.5\n";
        const auto file = write(kafka + rules);
        const auto muted = muteInProfile(file, u"team-a"_s, true);
        QVERIFY(muted);
        QCOMPARE(read(file),
                 kafka + "\n[[lag]]\ngroups = \"team-a\"\nmax_lag = 50\nmax_seconds = 2.500\nmuted = true\n" + rules);
        QCOMPARE(muted.value().name, u"staging"_s);
        QCOMPARE(muted.value().file, file);
        QVERIFY(muted.value().ruleOf(u"team-a"_s).muted);
        QCOMPARE(muted.value().ruleOf(u"team-a"_s).maxLag, 50);
        QVERIFY(!muted.value().ruleOf(u"team-b"_s).muted);
        QCOMPARE(QFileInfo(file).permissions() & (QFile::ReadGroup | QFile::ReadOther), QFile::Permissions());
    }

    void itsOwnRuleIsChangedInPlace() {
        const QByteArray before = "[[lag]]\ngroups = \"a\"\n  muted = true  # until Monday\n",
                         after = "[[lag]]\ngroups = \"*\"\nmuted = false\n";
        const auto file = write(kafka + before + after);
        QVERIFY(muteInProfile(file, u"a"_s, false));
        QCOMPARE(read(file), kafka + QByteArray(before).replace("true ", "false ") + after);
        QVERIFY(muteInProfile(file, u"a"_s, true));
        QCOMPARE(read(file), kafka + before + after);
        // Its table says nothing of it, and is not the last.
        const auto silent = write(kafka + "[[lag]]\ngroups = \"a\"\n" + after);
        QVERIFY(muteInProfile(silent, u"a"_s, true));
        QCOMPARE(read(silent), kafka + "[[lag]]\nmuted = true\ngroups = \"a\"\n" + after);
    }

    void withoutAnyRuleItIsTheLastOfTheFile() {
        const auto file = write(kafka + "\n\n");
        QVERIFY(muteInProfile(file, u"we \"say\" \\ so"_s, true));
        QCOMPARE(read(file), kafka + "\n[[lag]]\ngroups = \"we \\\"say\\\" \\\\ so\"\nmax_lag = 1000\nmuted = true\n");
        QVERIFY(Profile::load(file).value().ruleOf(u"we \"say\" \\ so"_s).muted);
        QVERIFY(muteInProfile(file, u"we \"say\" \\ so"_s, false));
        QVERIFY(!Profile::load(file).value().ruleOf(u"we \"say\" \\ so"_s).muted);
    }

    void aLinkStaysALink() {
        const auto file = write(kafka, u"real.toml"_s), link = m_folder.filePath(u"link.toml"_s);
        QVERIFY(QFile::link(file, link));
        QVERIFY(muteInProfile(link, u"a"_s, true));
        QVERIFY(QFileInfo(link).isSymLink());
        QVERIFY(Profile::load(file).value().ruleOf(u"a"_s).muted);
    }

    void whatCannotBeChangedIsLeftAsItWas_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("rules in one line") << QByteArray("lag = [{ groups = \"b\" }]\n" + kafka);
        QTest::newRow("a header within a text") << QByteArray("descriptors = [\n'''\n[[lag]]\n''']\n" + kafka);
        QTest::newRow("no profile") << QByteArray("bootstrap =\n");
    }
    void whatCannotBeChangedIsLeftAsItWas() {
        QFETCH(QByteArray, text);
        const auto file = write(text);
        const auto changed = muteInProfile(file, u"a"_s, true);
        QVERIFY(!changed);
        QVERIFY(!changed.error().what.empty());
        QCOMPARE(read(file), text);
        QCOMPARE(QDir(m_folder.path()).entryList({u".*.toml"_s}, QDir::Files | QDir::Hidden), QStringList());
    }
};

QTEST_GUILESS_MAIN(ProfileEditTest)
#include "tst_profile_edit.moc"
