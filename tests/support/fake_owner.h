// The owner's Stack without any process: it is what a test makes it, and notes what is asked of it.
#pragma once

#include "app/engine/stack/stack.h"

namespace nova::test {

class FakeOwner : public stack::Stack {
public:
    explicit FakeOwner(stack::StackOptions options) : Stack(std::move(options)) {}
    bool isOwner() const override { return true; }
    qint64 ownerPid() const override { return 4711; }
    stack::Phase phase() const override { return m_phase; }
    QVector<stack::PartStatus> parts() const override { return ++looks, m_parts; }
    QVector<stack::LogLine> log(const QString&, int) const override { return m_lines; }
    QVector<stack::Alert> alerts() const override { return m_alerts; }
    void start() override { asked << QStringLiteral("start"); }
    void stop() override { asked << QStringLiteral("stop"); }
    void startPart(const QString& name, int replica) override { note("start-part", name, replica); }
    void stopPart(const QString& name, int replica) override { note("stop-part", name, replica); }
    void restartPart(const QString& name, int replica) override { note("restart-part", name, replica); }
    void killPart(const QString& name, int replica) override { note("kill-part", name, replica); }
    void pausePart(const QString& name, int replica) override { note("pause-part", name, replica); }
    void resumePart(const QString& name, int replica) override { note("resume-part", name, replica); }
    void scalePart(const QString& name, int replicas) override { note("scale-part", name, replicas); }

    void become(stack::Phase phase) {
        m_phase = phase;
        Q_EMIT changed(m_parts);
    }

    QStringList asked;
    mutable int looks = 0;  // how often anybody asked for the parts
    stack::Phase m_phase = stack::Phase::ready;
    QVector<stack::PartStatus> m_parts;
    QVector<stack::LogLine> m_lines;
    QVector<stack::Alert> m_alerts;

private:
    void note(const char* word, const QString& name, int replica) {
        asked << QStringLiteral("%1 %2/%3").arg(QLatin1String(word), name).arg(replica);
    }
};

}  // namespace nova::test
