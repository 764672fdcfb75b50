// One owner per data folder: flock on <data>/lock, which holds the owner's pid. The kernel lets go of it when the owner
// dies, however that happens; children do not inherit it. Thread: any, one at a time.
#pragma once

#include <QString>

namespace nova::stack {

class DataLock {
public:
    explicit DataLock(QString file) : m_file(std::move(file)) {}
    ~DataLock() { release(); }
    Q_DISABLE_COPY_MOVE(DataLock)

    bool take();  // false: somebody else has it, or `fault` says why the file cannot be had
    void release();
    bool held() const { return m_fd >= 0; }
    QString fault() const { return m_fault; }
    static qint64 owner(const QString& file);  // pid of who holds it now, 0 when nobody does

private:
    QString m_file, m_fault;
    int m_fd = -1;
};

}  // namespace nova::stack
