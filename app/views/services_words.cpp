#include "app/views/services_words.h"

#include <QCoreApplication>
#include <algorithm>

#include "app/views/services_map.h"
#include "widgets/theme/clock.h"
#include "widgets/theme/numbers.h"

namespace nova::views {

using namespace Qt::StringLiterals;
using stack::Catalogue;
using stack::PartState;
using stack::PartStatus;

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(ServicesWords)
};

QString noteOf(const Catalogue& catalogue, const PartStatus& part) {
    if (!part.blockedBy.isEmpty()) return Text::tr("waits for %1").arg(labelsOf(catalogue, part.blockedBy));
    if (part.state == PartState::failed || part.state == PartState::stopped) {
        return part.lastError.isEmpty() ? part.note : part.lastError;
    }
    return part.state == PartState::ready ? QString() : part.note;
}

const PartStatus* slowest(const QVector<PartStatus>& parts) {
    const PartStatus* found = nullptr;
    for (const auto& part : parts) {
        const bool waits = part.state == PartState::starting || part.state == PartState::waiting;
        if (!waits) continue;
        // A part that is running and not ready is what the others wait for.
        const bool runs = part.state == PartState::starting && part.upSince.isValid();
        if (!found || (runs && (found->state != PartState::starting || part.upSince < found->upSince))) found = &part;
    }
    return found;
}

Notice startingNotice(const Catalogue& catalogue, const QVector<PartStatus>& parts, const QDateTime& now) {
    Notice notice{Notice::Kind::starting, {}, {}, {}, 0};
    const auto ready = std::count_if(parts.begin(), parts.end(), [](const auto& p) { return isUp(p.state); });
    notice.headline = Text::tr("Starting: %1 of %2 ready.").arg(ready).arg(parts.size());
    const PartStatus* slow = slowest(parts);
    if (!slow) return notice;
    const QString name = labelOf(catalogue, slow->name);
    const QString since = slow->upSince.isValid()
                              ? Text::tr(", %1 so far").arg(theme::duration(double(slow->upSince.msecsTo(now))))
                              : QString();
    if (!slow->blockedBy.isEmpty()) {
        notice.text = Text::tr("%1 waits for %2%3.").arg(name, labelsOf(catalogue, slow->blockedBy), since);
    } else {
        notice.text = slow->note.isEmpty() ? Text::tr("%1 is the slowest%2.").arg(name, since)
                                           : Text::tr("%1 is the slowest: %2%3.").arg(name, slow->note, since);
    }
    return notice;
}

// "Users are still answered: 81 855 events wait in 5 outboxes, oldest 16.8 s. Nothing is lost."
QString outboxText(const FiguresByPart& figures) {
    const auto waiting = waitingIn(figures);
    if (waiting.events == 0)
        return Text::tr("Users are still answered: their events wait in the outboxes. Nothing is lost.");
    const QString events =
        waiting.events == 1 ? Text::tr("1 event waits") : Text::tr("%1 events wait").arg(theme::count(waiting.events));
    const QString outboxes =
        waiting.outboxes == 1 ? Text::tr("one outbox") : Text::tr("%1 outboxes").arg(waiting.outboxes);
    return Text::tr("Users are still answered: %1 in %2, oldest %3. Nothing is lost.")
        .arg(events, outboxes, Text::tr("%1\u00a0s").arg(waiting.oldestSeconds, 0, 'f', 1));
}

Notice pausedNotice(const Catalogue& catalogue, const PartStatus& part, bool othersUp) {
    const auto* entry = catalogue.part(part.name);
    Notice notice{Notice::Kind::partPaused, {}, {}, part.name, part.replica};
    if (othersUp && entry && !entry->consumes.isEmpty()) {
        notice.headline = Text::tr("%1 #%2 is paused.").arg(labelOf(catalogue, part.name)).arg(part.replica);
        notice.text = Text::tr(
            "Users are still answered. Its partitions wait until it resumes or Kafka gives them to the other "
            "replicas.");
        return notice;
    }
    notice.headline = Text::tr("%1 is paused.").arg(labelOf(catalogue, part.name));
    notice.text =
        entry && !entry->consumes.isEmpty()
            ? Text::tr("Users are still answered. What it consumes waits in Kafka and arrives when it resumes.")
            : Text::tr("It answers nobody until it resumes.");
    return notice;
}

Notice downNotice(const Catalogue& catalogue, const PartStatus& part, const QDateTime& since, const QDateTime& now,
                  const FiguresByPart& figures) {
    const auto* entry = catalogue.part(part.name);
    const bool store = entry && entry->isStore();
    Notice notice{store ? Notice::Kind::storeDown : Notice::Kind::partDown, {}, {}, part.name, part.replica};
    const QString label = labelOf(catalogue, part.name);
    notice.headline = since.isValid() ? Text::tr("%1 is down since %2 (%3).")
                                            .arg(label, theme::clockText(since),
                                                 theme::age(double(since.msecsTo(now)) / 1000))
                                      : Text::tr("%1 is down.").arg(label);
    if (part.name == u"kafka")
        notice.text = outboxText(figures);
    else if (part.name == u"postgres")
        notice.text = Text::tr("Nothing can be written until it is back; feeds are served from Redis.");
    else if (part.name == u"redis")
        notice.text = Text::tr("Feeds cannot be served until it is back; they are rebuilt where Redis lost them.");
    else if (part.name == u"s3")
        notice.text = Text::tr("Pictures can neither be uploaded nor shown until it is back. All else goes on.");
    else if (entry && entry->kind == stack::PartKind::door)
        notice.text = Text::tr("Users reach nothing until it is back.");
    else if (entry && entry->lane == stack::Lane::writers)
        notice.text = Text::tr("What it owns is read from copies and cannot be changed until it is back.");
    else
        notice.text = Text::tr("Its events wait in Kafka and are handled when it is back.");
    if (!part.lastError.isEmpty()) notice.text += u' ' + Text::tr("Last error: %1").arg(part.lastError);
    return notice;
}
}  // namespace

std::vector<models::ProcessRow> processRows(const Catalogue& catalogue, const QVector<PartStatus>& parts,
                                            const QDateTime& now, const FiguresByPart& figures) {
    std::vector<models::ProcessRow> rows;
    for (const auto& part : parts) {
        models::ProcessRow row;
        row.name = part.name;
        row.replica = part.replica;
        row.state = stack::stateName(part.state);
        row.pid = part.pid;
        row.cpuPercent = part.cpuPercent;
        row.rssBytes = part.rssBytes;
        row.restarts = part.restarts;
        if (part.readyMs >= 0) row.readyMs = double(part.readyMs);
        row.port = part.port();
        if (part.pid && part.upSince.isValid()) row.upSeconds = double(part.upSince.secsTo(now));
        row.note = noteOf(catalogue, part);
        const auto found = figures.constFind(part.name);
        if (found != figures.cend() && part.state == PartState::ready) {
            if (found->idle.contains(part.replica)) row.note = Text::tr("idle: more replicas than partitions");
            if (found->lagInAll() > laggingFrom) row.badge = Text::tr("lagging");
        }
        row.noteIsBad = part.state == PartState::failed;
        const auto* entry = catalogue.part(part.name);
        row.dependency = entry && entry->isStore();
        rows.push_back(row);
    }
    return rows;
}

QString summaryOf(const QVector<PartStatus>& parts) {
    QStringList words{Text::tr("%1 processes").arg(parts.size())};
    for (const auto state : {PartState::ready, PartState::degraded, PartState::starting, PartState::waiting,
                             PartState::paused, PartState::stopping, PartState::stopped, PartState::failed}) {
        const auto n = std::count_if(parts.begin(), parts.end(), [&](const auto& p) { return p.state == state; });
        if (n > 0) words << QString::number(n) + u' ' + theme::stateWord(stack::stateName(state));
    }
    return words.join(u" · "_s);
}

Notice noticeOf(const Catalogue& catalogue, stack::Phase phase, const QVector<PartStatus>& parts,
                const QString& failure, const QHash<QString, QDateTime>& downSince, const QDateTime& now,
                const FiguresByPart& figures) {
    switch (phase) {
        case stack::Phase::failed:
            return {Notice::Kind::failed, Text::tr("Nova did not start."), failure, {}, 0};
        case stack::Phase::stopped:
            return {Notice::Kind::stopped, Text::tr("Nova is not running."), Text::tr("Start all (Enter)."), {}, 0};
        case stack::Phase::stopping:
            return {Notice::Kind::stopping,
                    Text::tr("Stopping."),
                    Text::tr("Each part finishes what it has in hand."),
                    {},
                    0};
        case stack::Phase::starting:
            return startingNotice(catalogue, parts, now);
        case stack::Phase::ready:
        case stack::Phase::degraded:
            break;
    }
    const PartStatus* down = nullptr;
    const PartStatus* paused = nullptr;
    for (const auto& part : parts) {
        if (part.state == PartState::paused && !paused) paused = &part;
        if (isUp(part.state) || part.state == PartState::paused) continue;
        const auto* entry = catalogue.part(part.name);
        if (!down || (entry && entry->isStore() && !catalogue.part(down->name)->isStore())) down = &part;
    }
    if (!down && paused) {
        const bool othersUp = std::any_of(parts.begin(), parts.end(),
                                          [&](const auto& p) { return p.name == paused->name && isUp(p.state); });
        return pausedNotice(catalogue, *paused, othersUp);
    }
    if (!down) return {};
    return downNotice(catalogue, *down, downSince.value(down->id()), now, figures);
}

QString readinessLine(const Catalogue& catalogue, const QVector<PartStatus>& parts, const PartStatus& part) {
    const auto mark = [](bool good, bool bad) { return good ? u" ✓"_s : bad ? u" ✕"_s : u" …"_s; };
    QString line = Text::tr("Ready when: process") + mark(part.pid != 0, part.state == PartState::failed);
    if (const auto* entry = catalogue.part(part.name)) {
        for (const auto& need : entry->needs) {
            const auto state = stateOf(parts, need);
            const bool blocked = part.blockedBy.contains(need);
            line += u"   "_s + labelOf(catalogue, need) +
                    mark(isUp(state) && !blocked, state == PartState::failed || state == PartState::stopped);
        }
    }
    line += u"   "_s + Text::tr("answers") + mark(isUp(part.state), part.state == PartState::failed);
    if (!isUp(part.state) && !part.note.isEmpty()) line += u"   "_s + part.note;
    return line;
}

}  // namespace nova::views
