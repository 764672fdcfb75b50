// What a record says of itself: the line of `traffic --json`, golden for each event, and for records that are no events
// at all.
#include <google/protobuf/message.h>

#include <QtTest>
#include <nlohmann/json.hpp>

#include "app/engine/traffic/acting_user.h"
#include "app/engine/traffic/decode.h"
#include "contract/topics.h"
#include "nova/events/v1/events.pb.h"
#include "tests/support/real_stores.h"

using namespace nova::engine;
namespace header = nova::contract::header;
namespace events = nova::events::v1;
using Json = nlohmann::ordered_json;

class DecodeTest : public QObject {
    Q_OBJECT

    static constexpr const char* post = "0193a8e3-1c40-7a2e-b7f0-55d1c0a94e91";

    template <typename Message>
    static Message withTime() {
        Message message;
        message.mutable_event_time()->set_seconds(1'700'000'000);
        message.mutable_event_time()->set_nanos(901'318'000);
        message.set_version(9'007'199'254'740'993);  // more than a double can hold
        return message;
    }

    static Event eventOf(const google::protobuf::Message& message, nova::kit::kafka::HeaderList more = {}) {
        const auto name = message.GetDescriptor()->full_name();
        nova::kit::kafka::HeaderList headers{{std::string(header::id), "e1"},
                                             {std::string(header::type), message.GetDescriptor()->name()},
                                             {std::string(header::dataSchema), name}};
        headers.insert(headers.end(), more.begin(), more.end());
        Event event;
        event.topic = Names::topic("nova.content.events");
        event.type = Names::type(message.GetDescriptor()->name());
        event.partition = 3;
        event.offset = 51'880;
        event.timestampMs = 1'700'000'000'945;
        event.key = post;
        event.hasKey = true;
        event.eventId = "e1";
        event.value = message.SerializeAsString();
        event.headerBlob = packHeaders(headers);
        readPayload(event, name);
        return event;
    }

    // With ' for ".
    static std::string payload(const Event& event) { return quoted(toJson(event)["payload"].dump()); }
    static std::string quoted(std::string json) {
        std::replace(json.begin(), json.end(), '"', '\'');
        return json;
    }

private Q_SLOTS:
    void eachEventHasItsGoldenPayload() {
        auto created = withTime<events::PostCreated>();
        created.set_post_id(post);
        created.set_author_id("u1");
        created.set_content("Golden \"hour\"\n\xC3\xBC");
        created.add_media_ids("m1");
        QCOMPARE(payload(eventOf(created)),
                 std::string("{'post_id':'0193a8e3-1c40-7a2e-b7f0-55d1c0a94e91','version':9007199254740993,'event_time'"
                             ":'2023-11-14T22:13:20.901318Z','user_tier':'','author_id':'u1','content':'Golden "
                             "\\'hour\\'\\nü','media_ids':['m1'],'created_at':null}"));
        auto deleted = withTime<events::PostDeleted>();
        QCOMPARE(payload(eventOf(deleted)), std::string("{'post_id':'','version':9007199254740993,'event_time':'2023-"
                                                        "11-14T22:13:20.901318Z','user_tier':'','author_id':''}"));
        auto liked = withTime<events::PostLiked>();
        liked.set_user_id("bob");
        liked.set_like_count(-1);
        QCOMPARE(payload(eventOf(liked)),
                 std::string("{'post_id':'','version':9007199254740993,'event_time':'2023-11-14T22:13:20.901318Z','"
                             "user_id':'bob','author_id':'','like_count':-1}"));
        auto followed = withTime<events::UserFollowed>();
        QCOMPARE(payload(eventOf(followed)),
                 std::string("{'follower_id':'','version':9007199254740993,'event_time':'2023-11-14T22:13:20.901318Z','"
                             "followee_id':'','follower_count':0}"));
        QCOMPARE(payload(eventOf(events::UserCreated())),
                 std::string("{'user_id':'','version':0,'event_time':null,'handle':'','display_name':'','tier':''}"));
    }

    void theActingUserIsKnown() {
        auto created = withTime<events::PostCreated>();
        created.set_author_id("alice");
        QCOMPARE(eventOf(created).user, std::string("alice"));
        auto liked = withTime<events::PostLiked>();
        liked.set_user_id("bob");
        liked.set_author_id("alice");
        QCOMPARE(eventOf(liked).user, std::string("bob"));
        auto followed = withTime<events::UserFollowed>();
        followed.set_follower_id("bob");
        followed.set_followee_id("alice");
        QCOMPARE(eventOf(followed).user, std::string("bob"));
        events::MessageSent sent;
        sent.set_from_id("alice");
        sent.set_to_id("bob");
        QCOMPARE(eventOf(sent).user, std::string("alice"));
        events::MessageRead read;
        read.set_sender_id("alice");
        read.set_reader_id("bob");
        QCOMPARE(eventOf(read).user, std::string("bob"));
        events::MediaUploadCompleted uploaded;
        uploaded.set_user_id("alice");
        uploaded.set_upload_id("u1");
        QCOMPARE(eventOf(uploaded).user, std::string("alice"));
    }

    void theLineHasTheContractsFieldsInOrder() {
        const auto line = toJson(eventOf(events::UserCreated(), {{"x", "1"}, {"x", "2"}, {"raw", "\xFF\x01"}}));
        std::string names;
        for (const auto& [name, value] : line.items()) names += name + " ";
        QCOMPARE(
            names,
            std::string("topic partition offset time key headers header_list type event_id trace_id size payload "));
        QCOMPARE(line["time"].get<std::string>(), std::string("2023-11-14T22:13:20.945Z"));
        QCOMPARE(line["headers"]["x"].get<std::string>(), std::string("2"));  // the last of each name
        QCOMPARE(line["headers"]["raw_base64"].get<std::string>(), std::string("/wE="));
        QCOMPARE(line["header_list"].size(), 6u);
        QCOMPARE(quoted(line["header_list"][3].dump()), std::string("{'name':'x','value':'1'}"));
        QCOMPARE(quoted(line["header_list"][5].dump()), std::string("{'name':'raw','value_base64':'/wE='}"));
        QVERIFY(line["trace_id"].is_null());
        QVERIFY(line["offset"].is_number_integer());
    }

    void keysThatAreNoTextComeAsBase64() {
        auto event = eventOf(events::UserCreated());
        event.key = std::string("\x00\xFE", 2);
        const auto line = toJson(event);
        QVERIFY(line["key"].is_null());
        QCOMPARE(line["key_base64"].get<std::string>(), std::string("AP4="));
        event.hasKey = false;
        event.key.clear();
        QVERIFY(toJson(event)["key"].is_null() && !toJson(event).contains("key_base64"));
    }

    void whatDoesNotDecodeSaysWhy() {
        auto event = eventOf(withTime<events::PostCreated>());
        event.value.resize(event.value.size() - 1);  // truncated
        auto line = toJson(event);
        QVERIFY(line["payload"].is_null());
        QCOMPARE(line["undecodable"][0]["decoder"].get<std::string>(), std::string("nova"));
        for (const auto& fault : line["undecodable"]) QVERIFY(!fault["error"].get<std::string>().empty());
        QVERIFY(line["undecodable"][0]["error"].get<std::string>().find("nova.events.v1.PostCreated") !=
                std::string::npos);
        readPayload(event, "nova.events.v1.PostCreated");
        QVERIFY(event.undecodable);

        event.headerBlob.clear();  // no header at all
        line = toJson(event);
        QVERIFY(line["undecodable"][0]["error"].get<std::string>().find("ce_dataschema") != std::string::npos);
        QVERIFY(line["headers"].empty() && line["headers"].is_object());

        event.headerBlob = packHeaders({{std::string(header::dataSchema), "nova.events.v9.Unknown"}});
        QVERIFY(toJson(event)["undecodable"][0]["error"].get<std::string>().find("nova.events.v9.Unknown") !=
                std::string::npos);
        QVERIFY(!decode(event).ok && decode(event).faults.size() == line["undecodable"].size());
    }

    void aTombstoneIsNoFault() {
        Event event;
        event.tombstone = true;
        const auto line = toJson(event);
        QVERIFY(line["payload"].is_null() && line["tombstone"].get<bool>() && !line.contains("undecodable"));
        QVERIFY(!decode(event).ok && decode(event).faults.empty());
    }

    void headersAreKeptAsTheyCame() {
        const nova::kit::kafka::HeaderList headers{{"a", "1"}, {"", ""}, {"a", std::string("\0\xFF", 2)}};
        Event event;
        event.headerBlob = packHeaders(headers);
        QCOMPARE(event.headers(), headers);
    }

    void textIsFoundWhereverItStands() {
        auto created = withTime<events::PostCreated>();
        created.set_author_id("u-alice");
        created.set_content("Golden Hour");
        const auto event = eventOf(created, {{"ce_source", "/nova/content-service"}});
        for (const char* word :
             {"golden hour", "postcreated", "u-alice", "content-service", "55d1c0a94e91", "9007199254740993", ""}) {
            QVERIFY2(containsText(event, word), word);
        }
        QVERIFY(!containsText(event, "silver"));
    }

    void aRecordOffTheBrokerIsReadWhole() {
        nova::test::MockKafka kafka;
        kafka.createTopic("nova.content.events");
        auto created = withTime<events::PostCreated>();
        created.set_author_id("alice");
        kafka.send({{"nova.content.events",
                     post,
                     created.SerializeAsString(),
                     {{std::string(header::id), "e7"},
                      {std::string(header::type), "PostCreated"},
                      {std::string(header::dataSchema), "nova.events.v1.PostCreated"},
                      {std::string(header::time), "2023-11-14T22:13:20.901318Z"},
                      {std::string(header::version), "2"},
                      {std::string(header::traceParent), "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"}}},
                    {"nova.content.events",
                     post,
                     "",
                     {{std::string(header::traceParent), "garbage"}, {std::string(header::version), "x"}}}});
        const auto settings =
            nova::kit::kafka::Settings{{"bootstrap.servers", kafka.bootstrap()}, {"group.id", "test"}};
        auto consumer = nova::kit::kafka::makeHandle(RD_KAFKA_CONSUMER, settings);
        QVERIFY(consumer);
        nova::kit::kafka::PartitionList list(rd_kafka_topic_partition_list_new(6));
        for (int p = 0; p < 6; ++p) rd_kafka_topic_partition_list_add(list.get(), "nova.content.events", p)->offset = 0;
        rd_kafka_assign(consumer.value().get(), list.get());
        std::vector<Event> read;
        QVERIFY(nova::test::eventually([&] {
            const nova::kit::kafka::Message message(rd_kafka_consumer_poll(consumer.value().get(), 100));
            if (message && message->err == RD_KAFKA_RESP_ERR_NO_ERROR) read.push_back(eventFrom(message.get()));
            return read.size() == 2;
        }));
        const auto& event = read[0];
        QCOMPARE(Names::topicName(event.topic), std::string("nova.content.events"));
        QCOMPARE(Names::typeName(event.type), std::string("PostCreated"));
        QCOMPARE(event.eventId, std::string("e7"));
        QCOMPARE(event.traceId, std::string("4bf92f3577b34da6a3ce929d0e0e4736"));
        QVERIFY(event.sampled && !event.undecodable && !event.tombstone);
        QCOMPARE(event.version, 2);
        QCOMPARE(event.ceTimeUs, 1'700'000'000'901'318);
        QCOMPARE(event.user, std::string("alice"));
        QVERIFY(std::abs(event.latencyMs() - (static_cast<double>(event.timestampMs) - 1'700'000'000'901.318)) < 0.001);
        QVERIFY(read[1].undecodable && read[1].traceId.empty() && !read[1].sampled);
        QVERIFY(std::isnan(read[1].latencyMs()));
        rd_kafka_consumer_close(consumer.value().get());
    }
};

QTEST_GUILESS_MAIN(DecodeTest)
#include "tst_decode.moc"
