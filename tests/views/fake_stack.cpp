#include "app/engine/stack/catalogue.h"
#include "tests/views/fakes.h"
#include "widgets/theme/clock.h"

namespace nova::test {

using namespace Qt::StringLiterals;
using stack::PartState;
using stack::PartStatus;

FakeStack::FakeStack(bool owner) : Stack(stack::StackOptions{u"/nowhere"_s, {}, {}}), m_owner(owner) {}

QVector<stack::LogLine> FakeStack::log(const QString& part, int) const {
    return m_log.value(part);
}

void FakeStack::become(stack::Phase phase, const QVector<PartStatus>& parts) {
    m_phase = phase;
    m_parts = parts;
    Q_EMIT changed(parts);
}

void FakeStack::loseOwner() {
    m_pid = 0;
    for (auto& part : m_parts) {
        part.state = PartState::stopped;
        part.pid = part.rssBytes = 0;
        part.cpuPercent = 0;
        part.upSince = {};
    }
    become(stack::Phase::stopped, m_parts);
    Q_EMIT stopped();
}

void FakeStack::write(const stack::LogLine& line) {
    m_log[line.part].append(line);
    Q_EMIT logged({line});
}

void FakeStack::ask(const char* word, const QString& name, int replica) {
    asked << QLatin1String(word) + u' ' + name + u'/' + QString::number(replica);
}

QVector<PartStatus> allReady() {
    QVector<PartStatus> parts;
    int n = 0;
    for (const auto& entry : stack::Catalogue::builtIn().parts()) {
        PartStatus part;
        part.name = entry.name;
        part.state = PartState::ready;
        part.pid = 41'188 + n;
        for (const auto& port : entry.ports) part.ports.insert(port, 50'051 + n);
        part.cpuPercent = entry.isStore() ? 34.2 : 2.4 + n;
        part.rssBytes = (entry.name == u"kafka" ? 604 : 18 + 7 * n) * 1'048'576LL;
        part.readyMs = entry.isStore() ? 1'810 + 90 * n : 420 + 13 * n;
        part.upSince = theme::now().addSecs(-1'204);
        parts.append(part);
        ++n;
    }
    return parts;
}

QVector<PartStatus> halfStarted() {
    auto parts = allReady();
    for (auto& part : parts) {
        if (part.name == u"kafka" || part.name == u"redis") continue;
        part.readyMs = -1;
        part.state = PartState::waiting;
        part.blockedBy = {u"postgres"_s};
        part.pid = 0;
        part.upSince = {};
        part.cpuPercent = 0;
        part.rssBytes = 0;
        if (part.name != u"postgres") continue;
        part.state = PartState::starting;
        part.blockedBy.clear();
        part.note = u"makes its first folder"_s;
        part.pid = 41'189;
        part.upSince = theme::now().addMSecs(-3'200);
    }
    return parts;
}

QVector<PartStatus> kafkaDown() {
    auto parts = allReady();
    for (auto& part : parts) {
        if (part.name == u"kafka") {
            part.state = PartState::failed;
            part.pid = 0;
            part.rssBytes = 0;
            part.cpuPercent = 0;
            part.restarts = 3;
            part.lastError = u"exited 137"_s;
        } else if (part.name.endsWith(u"-service")) {
            part.state = PartState::degraded;
            part.note = u"Connection to 127.0.0.1:9092 refused"_s;
        }
    }
    return parts;
}

QVector<stack::LogLine> someLog(const QString& part) {
    const qint64 at = theme::now().toMSecsSinceEpoch();
    return {{part, at - 900, u'I', u"2026-11-22T23:41:48.431Z I service    starting, pid 58731"_s},
            {part, at - 800, u'I', u"2026-11-22T23:41:48.522Z I redis      PING 0.2 ms"_s},
            {part, at - 500, u'I', u"2026-11-22T23:41:48.871Z I consumer   joined feed-service, generation 41"_s},
            {part, at - 100, u'W', u"2026-11-22T23:41:50.002Z W consumer   1 duplicate suppressed"_s}};
}

void FakeDoor::send(const views::Call& call) {
    m_calls.append(call);
    views::Answer answer{call.id, call.operation, u"%1"_s.arg(call.id, 32, 16, QLatin1Char('0')), 12.4, {}, {}, {}};
    if (const auto reply = m_replies.value(call.operation)) {
        answer.data = reply(call);
    } else {
        answer.error = u"connection refused"_s;
        answer.code = u"UNREACHABLE"_s;
    }
    QMetaObject::invokeMethod(
        this, [this, answer] { Q_EMIT answered(answer); }, Qt::QueuedConnection);
}

}  // namespace nova::test
