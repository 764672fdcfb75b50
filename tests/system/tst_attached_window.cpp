// The window attached by a profile to a Kafka that knows nothing of Nova, used as a person uses it: a lagging group is
// told of on the desktop, "Why?" answers, its first unread record is led to, history is searched, and alarms are muted.
#include <QPushButton>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QtTest>

#include "app/engine/lag/lag_board.h"
#include "app/shell/main_window.h"
#include "app/views/actions_view.h"
#include "app/views/cluster_view.h"
#include "app/views/filter_field.h"
#include "app/views/keys_view.h"
#include "app/views/lag_view.h"
#include "app/views/ring_rows.h"
#include "app/views/scan_bar.h"
#include "app/views/topic_chooser.h"
#include "app/views/traffic_view.h"
#include "tests/support/fake_desktop.h"
#include "tests/support/real_kafka.h"
#include "tests/support/strict_log.h"
#include "tests/views/look.h"
#include "widgets/theme/theme.h"

using namespace nova;
using namespace Qt::StringLiterals;

namespace {

constexpr int records = 300, committed = 120, patienceMs = 30'000;

QPushButton* button(QWidget& in, const QString& text) {
    for (auto* one : in.findChildren<QPushButton*>())
        if (one->text().startsWith(text) && one->isVisibleTo(&in)) return one;
    return nullptr;
}

}  // namespace

class AttachedWindowTest : public QObject {
    Q_OBJECT

    test::FakeDesktop m_desktop;  // first: it becomes the session bus
    QTemporaryDir m_folder;
    std::unique_ptr<test::RealKafka> m_kafka;
    std::unique_ptr<shell::Settings> m_settings;
    std::unique_ptr<shell::Session> m_session;
    std::unique_ptr<shell::MainWindow> m_window;

    QString file() const { return m_folder.filePath(u"profile.toml"_s); }
    void commit(const std::string& group, std::int64_t offset) const {
        auto settings = kit::kafka::commonSettings(m_kafka->bootstrap(), "test");
        settings["group.id"] = group;
        const auto handle = kit::kafka::makeHandle(RD_KAFKA_CONSUMER, settings);
        const kit::kafka::PartitionList list(rd_kafka_topic_partition_list_new(1));
        rd_kafka_topic_partition_list_add(list.get(), "orders", 0)->offset = offset;
        if (const auto error = rd_kafka_commit(handle.value().get(), list.get(), 0))
            qFatal("%s", rd_kafka_err2str(error));
    }
    template <typename View>
    View* show(const QString& page) {
        m_window->showView(page);
        return m_window->findChild<View*>();
    }

private Q_SLOTS:
    void initTestCase() {
        m_kafka = std::make_unique<test::RealKafka>();
        m_kafka->createTopic("orders", 1);
        std::vector<kit::kafka::OutRecord> sent;
        for (int i = 0; i < records; ++i)
            sent.push_back({"orders", "o-" + std::to_string(i), R"({"total":)" + std::to_string(i) + "}", {}});
        m_kafka->send(sent);
        commit("billing", committed);
        commit("done", records);
        QFile out(file());
        QVERIFY(out.open(QIODevice::WriteOnly));
        out.write("name = \"shop\"\nenvironment = \"staging\"\n[kafka]\nbootstrap = \"" +
                  QByteArray::fromStdString(m_kafka->bootstrap()) + "\"\n\n# all of us\n[[lag]]\nmax_lag = 100\n");
        out.close();
        qputenv("XDG_DATA_HOME", m_folder.filePath(u"data"_s).toUtf8());
        theme::Theme::instance().apply(*qApp, theme::Choice::Dark);
        test::failOnLoggedErrors();
        m_settings = std::make_unique<shell::Settings>(m_folder.filePath(u"window.ini"_s));
        m_session = std::make_unique<shell::Session>(m_folder.path());
        m_window = std::make_unique<shell::MainWindow>(*m_session, *m_settings);
        m_window->resize(1440, 900);
        m_window->show();
        m_session->lookAt(file());
        QVERIFY2(m_session->isOpen(), m_session->fault().what.c_str());
    }
    void cleanupTestCase() {
        m_window.reset();
        m_session.reset();
        shell::Observers::awaitEnded();
        m_kafka.reset();
    }

    // Its threshold was passed for 15 s; one that is at the end is nobody's business.
    void theDesktopIsToldOnceThatAGroupLags() {
        QTRY_COMPARE_WITH_TIMEOUT(m_desktop.shown.size(), 1, patienceMs);
        const auto& notice = m_desktop.shown[0];
        QCOMPARE(notice.title, u"Lag alarm"_s);
        QVERIFY2(notice.text.startsWith(u"billing on orders p0: lag 180"_s), qPrintable(notice.text));
        m_desktop.click(notice.id, u"default"_s);
        QTRY_VERIFY(m_window->findChild<views::LagView*>() && m_window->findChild<views::LagView*>()->isVisible());
    }

    void whyAnswersWithWhatKafkaAloneKnows() {
        auto* view = show<views::LagView>(u"lag"_s);
        QVERIFY(view);
        view->goToGroup(u"billing"_s, u"orders"_s, 0);
        view->askWhy();
        QTRY_VERIFY2_WITH_TIMEOUT(
            test::wordsOn(*view).contains(u"No consumer of billing runs: the group has no member."_s),
            qPrintable(test::wordsOn(*view)), patienceMs);
        QVERIFY2(test::wordsOn(*view).contains(u"p0 @ 120"_s) || test::wordsOn(*view).contains(u"120"_s),
                 qPrintable(test::wordsOn(*view)));
    }

    void historyIsSearchedByTheFormAndTheFilter() {
        auto* view = show<views::TrafficView>(u"traffic"_s);
        QVERIFY(view);
        view->setFilter(u"payload.total>=290"_s);
        button(*view, u"Scan history…"_s)->click();
        button(*view->scanBar(), u"Choose topics"_s)->click();
        QTRY_VERIFY_WITH_TIMEOUT(view->chooser()->topics() > 0, patienceMs);
        button(*view->chooser(), u"All"_s)->click();
        button(*view->chooser(), u"Search these"_s)->click();
        view->scanBar()->setFrom(u"earliest"_s);
        auto* scan = button(*view->scanBar(), u"Scan"_s);
        QVERIFY(scan && scan->isEnabled());
        scan->click();
        QTRY_VERIFY2_WITH_TIMEOUT(test::wordsOn(*view->scanBar()).contains(u"All was searched"_s),
                                  qPrintable(test::wordsOn(*view->scanBar())), patienceMs);
        QTRY_COMPARE_WITH_TIMEOUT(view->rows()->last() - view->rows()->first(), 10ULL, patienceMs);
        // Nothing is followed for that.
        QVERIFY(!m_session->observers().traffic.isRunning());
    }

    // What the cluster does not give is said in each view, and nothing is offered that only a local Nova has.
    void theOtherViewsSayWhatThereIsNot() {
        auto* cluster = show<views::ClusterView>(u"services"_s);
        QVERIFY(cluster);
        QTRY_VERIFY_WITH_TIMEOUT(!cluster->find(u"orders"_s).isEmpty(), patienceMs);
        QTRY_VERIFY2_WITH_TIMEOUT(test::wordsOn(*cluster).contains(u"1 broker"_s), qPrintable(test::wordsOn(*cluster)),
                                  patienceMs);
        for (const auto& text : {u"Start all"_s, u"Stop all"_s, u"Pause"_s, u"Kill"_s})
            QVERIFY2(!button(*m_window, text), qPrintable(text));

        auto* actions = show<views::ActionsView>(u"actions"_s);
        QVERIFY(actions);
        QTRY_VERIFY2_WITH_TIMEOUT(test::wordsOn(*actions).contains(u"Spans are not read yet."_s),
                                  qPrintable(test::wordsOn(*actions)), patienceMs);

        m_window->showKey(u"0193a8e3-1c52-7d04-9b3e-7c2a81f04e91"_s);
        auto* keys = m_window->findChild<views::KeysView*>();
        QVERIFY(keys && keys->isVisible());
        for (const auto& text : {u"Redis: not in this profile"_s, u"PostgreSQL: not in this profile"_s})
            QTRY_VERIFY2_WITH_TIMEOUT(test::wordsOn(*keys).contains(text), qPrintable(test::wordsOn(*keys)),
                                      patienceMs);

        m_window->showView(u"people"_s);  // of a local Nova alone: the first page is shown
        QCOMPARE(m_window->currentView(), cluster);
    }

    void alarmsAreMutedFromTheRowAndTheProfileRemembers() {
        auto* view = show<views::LagView>(u"lag"_s);
        view->goToGroup(u"billing"_s, u"orders"_s);
        auto& board = *m_session->observers().lag;
        const auto alarms = [&] {
            const auto& rows = board.latest().rows;
            return std::count_if(rows.begin(), rows.end(), [](const auto& row) { return row.alarm; });
        };
        QTRY_COMPARE_WITH_TIMEOUT(alarms(), 1, patienceMs);
        view->setMuted(true);
        QVERIFY2(m_session->profile().ruleOf(u"billing"_s).muted, qPrintable(test::wordsOn(*view)));
        QTRY_COMPARE_WITH_TIMEOUT(alarms(), 0, patienceMs);
        QFile in(file());
        QVERIFY(in.open(QIODevice::ReadOnly));
        const auto text = in.readAll();
        QVERIFY2(text.endsWith("\n[[lag]]\ngroups = \"billing\"\nmax_lag = 100\nmuted = true\n\n# all of us\n[[lag]]\n"
                               "max_lag = 100\n"),
                 text.constData());
        view->setMuted(false);
        QTRY_COMPARE_WITH_TIMEOUT(alarms(), 1, patienceMs);
        // What cannot be written is said, and the alarm stays.
        QVERIFY(QFile::remove(file()));
        view->setMuted(true);
        QVERIFY2(test::wordsOn(*view).contains(u"stay as they were"_s), qPrintable(test::wordsOn(*view)));
        QVERIFY(!m_session->profile().ruleOf(u"billing"_s).muted);
    }
};

QTEST_MAIN(AttachedWindowTest)
#include "tst_attached_window.moc"
