// Any warning or error that Qt or our own code logs fails the running test, unless it was announced.
#pragma once

#include <QString>

namespace nova::test {

// Call first in initTestCase().
void failOnLoggedErrors();
// The next log line that contains `text` is expected (a test of an error path).
void expectLogged(const QString& text);

}  // namespace nova::test
