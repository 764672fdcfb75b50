#include "tests/views/lag_samples.h"

#include <algorithm>
#include <cmath>

#include "app/views/lag_view.h"

namespace nova::test {

using engine::LagRow;
using engine::LagStatus;
using namespace Qt::StringLiterals;

LagRow lagRow(const QString& group, const QString& topic, int partition, qint64 committed, qint64 end) {
    LagRow row;
    row.group = group;
    row.topic = topic;
    row.partition = partition;
    row.logStart = 0;
    row.logEnd = row.lso = end;
    row.committed = committed;
    row.lag = end - committed;
    row.lagSeconds = double(*row.lag) / 200;
    row.status = LagStatus::ok;
    row.inPerSecond = 198 + partition;
    row.outPerSecond = 200 + partition;
    row.readAtMs = lagEveningMs;
    if (*row.lag > 0) {
        row.catchUpSeconds = double(*row.lag) / 3;
        row.catchUpError = *row.catchUpSeconds / 20;
    }
    return row;
}

engine::GroupState lagGroup(const QString& group, const QStringList& clients, int partitions, const QString& topic) {
    engine::GroupState state;
    state.listing = {group, clients.isEmpty() ? u"Empty"_s : u"Stable"_s, u"consumer"_s};
    state.description.group = group;
    state.description.state = state.listing.state;
    state.description.membersKnown = true;
    state.description.assignor = u"range"_s;
    for (const auto& client : clients)
        state.description.members.append({client + u"-7d1f"_s, client, u"/127.0.0.1"_s, {}});
    for (int i = 0; i < partitions && !clients.isEmpty(); ++i)
        state.description.members[i * clients.size() / partitions].partitions.append({topic, i});
    state.isConsole = group.startsWith(u"console-"_s);
    return state;
}

namespace {

void add(engine::LagSample& sample, const QString& group, const QString& topic, const QVector<qint64>& lags,
         const QStringList& clients) {
    auto state = lagGroup(group, clients, int(lags.size()), topic);
    for (int i = 0; i < lags.size(); ++i) {
        auto row = lagRow(group, topic, i, 50'000 + i * 211, 50'000 + i * 211 + lags[i]);
        if (!clients.isEmpty()) {
            row.clientId = clients[i * clients.size() / lags.size()];
            row.member = row.clientId + u"-7d1f"_s;
            row.host = u"/127.0.0.1"_s;
        }
        sample.rows.append(row);
    }
    const auto known = std::find_if(sample.groups.begin(), sample.groups.end(),
                                    [&](const auto& g) { return g.listing.group == group; });
    if (known == sample.groups.end()) sample.groups.append(state);
}

LagRow& at(engine::LagSample& sample, const QString& group, const QString& topic, int partition) {
    return *std::find_if(sample.rows.begin(), sample.rows.end(), [&](const LagRow& row) {
        return row.group == group && row.topic == topic && row.partition == partition;
    });
}

void makeFeedSlow(engine::LagSample& sample) {
    for (const int p : {2, 3}) {
        auto& row = at(sample, u"feed-service"_s, u"nova.content.events"_s, p);
        row.status = LagStatus::warn;
        row.alarm = true;
        row.alarmReason = u"lag 2 %1 > 1 000"_s.arg(*row.lag % 1'000);
        row.outPerSecond = *row.inPerSecond - 6;
        row.catchUpSeconds = row.catchUpError = std::nullopt;
        row.lagSeconds = 10.8 + p * 0.05;
    }
}

void makeChatDead(engine::LagSample& sample) {
    auto& row = at(sample, u"realtime-chat-service"_s, u"nova.message.events"_s, 5);
    row.status = LagStatus::stop;
    row.alarm = true;
    row.alarmReason = u"lag 1 840 > 1 000"_s;
    row.outPerSecond = 0;
    row.lagSeconds = 42;
    row.catchUpSeconds = row.catchUpError = std::nullopt;
    row.clientId.clear();
    row.member.clear();
    auto& held = at(sample, u"realtime-chat-service"_s, u"nova.message.events"_s, 4);
    held.lso = *held.logEnd - 6;
    held.heldByTransactions = 6;
}

}  // namespace

engine::LagSample lagEvening() {
    engine::LagSample sample;
    sample.atMs = lagEveningMs;
    sample.tookMs = 21;
    sample.groupsAsked = sample.groupsAnswered = 7;
    sample.commits = u"followed"_s;
    add(sample, u"analytics"_s, u"nova.social.events"_s, {30, 12, 0, 4, 8, 9}, {u"spark-0"_s});
    add(sample, u"console-lab"_s, u"nova.content.events"_s, {0, 0, 0, 0, 0, 0}, {});
    add(sample, u"content-service"_s, u"nova.media.events"_s, {0, 0, 1, 0, 0, 0}, {u"content-service-0"_s});
    add(sample, u"feed-service"_s, u"nova.content.events"_s, {412, 388, 2'204, 2'196, 405, 397},
        {u"feed-service-1"_s, u"feed-service-2"_s, u"feed-service-3"_s});
    add(sample, u"feed-service"_s, u"nova.social.events"_s, {2, 0, 1, 4, 0, 1},
        {u"feed-service-1"_s, u"feed-service-2"_s, u"feed-service-3"_s});
    add(sample, u"notification-service"_s, u"nova.social.events"_s, {21, 18, 0, 33, 12, 9},
        {u"notification-service-0"_s});
    add(sample, u"realtime-chat-service"_s, u"nova.message.events"_s, {4, 7, 3, 0, 6, 1'840},
        {u"realtime-chat-service-0"_s});
    add(sample, u"reporting"_s, u"nova.identity.events"_s, {0, 0, 0, 0, 0, 0}, {});
    makeFeedSlow(sample);
    makeChatDead(sample);
    for (auto& row : sample.rows) {
        if (row.group == u"reporting"_s) {
            row.committed = row.lag = std::nullopt;
            row.lagSeconds = std::nullopt;
            row.secondsReason = u"never committed"_s;
            row.status = LagStatus::noCommit;
            row.inPerSecond = row.outPerSecond = 0;
        }
        if (row.group == u"analytics"_s && row.partition == 3) {
            row.lag = std::nullopt;
            row.status = LagStatus::unknown;
            row.statusReason = u"leader not available"_s;
            row.readAtMs = sample.atMs - 12'000;
            row.lagSeconds = std::nullopt;
            row.secondsReason = u"leader not available"_s;
        }
    }
    for (auto& group : sample.groups) {
        group.worst = LagStatus::ok;
        group.lag = 0;
        for (const auto& row : sample.rows) {
            if (row.group != group.listing.group) continue;
            group.worst = std::max(group.worst, row.status);
            group.lag += row.lag.value_or(0);
        }
    }
    return sample;
}

engine::LagSample bigLag(int groups, int partitions) {
    engine::LagSample sample;
    sample.atMs = lagEveningMs;
    sample.tookMs = 310;
    sample.groupsAsked = sample.groupsAnswered = groups;
    sample.commits = u"followed"_s;
    quint32 seed = 7;
    const auto random = [&seed] { return (seed = seed * 1'664'525u + 1'013'904'223u) >> 8; };
    for (int g = 0; g < groups; ++g) {
        const QString group = u"orders-%1"_s.arg(g, 4, 10, QLatin1Char('0'));
        const QString topic = u"shop.orders.v%1"_s.arg(g % 5);
        for (int p = 0; p < partitions; ++p) {
            const auto dice = random() % 100;
            const qint64 lag = dice < 40   ? 0
                               : dice < 70 ? random() % 10
                               : dice < 90 ? random() % 200
                               : dice < 97 ? random() % 900
                               : dice < 98 ? 1'000 + random() % 30'000
                                           : 3;
            auto row = lagRow(group, topic, p, 90'000, 90'000 + lag);
            if (lag > 1'000) {
                row.alarm = true;
                row.alarmReason = u"lag %1 > 1 000"_s.arg(lag);
                row.status = LagStatus::warn;
            }
            if (dice == 99) {
                row.lag = std::nullopt;
                row.status = LagStatus::unknown;
                row.readAtMs = sample.atMs - 31'000;
            }
            if (dice == 98) {
                row.committed = row.lag = std::nullopt;
                row.status = LagStatus::noCommit;
            }
            sample.rows.append(row);
        }
        sample.groups.append(lagGroup(group, {u"worker-0"_s, u"worker-1"_s}, partitions, topic));
    }
    return sample;
}

QVector<engine::LagPoint> lagEveningHistory(const LagRow& row, qint64 fromMs) {
    QVector<engine::LagPoint> points;
    const double last = double(row.lag.value_or(0));
    for (int i = 0; i < 600; ++i) {
        const qint64 atMs = lagEveningMs - (599 - i) * 3'000;
        if (atMs < fromMs) continue;
        engine::LagPoint point;
        point.atMs = atMs;
        const double minute = double(i) * 3 / 60;
        double lag = 110 + 60 * std::sin(minute * 1.9 + row.partition);
        if (minute > 11 && minute < 13.2) lag += 460 * std::sin((minute - 11) / 2.2 * 3.1416);
        if (minute > 24) lag += std::max(0.0, last - 110) * std::pow((minute - 24) / 5.95, 1.2);
        point.lag = qint64(std::max(0.0, last > 0 ? lag : 0));
        point.seconds = double(*point.lag) / 200;
        point.inPerSecond = 200;
        point.outPerSecond = 201;
        points.append(point);
    }
    return points;
}

QVector<engine::LagMark> lagEveningMarks(const QString& group, qint64 fromMs) {
    using Kind = engine::LagMark::Kind;
    QVector<engine::LagMark> marks{
        {Kind::crash, lagEveningMs - 19 * 60'000, u"feed-service"_s, u"feed-service/3 exited 137"_s},
        {Kind::rebalance, lagEveningMs - 18 * 60'000 - 50'000, u"feed-service"_s, u"feed-service-3 left"_s},
        {Kind::rebalance, lagEveningMs - 16 * 60'000 - 45'000, u"feed-service"_s, u"feed-service-3 back"_s},
        {Kind::deploy, lagEveningMs - 5 * 60'000 - 55'000, {}, u"content-service 0.14.2"_s},
    };
    marks.removeIf(
        [&](const auto& mark) { return mark.atMs < fromMs || (!mark.group.isEmpty() && mark.group != group); });
    return marks;
}

engine::Diagnosed slowDiagnosis() {
    engine::Diagnosed out;
    out.group = u"feed-service"_s;
    out.topic = u"nova.content.events"_s;
    out.partition = 2;
    out.atMs = lagEveningMs;
    out.record.topic = out.topic;
    out.record.partition = 2;
    out.record.committed = out.record.offset = 50'422;
    out.record.type = u"PostCreated"_s;
    out.record.key = u"0193a8c1-5f70-7a30-8c11-2d4be81a9f02"_s;
    out.record.bytes = 412;
    out.record.timeMs = lagEveningMs - 10'900;
    out.record.spansKnown = true;
    out.record.polledAtMs = lagEveningMs - 1'240;
    out.record.tries = 1;
    out.record.replica = u"feed-service/2"_s;
    out.record.attempts = {{lagEveningMs - 1'239, 0.7, u"claim keys"_s, u"Redis"_s, {}},
                           {lagEveningMs - 1'230, 1'190, u"insert feed rows"_s, u"PostgreSQL"_s, {}}};
    out.diagnosis.cause = engine::Cause::slowDependency;
    out.diagnosis.sentence =
        u"PostgreSQL is slow: a call takes 41.2 ms, 2.1 ms before, and fills 93 % of the handling."_s;
    out.diagnosis.evidence = {
        {u"PostgreSQL: 210 calls of median 41.2 ms in the last 30 s against 2.1 ms before"_s, true},
        {u"Redis: median 0.6 ms, as before"_s, false},
        {u"no rebalance in the last ten minutes"_s, false}};
    return out;
}

void showEvening(views::LagView& view, const engine::LagSample& sample) {
    view.setPast({[sample](const QString& group, const QString& topic, int partition, qint64 fromMs) {
                      for (const auto& row : sample.rows)
                          if (row.group == group && row.topic == topic && row.partition == partition)
                              return lagEveningHistory(row, fromMs);
                      return QVector<engine::LagPoint>();
                  },
                  lagEveningMarks,
                  {}});
    view.takeSample(sample);
}

}  // namespace nova::test
