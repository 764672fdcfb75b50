// Folders made whole or not at all, and copied. Blocking; thread: any.
#pragma once

#include <QString>

namespace nova::stack {

// A folder under construction beside its final place; removed unless finished.
class Making {
public:
    explicit Making(QString path);
    ~Making();
    Q_DISABLE_COPY_MOVE(Making)
    QString folder() const { return m_folder; }
    QString finish() const;  // renames it into place; the fault, or ""

private:
    QString m_target, m_folder;
};

// All of a folder, modes kept, holes kept, shared blocks where the file system can; the fault, or "". `to` must not
// exist.
QString copyFolder(const QString& from, const QString& to);

// A folder of the cache was used now. Those that match `pattern` and were not for `unusedDays` are removed: what other
// versions left behind, not what another checkout works with.
inline constexpr int unusedDays = 3;
void noteUse(const QString& folder);
void pruneUnused(const QString& pattern);  // "…/kafka-*"

}  // namespace nova::stack
