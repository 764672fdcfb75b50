#include "app/engine/stack/background.h"

namespace nova::stack {

QThreadPool& Background::pool() {
    static QThreadPool pool;
    static const bool widened = [] {
        pool.setMaxThreadCount(16);
        return true;
    }();
    Q_UNUSED(widened);
    return pool;
}

}  // namespace nova::stack
