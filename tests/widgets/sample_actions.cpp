#include <QTime>
#include <cmath>

#include "tests/widgets/samples.h"

namespace nova::test {

using models::ActionMark;
using namespace timeline;

namespace {

constexpr qint64 dayUs = 1795305600LL * 1000000;  // 2026-11-22

qint64 timeOf(const QString& text) {
    return dayUs + QTime::fromString(text, QStringLiteral("HH:mm:ss.zzz")).msecsSinceStartOfDay() * 1000LL;
}

Lane lane(const QString& id, const QString& title, const QString& subtitle, const QString& color, LaneKind kind,
          bool group) {
    return {id, title, subtitle, color, kind, group, {}};
}

Bar bar(int lane, double start, double end, const QString& label, const QString& shortLabel, double budget, bool hatch,
        BarState state, std::vector<Interval> waits, std::vector<Interval> critical) {
    Bar made;
    made.lane = lane;
    made.start = start;
    made.end = end;
    made.label = label;
    made.shortLabel = shortLabel;
    if (budget >= 0) made.budget = budget;
    made.hatch = hatch;
    made.state = state;
    made.waits = std::move(waits);
    made.critical = std::move(critical);
    return made;
}

Arrow arrow(int from, double sent, int to, double received, ArrowKind kind, const QString& label, bool withTime,
            bool critical) {
    return {from, sent, to, received, kind, label, withTime, critical, Link::Proven, {}};
}

void number(std::vector<Bar>& bars) {
    for (std::size_t i = 0; i < bars.size(); ++i) bars[i].hop = QStringLiteral("hop-%1").arg(i);
}

}  // namespace

timeline::Data createPost() {
    Data data;
    data.title = QStringLiteral("createPost by Alice");
    data.lanes = {
        lane(QStringLiteral("alice"), QStringLiteral("Alice"), QStringLiteral("browser · ±1.2 ms"),
             QStringLiteral("people"), LaneKind::People, false),
        lane(QStringLiteral("gw"), QStringLiteral("graphql-gateway"), QStringLiteral("±0.2 ms"),
             QStringLiteral("graphql-gateway"), LaneKind::Service, true),
        lane(QStringLiteral("content"), QStringLiteral("content-service"), QStringLiteral("#1 · ±0.2 ms"),
             QStringLiteral("content-service"), LaneKind::Service, false),
        lane(QStringLiteral("pg"), QStringLiteral("PostgreSQL"), QStringLiteral("reference clock"),
             QStringLiteral("postgres"), LaneKind::Store, true),
        lane(QStringLiteral("kafka"), QStringLiteral("Kafka"), QStringLiteral("append time · ±0.1 ms"),
             QStringLiteral("postgres"), LaneKind::Store, false),
        lane(QStringLiteral("feed"), QStringLiteral("feed-service"), QStringLiteral("#2 · ±0.3 ms"),
             QStringLiteral("feed-service"), LaneKind::Service, true),
        lane(QStringLiteral("redis"), QStringLiteral("Redis"), QStringLiteral("±0.2 ms"), QStringLiteral("postgres"),
             LaneKind::Store, false),
        lane(QStringLiteral("bob"), QStringLiteral("Bob"), QStringLiteral("phone · ±6.2 ms"), QStringLiteral("people"),
             LaneKind::People, true),
    };
    data.bars = {
        bar(0, 0, 41.3, QStringLiteral("posts"), QStringLiteral(""), -1, false, BarState::Done, {{0.6, 40.7}}, {}),
        bar(1, 0.8, 40.2, QStringLiteral("createPost"), QStringLiteral(""), -1, false, BarState::Done, {{8.9, 39.5}},
            {{0.8, 8.9}, {39.5, 40.2}}),
        bar(2, 10, 38.6, QStringLiteral("CreatePost"), QStringLiteral(""), -1, false, BarState::Done, {{11.4, 37.8}},
            {{10, 11.4}, {37.8, 38.6}}),
        bar(3, 11.8, 37.4, QStringLiteral("posts + outbox"), QStringLiteral("tx"), 25, false, BarState::Done, {},
            {{11.8, 37.4}}),
        bar(4, 42.1, 104.2, QStringLiteral("PostCreated in queue"), QStringLiteral("queue"), 50, true, BarState::Done,
            {}, {{42.1, 104.2}}),
        bar(5, 104.6, 132, QStringLiteral("try 1"), QStringLiteral(""), -1, false, BarState::Done,
            {{105, 106}, {107, 128.6}, {129, 131.6}}, {{104.6, 107}, {128.6, 129}}),
        bar(6, 105.2, 105.9, QStringLiteral(""), QStringLiteral(""), -1, false, BarState::Done, {}, {}),
        bar(3, 107.3, 128.3, QStringLiteral("followers"), QStringLiteral(""), 50, false, BarState::Done, {},
            {{107.3, 128.3}}),
        bar(6, 129.2, 131.5, QStringLiteral(""), QStringLiteral(""), -1, false, BarState::Missing, {}, {}),
        bar(5, 132, 152, QStringLiteral("backoff"), QStringLiteral(""), -1, false, BarState::Missing, {}, {{132, 152}}),
        bar(5, 152, 214, QStringLiteral("try 2"), QStringLiteral(""), -1, false, BarState::Done, {{152.8, 212.6}},
            {{152, 152.8}}),
        bar(6, 153.1, 212.2, QStringLiteral("ZADD ×1 284"), QStringLiteral(""), 100, false, BarState::Done, {},
            {{153.1, 198.2}}),
        bar(7, 196.1, 200.3, QStringLiteral(""), QStringLiteral(""), -1, false, BarState::Done, {}, {}),
    };
    data.arrows = {
        arrow(0, 0, 1, 0.8, ArrowKind::Call, QStringLiteral(""), true, true),
        arrow(1, 8.9, 2, 10, ArrowKind::Call, QStringLiteral("CreatePost"), true, true),
        arrow(2, 11.4, 3, 11.8, ArrowKind::Call, QStringLiteral(""), true, true),
        arrow(3, 37.4, 2, 37.8, ArrowKind::Return, QStringLiteral(""), true, true),
        arrow(2, 38.6, 1, 39.5, ArrowKind::Return, QStringLiteral(""), true, true),
        arrow(1, 40.2, 0, 41.3, ArrowKind::Return, QStringLiteral(""), true, true),
        arrow(2, 38.1, 4, 42.1, ArrowKind::Call, QStringLiteral("outbox relay"), true, true),
        arrow(4, 104.2, 5, 104.6, ArrowKind::Call, QStringLiteral("p3 @ 48 902"), false, true),
        arrow(5, 105, 6, 105.2, ArrowKind::Call, QStringLiteral(""), true, false),
        arrow(5, 107, 3, 107.3, ArrowKind::Call, QStringLiteral(""), true, true),
        arrow(3, 128.3, 5, 128.6, ArrowKind::Return, QStringLiteral(""), true, true),
        arrow(5, 129, 6, 129.4, ArrowKind::Duplicate, QStringLiteral("connection reset"), false, false),
        arrow(5, 152.8, 6, 153.1, ArrowKind::Call, QStringLiteral("retry 1 of 5"), false, true),
        arrow(6, 212.2, 5, 212.6, ArrowKind::Return, QStringLiteral(""), true, false),
        arrow(6, 198.2, 7, 198.6, ArrowKind::Call, QStringLiteral("readable (probe)"), false, true),
    };
    data.flags = {
        {41.3, QStringLiteral("answered"), {}, FlagKind::Answered},
        {198.2, QStringLiteral("readable"), {}, FlagKind::Visible},
    };
    data.promises = {
        {QStringLiteral("answered"), {0, 45}, QStringLiteral("45"), Interval{0, 41.3}, FlagKind::Answered, 0},
        {QStringLiteral("in Bob’s feed"),
         {45, 245},
         QStringLiteral("at 245 = 45 + 50 + 50 + 100"),
         Interval{41.3, 198.2},
         FlagKind::Visible,
         0},
    };
    data.windows = {{{41.3, 198.2}}};
    data.designed = {{1, {0, 10}}, {2, {10, 15}}, {3, {15, 40}}, {4, {40, 95}}, {3, {95, 145}}, {6, {145, 245}}};
    number(data.bars);
    return data;
}

timeline::Data scenario() {
    Data data;
    data.title = QStringLiteral("Alice posts, Bob sees it, likes it, Alice is told");
    data.lanes = {
        lane(QStringLiteral("alice"), QStringLiteral("Alice"), QStringLiteral("browser · ±1.2 ms"),
             QStringLiteral("people"), LaneKind::People, false),
        lane(QStringLiteral("gw"), QStringLiteral("graphql-gateway"), QStringLiteral("±0.2 ms"),
             QStringLiteral("graphql-gateway"), LaneKind::Service, true),
        lane(QStringLiteral("content"), QStringLiteral("content-service"), QStringLiteral("#1 · ±0.2 ms"),
             QStringLiteral("content-service"), LaneKind::Service, false),
        lane(QStringLiteral("social"), QStringLiteral("social-service"), QStringLiteral("#1 · ±0.2 ms"),
             QStringLiteral("social-service"), LaneKind::Service, false),
        lane(QStringLiteral("pg"), QStringLiteral("PostgreSQL"), QStringLiteral("reference clock"),
             QStringLiteral("postgres"), LaneKind::Store, true),
        lane(QStringLiteral("kafka"), QStringLiteral("Kafka"), QStringLiteral("append time · ±0.1 ms"),
             QStringLiteral("postgres"), LaneKind::Store, false),
        lane(QStringLiteral("feed"), QStringLiteral("feed-service"), QStringLiteral("#2 · ±0.3 ms"),
             QStringLiteral("feed-service"), LaneKind::Service, true),
        lane(QStringLiteral("redis"), QStringLiteral("Redis"), QStringLiteral("±0.2 ms"), QStringLiteral("postgres"),
             LaneKind::Store, false),
        lane(QStringLiteral("notif"), QStringLiteral("notification-service"), QStringLiteral("#1 · ±0.3 ms"),
             QStringLiteral("notification-service"), LaneKind::Service, false),
        lane(QStringLiteral("chat"), QStringLiteral("realtime-chat-service"), QStringLiteral("#1 · ±0.3 ms"),
             QStringLiteral("realtime-chat-service"), LaneKind::Service, false),
        lane(QStringLiteral("bob"), QStringLiteral("Bob"), QStringLiteral("phone · ±1.6 ms"), QStringLiteral("people"),
             LaneKind::People, true),
    };
    data.bars = {
        bar(0, 0, 38.2, QStringLiteral("posts"), QStringLiteral(""), -1, false, BarState::Done, {{0.6, 37.6}}, {}),
        bar(1, 0.9, 37, QStringLiteral("createPost"), QStringLiteral(""), -1, false, BarState::Done, {{9.4, 36.3}},
            {{0.9, 9.4}, {36.3, 37}}),
        bar(2, 10.6, 35.4, QStringLiteral("CreatePost"), QStringLiteral(""), -1, false, BarState::Done, {{12.2, 34.6}},
            {{10.6, 12.2}, {34.6, 35.4}}),
        bar(4, 12.6, 34.2, QStringLiteral("posts + outbox"), QStringLiteral("tx"), 25, false, BarState::Done, {},
            {{12.6, 34.2}}),
        bar(5, 39.4, 84.9, QStringLiteral("PostCreated"), QStringLiteral("queue"), 50, true, BarState::Done, {},
            {{39.4, 84.9}}),
        bar(6, 85.3, 183.9, QStringLiteral("fan-out"), QStringLiteral(""), -1, false, BarState::Done,
            {{85.7, 86.5}, {88, 131.6}, {132.4, 181.7}}, {{85.3, 88}, {131.6, 132.4}}),
        bar(7, 85.8, 86.4, QStringLiteral(""), QStringLiteral(""), -1, false, BarState::Done, {}, {}),
        bar(4, 88.4, 131.2, QStringLiteral("followers"), QStringLiteral(""), 50, false, BarState::Done, {},
            {{88.4, 131.2}}),
        bar(7, 132.7, 181.5, QStringLiteral("ZADD ×1 284"), QStringLiteral("ZADD"), 100, false, BarState::Done, {},
            {{132.7, 171.6}}),
        bar(7, 214.9, 215.6, QStringLiteral(""), QStringLiteral(""), -1, false, BarState::Done, {}, {}),
        bar(6, 214.2, 216.4, QStringLiteral(""), QStringLiteral(""), -1, false, BarState::Done, {}, {}),
        bar(10, 250, 293.4, QStringLiteral("refreshes"), QStringLiteral(""), -1, false, BarState::Done,
            {{250.6, 292.8}}, {}),
        bar(1, 251.3, 291.9, QStringLiteral("feed"), QStringLiteral(""), -1, false, BarState::Done,
            {{258.2, 268}, {269.1, 289.4}}, {{251.3, 258.2}, {268, 269.1}, {289.4, 291.9}}),
        bar(6, 259, 267.4, QStringLiteral(""), QStringLiteral(""), -1, false, BarState::Done, {{260.1, 264.8}},
            {{259, 260.1}, {264.8, 267.4}}),
        bar(7, 260.3, 264.6, QStringLiteral(""), QStringLiteral(""), -1, false, BarState::Done, {}, {{260.3, 264.6}}),
        bar(2, 269.9, 288.7, QStringLiteral("GetPosts"), QStringLiteral(""), 20, false, BarState::Done, {{271.2, 287}},
            {{269.9, 271.2}, {287, 288.7}}),
        bar(4, 271.5, 286.8, QStringLiteral(""), QStringLiteral(""), -1, false, BarState::Done, {}, {{271.5, 286.8}}),
        bar(10, 300, 347.9, QStringLiteral("likes"), QStringLiteral(""), -1, false, BarState::Done, {{300.6, 347.3}},
            {}),
        bar(1, 301.2, 346.5, QStringLiteral("likePost"), QStringLiteral(""), -1, false, BarState::Done,
            {{309.9, 345.8}}, {{301.2, 309.9}, {345.8, 346.5}}),
        bar(3, 310.6, 345.1, QStringLiteral("LikePost"), QStringLiteral(""), -1, false, BarState::Done,
            {{312, 339.8}, {340.3, 344}}, {{310.6, 312}, {339.8, 345.1}}),
        bar(4, 312.3, 339.6, QStringLiteral("likes"), QStringLiteral(""), 20, false, BarState::Done, {},
            {{312.3, 339.6}}),
        bar(7, 340.6, 343.8, QStringLiteral(""), QStringLiteral(""), -1, false, BarState::Done, {}, {}),
        bar(5, 344.2, 388.6, QStringLiteral("PostLiked"), QStringLiteral("queue"), 50, true, BarState::Done, {},
            {{344.2, 388.6}}),
        bar(8, 389, 428.9, QStringLiteral("notify"), QStringLiteral(""), -1, false, BarState::Done,
            {{389.4, 390.3}, {391, 417.2}, {417.9, 421}, {421.8, 428.6}}, {{389, 391}, {417.2, 421.8}}),
        bar(7, 389.5, 390.2, QStringLiteral(""), QStringLiteral(""), -1, false, BarState::Done, {}, {}),
        bar(4, 391.4, 416.9, QStringLiteral("notifications"), QStringLiteral("rows"), 30, false, BarState::Done, {},
            {{391.4, 416.9}}),
        bar(7, 418.1, 420.8, QStringLiteral(""), QStringLiteral(""), -1, false, BarState::Done, {}, {}),
        bar(9, 422.3, 428.4, QStringLiteral("push"), QStringLiteral(""), 10, false, BarState::Done, {},
            {{422.3, 428.4}}),
        bar(0, 432.6, 435, QStringLiteral(""), QStringLiteral(""), -1, false, BarState::Done, {}, {}),
    };
    data.arrows = {
        arrow(0, 0, 1, 0.9, ArrowKind::Call, QStringLiteral(""), true, true),
        arrow(1, 9.4, 2, 10.6, ArrowKind::Call, QStringLiteral(""), true, true),
        arrow(2, 12.2, 4, 12.6, ArrowKind::Call, QStringLiteral(""), true, true),
        arrow(4, 34.2, 2, 34.6, ArrowKind::Return, QStringLiteral(""), true, true),
        arrow(2, 35.4, 1, 36.3, ArrowKind::Return, QStringLiteral(""), true, true),
        arrow(1, 37, 0, 38.2, ArrowKind::Return, QStringLiteral(""), true, true),
        arrow(2, 34.9, 5, 39.4, ArrowKind::Call, QStringLiteral("outbox → PostCreated"), true, true),
        arrow(5, 84.9, 6, 85.3, ArrowKind::Call, QStringLiteral("p3 @ 48 211"), false, true),
        arrow(6, 85.7, 7, 85.8, ArrowKind::Call, QStringLiteral(""), true, false),
        arrow(6, 88, 4, 88.4, ArrowKind::Call, QStringLiteral(""), true, true),
        arrow(4, 131.2, 6, 131.6, ArrowKind::Return, QStringLiteral(""), true, true),
        arrow(6, 132.4, 7, 132.7, ArrowKind::Call, QStringLiteral(""), true, true),
        arrow(7, 181.5, 6, 181.7, ArrowKind::Return, QStringLiteral(""), true, false),
        arrow(5, 213.6, 6, 214.2, ArrowKind::Duplicate, QStringLiteral("redelivered · suppressed"), false, false),
        arrow(6, 214.6, 7, 214.9, ArrowKind::Call, QStringLiteral(""), true, false),
        arrow(10, 250, 1, 251.3, ArrowKind::Call, QStringLiteral("feed(first: 20)"), true, true),
        arrow(1, 258.2, 6, 259, ArrowKind::Call, QStringLiteral(""), true, true),
        arrow(6, 260.1, 7, 260.3, ArrowKind::Call, QStringLiteral(""), true, true),
        arrow(7, 264.6, 6, 264.8, ArrowKind::Return, QStringLiteral(""), true, true),
        arrow(6, 267.4, 1, 268, ArrowKind::Return, QStringLiteral(""), true, true),
        arrow(1, 269.1, 2, 269.9, ArrowKind::Call, QStringLiteral(""), true, true),
        arrow(2, 271.2, 4, 271.5, ArrowKind::Call, QStringLiteral(""), true, true),
        arrow(4, 286.8, 2, 287, ArrowKind::Return, QStringLiteral(""), true, true),
        arrow(2, 288.7, 1, 289.4, ArrowKind::Return, QStringLiteral(""), true, true),
        arrow(1, 291.9, 10, 293.4, ArrowKind::Return, QStringLiteral(""), true, true),
        arrow(10, 300, 1, 301.2, ArrowKind::Call, QStringLiteral("likePost"), true, true),
        arrow(1, 309.9, 3, 310.6, ArrowKind::Call, QStringLiteral(""), true, true),
        arrow(3, 312, 4, 312.3, ArrowKind::Call, QStringLiteral(""), true, true),
        arrow(4, 339.6, 3, 339.8, ArrowKind::Return, QStringLiteral(""), true, true),
        arrow(3, 340.3, 7, 340.6, ArrowKind::Call, QStringLiteral(""), true, false),
        arrow(3, 345.1, 1, 345.8, ArrowKind::Return, QStringLiteral(""), true, true),
        arrow(1, 346.5, 10, 347.9, ArrowKind::Return, QStringLiteral(""), true, true),
        arrow(3, 340, 5, 344.2, ArrowKind::Call, QStringLiteral(""), true, true),
        arrow(5, 388.6, 8, 389, ArrowKind::Call, QStringLiteral("p1 @ 9 377"), false, true),
        arrow(8, 391, 4, 391.4, ArrowKind::Call, QStringLiteral(""), true, true),
        arrow(4, 416.9, 8, 417.2, ArrowKind::Return, QStringLiteral(""), true, true),
        arrow(8, 417.9, 7, 418.1, ArrowKind::Call, QStringLiteral(""), true, false),
        arrow(8, 421.8, 9, 422.3, ArrowKind::Call, QStringLiteral(""), true, true),
        arrow(9, 428.4, 0, 432.6, ArrowKind::Call, QStringLiteral("WebSocket"), true, true),
    };
    data.flags = {
        {38.2, QStringLiteral("Alice answered"), {}, FlagKind::Answered},
        {171.6, QStringLiteral("Bob can see"), {}, FlagKind::Visible},
        {293.4, QStringLiteral("Bob sees it"), {}, FlagKind::Answered},
        {347.9, QStringLiteral("answered"), {}, FlagKind::Answered},
        {432.6, QStringLiteral("Alice told"), {}, FlagKind::Visible},
    };
    data.promises = {
        {QStringLiteral("answered"), {0, 45}, QStringLiteral("45"), Interval{0, 38.2}, FlagKind::Answered, 0},
        {QStringLiteral("in Bob’s feed"),
         {45, 200},
         QStringLiteral("at 200"),
         Interval{38.2, 171.6},
         FlagKind::Visible,
         0},
        {QStringLiteral("feed"), {250, 295}, QStringLiteral("45"), Interval{250, 293.4}, FlagKind::Answered, 0},
        {QStringLiteral("like"), {300, 345}, QStringLiteral("45"), Interval{300, 347.9}, FlagKind::Answered, 2.9},
        {QStringLiteral("Alice told"),
         {350, 440},
         QStringLiteral("at 440"),
         Interval{347.9, 432.6},
         FlagKind::Visible,
         0},
    };
    data.windows = {{{38.2, 171.6}}, {{347.9, 432.6}}};
    number(data.bars);
    return data;
}

timeline::Data localPost() {
    Data data;
    data.title = QStringLiteral("createPost by alice on one machine");
    const auto name = [](const char* text) { return QString::fromUtf8(text); };
    data.lanes = {
        lane(name("console"), name("Console"), name("client · one clock"), name("people"), LaneKind::People, false),
        lane(name("gateway"), name("graphql-gateway"), name("#0"), name("graphql-gateway"), LaneKind::Service, true),
        lane(name("content"), name("content-service"), name("#0"), name("content-service"), LaneKind::Service, false),
        lane(name("postgres"), name("PostgreSQL"), name("reference clock"), name("postgres"), LaneKind::Store, true),
        lane(name("kafka"), name("Kafka"), name("append time"), name("kafka"), LaneKind::Store, false),
        lane(name("feed"), name("feed-service"), name("#0"), name("feed-service"), LaneKind::Service, true),
        lane(name("redis"), name("Redis"), {}, name("redis"), LaneKind::Store, false),
        lane(name("social"), name("social-service"), name("#0"), name("social-service"), LaneKind::Service, false)};
    const auto add = [&](int lane, double start, double end, const char* label, double budget = -1) {
        data.bars.push_back(
            bar(lane, start, end, name(label), {}, budget, lane == 4 && budget > 0, BarState::Done, {}, {}));
    };
    add(0, 0, 9.4, "createPost");
    add(1, 0.6, 8.9, "POST /graphql");
    add(1, 1.4, 8.2, "Content/CreatePost");
    add(2, 1.9, 7.9, "Content/CreatePost");
    add(3, 2.4, 7.1, "posts + outbox", 25);
    add(2, 7.1, 9.8, "outbox wait");
    add(4, 9.8, 12.1, "publish nova.content.events");
    add(4, 11.2, 13.9, "in Kafka", 50);
    add(4, 11.2, 13.4, "in Kafka", 50);
    add(5, 13.9, 24.8, "feed-service PostCreated");
    add(3, 14.6, 17.2, "followers", 50);
    add(6, 18.1, 23.7, "fan-out ×12", 100);
    add(7, 13.4, 15.2, "social-service PostCreated");
    add(3, 13.8, 14.9, "post_authors");
    const auto go = [&](int from, double sent, int to, double received, const char* label,
                        ArrowKind kind = ArrowKind::Call) {
        data.arrows.push_back(arrow(from, sent, to, received, kind, name(label), true, false));
    };
    go(0, 0, 1, 0.6, "POST");
    go(1, 1.4, 2, 1.9, "CreatePost");
    go(2, 2.4, 3, 2.4, "");
    go(3, 7.1, 2, 7.1, "", ArrowKind::Return);
    go(2, 7.9, 1, 8.2, "", ArrowKind::Return);
    go(1, 8.9, 0, 9.4, "", ArrowKind::Return);
    go(2, 9.8, 4, 11.2, "PostCreated", ArrowKind::Publish);
    go(4, 13.9, 5, 13.9, "");
    go(4, 13.4, 7, 13.4, "");
    go(5, 14.6, 3, 14.6, "");
    go(5, 18.1, 6, 18.1, "");
    data.flags = {{9.4, name("answered"), {}, FlagKind::Answered}, {23.7, name("in 12 feeds"), {}, FlagKind::Visible}};
    data.promises = {{name("answered"), {0, 45}, name("45"), Interval{0, 9.4}, FlagKind::Answered, 0},
                     {name("in the feeds"),
                      {45, 245},
                      name("at 245 = 45 + 50 + 50 + 100"),
                      Interval{9.4, 23.7},
                      FlagKind::Visible,
                      0}};
    data.windows = {{{9.4, 23.7}}};
    data.designed = {{1, {0, 10}}, {2, {10, 15}}, {3, {15, 40}}, {4, {40, 95}}, {3, {95, 145}}, {6, {145, 245}}};
    number(data.bars);
    return data;
}

timeline::Data incomplete() {
    Data data = createPost();
    data.title = QStringLiteral("createPost by Alice, open");
    std::erase_if(data.bars, [](const Bar& made) { return made.lane > 4; });
    std::erase_if(data.arrows, [](const Arrow& made) { return made.fromLane > 4 || made.toLane > 4; });
    std::erase_if(data.bars, [](const Bar& made) { return made.lane == 3 && made.start > 50; });
    std::erase_if(data.flags, [](const Flag& flag) { return flag.kind == FlagKind::Visible; });
    data.bars.back().state = BarState::Unfinished;
    data.promises.back().measured.reset();
    data.windows.clear();
    data.lanes[5].waiting = QStringLiteral("waiting for feed-service");
    data.complete = false;
    data.note = QStringLiteral("41 spans so far; waiting for feed-service. Given up 30 s after the last arrival.");
    return data;
}

timeline::Data crowded(int bars) {
    Data data = createPost();
    data.title = QStringLiteral("crowded");
    data.bars.clear();
    data.arrows.clear();
    const int lanes = static_cast<int>(data.lanes.size());
    for (int i = 0; i < bars; ++i) {
        const double start = std::fmod(i * 37.77, 240.0);
        data.bars.push_back(bar(i % lanes, start, start + 1 + i % 7, QStringLiteral("step"), {}, i % 5 ? -1 : 4, false,
                                BarState::Done, {}, {}));
        data.arrows.push_back(arrow(i % lanes, start, (i + 1) % lanes, start + 0.5, ArrowKind::Call,
                                    QStringLiteral("call"), true, i % 3 == 0));
    }
    number(data.bars);
    return data;
}

std::vector<models::ActionRow> actions() {
    return {
        {QStringLiteral("trace-0"), QStringLiteral("createPost"), QStringLiteral("Alice"),
         timeOf(QStringLiteral("23:44:19.087")), 41.3, 198.2, 45, 245, 0, ActionMark::Retry, QStringLiteral("retry 1"),
         true},
        {QStringLiteral("trace-1"), QStringLiteral("likePost"), QStringLiteral("Bob"),
         timeOf(QStringLiteral("23:44:18.951")), 43, 121.4, 45, 140, 0, ActionMark::None, QStringLiteral(""), true},
        {QStringLiteral("trace-2"), QStringLiteral("sendMessage"), QStringLiteral("Bob"),
         timeOf(QStringLiteral("23:44:18.702")), 24.8, 96.1, 30, 130, 0, ActionMark::None, QStringLiteral(""), true},
        {QStringLiteral("trace-3"), QStringLiteral("readFeed"), QStringLiteral("Alice"),
         timeOf(QStringLiteral("23:44:18.410")), 39.7, 39.7, 45, 45, 0, ActionMark::None, QStringLiteral(""), true},
        {QStringLiteral("trace-4"), QStringLiteral("createPost"), QStringLiteral("Alice"),
         timeOf(QStringLiteral("23:44:17.633")), 38.9, 902.7, 45, 245, 657.7, ActionMark::None, QStringLiteral(""),
         true},
        {QStringLiteral("trace-5"), QStringLiteral("uploadMedia"), QStringLiteral("Alice"),
         timeOf(QStringLiteral("23:44:17.120")), 183.4, 402.8, 200, 500, 0, ActionMark::None, QStringLiteral(""), true},
        {QStringLiteral("trace-6"), QStringLiteral("likePost"), QStringLiteral("Bob"),
         timeOf(QStringLiteral("23:44:16.884")), 47.9, 132.3, 45, 140, 2.9, ActionMark::None, QStringLiteral(""), true},
        {QStringLiteral("trace-7"), QStringLiteral("follow"), QStringLiteral("Bob"),
         timeOf(QStringLiteral("23:44:16.207")), 31.2, 88, 45, 140, 0, ActionMark::Duplicate, QStringLiteral("dup"),
         true},
        {QStringLiteral("trace-8"), QStringLiteral("readFeed"), QStringLiteral("Bob"),
         timeOf(QStringLiteral("23:44:15.990")), 43.4, 43.4, 45, 45, 0, ActionMark::None, QStringLiteral(""), true},
        {QStringLiteral("trace-9"), QStringLiteral("sendMessage"), QStringLiteral("Alice"),
         timeOf(QStringLiteral("23:44:15.431")), 27.1, 118.6, 30, 130, 0, ActionMark::None, QStringLiteral(""), true},
        {QStringLiteral("trace-10"), QStringLiteral("deletePost"), QStringLiteral("Alice"),
         timeOf(QStringLiteral("23:44:14.876")), 36.5, 240.9, 45, 1000, 0, ActionMark::None, QStringLiteral(""), true},
        {QStringLiteral("trace-11"), QStringLiteral("updatePost"), QStringLiteral("Alice"),
         timeOf(QStringLiteral("23:44:14.020")), 40.1, 201.7, 45, 245, 0, ActionMark::Stale, QStringLiteral("stale v1"),
         true},
        {QStringLiteral("trace-12"), QStringLiteral("createPost"), QStringLiteral("Alice"),
         timeOf(QStringLiteral("23:44:13.318")), 37.7, 184, 45, 245, 0, ActionMark::None, QStringLiteral(""), true},
        {QStringLiteral("trace-13"), QStringLiteral("likePost"), QStringLiteral("Bob"),
         timeOf(QStringLiteral("23:44:12.701")), 41.8, 117.2, 45, 140, 0, ActionMark::None, QStringLiteral(""), true},
        {QStringLiteral("trace-14"), QStringLiteral("readFeed"), QStringLiteral("Bob"),
         timeOf(QStringLiteral("23:44:12.230")), 40.2, 40.2, 45, 45, 0, ActionMark::None, QStringLiteral(""), true},
        {QStringLiteral("trace-15"), QStringLiteral("createPost"), QStringLiteral("Alice"),
         timeOf(QStringLiteral("23:44:11.584")), std::nullopt, std::nullopt, 45, 245, 0, ActionMark::Failed,
         QStringLiteral("503"), true},
    };
}

}  // namespace nova::test
