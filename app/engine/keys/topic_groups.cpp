#include "app/engine/keys/topic_groups.h"

#include <QCoreApplication>
#include <algorithm>

namespace nova::engine {
namespace {

constexpr std::chrono::seconds keptFor{60};
constexpr qsizetype atOnce = 512;

QString say(const char* text) {
    return QCoreApplication::translate("nova::engine::Keys", text);
}

}  // namespace

void TopicGroups::refresh(const ReadSession& session, const std::atomic<bool>& stop) {
    const bool kept = m_askedAt && m_of == session.bootstrap() && m_listed.size() > fewGroups;
    if (kept && Clock::now() - *m_askedAt < keptFor) return;
    const auto began = Clock::now();
    m_of = session.bootstrap();
    m_listed.clear();
    m_readers.clear();
    m_trouble.clear();
    m_askedAt = began;
    const auto reader = GroupReader::make(session);
    const auto listed = reader ? reader.value().list(mostMs) : kit::Result<GroupList>(reader.error());
    if (!listed) {
        m_trouble = QString::fromStdString(listed.error().what);
        return;
    }
    QStringList groups;
    for (const auto& one : listed.value().groups) {
        m_listed.insert(one.group);
        if (!one.group.startsWith(QLatin1String("console-"))) groups << one.group;
    }
    groups.sort();
    m_trouble = listed.value().missing;
    if (groups.size() > m_most) {
        m_trouble = say("%1 of %2 groups were not asked: so many are too many for a lookup")
                        .arg(groups.size() - m_most)
                        .arg(groups.size());
        groups.resize(m_most);
    }
    ask(reader.value(), groups, began + std::chrono::milliseconds(mostMs), stop);
    if (stop) m_askedAt.reset();
}

// Some at a time, so that a lookup that is given up ends.
void TopicGroups::ask(const GroupReader& reader, const QStringList& groups, Clock::time_point until,
                      const std::atomic<bool>& stop) {
    qsizetype silent = 0;
    QString why;
    for (qsizetype at = 0; at < groups.size() && !stop; at += atOnce) {
        const auto some = groups.mid(at, atOnce);
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now());
        const auto asked =
            reader.offsets(some, std::max(1, static_cast<int>(left.count())), [&](const GroupOffsets& offsets) {
                if (!offsets.trouble.isEmpty()) {
                    ++silent;
                    why = offsets.trouble;
                }
                for (const auto& [partition, offset] : offsets.committed)
                    m_readers[partition.first].insert(offsets.group);
            });
        if (asked) continue;
        silent += some.size();
        why = QString::fromStdString(asked.error().what);
    }
    if (silent == 0) return;
    const auto unknown =
        say("the commits of %1 of %2 groups are not known: %3").arg(silent).arg(groups.size()).arg(why);
    m_trouble = m_trouble.isEmpty() ? unknown : m_trouble + QStringLiteral("; ") + unknown;
}

QStringList TopicGroups::readersOf(const std::string& topic) const {
    const auto found = m_readers.find(topic);
    if (found == m_readers.end()) return {};
    QStringList groups(found->second.begin(), found->second.end());
    groups.sort();
    return groups;
}

}  // namespace nova::engine
