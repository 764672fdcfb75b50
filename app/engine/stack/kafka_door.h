// The supervisor's own client of the broker: is it there, does it have its topics. One librdkafka handle, kept.
// Blocking, 1 s at most per question. Thread: any, one at a time (it locks).
#pragma once

#include <QMutex>
#include <string>
#include <vector>

#include "app/engine/stack/catalogue.h"
#include "app/engine/stack/probe.h"
#include "kit/kafka/handles.h"

namespace nova::stack {

std::vector<kit::kafka::TopicSpec> topicSpecs(const Catalogue& catalogue);  // dead letters included

class KafkaDoor {
public:
    KafkaDoor(int port, const Catalogue& catalogue);
    // Serving when metadata comes and every topic of the catalogue is there; missing ones are made.
    ProbeAnswer ask();
    // Makes the broker set up its group coordination (__consumer_offsets); the fault, or "".
    QString touchGroups();
    // Some records through a topic and out again, so that a class archive knows the way; the fault, or "".
    QString exercise(const QString& topic);

private:
    bool connect(QString* fault);
    QStringList missingTopics(const rd_kafka_metadata_t* metadata) const;

    QMutex m_mutex;
    int m_port;
    std::string m_bootstrap;
    std::vector<kit::kafka::TopicSpec> m_topics;
    kit::kafka::Handle m_handle;
    bool m_topicsSeen = false;
};

}  // namespace nova::stack
