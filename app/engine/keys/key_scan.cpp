#include "app/engine/keys/key_scan.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <algorithm>
#include <thread>

#include "app/engine/cluster/key_reader.h"
#include "app/engine/keys/key_names.h"
#include "app/engine/keys/sql_answers.h"
#include "app/engine/keys/verdicts.h"

namespace nova::engine {
namespace {

using namespace Qt::StringLiterals;

constexpr int stepKeys = 500;
constexpr qint64 tellMs = 100;
constexpr double mostPerSecond = 50'000;  // keys walked, where others depend on this Redis
constexpr qsizetype askTogether = 500;

class Walk {
public:
    Walk(const Target& target, const KeyScanRequest& request, const std::function<void(const KeyScan&)>& progress,
         const std::atomic<bool>& stop)
        : m_target(target),
          m_request(request),
          m_progress(progress),
          m_stop(stop),
          m_templates(keyTemplates(target.profile.keyTemplates)),
          m_sql(target.postgres, target.kafka.budget()) {
        m_scan.pattern = request.pattern;
    }

    KeyScan run() {
        m_clock.start();
        const auto done = walk();
        m_scan.ended = true;
        if (done)
            m_scan.sources.append(
                {u"redis"_s, u"ok"_s,
                 QCoreApplication::translate("nova::engine::Keys", "keys walked: %1").arg(m_scan.walked)});
        m_scan.sources.append(m_sql.source());
        m_scan.perSecond = perSecond();
        return m_scan;
    }

private:
    bool walk() {
        if (m_target.redis.isEmpty()) return fail(u"not-configured"_s, {});
        auto reader = KeyReader::make(m_target.redis, m_target.kafka.budget());
        if (!reader) return fail(u"refused"_s, QString::fromStdString(reader.error().what));
        const auto size = reader.value().size();
        if (!size) return fail(size.error());
        quint64 cursor = 0;
        do {
            const auto step = reader.value().scan(cursor, m_request.pattern, stepKeys);
            if (!step) return fail(step.error());
            cursor = step.value().cursor;
            m_scan.complete = cursor == 0;
            m_scan.fraction = std::max(m_scan.fraction, step.value().fraction);
            m_scan.walked = m_scan.complete ? size.value()
                                            : static_cast<qint64>(m_scan.fraction * static_cast<double>(size.value()));
            if (const auto took = take(reader.value(), step.value().keys); !took) return fail(took.error());
            tell();
            pace();
        } while (cursor != 0 && !m_stop);
        return true;
    }

    kit::Result<void> take(KeyReader& reader, const QStringList& keys) {
        QStringList asked;
        QVector<KeyState> states;
        for (const auto& key : keys) {
            ++m_scan.matched;
            const auto origin = originOf(key, m_templates);
            ++m_scan.templates[origin ? origin->keyTemplate : QString()];
            if (origin && !isFull(m_scan.keys.size() + states.size())) {
                KeyState state;
                state.key = key;
                state.group = origin->fields.group;
                state.keyTemplate = origin->keyTemplate;
                state.eventId = origin->fields.eventId;
                states.append(state);
                asked << key;
            }
            const auto store = origin ? std::nullopt : storeKeyOf(key);
            if (store && store->family == u"version" && !isFull(m_scan.versions.size() + m_versions.size()))
                m_versions << key;
        }
        BOOST_OUTCOME_TRY(const auto values, reader.values(asked));
        for (qsizetype i = 0; i < states.size(); ++i) {
            applyValue(states[i], values[i]);
            m_scan.keys.append(states[i]);
        }
        return readVersions(reader);
    }

    // Redis first, then the owner: a copy that is ahead has no harmless explanation.
    kit::Result<void> readVersions(KeyReader& reader) {
        if (m_versions.isEmpty()) return kit::outcome::success();
        BOOST_OUTCOME_TRY(const auto values, reader.values(m_versions));
        for (qsizetype i = 0; i < m_versions.size(); ++i) {
            bool isNumber = false;
            const auto version = values[i].text.toLongLong(&isNumber);
            m_scan.versions.append({u"redis"_s, m_versions[i], isNumber ? std::optional(qint64{version}) : std::nullopt,
                                    u"unknown"_s, std::nullopt, false});
        }
        m_versions.clear();
        settleVersions();
        return kit::outcome::success();
    }

    void settleVersions() {
        while (m_settled < m_scan.versions.size()) {
            const auto end = std::min(m_settled + askTogether, m_scan.versions.size());
            QStringList ids;
            for (auto i = m_settled; i < end; ++i) ids << storeKeyOf(m_scan.versions[i].key)->id;
            const auto rows = m_sql.ask(u"posts"_s, u"SELECT id, version FROM %1 WHERE id = ANY($1::uuid[])"_s,
                                        {RowReader::array(ids)});
            QMap<QString, qint64> owners;
            for (const auto& row : rows.rows)
                owners.insert(row[0].value_or(QString()), row[1].value_or(QString()).toLongLong());
            for (auto i = m_settled; i < end; ++i) {
                auto& version = m_scan.versions[i];
                const auto owner = owners.constFind(ids[i - m_settled]);
                if (owner != owners.constEnd()) version.durable = *owner;
                if (rows.known) version.drift = driftOf(version.version, version.durable);
            }
            m_settled = end;
        }
    }

    bool isFull(qsizetype held) const { return m_request.limit > 0 && held >= m_request.limit; }
    double perSecond() const {
        return static_cast<double>(m_scan.walked) * 1'000 / static_cast<double>(std::max<qint64>(1, m_clock.elapsed()));
    }

    void tell() {
        if (m_clock.elapsed() - m_told < tellMs || !m_progress) return;
        m_told = m_clock.elapsed();
        m_scan.perSecond = perSecond();
        m_progress(m_scan);
    }

    void pace() const {
        if (m_target.local) return;
        const double due = static_cast<double>(m_scan.walked) / mostPerSecond * 1'000;
        const auto ahead = static_cast<qint64>(due) - m_clock.elapsed();
        if (ahead > 0) std::this_thread::sleep_for(std::chrono::milliseconds(std::min<qint64>(ahead, tellMs)));
    }

    bool fail(const QString& state, const QString& detail) {
        m_scan.sources.append({u"redis"_s, state, detail});
        return false;
    }
    bool fail(const kit::Error& error) {
        return fail(error.kind == kit::ErrorKind::forbidden ? u"refused"_s : u"unreachable"_s,
                    QString::fromStdString(error.what));
    }

    const Target& m_target;
    const KeyScanRequest& m_request;
    const std::function<void(const KeyScan&)>& m_progress;
    const std::atomic<bool>& m_stop;
    const QVector<KeyTemplate> m_templates;
    SqlAnswers m_sql;
    KeyScan m_scan;
    QStringList m_versions;   // version keys of this step
    qsizetype m_settled = 0;  // of m_scan.versions, how many were compared
    QElapsedTimer m_clock;
    qint64 m_told = 0;
};

}  // namespace

KeyScan scanKeys(const Target& target, const KeyScanRequest& request,
                 const std::function<void(const KeyScan&)>& progress, const std::atomic<bool>& stop) {
    return Walk(target, request, progress, stop).run();
}

}  // namespace nova::engine
