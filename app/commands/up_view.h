// What `up` shows of a start and a stop: on a terminal a list that is redrawn, with the slowest part named; elsewhere a
// line a change; with --json an event a line. Thread: main.
#pragma once

#include <QElapsedTimer>
#include <QHash>

#include "app/commands/output.h"

namespace nova::commands {

class UpView {
public:
    explicit UpView(bool json);
    void launched(const stack::Launched& process);  // JSON only
    void parts(const QVector<stack::PartStatus>& parts);
    void ready(const QString& runFile, const QVector<stack::PartStatus>& parts);
    void failed(const QString& reason);
    void stopping();
    void stopped();

private:
    enum class Stage { starting, up, stopping };
    QStringList list(const QVector<stack::PartStatus>& parts) const;
    QString slowest(const QVector<stack::PartStatus>& parts) const;
    void tell(const stack::PartStatus& part, const QString& label, int width);

    bool m_json, m_live;
    Stage m_stage = Stage::starting;
    QElapsedTimer m_clock;
    QHash<QString, stack::PartStatus> m_told;
    LiveLines m_lines;
};

}  // namespace nova::commands
