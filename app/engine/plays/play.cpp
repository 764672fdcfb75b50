#include "app/engine/plays/play.h"

#include "kit/runtime/ids.h"

namespace nova::engine {
namespace {

constexpr int lookEveryMs = 2;

}  // namespace

qint64 wallUs() {
    return std::chrono::duration_cast<std::chrono::microseconds>(kit::wallNow().time_since_epoch()).count();
}

Play::Play(PlaySettings settings)
    : m_settings(std::move(settings)), m_stage(std::make_unique<Stage>(m_settings.run, m_settings.mode)) {
    connect(m_stage.get(), &Stage::step, this, &Play::step);
    connect(m_stage.get(), &Stage::played, this, [this](const Action& action, const QJsonObject& more) {
        m_result.actions.append(action);
        Q_EMIT played(action, more);
    });
}

Play::~Play() = default;

void Play::stop() {
    m_stage->stop();
}

PlayResult Play::play() {
    if (!m_stage->connectAll()) {
        problem(m_stage->isStopping() ? tr("stopped") : tr("Kafka at %1 does not answer").arg(m_settings.run.kafka));
        m_result.unreachable = !m_stage->isStopping();
        return m_result;
    }
    perform();
    if (m_stage->isStopping()) m_result.problem = tr("stopped");
    return m_result;
}

void Play::find(const Finding& finding) {
    m_result.findings.append(finding);
    Q_EMIT found(finding);
}

void Play::promise(const QString& what, std::optional<double> designedMs, std::optional<double> measuredMs, bool hard,
                   const QString& remark) {
    const bool kept = measuredMs && (!designedMs || *measuredMs <= *designedMs);
    find({what, designedMs, measuredMs, QStringLiteral("ms"), designedMs ? std::optional(kept) : std::nullopt, remark});
    if (!hard || kept) return;
    problem(measuredMs ? tr("%1: %2 ms, promised are %3").arg(what).arg(*measuredMs, 0, 'f', 1).arg(*designedMs)
                       : tr("%1: it did not happen").arg(what));
}

void Play::tell(const QString& what, std::optional<double> measured, const QString& unit, const QString& remark) {
    find({what, std::nullopt, measured, unit, std::nullopt, remark});
}

void Play::expect(bool kept, const QString& what, const QString& remark, const QString& text) {
    find({what, std::nullopt, std::nullopt, {}, kept, remark});
    if (!kept) problem(text);
}

void Play::problem(const QString& text) {
    if (m_result.problem.isEmpty()) m_result.problem = text;
}

bool Play::fail(const kit::Error& error) {
    problem(QString::fromStdString(error.what));
    m_result.unreachable = error.retryable() && m_result.actions.isEmpty();
    return false;
}

bool Play::twoPeople(Person& alice, Person& bob) {
    if (!take(stage().signUp(QStringLiteral("alice")), alice) || !take(stage().signUp(QStringLiteral("bob")), bob))
        return false;
    say(tr("%1 and %2 sign up; %2 follows %1").arg(alice.handle, bob.handle));
    return take(stage().follow(bob, alice));
}

std::optional<double> Play::readableAfter(const Person& reader, const QString& postId, qint64 sinceUs, int limitMs) {
    std::optional<double> at;
    stage().until(
        [&] {
            if (!at && stage().shows(reader, postId)) at = static_cast<double>(wallUs() - sinceUs) / 1'000;
            return at.has_value();
        },
        limitMs, lookEveryMs);
    return at;
}

}  // namespace nova::engine
