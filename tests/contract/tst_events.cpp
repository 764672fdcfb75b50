// The events on the wire: numbers, names and types that others have stored for seven days and more must never change.
#include <google/protobuf/descriptor.h>

#include <QtTest>

#include "contract/topics.h"
#include "nova/events/v1/events.pb.h"

namespace {

struct Field {
    int number;
    const char* name;
    google::protobuf::FieldDescriptor::Type type;
};
using F = google::protobuf::FieldDescriptor;

const google::protobuf::Descriptor* message(const char* name) {
    return google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(std::string("nova.events.v1.") +
                                                                                     name);
}

}  // namespace

class EventsTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { QVERIFY(nova::events::v1::PostCreated::descriptor()); }

    void contentEventsBeginAsTheDesign() {
        const Field expected[]{{1, "post_id", F::TYPE_STRING},     {2, "version", F::TYPE_INT64},
                               {3, "event_time", F::TYPE_MESSAGE}, {4, "user_tier", F::TYPE_STRING},
                               {5, "author_id", F::TYPE_STRING},   {6, "content", F::TYPE_STRING},
                               {7, "media_ids", F::TYPE_STRING}};
        for (const auto* type : {"PostCreated", "PostUpdated"}) {
            for (const auto& field : expected) {
                const auto* found = message(type)->FindFieldByNumber(field.number);
                QVERIFY2(found, field.name);
                QCOMPARE(found->name(), std::string(field.name));
                QCOMPARE(found->type(), field.type);
            }
        }
    }

    void everyEventHasVersionAndTimeInPlace() {
        for (const auto* type : {"PostCreated", "PostUpdated", "PostDeleted", "PostLiked", "PostUnliked",
                                 "UserFollowed", "UserUnfollowed", "UserCreated"}) {
            const auto* descriptor = message(type);
            QVERIFY2(descriptor, type);
            QCOMPARE(descriptor->FindFieldByNumber(2)->name(), std::string("version"));
            QCOMPARE(descriptor->FindFieldByNumber(3)->name(), std::string("event_time"));
        }
    }

    void anOldReaderKeepsNewFields() {
        nova::events::v1::PostUpdated newer;
        newer.set_post_id("p");
        newer.set_version(7);
        newer.mutable_created_at()->set_seconds(1);
        nova::events::v1::PostDeleted older;  // knows neither content nor created_at
        QVERIFY(older.ParseFromString(newer.SerializeAsString()));
        QCOMPARE(older.version(), 7);
        nova::events::v1::PostUpdated back;
        QVERIFY(back.ParseFromString(older.SerializeAsString()));
        QCOMPARE(back.created_at().seconds(), 1);
    }

    void topicsHaveTheirNames() {
        QCOMPARE(nova::contract::topic::content, std::string_view("nova.content.events"));
        QCOMPARE(nova::contract::topic::events.size(), 5u);
        for (const auto topic : nova::contract::topic::events)
            QVERIFY(topic.starts_with("nova.") && topic.ends_with(".events"));
    }
};

QTEST_GUILESS_MAIN(EventsTest)
#include "tst_events.moc"
