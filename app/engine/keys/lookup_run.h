// One lookup from what was typed to the report; see key_lookup.h. Thread: one; blocks.
#pragma once

#include <QElapsedTimer>

#include "app/engine/actions/trace_parts.h"
#include "app/engine/keys/evidence.h"
#include "app/engine/keys/facts.h"
#include "app/engine/keys/key_lookup.h"
#include "app/engine/keys/key_names.h"
#include "app/engine/keys/redis_answers.h"
#include "app/engine/keys/sql_answers.h"
#include "app/engine/keys/verdicts.h"

namespace nova::engine {

class LookupRun {
public:
    LookupRun(const Target& target, const KeyQuery& query, TopicGroups& groups, const std::atomic<bool>& stop);
    KeyReport run();

private:
    void understand();
    void readKafka();
    void readGroups();
    void tellKafka(const kit::Error& error);
    void tellSpans();
    void tellInterrupted();
    void settleKind();
    bool isByEvent() const;
    QStringList groupsOf(const std::string& topic) const;
    QVector<KeyAsk> wantedKeys() const;
    void tellKeys();
    void tellRawKey();
    void tellConsumers();
    void tellRelated();

    const Target& m_target;
    const KeyQuery& m_query;
    TopicGroups& m_groups;
    const std::atomic<bool>& m_stop;
    const Subscriptions m_subscriptions = catalogueSubscriptions();
    const QVector<KeyTemplate> m_templates;
    KeyReport m_report;
    QElapsedTimer m_took;  // since it began
    Facts m_facts;
    Wanted m_wanted;
    QString m_rawKey, m_group;
    SqlAnswers m_sql;
    RedisAnswers m_redis;
    Evidence m_evidence;
    bool m_eventsRead = false, m_spansRead = false;  // to the end: not interrupted
};

}  // namespace nova::engine
