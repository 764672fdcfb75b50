// Two processes never make the same thing in the cache at once: one waits for the other. Blocking; thread: any.
#pragma once

#include <QString>

#include "app/engine/stack/recipe.h"

namespace nova::stack {

class CacheLock {
public:
    explicit CacheLock(QString what) : m_what(std::move(what)) {}
    ~CacheLock();
    Q_DISABLE_COPY_MOVE(CacheLock)
    QString take(const Preparation& preparation);  // the fault, or ""

private:
    QString m_what;
    int m_fd = -1;
};

}  // namespace nova::stack
