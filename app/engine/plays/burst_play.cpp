// burst: createPost in an open loop. Backlog = calls that wait for their answer, content-service's outbox and
// feed-service's lag. When the last call is due, the rates of the six seconds before foretell how long the rest will
// take: the waiting calls ÷ answers a second, then what feed-service will be behind by then ÷ the rate of its work. At
// the end every answered post is looked for in a follower's feed.
#include <QElapsedTimer>
#include <QJsonArray>
#include <QJsonDocument>
#include <QSet>
#include <algorithm>
#include <cmath>

#include "app/engine/actions/design.h"
#include "app/engine/plays/gauges.h"
#include "app/engine/plays/load.h"
#include "app/engine/plays/makers.h"
#include "contract/topics.h"

namespace nova::engine {
namespace {

constexpr int defaultRate = 300, defaultSeconds = 5, postsPerAuthor = 400;  // a feed holds 500
constexpr int sampleEveryMs = 200, pageSize = 100, longestWaitMs = 180'000;
constexpr double rateWindowS = 6.0, noticeable = 0.5;
const auto consumer = QStringLiteral("feed-service");
const auto owner = QStringLiteral("content-service");

QString bodyOf(int index) {
    const QJsonObject body{
        {QStringLiteral("query"), QStringLiteral("mutation($c:String!){createPost(content:$c){id}}")},
        {QStringLiteral("variables"), QJsonObject{{QStringLiteral("c"), QStringLiteral("Burst %1").arg(index)}}}};
    return QString::fromUtf8(QJsonDocument(body).toJson(QJsonDocument::Compact));
}

class BurstPlay final : public Play {
public:
    using Play::Play;
    void perform() override;

private:
    struct Pair {
        Person author, follower;
    };
    struct Sample {
        double atS = 0, waiting = 0, behind = 0;  // behind: outbox and lag
        double answered = 0, handled = 0;
        double backlog() const { return waiting + behind; }
    };
    struct Forecast {
        double seconds = 0, answersPerS = 0, handledPerS = 0;
    };
    bool invite(int pairs);
    std::optional<Sample> sample(const Load& load) const;
    void watch(Load& load, int seconds);
    Forecast forecast(const Sample& now) const;
    void catchUp(const Load& load);
    void countLost(const LoadReport& report);

    QVector<Pair> m_pairs;
    QVector<Sample> m_samples;
    QElapsedTimer m_clock;
};

}  // namespace

bool BurstPlay::invite(int pairs) {
    say(tr("%n author(s) and a follower each sign up", nullptr, pairs));
    for (int i = 0; i < pairs; ++i) {
        Pair pair;
        if (!take(stage().signUp(QStringLiteral("author")), pair.author) ||
            !take(stage().signUp(QStringLiteral("reader")), pair.follower) ||
            !take(stage().follow(pair.follower, pair.author)))
            return false;
        m_pairs.append(pair);
    }
    return true;
}

std::optional<BurstPlay::Sample> BurstPlay::sample(const Load& load) const {
    const QString topic =
        QString::fromUtf8(contract::topic::content.data(), static_cast<qsizetype>(contract::topic::content.size()));
    const auto& run = settings().run;
    const auto lag = metricOf(run, consumer, QStringLiteral("nova_consumer_lag"), topic);
    const auto outbox = outboxDepthOf(run, owner);
    const auto handled = metricOf(run, consumer, QStringLiteral("nova_outcomes_total"), topic);
    if (!lag || !outbox || !handled) return std::nullopt;
    const double waiting = load.waiting();
    return Sample{static_cast<double>(m_clock.elapsed()) / 1'000, waiting, *lag + *outbox, load.due() - waiting,
                  *handled};
}

void BurstPlay::watch(Load& load, int seconds) {
    stage().until(
        [&] {
            if (const auto now = sample(load)) m_samples.append(*now);
            return load.due() == load.total();
        },
        seconds * 1'000 + longestWaitMs, sampleEveryMs);
}

// As if the work went on as in the last seconds before `now`; without progress in them nothing is foretold: 0.
BurstPlay::Forecast BurstPlay::forecast(const Sample& now) const {
    const auto before = std::find_if(m_samples.begin(), m_samples.end(),
                                     [&](const Sample& s) { return s.atS >= now.atS - rateWindowS; });
    if (before == m_samples.end() || now.atS - before->atS < 0.05) return {};
    const double span = now.atS - before->atS;
    Forecast out{0, (now.answered - before->answered) / span, (now.handled - before->handled) / span};
    if (out.handledPerS <= 0 || (now.waiting > 0 && out.answersPerS <= 0)) return out;
    const double answering = now.waiting > 0 ? now.waiting / out.answersPerS : 0;
    const double behindThen = now.behind + (out.answersPerS - out.handledPerS) * answering;
    out.seconds = answering + std::max(0.0, behindThen) / out.handledPerS;
    return out;
}

// Foretold when the last call was due; then measured.
void BurstPlay::catchUp(const Load& load) {
    const auto now = sample(load);
    if (!now || m_samples.isEmpty()) return problem(tr("feed-service and content-service do not tell their backlog"));
    const auto foretold = forecast(*now);
    const bool empty = stage().until(
        [&] {
            const auto at = sample(load);
            if (at) m_samples.append(*at);
            return at && at->backlog() == 0;
        },
        longestWaitMs, sampleEveryMs / 4);
    const double took = static_cast<double>(m_clock.elapsed()) / 1'000 - now->atS;
    const double peak = std::max_element(m_samples.begin(), m_samples.end(), [](const Sample& a, const Sample& b) {
                            return a.backlog() < b.backlog();
                        })->backlog();
    tell(tr("highest backlog (waiting calls, outbox and lag)"), peak, {},
         tr("the design's alert for the lag alone stands at %1")
             .arg(designedFigure(QStringLiteral("lag.alert")).value_or(0)));
    if (!empty) return problem(tr("the backlog was not worked off within %1 s").arg(longestWaitMs / 1'000));
    find({tr("time to catch up, after backlog ÷ rate"), foretold.seconds, took, QStringLiteral("s"),
          std::max(foretold.seconds, took) < noticeable
              ? std::nullopt
              : std::optional(std::abs(took - foretold.seconds) <= 0.2 * took),
          tr("at the end of the burst %1 calls waited ÷ %2 answers/s, %3 events behind ÷ %4/s")
              .arg(now->waiting)
              .arg(foretold.answersPerS, 0, 'f', 0)
              .arg(now->behind)
              .arg(foretold.handledPerS, 0, 'f', 0)});
}

// Each answered post in the feed of its author's follower, page by page.
void BurstPlay::countLost(const LoadReport& report) {
    QSet<QString> seen;
    for (const auto& pair : m_pairs) {
        QString after;
        for (bool more = true; more;) {
            const auto data = stage().look(
                pair.follower,
                QStringLiteral("query($n:Int,$a:String){feed(first:$n,after:$a){posts{id} endCursor hasMore}}"),
                {{QStringLiteral("n"), pageSize},
                 {QStringLiteral("a"), after.isEmpty() ? QJsonValue() : QJsonValue(after)}});
            if (!data) return problem(QString::fromStdString(data.error().what));
            const auto feed = data.value().value(u"feed").toObject();
            for (const auto& post : feed.value(u"posts").toArray())
                seen.insert(post.toObject().value(u"id").toString());
            after = feed.value(u"endCursor").toString();
            more = feed.value(u"hasMore").toBool() && !after.isEmpty();
        }
    }
    const auto lost = std::count_if(report.ids.begin(), report.ids.end(),
                                    [&](const auto& answered) { return !seen.contains(answered.second); });
    expect(lost == 0, tr("none lost"),
           tr("%1 answered, %2 of them in the followers' feeds").arg(report.answered).arg(report.answered - lost),
           tr("%1 answered posts are in no feed").arg(lost));
}

void BurstPlay::perform() {
    const int rate = settings().rate > 0 ? settings().rate : defaultRate;
    const int seconds = settings().seconds > 0 ? settings().seconds : defaultSeconds;
    if (!invite((rate * seconds + postsPerAuthor - 1) / postsPerAuthor)) return;
    say(tr("%1 posts a second for %2 s").arg(rate).arg(seconds));
    m_clock.start();
    Load load(settings().run.graphql, rate, seconds, stage().mode(), [this](int i) {
        return LoadCall{m_pairs[i % m_pairs.size()].author.token, bodyOf(i)};
    });
    watch(load, seconds);
    if (stage().isStopping()) return;
    say(tr("the burst is over; working off what is left"));
    catchUp(load);
    if (stage().isStopping()) return;
    if (hasProblem()) load.stop();  // calls that nobody answers are not waited for one after the other
    const auto report = load.report();
    const auto& design = *designOf(QStringLiteral("createPost"));
    promise(tr("answered, half of them within"), design.answerMs, report.percentile(50));
    promise(tr("answered, 99 % of them within"), design.answerMs, report.percentile(99));
    expect(report.failed == 0, tr("none failed"), tr("%1 sent in %2 s").arg(report.sent).arg(report.seconds, 0, 'f', 1),
           tr("%1 of %2 were refused: %3").arg(report.failed).arg(report.sent).arg(report.firstError));
    countLost(report);
    for (const auto& action : stage().store().latest(0)) {
        if (action.action == QLatin1String("createPost") && action.complete) Q_EMIT played(action, {});
    }
}

std::unique_ptr<Play> burstPlay(PlaySettings settings) {
    return std::make_unique<BurstPlay>(std::move(settings));
}

}  // namespace nova::engine
