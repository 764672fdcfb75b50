// The lag of Nova's consumer groups as Kafka has it: of each partition of the topics that a group consumes the log's
// end less the commit, or less the log's start where nothing is committed, for there its service begins; as samples
// nova_consumer_lag{group,topic,partition}. Made and asked on any thread, one at a time; blocks, some seconds where the
// broker does not answer. What it does not tell is left out.
#pragma once

#include <QMap>
#include <QStringList>
#include <optional>

#include "app/engine/cluster/end_reader.h"
#include "app/engine/cluster/group_reader.h"
#include "app/engine/stack/prometheus_text.h"

namespace nova::stack {

class GroupLag {
public:
    // `topics`: that a group consumes.
    GroupLag(std::string bootstrap, QMap<QString, QStringList> topics)
        : m_session(std::move(bootstrap)), m_topics(std::move(topics)) {}
    QVector<Sample> read(const QStringList& groups);

private:
    bool open();
    engine::ReadSession m_session;
    const QMap<QString, QStringList> m_topics;
    std::optional<engine::GroupReader> m_groups;
    std::optional<engine::EndReader> m_ends;
};

}  // namespace nova::stack
