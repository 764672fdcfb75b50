// Waits for an event: asks again and again, at most 10 s, under a sanitizer as many times that as it is slower.
// QTRY_VERIFY asks once more after success, which is wrong where asking has effects.
#pragma once

#include <QElapsedTimer>
#include <QtTest>

#include "tests/support/slowness.h"

namespace nova::test {

template <typename Condition>
bool eventually(Condition condition) {
    QElapsedTimer timer;
    timer.start();
    while (timer.elapsed() < 10'000 * slowness()) {
        if (condition()) return true;
        QTest::qWait(2);
    }
    return false;
}

}  // namespace nova::test
