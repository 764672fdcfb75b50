// What a scan did, in words; the bar that shows them is in scan_bar.cpp.
#include <QCoreApplication>
#include <algorithm>
#include <map>

#include "app/views/scan_bar.h"
#include "widgets/theme/numbers.h"

namespace nova::views {

using namespace Qt::StringLiterals;
using engine::ScanEnd;
using engine::ScanRange;
using engine::ScanReport;

namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("nova::views::ScanBar", text);
}

QString utf8(const std::string& bytes) {
    return QString::fromStdString(bytes);
}

// "p0–p5", "p0, p3": runs of partitions, sorted.
QString runsText(std::vector<int> partitions) {
    std::sort(partitions.begin(), partitions.end());
    QStringList runs;
    for (std::size_t i = 0; i < partitions.size();) {
        std::size_t end = i;
        while (end + 1 < partitions.size() && partitions[end + 1] == partitions[end] + 1) ++end;
        const QString from = u'p' + QString::number(partitions[i]);
        runs << (end == i ? from : QString(from + u'–' + u'p' + QString::number(partitions[end])));
        i = end + 1;
    }
    return runs.join(u", "_s);
}

std::int64_t offsetsOf(const ScanReport& report) {
    std::int64_t sum = 0;
    for (const auto& range : report.ranges) sum += std::max<std::int64_t>(0, range.until - range.from);
    return sum;
}

QString effortText(const ScanReport& report) {
    const QString seconds = theme::duration(report.seconds * 1'000);
    return tr("%1 records, %2 in %3").arg(theme::count(report.records), theme::bytes(report.bytes), seconds);
}

QString troubleText(const ScanReport& report) {
    QStringList troubles;
    for (const auto& range : report.ranges) {
        if (!range.trouble.empty())
            troubles << tr("p%1 of %2: %3.").arg(range.partition).arg(utf8(range.topic), utf8(range.trouble));
    }
    const auto more = troubles.size() - 2;
    troubles = troubles.mid(0, 2);
    if (more > 0) troubles << tr("And %1 more.").arg(more);
    return troubles.join(u' ');
}

QString reasonText(const ScanReport& report) {
    switch (report.end) {
        case ScanEnd::reachedEnd:
            return tr("All was searched.");
        case ScanEnd::limit:
            return tr("As many were found as were wanted; there is more to search.");
        case ScanEnd::maxRecords:
            return tr("The bound of records is reached; there is more to search.");
        case ScanEnd::maxBytes:
            return tr("The bound of bytes is reached; there is more to search.");
        case ScanEnd::maxSeconds:
            return tr("The bound of time is reached; there is more to search.");
        case ScanEnd::stopped:
            return tr("Stopped by you.");
        case ScanEnd::unavailable:
            return tr("Not all could be read. The other partitions are shown.");
        case ScanEnd::running:
            break;
    }
    return {};
}

}  // namespace

QString partitionsText(const std::vector<ScanRange>& ranges) {
    std::map<std::string, std::vector<int>> topics;
    for (const auto& range : ranges) topics[range.topic].push_back(range.partition);
    if (topics.empty()) return tr("nothing yet");
    if (topics.size() == 1) return runsText(topics.begin()->second);
    return tr("%1 topics, %2 partitions").arg(topics.size()).arg(ranges.size());
}

QString progressText(const ScanReport& report) {
    if (report.ranges.empty()) return tr("Asking for the partitions and their offsets.");
    return tr("Scanning %1: %2 % of %3 offsets, %4 found so far.")
        .arg(partitionsText(report.ranges), theme::percent(report.done() * 100), theme::count(offsetsOf(report)),
             theme::count(report.matched));
}

QString endText(const ScanReport& report, const QString& error) {
    if (!error.isEmpty()) return tr("The scan failed: %1").arg(error.toHtmlEscaped());
    const QString found =
        tr("<b>%1 found.</b> %2 %3: %4 % of %5 offsets (%6).")
            .arg(theme::count(report.matched), reasonText(report), partitionsText(report.ranges),
                 theme::percent(report.done() * 100), theme::count(offsetsOf(report)), effortText(report));
    QStringList words{found, troubleText(report).toHtmlEscaped()};
    if (report.filterErrors > 0)
        words << tr("The filter could not look into %1 records.").arg(theme::count(report.filterErrors));
    words.removeAll(QString());
    return words.join(u' ');
}

std::vector<models::Fact> searchedFacts(const ScanReport& report) {
    std::vector<models::Fact> facts;
    for (const auto& range : report.ranges) {
        const bool empty = range.until <= range.from;
        const auto status = !range.trouble.empty() ? theme::Status::Err
                            : range.isDone()       ? theme::Status::Ok
                                                   : theme::Status::Starting;
        const QString searched = tr("%1 to %2").arg(theme::count(range.from), theme::count(range.next - 1));
        const QString left = tr("%1 left").arg(theme::count(range.until - range.next));
        QStringList detail{empty                      ? tr("nothing in this range")
                           : range.next == range.from ? tr("nothing searched")
                                                      : searched};
        if (!range.isDone()) detail << left;
        if (!range.trouble.empty()) detail << utf8(range.trouble);
        facts.push_back({status, u'p' + QString::number(range.partition), utf8(range.topic), detail.join(u" · "_s),
                         detail.join(u'\n'), {}});
    }
    return facts;
}

}  // namespace nova::views
