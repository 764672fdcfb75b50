#include "tests/views/service_samples.h"

namespace nova::test {

using namespace Qt::StringLiterals;

views::TopicRates eveningRates() {
    return {{u"nova.content.events"_s, 1'204}, {u"nova.social.events"_s, 88}, {u"nova.identity.events"_s, 0}};
}

namespace {

engine::ReplicaFigures figure(const QString& part, int replica = 0) {
    engine::ReplicaFigures figures;
    figures.part = part;
    figures.replica = replica;
    return figures;
}

}  // namespace

QVector<engine::ReplicaFigures> eveningFigures() {
    auto gateway = figure(u"graphql-gateway"_s);
    gateway.requestsPerSecond = 1'310;
    auto content = figure(u"content-service"_s);
    content.callsPerSecond = 1'204;
    content.outbox = 12;
    content.outboxOldestSeconds = 3.2;
    auto feed = figure(u"feed-service"_s);
    feed.callsPerSecond = 88;
    feed.consumedPerSecond = {{u"nova.content.events"_s, 800}, {u"nova.social.events"_s, 88}};
    feed.lag = {{u"nova.content.events"_s, 1'312}};
    feed.partitions = 6;
    auto idle = figure(u"feed-service"_s, 7);
    idle.consumedPerSecond = {{u"nova.content.events"_s, 4}};
    idle.partitions = 0;
    auto chat = figure(u"realtime-chat-service"_s);
    chat.sockets = 2;
    chat.pushesPerSecond = 0.5;
    return {gateway, content, feed, idle, chat};
}

}  // namespace nova::test
