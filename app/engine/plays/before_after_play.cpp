// before-after: one workload as calls in a chain (Nova-Mode: sync) and with events. Latency per action, answers while a
// service further down the chain is stopped, and CPU-seconds and replicas for a usual load and for ten times as much;
// each beside the design's tables (contract §5 and §6).
#include <QJsonDocument>
#include <QMap>
#include <QSet>
#include <algorithm>
#include <cmath>
#include <functional>

#include "app/engine/actions/design.h"
#include "app/engine/plays/faults.h"
#include "app/engine/plays/gauges.h"
#include "app/engine/plays/load.h"
#include "app/engine/plays/makers.h"
#include "app/engine/plays/sample_upload.h"

namespace nova::engine {
namespace {

constexpr int rounds = 15, uploads = 5, triesWhileDown = 3, defaultRate = 15, defaultSeconds = 3, tenfold = 10;
constexpr int drainMs = 60'000, lookEveryMs = 100, followers = 3;
constexpr double replicaCores = 0.1;  // of a replica that shares this machine with all others
const auto readFeed = QStringLiteral("{feed(first:20){posts{id content author{id}} stale}}");
const auto syncMode = QStringLiteral("sync"), eventsMode = QStringLiteral("events");

double median(QVector<double> values) {
    if (values.isEmpty()) return 0;
    std::sort(values.begin(), values.end());
    return values[(values.size() - 1) / 2];
}

std::optional<double> medianOf(const QVector<double>& values) {
    return values.isEmpty() ? std::nullopt : std::optional(median(values));
}

double sum(const QMap<QString, double>& values) {
    double all = 0;
    for (const double value : values) all += value;
    return all;
}

// What of a service's work users wait for in events mode: the doors and those who own what is written.
bool answers(const QString& service) {
    return service == QLatin1String("graphql-gateway") || service == QLatin1String("content-service");
}

class BeforeAfterPlay final : public Play {
public:
    using Play::Play;
    void perform() override;

private:
    struct Times {
        QVector<double> answered, visible;  // ms
        int failed = 0;
    };
    struct Cost {
        double seconds = 0;         // of the load
        QMap<QString, double> cpu;  // CPU-seconds by service, until the backlog was worked off
        LoadReport report;
    };
    struct Kind {
        QString action, query, downstream;  // downstream: the service that the chain ends at
    };
    static QVector<Kind> kinds();
    QJsonObject variablesOf(const Kind& kind) const;
    kit::Result<Acted> call(const Kind& kind);

    void measureLatency(const QString& mode);
    void measureUploads(const QString& mode);
    void measureFeeds(const QString& mode);
    void compareLatency();
    // An action that is tried in a mode while a service is stopped.
    struct Trial {
        QString action, victim;
        bool chained = true;  // in mode sync it calls the service that is stopped
        std::function<bool(const QString& mode)> answered;
    };
    QVector<Trial> trials();
    QString postToLike();  // makes m_post anew; "" or why not
    bool likesANewPost(const QString& mode);
    void measureAvailability(Faults& faults);
    void tellAvailability(const QString& mode, const Trial& trial, int answered);
    Cost measureCost(const QString& mode, int rate, int seconds);
    void compareCost(int rate, int seconds);

    Person m_alice, m_bob;
    QString m_post;                               // Alice's, to be liked by new people
    QMap<QString, QMap<QString, Times>> m_times;  // mode → action
};

}  // namespace

QVector<BeforeAfterPlay::Kind> BeforeAfterPlay::kinds() {
    return {
        {QStringLiteral("createPost"), QStringLiteral("mutation($c:String!){createPost(content:$c){id}}"),
         QStringLiteral("feed-service")},
        {QStringLiteral("likePost"), QStringLiteral("mutation($i:ID!){likePost(id:$i){id likeCount}}"),
         QStringLiteral("notification-service")},
        {QStringLiteral("sendMessage"), QStringLiteral("mutation($t:ID!,$x:String!){sendMessage(to:$t,text:$x){id}}"),
         QStringLiteral("realtime-chat-service")}};
}

QJsonObject BeforeAfterPlay::variablesOf(const Kind& kind) const {
    if (kind.action == QLatin1String("createPost")) return {{QStringLiteral("c"), QStringLiteral("Before and after")}};
    if (kind.action == QLatin1String("likePost")) return {{QStringLiteral("i"), m_post}};
    return {{QStringLiteral("t"), m_bob.id}, {QStringLiteral("x"), QStringLiteral("Hello")}};
}

kit::Result<Acted> BeforeAfterPlay::call(const Kind& kind) {
    if (kind.action != QLatin1String("likePost")) return stage().act(m_alice, kind.query, variablesOf(kind));
    return stage().act(m_bob, kind.query, variablesOf(kind));
}

void BeforeAfterPlay::measureLatency(const QString& mode) {
    stage().caller().setMode(mode);
    for (const auto& kind : kinds()) {
        say(tr("%1 × %2, mode %3").arg(rounds).arg(kind.action, mode));
        auto& times = m_times[mode][kind.action];
        for (int i = 0; i < rounds && !stage().isStopping(); ++i) {
            if (kind.action == QLatin1String("likePost")) {
                if (const auto fault = postToLike(); !fault.isEmpty()) return problem(fault);
            }
            const auto acted = call(kind);
            if (!acted) {
                ++times.failed;
                problem(tr("%1 in mode %2: %3").arg(kind.action, mode, QString::fromStdString(acted.error().what)));
                return;
            }
            times.answered << acted.value().ms();
            const auto action = stage().told(acted.value().traceId, {{QStringLiteral("mode"), mode}});
            if (action && action->visibleMs) times.visible << *action->visibleMs;
        }
    }
}

void BeforeAfterPlay::measureUploads(const QString& mode) {
    if (settings().run.upload.isEmpty() || hasProblem()) return;
    say(tr("%1 × %2, mode %3").arg(uploads).arg(QStringLiteral("upload"), mode));
    const auto post = stage().post(m_alice, QStringLiteral("Pictures come with it"));
    if (!post) return problem(QString::fromStdString(post.error().what));
    auto& times = m_times[mode][QStringLiteral("upload")];
    for (int i = 0; i < uploads && !stage().isStopping(); ++i) {
        const auto reply = uploadPicture(stage(), m_alice, Stage::postId(post.value()), mode);
        if (!reply || !reply->ok())
            return problem(tr("upload in mode %1: %2").arg(mode, reply ? reply->error : tr("not answered")));
        times.answered << reply->ms;
        const auto action = stage().told(reply->traceId, {{QStringLiteral("mode"), mode}});
        if (action && action->visibleMs) times.visible << *action->visibleMs;
    }
}

void BeforeAfterPlay::measureFeeds(const QString& mode) {
    say(tr("%1 × %2, mode %3").arg(rounds).arg(QStringLiteral("feed"), mode));
    stage().caller().setMode(mode);
    for (int i = 0; i < rounds && !stage().isStopping(); ++i) {
        const auto read = stage().act(m_bob, readFeed, {});
        if (!read) return problem(tr("feed in mode %1: %2").arg(mode, QString::fromStdString(read.error().what)));
        m_times[mode][QStringLiteral("feed")].answered << read.value().ms();
    }
}

void BeforeAfterPlay::compareLatency() {
    for (const auto& name : m_times[eventsMode].keys()) {
        const auto& design = *designOf(name);
        for (const auto& mode : {syncMode, eventsMode}) {
            const auto& times = m_times[mode][name];
            const bool sync = mode == syncMode;
            promise(tr("%1 answered, %2 (median)").arg(name, mode), sync ? design.syncAnswerMs : design.answerMs,
                    medianOf(times.answered));
            const double effect = sync ? design.syncEffectMs : design.effectMs;
            if (design.effectMs <= 0) continue;  // a read
            promise(tr("%1 visible, %2 (median)").arg(name, mode), effect > 0 ? std::optional(effect) : std::nullopt,
                    medianOf(times.visible));
            if (!sync && times.visible.size() < times.answered.size())
                problem(tr("%1 of %2 %3 were not told to be visible")
                            .arg(times.answered.size() - times.visible.size())
                            .arg(times.answered.size())
                            .arg(name));
        }
    }
}

QString BeforeAfterPlay::postToLike() {
    const auto post = stage().post(m_alice, QStringLiteral("To be liked"));
    if (!post) return QString::fromStdString(post.error().what);
    m_post = Stage::postId(post.value());
    return {};
}

bool BeforeAfterPlay::likesANewPost(const QString& mode) {
    stage().caller().setMode(eventsMode);
    if (!postToLike().isEmpty()) return false;
    stage().caller().setMode(mode);
    return stage().like(m_bob, m_post).has_value();
}

// Of each chain the last service is stopped; a feed is read without the owner of its posts.
QVector<BeforeAfterPlay::Trial> BeforeAfterPlay::trials() {
    QVector<Trial> all;
    for (const auto& kind : kinds()) {
        all.append({kind.action, kind.downstream, true, [this, kind](const QString& mode) {
                        if (kind.action == QLatin1String("likePost")) return likesANewPost(mode);
                        stage().caller().setMode(mode);
                        return call(kind).has_value();
                    }});
    }
    const auto content = QStringLiteral("content-service");
    stage().caller().setMode(eventsMode);
    const auto post = stage().post(m_alice, QStringLiteral("Pictures come later"));
    if (!settings().run.upload.isEmpty() && post) {
        const auto id = Stage::postId(post.value());
        all.append({QStringLiteral("upload"), content, true, [this, id](const QString& mode) {
                        const auto reply = uploadPicture(stage(), m_alice, id, mode);
                        return reply && reply->ok();
                    }});
    }
    all.append({QStringLiteral("feed"), content, false, [this](const QString& mode) {
                    stage().caller().setMode(mode);
                    return stage().act(m_bob, readFeed, {}).has_value();
                }});
    return all;
}

void BeforeAfterPlay::measureAvailability(Faults& faults) {
    for (const auto& trial : trials()) {
        if (stage().isStopping()) return;
        if (!faults.known(trial.victim)) continue;
        say(tr("%1 is stopped; %2 in both modes").arg(trial.victim, trial.action));
        if (!faults.stop(trial.victim)) return problem(tr("%1 could not be stopped").arg(trial.victim));
        for (const auto& mode : {syncMode, eventsMode}) {
            int answered = 0;
            for (int i = 0; i < triesWhileDown; ++i) answered += trial.answered(mode) ? 1 : 0;
            tellAvailability(mode, trial, answered);
        }
        if (!faults.start(trial.victim)) return problem(tr("%1 did not become ready again").arg(trial.victim));
    }
}

// What an action needs: the gateway and its owner, and where the chain is called before the answer, its end.
void BeforeAfterPlay::tellAvailability(const QString& mode, const Trial& trial, int answered) {
    const bool fails = mode == syncMode && trial.chained;
    const double each = designedFigure(QStringLiteral("availability.chain.each")).value_or(0);
    const int needs = answered < triesWhileDown ? 3 : 2;
    find({tr("%1 answered while %2 is down, %3").arg(trial.action, trial.victim, mode), fails ? 0.0 : 100.0,
          100.0 * answered / triesWhileDown, QStringLiteral("%"),
          fails ? std::optional<bool>() : std::optional(answered == triesWhileDown),
          tr("needs %1 services, the gateway among them: up %2 % of the time where each is up %3 %; the design: %4 %")
              .arg(needs)
              .arg(100 * std::pow(each / 100, needs), 0, 'f', 1)
              .arg(each)
              .arg(designedFigure(fails ? QStringLiteral("availability.chain") : QStringLiteral("availability.alone"))
                       .value_or(0))});
    if (!fails && answered < triesWhileDown)
        problem(tr("%1 was refused in mode %2 while %3 was down").arg(trial.action, mode, trial.victim));
}

BeforeAfterPlay::Cost BeforeAfterPlay::measureCost(const QString& mode, int rate, int seconds) {
    say(tr("%1 posts a second for %2 s, mode %3").arg(rate).arg(seconds).arg(mode));
    const QJsonObject body{{QStringLiteral("query"), kinds().first().query},
                           {QStringLiteral("variables"), variablesOf(kinds().first())}};
    const auto text = QString::fromUtf8(QJsonDocument(body).toJson(QJsonDocument::Compact));
    const auto before = cpuSecondsOf(settings().run);
    Load load(settings().run.graphql, rate, seconds, mode, [&](int) { return LoadCall{m_alice.token, text}; });
    if (!stage().until([&] { return load.isDone(); }, seconds * 1'000 + drainMs, lookEveryMs)) load.stop();
    Cost cost;
    cost.report = load.report();
    cost.seconds = cost.report.seconds;
    const bool drained = stage().until(
        [&] {
            const auto lag =
                metricOf(settings().run, QStringLiteral("feed-service"), QStringLiteral("nova_consumer_lag"));
            const auto outbox = outboxDepthOf(settings().run, QStringLiteral("content-service"));
            return lag && outbox && *lag + *outbox == 0;
        },
        drainMs, lookEveryMs);
    if (!drained) problem(tr("the load's backlog was not worked off within %1 s").arg(drainMs / 1'000));
    const auto after = cpuSecondsOf(settings().run);
    for (auto it = after.begin(); it != after.end(); ++it) cost.cpu[it.key()] = it.value() - before.value(it.key());
    return cost;
}

void BeforeAfterPlay::compareCost(int rate, int seconds) {
    QMap<QString, Cost> usual, burst;
    for (const auto& mode : {syncMode, eventsMode}) {
        usual[mode] = measureCost(mode, rate, seconds);
        burst[mode] = measureCost(mode, rate * tenfold, seconds);
        if (hasProblem() || stage().isStopping()) return;
        const auto& cost = burst[mode];
        promise(tr("tenfold burst: answered, %1 (99 %)").arg(mode),
                mode == syncMode ? designOf(QStringLiteral("createPost"))->syncAnswerMs
                                 : designOf(QStringLiteral("createPost"))->answerMs,
                cost.report.percentile(99), false,
                tr("%1 answered, %2 refused").arg(cost.report.answered).arg(cost.report.failed));
        tell(tr("tenfold burst: CPU-seconds, %1").arg(mode), sum(cost.cpu), QStringLiteral("s"),
             tr("%1 posts; usual load: %2 s for %3")
                 .arg(cost.report.answered)
                 .arg(sum(usual[mode].cpu), 0, 'f', 2)
                 .arg(usual[mode].report.answered));
    }
    // Cores: before, all of the chain must stand the burst at once; after, what users wait for must, and the rest the
    // mean.
    const auto cores = [](const Cost& cost, const QString& service) {
        return cost.seconds > 0 ? cost.cpu.value(service) / cost.seconds : 0;
    };
    double all = 0, parts = 0;
    QSet<QString> services;
    int ran = 0;
    for (const auto& process : settings().run.processes) {
        if (process.http.isEmpty()) continue;
        services << process.name;
        ++ran;
    }
    // Replicas: of each service as many as its work needs, one at least.
    QMap<QString, int> replicas;
    const auto replicasFor = [](double coresNeeded) {
        return std::max(1, static_cast<int>(std::ceil(coresNeeded / replicaCores)));
    };
    for (const auto& service : services) {
        const double chained = cores(burst[syncMode], service), peak = cores(burst[eventsMode], service),
                     mean = 0.9 * cores(usual[eventsMode], service) + 0.1 * peak;
        all += chained;
        parts += answers(service) ? peak : mean;
        replicas[syncMode] += replicasFor(chained);
        replicas[eventsMode] += replicasFor(answers(service) ? peak : mean);
    }
    for (const auto& mode : {syncMode, eventsMode})
        tell(tr("tenfold burst: replicas, %1").arg(mode), replicas[mode], {},
             tr("of %1 services, each replica busy with at most %2 of a core; %3 ran here")
                 .arg(services.size())
                 .arg(replicaCores)
                 .arg(ran));
    find({tr("resources saved by scaling parts alone"), designedFigure(QStringLiteral("resources.saved")),
          all > 0 ? std::optional(100 * (1 - parts / all)) : std::nullopt, QStringLiteral("%"), std::nullopt,
          tr("cores for a burst a tenth of the time: %1 in sync, %2 with events")
              .arg(all, 0, 'f', 2)
              .arg(parts, 0, 'f', 2)});
}

void BeforeAfterPlay::perform() {
    Faults faults(*settings().stack, stage());
    if (!twoPeople(m_alice, m_bob)) return;
    for (int i = 1; i < followers; ++i) {
        Person other;
        if (!take(stage().signUp(QStringLiteral("fan")), other) || !take(stage().follow(other, m_alice))) return;
    }
    for (const auto& mode : {syncMode, eventsMode}) {
        measureLatency(mode);
        measureUploads(mode);
        measureFeeds(mode);
        if (hasProblem() || stage().isStopping()) return;
    }
    compareLatency();
    measureAvailability(faults);
    stage().caller().setMode(eventsMode);
    if (!stage().isStopping())
        compareCost(settings().rate > 0 ? settings().rate : defaultRate,
                    settings().seconds > 0 ? settings().seconds : defaultSeconds);
}

std::unique_ptr<Play> beforeAfterPlay(PlaySettings settings) {
    return std::make_unique<BeforeAfterPlay>(std::move(settings));
}

}  // namespace nova::engine
