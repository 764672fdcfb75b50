// A lag board and a diagnosis desk over a real cluster, asked again and again until they name a cause. Thread: the
// test's.
#pragma once

#include <QSignalSpy>
#include <QTemporaryDir>
#include <QtTest>

#include "app/engine/lag/diagnosis_desk.h"
#include "app/engine/lag/lag_board.h"

namespace nova::test {

class DiagnosisRoom {
public:
    // `sources`: those beyond the board.
    void open(const engine::Target& target, engine::DiagnosisDesk::Sources sources = {}) {
        m_desk.setSources(std::move(sources));
        m_desk.connectTo(m_board);
        m_desk.start(target);
        m_board.start(target, m_folder.filePath(QStringLiteral("lag.db")));
    }
    void close() {
        m_board.stop();
        m_desk.stop();
    }

    [[nodiscard]] std::optional<engine::LagRow> row(const QString& group, const QString& topic, int partition) const {
        for (const auto& r : m_board.latest().rows)
            if (r.group == group && r.topic == topic && r.partition == partition) return r;
        return std::nullopt;
    }
    [[nodiscard]] std::optional<engine::LagRow> worst(const QString& group) const {
        std::optional<engine::LagRow> found;
        for (const auto& r : m_board.latest().rows)
            if (r.group == group && (!found || r.lag.value_or(-1) > found->lag.value_or(-1))) found = r;
        return found;
    }
    // Of the partition of the group that is furthest behind. Empty: it was named; else the last answer in full.
    QString waitFor(const QString& group, engine::Cause cause, int limitMs) {
        QElapsedTimer timer;
        timer.start();
        QString last = QStringLiteral("no partition of %1 lags").arg(group);
        while (timer.elapsed() < limitMs) {
            const auto at = worst(group);
            if (at && at->lag.value_or(0) > 0) {
                QSignalSpy answered(&m_desk, &engine::DiagnosisDesk::diagnosed);
                m_desk.ask(group, at->topic, at->partition);
                if (!answered.wait(15'000)) return QStringLiteral("no answer");
                m_last = answered.first().first().value<engine::Diagnosed>();
                if (m_last.diagnosis.cause == cause) {
                    qInfo("%s after %lld ms: %s", qPrintable(group), timer.elapsed(),
                          qPrintable(m_last.diagnosis.sentence));
                    return {};
                }
                last = textOf(m_last);
            }
            QTest::qWait(300);
        }
        return last;
    }
    [[nodiscard]] const engine::Diagnosed& last() const { return m_last; }

    static QString textOf(const engine::Diagnosed& d) {
        QStringList lines{d.group, engine::causeWord(d.diagnosis.cause), d.diagnosis.sentence};
        for (const auto& e : d.diagnosis.evidence)
            lines << (e.supports ? QStringLiteral("+ ") : QStringLiteral("- ")) + e.text;
        for (const auto& m : d.diagnosis.missing) lines << QStringLiteral("? ") + m;
        lines << QStringLiteral("record %1 %2 %3, tries %4, outcome %5, %6")
                     .arg(d.record.offset)
                     .arg(d.record.type, d.record.whyNot)
                     .arg(d.record.tries)
                     .arg(d.record.outcome, d.record.spansWhyNot);
        for (const auto& a : d.record.attempts)
            lines << QStringLiteral("  %1 %2 %3 ms %4").arg(a.what, a.dependency).arg(a.tookMs).arg(a.error);
        return lines.join(QLatin1Char('\n'));
    }

private:
    QTemporaryDir m_folder;
    engine::LagBoard m_board;
    engine::DiagnosisDesk m_desk;
    engine::Diagnosed m_last;
};

}  // namespace nova::test
