#include "tests/support/strict_log.h"

#include <QMutex>
#include <QStringList>
#include <QtTest>

namespace nova::test {
namespace {

QMutex mutex;
QStringList expected;
QtMessageHandler before = nullptr;

bool wasExpected(const QString& text) {
    // Qt's offscreen platform says this of every window with a least size; it is no fault of ours.
    if (text == QLatin1String("This plugin does not support propagateSizeHints()")) return true;
    const QMutexLocker lock(&mutex);
    for (int i = 0; i < expected.size(); ++i) {
        if (text.contains(expected[i])) {
            expected.removeAt(i);
            return true;
        }
    }
    return false;
}

void handle(QtMsgType type, const QMessageLogContext& context, const QString& text) {
    if ((type == QtWarningMsg || type == QtCriticalMsg) && !wasExpected(text)) {
        QTest::qFail(qPrintable(QStringLiteral("logged: %1").arg(text)), context.file, context.line);
    }
    if (before) before(type, context, text);
}

}  // namespace

void failOnLoggedErrors() {
    if (!before) before = qInstallMessageHandler(handle);
}

void expectLogged(const QString& text) {
    const QMutexLocker lock(&mutex);
    expected.append(text);
}

}  // namespace nova::test
