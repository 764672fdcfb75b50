// Services off local: what Kafka knows, worst first, and what is said where it knows nothing.
#include <QAbstractItemModelTester>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QtTest>

#include "app/views/cluster_view.h"
#include "tests/support/slowness.h"
#include "tests/support/strict_log.h"
#include "tests/views/cluster_samples.h"
#include "tests/views/look.h"
#include "widgets/models/cell_table_model.h"
#include "widgets/tables/table_view.h"
#include "widgets/theme/segmented.h"
#include "widgets/theme/theme.h"
#include "widgets/topology/topology_widget.h"

using namespace nova;
using namespace Qt::StringLiterals;
using models::CellTableModel;
using views::ClusterView;

namespace {

tables::TableView* tableOf(const ClusterView& view, const QString& name) {
    for (auto* table : view.findChildren<tables::TableView*>()) {
        if (table->accessibleName().startsWith(name)) return table;
    }
    return nullptr;
}

QString cell(const tables::TableView* table, int row, int column) {
    return table->model()->index(row, column).data().toString();
}

QStringList firstColumn(const tables::TableView* table) {
    QStringList texts;
    for (int row = 0; row < table->model()->rowCount(); ++row) texts << cell(table, row, 0);
    return texts;
}

engine::Target target() {
    return engine::Target::of(test::sampleProfile(u"staging"_s));
}

void fill(ClusterView& view, bool nova = true) {
    view.setLook(test::sampleLook(nova));
    view.setGroups(test::sampleGroups());
    engine::TopicConfig config;
    config.topic = u"orders.returns"_s;
    config.values = {{u"cleanup.policy"_s, u"delete"_s},
                     {u"retention.ms"_s, u"604800000"_s},
                     {u"retention.bytes"_s, u"-1"_s},
                     {u"min.insync.replicas"_s, u"2"_s}};
    view.setConfig(config);
    config.topic = u"orders"_s;
    config.values = {{u"cleanup.policy"_s, u"compact"_s}};
    view.setConfig(config);
    config.topic = u"inventory.shard-00"_s;
    config.values = {};
    config.trouble = u"Broker: Topic authorization failed"_s;
    view.setConfig(config);
}

}  // namespace

class ClusterTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        test::failOnLoggedErrors();
        theme::Theme::instance().apply(*qApp, theme::Choice::Dark);
    }

    void everythingFits() {
        test::everywhere([](const QSize& size) {
            ClusterView view(target());
            test::picture(view, u"cluster-opening"_s, size);
            QCOMPARE(test::squeezed(view), QString());
            fill(view);
            for (const auto& [page, name] : {std::pair{0, u"topic"_s}, {1, u"brokers"_s}, {2, u"groups"_s}}) {
                auto* sides = view.findChild<theme::Segmented*>();
                sides->setCurrent(page);
                Q_EMIT sides->chosen(page);
                test::picture(view, u"cluster-"_s + name, size);
                QTest::qWait(0);
                test::picture(view, u"cluster-"_s + name, size);
                QCOMPARE(test::squeezed(view), QString());
            }
            const auto* groups = tableOf(view, u"Consumer groups"_s);
            for (int row = 0; row < groups->model()->rowCount(); ++row) {
                const QString group = cell(groups, row, 0);
                QVERIFY2(groups->fontMetrics().horizontalAdvance(group) + 16 <= groups->columnWidth(0),
                         qPrintable(group));
            }
            view.setReached(false, u"127.0.0.1:1/bootstrap: Connect to ipv4#127.0.0.1:1 failed: Connection refused"_s);
            test::picture(view, u"cluster-away"_s, size);
            QCOMPARE(test::squeezed(view), QString());
        });
    }

    void leaderlessThenUnderReplicatedStandFirst() {
        ClusterView view(target());
        view.resize(test::wide);
        view.show();
        fill(view);
        auto* topics = tableOf(view, u"Topics"_s);
        QAbstractItemModelTester checked(topics->model());
        QCOMPARE(cell(topics, 0, 0), u"orders.returns"_s);
        QCOMPARE(cell(topics, 0, 4), u"1"_s);
        QCOMPARE(cell(topics, 1, 0), u"orders"_s);
        QCOMPARE(cell(topics, 1, 3), u"12"_s);
        QCOMPARE(cell(topics, 2, 0), u"inventory.shard-00"_s);
        QCOMPARE(cell(topics, 2, 6), u"not readable"_s);
        QCOMPARE(cell(topics, 0, 6), u"7 d"_s);
        QCOMPARE(cell(topics, 1, 6), u"compacted"_s);
        const QString words = test::wordsOn(view);
        QVERIFY2(words.contains(u"1 leaderless"_s) && words.contains(u"13 under-replicated"_s), qPrintable(words));
        QVERIFY(words.contains(u"2 brokers"_s));
        auto* partitions = tableOf(view, u"Partitions"_s);
        QCOMPARE(cell(partitions, 0, 0), u"2"_s);
        QCOMPARE(cell(partitions, 0, 1), u"none"_s);
        QCOMPARE(cell(partitions, 0, 4), u"–"_s);
        QCOMPARE(partitions->model()->index(0, 4).data(Qt::ToolTipRole).toString(), u"Broker: Leader not available"_s);
    }

    void topicsAreSortedSearchedAndReachedByKeys() {
        ClusterView view(target());
        view.resize(test::wide);
        view.show();
        QVERIFY(QTest::qWaitForWindowActive(&view));
        fill(view);
        auto* topics = tableOf(view, u"Topics"_s);
        auto* head = topics->horizontalHeader();
        head->setSortIndicator(5, Qt::DescendingOrder);  // rate
        QCOMPARE(cell(topics, 0, 0), u"orders"_s);
        head->setSortIndicator(0, Qt::AscendingOrder);
        QVERIFY(firstColumn(topics).first().startsWith(u"inventory"_s));
        head->setSortIndicator(-1, Qt::AscendingOrder);
        QCOMPARE(cell(topics, 0, 0), u"orders.returns"_s);
        topics->setFocus();
        QTest::keyClick(topics, Qt::Key_Down);
        QCOMPARE(view.selectedTopic(), u"orders"_s);
        QSignalSpy records(&view, &views::View::recordWanted);
        QTest::keyClick(topics, Qt::Key_Return);
        QCOMPARE(records.size(), 1);
        QCOMPARE(records.first().first().toString(), u"orders"_s);
        view.focusFilter();
        auto* field = qobject_cast<QLineEdit*>(view.focusWidget());
        QVERIFY(field);
        QTest::keyClicks(field, u"NOVA events"_s);
        QCOMPARE(topics->model()->rowCount(), 4);
        QCOMPARE(view.selectedTopic(), u"orders"_s);  // a search selects nothing by itself
        QTest::keyClicks(field, u" zzz"_s);
        QCOMPARE(topics->model()->rowCount(), 0);
        QVERIFY(view.clear());
        QCOMPARE(topics->model()->rowCount(), 31);
        QVERIFY(!view.clear());
    }

    void theSelectionStaysWithItsTopicWhenTheOrderChanges() {
        ClusterView view(target());
        view.resize(test::wide);
        view.show();
        fill(view);
        view.selectTopic(u"inventory.shard-07"_s);
        auto look = test::sampleLook();
        for (auto& topic : look.topics) {
            if (topic.name == u"inventory.shard-07"_s) topic.partitions[0].leader = -1;
        }
        view.setLook(look);
        auto* topics = tableOf(view, u"Topics"_s);
        QCOMPARE(cell(topics, 0, 0), u"inventory.shard-07"_s);
        QCOMPARE(view.selectedTopic(), u"inventory.shard-07"_s);
        QCOMPARE(topics->currentIndex().row(), 0);
    }

    void onlyWhatIsOnScreenIsAskedForItsConfiguration() {
        ClusterView view(target());
        QSignalSpy asked(&view, &ClusterView::configWanted);
        view.resize(test::small);
        view.show();
        auto look = test::sampleLook();
        for (int i = 0; i < 2'000; ++i) look.topics.append(test::topicOf(u"many-%1"_s.arg(i), 1, 0));
        view.setLook(look);
        QTest::qWait(0);
        view.setLook(look);
        QVERIFY(asked.size() > 3);
        QVERIFY2(asked.size() < 40, qPrintable(QString::number(asked.size())));
        const auto before = asked.size();
        view.setLook(look);
        QCOMPARE(asked.size(), before);  // each once
    }

    // One answer that did not come is not the last word: it is asked for again with the next look, and by F5 even where
    // a right is missing.
    void aConfigurationThatWasNotReadIsAskedForAgain() {
        ClusterView view(target());
        QSignalSpy asked(&view, &ClusterView::configWanted);
        view.resize(test::wide);
        view.show();
        const auto look = test::sampleLook();
        view.setLook(look);
        const auto all = asked.size();
        const auto askedFor = [&](const QString& topic) {
            return std::count_if(asked.begin(), asked.end(), [&](const auto& one) { return one[0] == topic; });
        };
        QCOMPARE(askedFor(u"orders"_s), 1);
        view.setConfig({u"orders"_s, u"Local: Timed out"_s, {}});
        view.setConfig({u"orders.returns"_s, u"Broker: Topic authorization failed"_s, {}});
        view.setConfig({u"inventory.shard-00"_s, {}, {{u"cleanup.policy"_s, u"delete"_s}}});
        QCOMPARE(asked.size(), all);  // an answer asks nothing
        view.setLook(look);
        QCOMPARE(askedFor(u"orders"_s), 2);
        QCOMPARE(asked.size(), all + 1);
        view.setConfig({u"orders"_s, {}, {{u"cleanup.policy"_s, u"compact"_s}}});
        view.setLook(look);
        QCOMPARE(asked.size(), all + 1);
        QTest::keyClick(&view, Qt::Key_F5);
        QCOMPARE(askedFor(u"orders"_s), 3);
        QCOMPARE(askedFor(u"orders.returns"_s), 2);
    }

    void novasMapIsThereOnlyWithNovasTopicsAndDashesWhatIsOutOfReach() {
        ClusterView view(target());
        view.resize(test::wide);
        view.show();
        fill(view, false);
        QVERIFY(view.findChild<topology::TopologyWidget*>()->isHidden());
        fill(view, true);
        QVERIFY(!view.findChild<topology::TopologyWidget*>()->isHidden());
        const auto look = test::sampleLook();
        const auto map = views::clusterMapOf(stack::Catalogue::builtIn(), target(), look, {});
        const auto node = [&](const QString& id) {
            return *std::find_if(map.nodes.begin(), map.nodes.end(), [&](const auto& one) { return one.id == id; });
        };
        QVERIFY(!node(u"nova.content.events"_s).unknown);
        QVERIFY(node(u"nova.media.events"_s).unknown);
        QCOMPARE(node(u"nova.media.events"_s).subtitle, u"not in this cluster"_s);
        QVERIFY(node(u"feed-service"_s).unknown);
        QCOMPARE(node(u"feed-service"_s).subtitle, u"not in this profile"_s);
        QVERIFY(node(u"postgres"_s).unknown);
        QVERIFY(!node(u"graphql-gateway"_s).unknown);
    }

    void whatDoesNotAnswerIsSaidInItsOwnWordsAndTriedAgain() {
        ClusterView view(target());
        view.resize(test::wide);
        view.show();
        view.setReached(false, u"Broker transport failure"_s);
        QVERIFY2(test::wordsOn(view).contains(u"Broker transport failure"_s), qPrintable(test::wordsOn(view)));
        QSignalSpy retried(&view, &ClusterView::retryWanted);
        for (auto* button : view.findChildren<QPushButton*>()) {
            if (button->text() == u"Try now"_s) button->click();
        }
        QCOMPARE(retried.size(), 1);
        view.setReached(true, {});
        auto look = test::sampleLook();
        look.groups.clear();
        look.groupsTrouble = u"Groups are not told: Broker: Cluster authorization failed"_s;
        view.setLook(look);
        QVERIFY(test::wordsOn(view).contains(u"Cluster authorization failed"_s));
        QVERIFY(tableOf(view, u"Topics"_s)->model()->rowCount() > 0);
    }

    void nothingOfAStackCanBeActedOn() {
        ClusterView view(target());
        view.resize(test::wide);
        view.show();
        fill(view);
        for (const auto* button : view.findChildren<QPushButton*>()) {
            for (const auto& word : {u"Start"_s, u"Stop"_s, u"Restart"_s, u"Kill"_s, u"Pause"_s})
                QVERIFY2(!button->text().startsWith(word), qPrintable(button->text()));
        }
        for (const auto& found : view.find(u"orders"_s)) QVERIFY(found.section == views::Found::Section::go);
    }

    // Wish 7: nor does a list of all topics.
    void fortyThousandPartitionsAreListedWithoutAStall() {
        ClusterView view(target());
        view.resize(test::wide);
        view.show();
        engine::ClusterLook look = test::sampleLook();
        for (int i = 0; i < 3'250; ++i) look.topics.append(test::topicOf(u"wide-%1"_s.arg(i), 12, i));
        QVERIFY(look.partitions() > 39'000);
        view.setLook(look);
        QElapsedTimer since;
        since.start();
        view.setLook(look);
        view.grab();
        QVERIFY2(since.elapsed() < 250 * test::slowness(), qPrintable(u"%1 ms"_s.arg(since.elapsed())));
        QCOMPARE(tableOf(view, u"Topics"_s)->model()->rowCount(), int(look.topics.size()));
    }
};

QTEST_MAIN(ClusterTest)
#include "tst_cluster.moc"
