// duplicate: the record of a createPost is appended to its topic once more, byte for byte.
#include "app/engine/plays/makers.h"
#include "app/engine/plays/records.h"

namespace nova::engine {
namespace {

const auto group = QStringLiteral("feed-service");

struct DuplicatePlay final : Play {
    using Play::Play;
    void perform() override;
};

}  // namespace

void DuplicatePlay::perform() {
    Person alice, bob;
    Acted acted;
    if (!twoPeople(alice, bob)) return;
    say(tr("%1 posts").arg(alice.handle));
    if (!take(stage().post(alice, QStringLiteral("Said once")), acted)) return;
    const auto id = Stage::postId(acted);
    const auto readable = readableAfter(bob, id, acted.clickedUs);
    if (!readable) return problem(tr("the post did not reach Bob's feed"));
    stage().until([&] { return stage().outcomes(acted.traceId, group).contains(QLatin1String("done")); });
    const auto record = recordOf(stage(), acted.traceId);
    if (!record) return problem(tr("the record of the post was not seen in Kafka"));
    const auto before = stage().feed(bob);
    std::vector<kit::kafka::Delivery> sent;
    say(tr("its record, partition %1 offset %2, is appended once more, byte for byte")
            .arg(record->partition)
            .arg(record->offset));
    if (!take(WriteSession::ofLocal(stage().run()).produce({copyOf(*record, {})}), sent)) return;
    const bool swallowed =
        stage().until([&] { return stage().outcomes(acted.traceId, group).contains(QLatin1String("duplicate")); });
    const auto after = stage().feed(bob);
    static_cast<void>(stage().told(acted.traceId));
    const auto outcomes = stage().outcomes(acted.traceId, group);
    expect(swallowed, tr("feed-service calls the second one a duplicate"),
           tr("outcomes: %1; second record at offset %2")
               .arg(outcomes.join(QStringLiteral(", ")))
               .arg(sent.front().offset),
           tr("feed-service did not call it a duplicate within %1 s").arg(Stage::waitMs / 1'000));
    expect(outcomes.count(QLatin1String("done")) == 1 && before.posts == after.posts, tr("its effect happened once"),
           tr("Bob's feed has %1 post(s) before and %2 after").arg(before.posts.size()).arg(after.posts.size()),
           tr("the second record had an effect"));
}

std::unique_ptr<Play> duplicatePlay(PlaySettings settings) {
    return std::make_unique<DuplicatePlay>(std::move(settings));
}

}  // namespace nova::engine
