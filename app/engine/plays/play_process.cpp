#include "app/engine/plays/play_process.h"

#include <signal.h>

#include <QJsonArray>
#include <QJsonDocument>
#include <QRegularExpression>
#include <utility>

#include "app/engine/stack/launch.h"

namespace nova::engine {

namespace {

using End = PlayTold::End;
constexpr int tickMs = 33;
constexpr qsizetype mostLine = 16 << 20;                       // bytes; longer ones are no line of ours
constexpr int badNews = 1, wrongUsage = 2, cannotConnect = 3;  // contract §7
constexpr int mostShown = 80;                                  // characters of what was not understood

std::optional<double> numberOf(const QJsonValue& value) {
    return value.isDouble() ? std::optional(value.toDouble()) : std::nullopt;
}

Finding findingOf(const QJsonObject& json) {
    Finding finding{json[u"what"].toString(),
                    numberOf(json[u"designed"]),
                    numberOf(json[u"measured"]),
                    json[u"unit"].toString(),
                    std::nullopt,
                    json[u"remark"].toString()};
    if (json[u"kept"].isBool()) finding.kept = json[u"kept"].toBool();
    return finding;
}

PlayNews actionOf(const QJsonObject& json) {
    PlayNews news;
    news.kind = PlayNews::Kind::action;
    news.text = json[u"action"].toString();
    news.traceId = json[u"trace_id"].toString();
    news.complete = json[u"complete"].toBool();
    news.failed = json[u"failed"].toBool();
    news.answeredMs = numberOf(json[u"client_ack_ms"]);
    if (!news.answeredMs) news.answeredMs = numberOf(json[u"ack_ms"]);
    news.visibleMs = numberOf(json[u"visible_ms"]);
    return news;
}

}  // namespace

PlayProcess::PlayProcess(QString program, QString dataDir, QObject* parent)
    : QObject(parent), m_program(std::move(program)), m_dataDir(std::move(dataDir)) {
    m_tick.setSingleShot(true);
    m_tick.setInterval(tickMs);
    connect(&m_tick, &QTimer::timeout, this, &PlayProcess::changed);
    m_patience.setSingleShot(true);
    connect(&m_patience, &QTimer::timeout, this, [this] {
        if (m_process) m_process->kill();
    });
}

PlayProcess::~PlayProcess() {
    if (!m_process) return;
    m_process->disconnect(this);
    m_process->kill();
    m_process->waitForFinished();
}

void PlayProcess::start(QString scenario) {
    if (m_process) return;
    m_told = {};
    m_told.scenario = std::move(scenario);
    m_out.clear();
    m_err.clear();
    m_findings = 0;
    m_traces.clear();
    m_stopping = m_hasResult = false;
    m_problem.clear();
    m_complaint.clear();
    m_lastWords.clear();
    m_since.start();
    m_process = new QProcess(this);
    stack::Launch launch;
    launch.program = m_program;
    launch.arguments = QStringList{QStringLiteral("play"),    m_told.scenario,          QStringLiteral("--json"),
                                   QStringLiteral("--steps"), QStringLiteral("--data"), m_dataDir};
    launch.deathSignal = SIGINT;
    stack::prepareProcess(*m_process, launch);
    m_process->setProcessChannelMode(QProcess::SeparateChannels);
    connect(m_process, &QProcess::readyReadStandardOutput, this, [this] { read(QProcess::StandardOutput); });
    connect(m_process, &QProcess::readyReadStandardError, this, [this] { read(QProcess::StandardError); });
    connect(m_process, &QProcess::finished, this, &PlayProcess::ended);
    connect(m_process, &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
        if (error == QProcess::FailedToStart)
            close(End::failed, tr("%1 cannot be started: %2").arg(m_program, m_process->errorString()));
    });
    m_process->start();
    Q_EMIT changed();
}

void PlayProcess::stop() {
    if (!m_process || std::exchange(m_stopping, true)) return;
    m_patience.start(m_graceMs);
    if (m_process->processId() > 0) ::kill(static_cast<pid_t>(m_process->processId()), SIGINT);
    Q_EMIT changed();
}

void PlayProcess::read(QProcess::ProcessChannel channel) {
    const bool out = channel == QProcess::StandardOutput;
    auto& held = out ? m_out : m_err;
    held += out ? m_process->readAllStandardOutput() : m_process->readAllStandardError();
    qsizetype from = 0;
    for (auto end = held.indexOf('\n'); end >= 0; end = held.indexOf('\n', from)) {
        const auto line = held.mid(from, end - from).trimmed();
        from = end + 1;
        if (!line.isEmpty()) out ? takeOut(line) : takeErr(line);
    }
    held.remove(0, from);
    if (held.size() <= mostLine) return;
    held.clear();
    add({PlayNews::Kind::fault, tr("A line of more than %1 MiB was left out.").arg(mostLine >> 20)});
}

void PlayProcess::takeOut(const QByteArray& line) {
    const auto json = QJsonDocument::fromJson(line).object();
    if (json[u"trace_id"].toString().isEmpty())
        return add(
            {PlayNews::Kind::fault, tr("Printed, but no action: %1").arg(QString::fromUtf8(line).left(mostShown))});
    takeAction(json);
    if (json[u"result"].isObject()) takeResult(json[u"result"].toObject());
}

void PlayProcess::takeErr(const QByteArray& line) {
    static const QRegularExpression complaint(QStringLiteral("^nova-console[^:]*: (.+)$"));
    const auto json = QJsonDocument::fromJson(line).object();
    if (json[u"step"].isString()) return add({PlayNews::Kind::step, json[u"step"].toString()});
    if (json[u"finding"].isObject()) {
        if (m_hasResult) return;  // it had them all
        ++m_findings;
        return add({PlayNews::Kind::finding, {}, findingOf(json[u"finding"].toObject())});
    }
    if (json[u"action"].isObject()) return takeAction(json[u"action"].toObject());
    m_lastWords = QString::fromUtf8(line);
    if (const auto found = complaint.match(m_lastWords); found.hasMatch()) {
        if (m_complaint.isEmpty()) m_complaint = found.captured(1);
        return;  // told at the end
    }
    add({PlayNews::Kind::step, m_lastWords});
}

// It is told twice: at once in short, and later whole.
void PlayProcess::takeAction(const QJsonObject& action) {
    const auto trace = action[u"trace_id"].toString();
    if (m_traces.contains(trace)) return;
    if (m_traces.size() < PlayTold::mostNews) m_traces.insert(trace);
    add(actionOf(action));
}

// All findings stand in it; those that were told as they came are not told again.
void PlayProcess::takeResult(const QJsonObject& result) {
    read(QProcess::StandardError);
    m_hasResult = true;
    m_problem = result[u"problem"].toString();
    const auto findings = result[u"findings"].toArray();
    for (; m_findings < findings.size(); ++m_findings)
        add({PlayNews::Kind::finding, {}, findingOf(findings[m_findings].toObject())});
}

void PlayProcess::add(PlayNews news) {
    if (m_told.news.size() < PlayTold::mostNews)
        m_told.news.append(std::move(news));
    else
        ++m_told.dropped;
    if (!m_tick.isActive()) m_tick.start();
}

void PlayProcess::ended(int code, QProcess::ExitStatus status) {
    for (const auto channel : {QProcess::StandardError, QProcess::StandardOutput}) read(channel);
    if (const auto rest = std::exchange(m_err, {}).trimmed(); !rest.isEmpty()) takeErr(rest);
    if (const auto rest = std::exchange(m_out, {}).trimmed(); !rest.isEmpty()) takeOut(rest);
    const bool crashed = status == QProcess::CrashExit;
    if (m_stopping)
        return close(End::stopped, crashed && code == SIGKILL
                                       ? tr("It did not end within %1 s and was killed.").arg((m_graceMs + 999) / 1'000)
                                       : QString());
    if (crashed) return close(End::failed, tr("The program was ended by signal %1.").arg(code));
    const auto said = !m_problem.isEmpty()     ? m_problem
                      : !m_complaint.isEmpty() ? m_complaint
                      : !m_lastWords.isEmpty() ? m_lastWords
                                               : tr("the program did not say why");
    if (code == 0 && m_hasResult) return close(End::kept, {});
    if (code == 0) return close(End::failed, tr("The program ended without a result."));
    close(code == badNews         ? End::broken
          : code == wrongUsage    ? End::refused
          : code == cannotConnect ? End::unreachable
                                  : End::failed,
          said);
}

void PlayProcess::close(End end, const QString& why) {
    if (!m_process) return;
    m_patience.stop();
    m_tick.stop();
    m_told.end = end;
    m_told.why = why;
    m_told.elapsedMs = m_since.elapsed();
    m_process->disconnect(this);
    std::exchange(m_process, nullptr)->deleteLater();
    m_stopping = false;
    Q_EMIT changed();
}

}  // namespace nova::engine
