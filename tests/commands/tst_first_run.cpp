// resources/setup.sh on a computer that lacks packages, with stand-ins for apt, dpkg and sudo: what is said, and what
// is run.
#include <QDir>
#include <QFile>
#include <QProcess>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QtTest>

using namespace Qt::StringLiterals;

class TestFirstRun : public QObject {
    Q_OBJECT
    std::unique_ptr<QTemporaryDir> m_room;  // the project, its home, and the stand-ins

    void write(const QString& name, const QByteArray& text) {
        const QString path = m_room->filePath(name);
        QVERIFY(QDir().mkpath(QFileInfo(path).path()));
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(text);
        file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    }
    void program(const QString& name, const QByteArray& script) { write(u"bin/"_s + name, "#!/bin/sh\n" + script); }
    QString ran() const {
        QFile log(m_room->filePath(u"ran"_s));
        return log.open(QIODevice::ReadOnly) ? QString::fromUtf8(log.readAll()) : QString();
    }
    struct Said {
        int exit;
        QString text;
    };
    Said ensure(const QString& packages) {
        QProcess bash;
        auto environment = QProcessEnvironment::systemEnvironment();
        environment.insert(u"PATH"_s, m_room->filePath(u"bin"_s) + u":/usr/bin:/bin"_s);
        environment.insert(u"HOME"_s, m_room->filePath(u"home"_s));
        environment.remove(u"XDG_CACHE_HOME"_s);
        bash.setProcessEnvironment(environment);
        bash.setStandardInputFile(QProcess::nullDevice());
        const auto words = u"set -euo pipefail; assume_yes=no; . '%1/resources/setup.sh'; ensure_packages %2"_s;
        bash.start(u"bash"_s, {u"-c"_s, words.arg(m_room->path(), packages)});
        bash.waitForFinished(30'000);
        return {bash.exitCode(), QString::fromUtf8(bash.readAllStandardError())};
    }

private Q_SLOTS:
    void init() {
        m_room = std::make_unique<QTemporaryDir>();
        QFile setup(QStringLiteral(NOVA_SOURCE_DIR "/resources/setup.sh"));
        QVERIFY(setup.open(QIODevice::ReadOnly));
        write(u"resources/setup.sh"_s, setup.readAll());
        program(u"id"_s, "echo 1000\n");
        program(u"nproc"_s, "echo 4\n");
        program(u"sudo"_s, "if [ \"$1\" = -n ]; then shift; fi\n[ -e \"$HOME/may\" ] && exec \"$@\"\nexit 1\n");
        program(u"dpkg-query"_s, "[ -e \"$HOME/installed\" ] && printf installed || exit 1\n");
        program(
            u"apt-get"_s,
            "case \"$*\" in *--print-uris*) echo \"'http://x/a' a 5000000 m\"; echo \"'http://x/b' b 5000001 m\" ;; "
            "*) echo \"apt-get $*\" >>\"" +
                m_room->filePath(u"ran"_s).toUtf8() + "\" ;; esac\n");
        QVERIFY(QDir(m_room->path()).mkpath(u"home/.cache/nova-console"_s));
    }
    void cleanup() { m_room.reset(); }

    void saysAllBeforeItBegins() {
        write(u"home/may"_s, {});
        const auto said = ensure(u"alpha beta -- gamma"_s);
        QVERIFY2(said.exit == 0, qPrintable(said.text));
        const auto begun = said.text.indexOf(u"package lists"_s);
        for (const auto& words : {u"alpha beta gamma"_s, u"the compiler and libraries"_s, u"about 11 MB of packages"_s,
                                  u"about 95 MB from Maven Central"_s, u"Roughly 9 minutes"_s, u"4 cores"_s}) {
            const auto at = said.text.indexOf(words);
            QVERIFY2(at >= 0 && at < begun, qPrintable(words + u'\n' + said.text));
        }
        QVERIFY2(
            said.text.contains(QRegularExpression(u"^ +\\d+ s  3 packages$"_s, QRegularExpression::MultilineOption)),
            qPrintable(said.text));
        QCOMPARE(ran(), u"apt-get update\napt-get install -y --no-install-recommends alpha beta gamma\n"_s);
    }

    void withoutRightsItStopsWithOneLineToCopy() {
        const auto said = ensure(u"alpha beta --"_s);
        QCOMPARE(said.exit, 1);
        QCOMPARE(said.text.trimmed().section(u'\n', -1),
                 u"sudo apt-get update && sudo apt-get install -y --no-install-recommends alpha beta"_s);
        QVERIFY(ran().isEmpty());
    }

    void goesOnWithoutWhatOnlyALocalNovaNeeds() {
        const auto said = ensure(u"-- gamma"_s);
        QCOMPARE(said.exit, 0);
        QVERIFY2(said.text.contains(u"Going on without: gamma."_s), qPrintable(said.text));
    }

    void whatMavenFetchesIsSaidToo() {
        write(u"home/installed"_s, {});
        const auto said = ensure(u"alpha -- gamma"_s);
        QCOMPARE(said.exit, 0);
        QVERIFY2(said.text.contains(u"about 95 MB from Maven Central"_s), qPrintable(said.text));
        QVERIFY2(!said.text.contains(u"packages"_s), qPrintable(said.text));
    }

    void saysNothingWhenAllIsThere() {
        write(u"home/installed"_s, {});
        for (const auto& made :
             {u"otlp-protos-1/opentelemetry/x"_s, u"kafka-1/kafka-clients-1.jar"_s, u"s3-1/s3proxy-1.jar"_s})
            write(u"home/.cache/nova-console/"_s + made, {});
        QVERIFY(ensure(u"alpha -- gamma"_s).text.contains(u"The first build takes roughly"_s));
        write(u"build/release/build.ninja"_s, {});
        const auto said = ensure(u"alpha -- gamma"_s);
        QVERIFY2(said.exit == 0 && said.text.isEmpty(), qPrintable(said.text));
    }
};

QTEST_GUILESS_MAIN(TestFirstRun)
#include "tst_first_run.moc"
