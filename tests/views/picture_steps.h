// What the programs that take pictures of the real window have in common: waiting, and the picture itself.
#pragma once

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QString>

class QWidget;

namespace nova::test {

// Turns the event loop until `ready()`; false: not within the limit.
template <class Ready>
bool waitFor(const Ready& ready, int limitMs) {
    QElapsedTimer since;
    since.start();
    while (!ready() && since.elapsed() < limitMs)
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents | QEventLoop::AllEvents, 50);
    return ready();
}

void pass(int ms);
void shoot(QWidget& window, const QString& folder, const QString& name);  // NAME.png, its path printed

}  // namespace nova::test
