// burst: createPost in an open loop. Backlog = what content-service's outbox and feed-service's lag hold; a second after
// the burst, backlog ÷ the rate of that second foretells how long the rest will take. At the end every answered post is
// looked for in a follower's feed.
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
constexpr double rateWindowS = 1.0, noticeable = 0.5;
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
        double atS = 0, backlog = 0, handled = 0;
    };
    bool invite(int pairs);
    std::optional<Sample> sample() const;
    void watch(Load& load);
    void catchUp();
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

std::optional<BurstPlay::Sample> BurstPlay::sample() const {
    const QString topic =
        QString::fromUtf8(contract::topic::content.data(), static_cast<qsizetype>(contract::topic::content.size()));
    const auto& run = settings().run;
    const auto lag = metricOf(run, consumer, QStringLiteral("nova_consumer_lag"), topic);
    const auto outbox = metricOf(run, owner, QStringLiteral("nova_outbox_depth"));
    const auto handled = metricOf(run, consumer, QStringLiteral("nova_outcomes_total"), topic);
    if (!lag || !outbox || !handled) return std::nullopt;
    return Sample{static_cast<double>(m_clock.elapsed()) / 1'000, *lag + *outbox, *handled};
}

void BurstPlay::watch(Load& load) {
    stage().until(
        [&] {
            if (const auto now = sample()) m_samples.append(*now);
            return load.isDone();
        },
        longestWaitMs, sampleEveryMs);
}

// Foretold a second after the burst, from that second: while it lasts, answering takes what working off would need.
void BurstPlay::catchUp() {
    const auto ended = sample();
    if (!ended || m_samples.isEmpty()) return problem(tr("feed-service and content-service do not tell their backlog"));
    const double peak = std::max_element(m_samples.begin(), m_samples.end(), [](const Sample& a, const Sample& b) {
                            return a.backlog < b.backlog;
                        })->backlog;
    tell(tr("highest backlog (outbox and lag)"), peak, {},
         tr("the design's alert stands at %1").arg(designedFigure(QStringLiteral("lag.alert")).value_or(0)));
    std::optional<Sample> now = ended;
    const auto isEmpty = [&] {
        if (const auto read = sample()) now = read;
        return now->backlog == 0;
    };
    stage().until([&] { return isEmpty() || now->atS - ended->atS >= rateWindowS; }, longestWaitMs, sampleEveryMs / 4);
    const Sample from = *now;
    const double rate = from.atS > ended->atS ? (from.handled - ended->handled) / (from.atS - ended->atS) : 0;
    if (!stage().until(isEmpty, longestWaitMs, sampleEveryMs / 4))
        return problem(tr("the backlog was not worked off within %1 s").arg(longestWaitMs / 1'000));
    const double took = now->atS - from.atS, predicted = rate > 0 ? from.backlog / rate : 0;
    tell(tr("from the end of the burst to the last post"), now->atS - ended->atS, QStringLiteral("s"),
         tr("%1 were left when it ended").arg(ended->backlog));
    if (from.backlog == 0) return;  // gone before anything could be foretold
    find({tr("time to catch up, after backlog ÷ rate"), predicted, took, QStringLiteral("s"),
          std::max(predicted, took) < noticeable ? std::nullopt
                                                 : std::optional(std::abs(took - predicted) <= 0.2 * took),
          tr("%1 left a second after the burst ÷ %2/s").arg(from.backlog).arg(rate, 0, 'f', 0)});
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
    watch(load);
    if (stage().isStopping()) return;
    const auto report = load.report();
    say(tr("the burst is over; working off what is left"));
    catchUp();
    const auto& design = *designOf(QStringLiteral("createPost"));
    promise(tr("answered, half of them within"), design.answerMs, report.percentile(50));
    promise(tr("answered, 99 % of them within"), design.answerMs, report.percentile(99));
    expect(report.failed == 0, tr("none failed"), tr("%1 sent in %2 s").arg(report.sent).arg(report.seconds, 0, 'f', 1),
           tr("%1 of %2 were refused: %3").arg(report.failed).arg(report.sent).arg(report.firstError));
    if (stage().until([&] { return sample() && sample()->backlog == 0; }, Stage::waitMs, sampleEveryMs))
        countLost(report);
    for (const auto& action : stage().store().latest(0)) {
        if (action.action == QLatin1String("createPost") && action.complete) Q_EMIT played(action, {});
    }
}

std::unique_ptr<Play> burstPlay(PlaySettings settings) {
    return std::make_unique<BurstPlay>(std::move(settings));
}

}  // namespace nova::engine
