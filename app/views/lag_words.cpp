// Longer texts of the Lag view's summary: a record and its handling, evidence, advice.
#include <QCoreApplication>
#include <algorithm>

#include "app/views/lag_summary_pane.h"
#include "widgets/theme/clock.h"
#include "widgets/theme/numbers.h"

namespace nova::views {

using namespace Qt::StringLiterals;

namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(LagView)
};

constexpr qsizetype shownAttempts = 5;

QString line(const QString& name, const QString& text) {
    return u"<b>%1</b> %2"_s.arg(name, text);
}

QString attemptText(const engine::Attempt& attempt) {
    QString text = theme::clockText(attempt.atMs * 1'000) + u' ' + attempt.what.toHtmlEscaped();
    if (!attempt.dependency.isEmpty()) text += u" · "_s + attempt.dependency.toHtmlEscaped();
    text += u" · "_s + theme::duration(attempt.tookMs);
    if (!attempt.error.isEmpty()) text += u" · ✕ "_s + attempt.error.toHtmlEscaped();
    return text;
}

QString handlingText(const engine::StuckRecord& record, const QString& group) {
    if (!record.spansKnown)
        return line(Words::tr("What %1 did with it:").arg(group.toHtmlEscaped()),
                    Words::tr("not known, %1.").arg(record.spansWhyNot.toHtmlEscaped()));
    QStringList parts;
    if (record.polledAtMs > 0) parts << Words::tr("fetched at %1").arg(theme::clockText(record.polledAtMs * 1'000));
    if (record.polls > 1) parts << Words::tr("%1 times").arg(record.polls);
    if (record.tries > 0) parts << (record.tries == 1 ? Words::tr("1 try") : Words::tr("%1 tries").arg(record.tries));
    if (!record.outcome.isEmpty()) parts << record.outcome.toHtmlEscaped();
    if (!record.replica.isEmpty()) parts << Words::tr("by %1").arg(record.replica.toHtmlEscaped());
    if (!record.error.isEmpty()) parts << u"✕ "_s + record.error.toHtmlEscaped();
    if (parts.isEmpty()) parts << Words::tr("nothing yet: it was never fetched");
    QString text = line(Words::tr("What %1 did with it:").arg(group.toHtmlEscaped()), parts.join(u", "_s));
    const auto from = std::max<qsizetype>(0, record.attempts.size() - shownAttempts);
    for (qsizetype i = from; i < record.attempts.size(); ++i)
        text += u"<br>&nbsp;&nbsp;"_s + attemptText(record.attempts[i]);
    return text;
}

}  // namespace

QString recordText(const engine::Diagnosed& diagnosed) {
    const auto& record = diagnosed.record;
    const QString place =
        u"p%1 @ %2"_s.arg(diagnosed.partition).arg(theme::count(std::max(record.offset, record.committed)));
    if (record.offset < 0)
        return line(Words::tr("Record at %1:").arg(place), record.whyNot.toHtmlEscaped()) + u"<br>"_s +
               handlingText(record, diagnosed.group);
    QStringList parts;
    parts << (record.type.isEmpty() ? Words::tr("no type") : record.type.toHtmlEscaped());
    if (record.undecodable) parts << Words::tr("undecodable");
    if (!record.key.isEmpty()) parts << Words::tr("key %1").arg(record.key.left(40).toHtmlEscaped());
    parts << theme::bytes(record.bytes);
    if (record.timeMs > 0)
        parts << Words::tr("%1, %2 ago")
                     .arg(theme::clockText(record.timeMs * 1'000),
                          theme::age(double(diagnosed.atMs - record.timeMs) / 1000));
    return line(Words::tr("Record at <a href=\"record\">%1</a>:").arg(place), parts.join(u", "_s)) + u"<br>"_s +
           handlingText(record, diagnosed.group);
}

QString evidenceText(const engine::Diagnosis& diagnosis) {
    QStringList lines;
    for (const auto& evidence : diagnosis.evidence)
        lines << (evidence.supports ? u"✓ "_s : u"· "_s) + evidence.text.toHtmlEscaped();
    for (const auto& missing : diagnosis.missing)
        lines << u"◇ "_s + Words::tr("not known: %1").arg(missing.toHtmlEscaped());
    return lines.join(u"<br>"_s);
}

QString adviceText(const LagSummary& sum, const engine::GroupState* group) {
    if (sum.lag == 0 || !group) return {};
    if (!group->description.trouble.isEmpty())
        return Words::tr("Members unknown: %1").arg(group->description.trouble.toHtmlEscaped());
    QString text =
        sum.growing.isEmpty()
            ? QString()
            : Words::tr("%1 of %2 partitions keep up.").arg(sum.partitions - sum.growing.size()).arg(sum.partitions) +
                  u' ';
    const auto members = group->description.members.size();
    if (!group->description.membersKnown || members == 0) return text.trimmed();
    if (members < sum.partitions)
        text += Words::tr("%1 of at most %2 useful consumers run: one more would take over some partitions.")
                    .arg(members)
                    .arg(sum.partitions);
    else
        text += Words::tr("More consumers would not help: %1 run, and %2 partitions are the most that can be held.")
                    .arg(members)
                    .arg(sum.partitions);
    return text;
}

}  // namespace nova::views
