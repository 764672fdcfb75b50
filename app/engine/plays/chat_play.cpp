// chat: two sockets; a message from Alice to Bob's, and the read receipt back to hers.
#include "app/engine/actions/design.h"
#include "app/engine/actions/socket_caller.h"
#include "app/engine/plays/makers.h"

namespace nova::engine {
namespace {

constexpr int messages = 5;

struct ChatPlay final : Play {
    using Play::Play;
    void perform() override;
};

}  // namespace

void ChatPlay::perform() {
    Person alice, bob;
    SocketCaller hers, his;
    if (stage().run().websocket.isEmpty()) return problem(tr("this Nova has no WebSocket door"));
    if (!take(stage().signUp(QStringLiteral("alice")), alice) || !take(stage().signUp(QStringLiteral("bob")), bob))
        return;
    hers.open(stage().run().websocket, alice.token);
    his.open(stage().run().websocket, bob.token);
    if (!stage().until([&] { return hers.isOpen() && his.isOpen(); }) || !stage().waitOnline(alice) ||
        !stage().waitOnline(bob))
        return problem(tr("the sockets were not opened within %1 s").arg(Stage::waitMs / 1'000));
    QMap<QString, qint64> heard, receipts;  // message id → Unix µs
    QStringList order;
    connect(&his, &SocketCaller::message, this, [&](const SocketMessage& message) {
        heard.insert(message.id, message.heardUs);
        order << message.text;
        his.markRead(message.id);
    });
    connect(&hers, &SocketCaller::read, this,
            [&](const SocketRead& read) { receipts.insert(read.messageId, read.heardUs); });

    say(tr("%1 writes to %2 %3 times; each is read as it comes").arg(alice.handle, bob.handle).arg(messages));
    std::optional<double> slowestMessage, slowestReceipt;
    QStringList sent;
    QVector<Acted> all;
    for (int i = 0; i < messages && !hasProblem(); ++i) {
        Acted acted;
        sent << tr("Hello, %1").arg(i + 1);
        if (!take(stage().act(alice, QStringLiteral("mutation($t:ID!,$x:String!){sendMessage(to:$t,text:$x){id}}"),
                              {{QStringLiteral("t"), bob.id}, {QStringLiteral("x"), sent.last()}}),
                  acted))
            return;
        const auto id = acted.data.value(u"sendMessage").toObject().value(u"id").toString();
        if (!stage().until([&] { return heard.contains(id) && receipts.contains(id); }, Stage::waitMs, 5)) {
            problem(heard.contains(id) ? tr("the read receipt did not reach Alice's socket")
                                       : tr("the message did not reach Bob's socket"));
            break;
        }
        const double message = static_cast<double>(heard.value(id) - acted.clickedUs) / 1'000;
        slowestMessage = std::max(slowestMessage.value_or(0), message);
        slowestReceipt =
            std::max(slowestReceipt.value_or(0), static_cast<double>(receipts.value(id) - heard.value(id)) / 1'000);
        all << acted;
        static_cast<void>(stage().told(acted.traceId, {{QStringLiteral("heard_ms"), message}}));
    }
    const auto& design = *designOf(QStringLiteral("sendMessage"));
    std::optional<double> answered;
    for (const auto& acted : all) answered = std::max(answered.value_or(0), acted.ms());
    promise(tr("the slowest answer to Alice"),
            stage().mode() == QLatin1String("sync") ? design.syncAnswerMs : design.answerMs, answered);
    promise(tr("the slowest message on Bob's socket"), design.effectMs, slowestMessage);
    promise(tr("within its class"), design.classMs, slowestMessage, true);
    tell(tr("the slowest read receipt, from Bob's socket to Alice's"), slowestReceipt, QStringLiteral("ms"));
    expect(order == sent, tr("in the order of the conversation, each once"),
           tr("%1 of %2").arg(order.size()).arg(sent.size()),
           tr("Bob's socket heard: %1").arg(order.join(QStringLiteral(" | "))));
}

std::unique_ptr<Play> chatPlay(PlaySettings settings) {
    return std::make_unique<ChatPlay>(std::move(settings));
}

}  // namespace nova::engine
