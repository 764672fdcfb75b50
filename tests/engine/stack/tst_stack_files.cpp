// What lies in the data folder: whole writes, lock, ports, secrets, folders made whole.
#include <fcntl.h>
#include <sys/stat.h>

#include <QDateTime>
#include <QDir>
#include <QProcess>
#include <QTcpServer>
#include <QTemporaryDir>
#include <QtTest>

#include "app/engine/stack/data_lock.h"
#include "app/engine/stack/folders.h"
#include "app/engine/stack/paths.h"
#include "app/engine/stack/ports.h"
#include "app/engine/stack/secrets.h"
#include "app/engine/stack/socket_path.h"

using namespace nova::stack;

namespace {

int modeOf(const QString& file) {
    struct stat about {};
    return stat(QFile::encodeName(file).constData(), &about) == 0 ? static_cast<int>(about.st_mode & 0777) : -1;
}

}  // namespace

class TestStackFiles : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }
    void writesWholeOrNotAtAll();
    void aFileThatCannotBeWrittenIsAFault();
    void oneOwnerPerFolder();
    void aDeadOwnerHoldsNothing();
    void portsAreKept();
    void aTakenPortIsChosenAnew();
    void secretsAreKeptAndPrivate();
    void damagedSecretsAreNotReplaced();
    void postgresKnowsThePasswordByItsVerifier();
    void whatNobodyUsesLeavesTheCache();
    void aFullPathForTheSocketIsShort();
    void aFolderThatIsThereKeepsItsRights();
    void unfinishedFoldersVanish();
    void copiesKeepModes();

private:
    QString path(const char* name) const { return m_folder->filePath(QLatin1String(name)); }
    std::unique_ptr<QTemporaryDir> m_folder;
};

void TestStackFiles::writesWholeOrNotAtAll() {
    QVERIFY(writeWhole(path("f"), "one", 0600));
    QCOMPARE(modeOf(path("f")), 0600);
    QFile reader(path("f"));
    QVERIFY(reader.open(QIODevice::ReadOnly));
    QVERIFY(writeWhole(path("f"), "two", 0644));
    QCOMPARE(reader.readAll(), QByteArray("one"));  // who had it open still has the old one, whole
    QCOMPARE(readAll(path("f")), QByteArray("two"));
    QCOMPARE(modeOf(path("f")), 0644);
    QCOMPARE(QDir(m_folder->path()).entryList(QDir::Files).size(), 1);  // nothing is left beside it
}

void TestStackFiles::aFileThatCannotBeWrittenIsAFault() {
    QString fault;
    QVERIFY(!writeWhole(path("no/such/folder/f"), "x", 0600, &fault));
    QVERIFY2(fault.contains(QStringLiteral("no/such/folder/f")), qPrintable(fault));
}

void TestStackFiles::oneOwnerPerFolder() {
    QCOMPARE(DataLock::owner(path("lock")), 0);
    DataLock first(path("lock")), second(path("lock"));
    QVERIFY(first.take());
    QVERIFY(!second.take());
    QVERIFY(second.fault().isEmpty());
    QCOMPARE(DataLock::owner(path("lock")), QCoreApplication::applicationPid());
    first.release();
    QCOMPARE(DataLock::owner(path("lock")), 0);
    QVERIFY(second.take());
}

void TestStackFiles::aDeadOwnerHoldsNothing() {
    QProcess owner;
    owner.start(QStringLiteral("flock"), {path("lock"), QStringLiteral("sh"), QStringLiteral("-c"),
                                          QStringLiteral("echo locked; exec sleep 600")});
    QVERIFY(owner.waitForReadyRead());
    DataLock lock(path("lock"));
    QVERIFY(!lock.take());
    // flock(1) waits for its command, which holds the lock too
    QProcess::execute(QStringLiteral("pkill"),
                      {QStringLiteral("-9"), QStringLiteral("-P"), QString::number(owner.processId())});
    owner.kill();
    QVERIFY(owner.waitForFinished());
    QTRY_VERIFY(lock.take());  // its command may take a moment to end
}

void TestStackFiles::portsAreKept() {
    Ports first(path("ports.json"));
    const int a = first.take(QStringLiteral("a/0.http")), b = first.take(QStringLiteral("b/0.http"));
    QVERIFY(a > 0 && b > 0 && a != b);
    QString fault;
    QVERIFY(first.save(&fault));
    Ports second(path("ports.json"));
    QCOMPARE(second.take(QStringLiteral("b/0.http")), b);
    QCOMPARE(second.take(QStringLiteral("a/0.http")), a);
}

void TestStackFiles::aTakenPortIsChosenAnew() {
    QTcpServer somebody;
    QVERIFY(somebody.listen(QHostAddress::LocalHost));
    const int taken = somebody.serverPort();
    QVERIFY(!Ports::isFree(taken));
    QVERIFY(writeWhole(path("ports.json"), QStringLiteral("{\"a/0.http\": %1}").arg(taken).toUtf8(), 0600));
    Ports ports(path("ports.json"));
    const int chosen = ports.take(QStringLiteral("a/0.http"));
    QVERIFY(chosen > 0 && chosen != taken);
    QVERIFY(Ports::isFree(chosen));
}

void TestStackFiles::secretsAreKeptAndPrivate() {
    const DataPaths paths(path("data"));
    QString fault;
    QVERIFY2(paths.makeFolders(&fault), qPrintable(fault));
    QCOMPARE(modeOf(paths.root), 0700);
    const auto first = Secrets::load(paths, {QStringLiteral("content")}, &fault);
    QVERIFY2(first, qPrintable(fault));
    const auto second = Secrets::load(paths, {QStringLiteral("content"), QStringLiteral("feed")}, &fault);
    QVERIFY(second);
    QCOMPARE(second->postgres.value(QStringLiteral("content")), first->postgres.value(QStringLiteral("content")));
    QVERIFY(second->postgres.value(QStringLiteral("feed")).size() >= 32);
    QVERIFY(first->postgres.value(QStringLiteral("content")) != first->postgres.value(QStringLiteral("nova_reader")));
    QCOMPARE(modeOf(paths.secrets()), 0600);
    QCOMPARE(modeOf(paths.tokenKey()), 0600);
    QVERIFY(readAll(paths.tokenKey()).contains("PRIVATE KEY"));
}

// The database would not know new ones.
void TestStackFiles::damagedSecretsAreNotReplaced() {
    const DataPaths paths(path("data"));
    QString fault;
    QVERIFY(paths.makeFolders(&fault));
    QVERIFY(writeWhole(paths.secrets(), "{\"postgres\": {\"cont", 0600));
    QVERIFY(!Secrets::load(paths, {QStringLiteral("content")}, &fault));
    QVERIFY2(fault.contains(paths.secrets()), qPrintable(fault));
    QCOMPARE(readAll(paths.secrets()), QByteArray("{\"postgres\": {\"cont"));
}

// Known answer, made by Python's hashlib and hmac.
void TestStackFiles::postgresKnowsThePasswordByItsVerifier() {
    QCOMPARE(Secrets::scramVerifier("a password", "0123456789abcdef"),
             QByteArray("SCRAM-SHA-256$1:MDEyMzQ1Njc4OWFiY2RlZg==$XFpvoyytAadO7GDEQj18//SE/uGl0XayDwdCW+/"
                        "YHJw=:h4MSxcKPJwsqA6M7aYwpYKEWx+5BY5W4EAbGS2yrY6M="));
}

void TestStackFiles::whatNobodyUsesLeavesTheCache() {
    for (const char* folder : {"kafka-1", "kafka-2", "kafka-3.making-7", "other"}) {
        QVERIFY(QDir().mkpath(path(folder)));
        const auto old = QDateTime::currentSecsSinceEpoch() - (unusedDays + 1) * 86'400;
        const timespec times[2] = {{old, 0}, {old, 0}};
        QCOMPARE(utimensat(AT_FDCWD, qPrintable(path(folder)), times, 0), 0);
    }
    noteUse(path("kafka-2"));
    pruneUnused(path("kafka-*"));
    QCOMPARE(QDir(m_folder->path()).entryList(QDir::Dirs | QDir::NoDotAndDotDot),
             (QStringList{QStringLiteral("kafka-2"), QStringLiteral("kafka-3.making-7"), QStringLiteral("other")}));
}

void TestStackFiles::aFullPathForTheSocketIsShort() {
    QCOMPARE(DataPaths(QStringLiteral("/data")).control(), QStringLiteral("/data/run/control"));
    QCOMPARE(SocketPath(QStringLiteral("/data/run/control")).name(), QStringLiteral("/data/run/control"));
    const DataPaths deep(path("deep/") + QString(200, QLatin1Char('d'))),
        deeper(path("deep/") + QString(201, QLatin1Char('d')));
    for (const auto& paths : {deep, deeper}) QVERIFY(paths.makeFolders(nullptr));
    const SocketPath one(deep.control()), other(deeper.control());
    QVERIFY(one.name().size() < 90 && other.name().size() < 90);
    QVERIFY(writeWhole(one.name(), "x", 0600));
    QCOMPARE(readAll(deep.control()), QByteArray("x"));
    QVERIFY(!QFile::exists(deeper.control()));
}

// What is somebody else's stays as it is.
void TestStackFiles::aFolderThatIsThereKeepsItsRights() {
    QString fault;
    const auto make = [&](const char* name, mode_t mode) {
        const auto folder = path(name);
        return QDir().mkpath(folder) && chmod(QFile::encodeName(folder).constData(), mode) == 0 ? folder : QString();
    };
    const auto shared = make("shared", 01777);
    QVERIFY(!DataPaths(shared).makeFolders(&fault));
    QVERIFY2(fault.contains(shared) && fault.contains(QLatin1String("it is shared by all users")), qPrintable(fault));
    QVERIFY2(fault.contains(QStringLiteral("--data %1/nova").arg(shared)), qPrintable(fault));
    QCOMPARE(modeOf(shared), 0777);
    QVERIFY(QDir(shared).isEmpty());

    const auto full = make("full", 0755);
    QVERIFY(writeWhole(full + QLatin1String("/letter"), "x", 0644));
    QVERIFY2(DataPaths(full).makeFolders(&fault), qPrintable(fault));
    QCOMPARE(modeOf(full), 0755);
    QVERIFY(QFile::exists(full + QLatin1String("/letter")));

    const auto another = make("var/run", 0755);
    QVERIFY(!DataPaths(path("var")).makeFolders(&fault));
    QVERIFY2(fault.contains(QLatin1String("others may enter its folder run")), qPrintable(fault));
    QCOMPARE(modeOf(another), 0755);

    const DataPaths empty(make("empty", 0755));
    for (int i = 0; i < 2; ++i) {  // the second time it is a Nova's
        QVERIFY2(empty.makeFolders(&fault), qPrintable(fault));
        QCOMPARE(modeOf(empty.root), 0755);
        for (const auto& inside : {empty.keys(), empty.run(), empty.log()}) QCOMPARE(modeOf(inside), 0700);
    }
    const DataPaths mine(path("deep/er/mine"));
    QVERIFY(mine.makeFolders(&fault));
    QCOMPARE(modeOf(mine.root), 0700);
    QVERIFY(!DataPaths(full + QLatin1String("/letter")).makeFolders(&fault));
    QVERIFY2(fault.contains(QLatin1String("it is no folder")), qPrintable(fault));
}

void TestStackFiles::unfinishedFoldersVanish() {
    {
        const Making making(path("target"));
        QVERIFY(writeWhole(making.folder() + QLatin1String("/f"), "x", 0600));
    }
    QVERIFY(QDir(m_folder->path()).isEmpty());
    QVERIFY(QDir().mkpath(path("target.making-1")));  // left by a process that was killed
    {
        const Making making(path("target"));
        QVERIFY(writeWhole(making.folder() + QLatin1String("/f"), "x", 0600));
        QCOMPARE(making.finish(), QString());
    }
    QCOMPARE(QDir(m_folder->path()).entryList(QDir::Dirs | QDir::NoDotAndDotDot),
             QStringList{QStringLiteral("target")});
    QCOMPARE(readAll(path("target/f")), QByteArray("x"));
}

void TestStackFiles::copiesKeepModes() {
    QVERIFY(QDir().mkpath(path("from/sub")));
    QVERIFY(writeWhole(path("from/sub/f"), "x", 0600));
    QCOMPARE(copyFolder(path("from"), path("to")), QString());
    QCOMPARE(readAll(path("to/sub/f")), QByteArray("x"));
    QCOMPARE(modeOf(path("to/sub/f")), 0600);
    QVERIFY(!copyFolder(path("nothing"), path("to2")).isEmpty());
}

QTEST_GUILESS_MAIN(TestStackFiles)
#include "tst_stack_files.moc"
