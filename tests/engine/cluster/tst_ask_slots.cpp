// Many questions to a broker of which some hang: those that are answered are not held up, and an answer that comes late
// is told by a later call.
#include <QtTest>

#include "app/engine/cluster/ask_slots.h"

using namespace nova::engine;
using namespace Qt::StringLiterals;

namespace {

// A broker that answers each name 5 ms after it was asked, but for those that hang: they are answered at `wakeMs`.
class Broker {
public:
    qint64 nowMs = 0, wakeMs = 1'000'000;
    std::function<bool(const QString&)> hangs = [](const QString&) { return false; };
    QStringList told, asked;
    int atOnce = 0;

    AskSlots::Left run(AskSlots& slots, const QStringList& names, int timeoutMs, const std::set<QString>& hung = {}) {
        const auto ask = [this](std::uint64_t number, const QString& name) {
            asked << name;
            m_answers.emplace(hangs(name) ? wakeMs : nowMs + 5, number);
            atOnce = std::max(atOnce, static_cast<int>(m_answers.size()));
        };
        const auto next = [this](int waitMs) -> std::optional<AskSlots::Answer> {
            const auto first = m_answers.begin();
            if (first == m_answers.end() || first->first > nowMs + waitMs) {
                nowMs += std::max(waitMs, 0);
                return std::nullopt;
            }
            nowMs = std::max(nowMs, first->first);
            const auto number = first->second;
            m_answers.erase(first);
            return AskSlots::Answer{number, [this](const QString& name) { told << name; }};
        };
        return slots.run(names, hung, timeoutMs, {ask, next, [this] { return nowMs; }});
    }

private:
    std::multimap<qint64, std::uint64_t> m_answers;
};

QStringList names(const QString& prefix, int count) {
    QStringList names;
    for (int i = 0; i < count; ++i) names << prefix + QString::number(i).rightJustified(5, u'0');
    return names;
}

}  // namespace

class AskSlotsTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void allThatAreAnsweredAreToldWithinTheSlots() {
        AskSlots slots;
        Broker broker;
        const auto left = broker.run(slots, names(u"g"_s, 1'000), 5'000);
        QVERIFY(left.late.isEmpty() && left.notAsked.isEmpty());
        QCOMPARE(broker.told, names(u"g"_s, 1'000));
        QCOMPARE(broker.atOnce, AskSlots::slots);
        QVERIFY(broker.nowMs <= 100);
    }

    // As many as come from a broker that is gone, in front of the good ones: all of those are told in time.
    void thoseThatHangHoldUpNoOther() {
        AskSlots slots;
        Broker broker;
        broker.hangs = [](const QString& name) { return name.startsWith(u"bad"_s); };
        const auto left = broker.run(slots, names(u"bad"_s, 1'600) + names(u"good"_s, 3'400), 20'000);
        QCOMPARE(broker.told, names(u"good"_s, 3'400));
        QCOMPARE(left.late, names(u"bad"_s, 1'600));
        QVERIFY(left.notAsked.isEmpty());
        QVERIFY2(broker.nowMs < 10'000, qPrintable(QString::number(broker.nowMs)));
    }

    void oneThatHangsHoldsACallUpForAMomentAndIsToldLater() {
        AskSlots slots;
        Broker broker;
        broker.hangs = [](const QString& name) { return name == u"bad00000"; };
        broker.wakeMs = 6'000;
        const QStringList all = names(u"bad"_s, 1) + names(u"good"_s, 10);
        QCOMPARE(broker.run(slots, all, 20'000).late, QStringList{u"bad00000"_s});
        QCOMPARE(broker.nowMs, AskSlots::patienceMs);
        QCOMPARE(broker.told, names(u"good"_s, 10));
        // Its answer is still awaited: it is not asked anew, and costs the next call nothing.
        broker.asked.clear();
        QVERIFY(broker.run(slots, all, 20'000, {u"bad00000"_s}).late.isEmpty());
        QCOMPARE(broker.asked, names(u"good"_s, 10));
        QCOMPARE(broker.nowMs, AskSlots::patienceMs + 5);
        broker.nowMs = broker.wakeMs;
        broker.told.clear();
        broker.run(slots, names(u"good"_s, 1), 20'000);
        QCOMPARE(broker.told, (QStringList{u"bad00000"_s, u"good00000"_s}));
        // It hung before: this time it has its slot for a moment only.
        broker.wakeMs = broker.nowMs + 60'000;
        const auto began = broker.nowMs;
        QCOMPARE(broker.run(slots, all, 20'000, {u"bad00000"_s}).late, QStringList{u"bad00000"_s});
        QCOMPARE(broker.nowMs, began + AskSlots::shortPatienceMs);
    }

    void whatWasNotAskedForWantOfTimeIsSaid() {
        AskSlots slots;
        Broker broker;
        broker.hangs = [](const QString&) { return true; };
        const auto left = broker.run(slots, names(u"bad"_s, 1'000), 1'000);
        QCOMPARE(left.late, names(u"bad"_s, AskSlots::slots));
        QCOMPARE(left.notAsked, names(u"bad"_s, 1'000).mid(AskSlots::slots));
        QCOMPARE(broker.nowMs, 1'000);
    }

    void thoseOnTheSideAreBounded() {
        AskSlots slots;
        Broker broker;
        broker.hangs = [](const QString&) { return true; };
        const auto left = broker.run(slots, names(u"bad"_s, 10'000), 600'000);
        QCOMPARE(left.late.size(), AskSlots::mostOpen);
        QCOMPARE(left.notAsked.size(), 10'000 - AskSlots::mostOpen);
    }
};

QTEST_GUILESS_MAIN(AskSlotsTest)
#include "tst_ask_slots.moc"
