// out-of-order: a post is edited and deleted, then its older records come again under new event ids.
#include <QJsonArray>

#include "app/engine/plays/makers.h"
#include "app/engine/plays/records.h"
#include "kit/runtime/ids.h"

namespace nova::engine {
namespace {

const auto group = QStringLiteral("feed-service");

QString contentIn(const QJsonObject& data, const QString& postId) {
    for (const auto& post : data.value(u"feed").toObject().value(u"posts").toArray()) {
        if (post.toObject().value(u"id").toString() == postId) return post.toObject().value(u"content").toString();
    }
    return {};
}

struct OutOfOrderPlay final : Play {
    using Play::Play;
    void perform() override;
};

}  // namespace

void OutOfOrderPlay::perform() {
    Person alice, bob;
    Acted created, edited, removed;
    if (!twoPeople(alice, bob)) return;
    const auto isDone = [&](const Acted& acted) {
        return stage().until([&] { return stage().outcomes(acted.traceId, group).contains(QLatin1String("done")); });
    };
    // An event of its own with the old state: only its version tells that it is late.
    const auto comesLate = [&](const Acted& acted) {
        const auto record = recordOf(stage(), acted.traceId);
        std::vector<kit::kafka::Delivery> sent;
        if (!record) {
            problem(tr("a record of the post was not seen in Kafka"));
            return false;
        }
        if (!take(WriteSession::ofLocal(stage().run()).produce({copyOf(*record, kit::newUuid())}), sent)) return false;
        return stage().until([&] { return stage().outcomes(acted.traceId, group).contains(QLatin1String("stale")); });
    };
    say(tr("%1 posts and edits").arg(alice.handle));
    if (!take(stage().post(alice, QStringLiteral("First wording")), created)) return;
    const auto id = Stage::postId(created);
    if (!take(stage().act(alice,
                          QStringLiteral("mutation($i:ID!){updatePost(id:$i,content:\"Second wording\"){version}}"),
                          {{QStringLiteral("i"), id}}),
              edited))
        return;
    if (!isDone(created) || !isDone(edited)) return problem(tr("feed-service has not told of the post and its edit"));

    say(tr("the creation comes again, after the edit"));
    const bool firstStale = comesLate(created);
    const auto read = stage().look(bob, QStringLiteral("{feed{posts{id content}}}"));
    const auto wording = read ? contentIn(read.value(), id) : QString();
    expect(firstStale, tr("version 1 after version 2 is stale"),
           stage().outcomes(created.traceId, group).join(QStringLiteral(", ")),
           tr("feed-service did not drop version 1 after version 2 as stale"));
    expect(wording == QLatin1String("Second wording"), tr("Bob reads the newer wording"), tr("“%1”").arg(wording),
           tr("Bob's feed shows “%1” after the old record").arg(wording));

    say(tr("%1 deletes the post; then the edit comes again").arg(alice.handle));
    if (!take(stage().act(alice, QStringLiteral("mutation($i:ID!){deletePost(id:$i)}"), {{QStringLiteral("i"), id}}),
              removed))
        return;
    if (!isDone(removed)) return problem(tr("feed-service has not told of the deletion"));
    const bool secondStale = comesLate(edited);
    const auto seen = stage().feed(bob);
    expect(secondStale, tr("version 2 after the deletion is stale"),
           stage().outcomes(edited.traceId, group).join(QStringLiteral(", ")),
           tr("feed-service did not drop an edit after the deletion as stale"));
    expect(seen.answered && !seen.posts.contains(id), tr("a deleted post stays deleted"), tr("it is not in Bob's feed"),
           tr("the deleted post came back into Bob's feed"));
    for (const auto* acted : {&created, &edited, &removed}) static_cast<void>(stage().told(acted->traceId));
}

std::unique_ptr<Play> outOfOrderPlay(PlaySettings settings) {
    return std::make_unique<OutOfOrderPlay>(std::move(settings));
}

}  // namespace nova::engine
