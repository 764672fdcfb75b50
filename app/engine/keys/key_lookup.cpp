#include "app/engine/keys/key_lookup.h"

#include "app/engine/keys/lookup_run.h"
#include "app/engine/keys/lookup_worker.h"

namespace nova::engine {

KeyReport lookUp(const Target& target, const KeyQuery& query, TopicGroups& groups, const std::atomic<bool>& stop) {
    return LookupRun(target, query, groups, stop).run();
}

KeyReport lookUp(const Target& target, const KeyQuery& query, const std::atomic<bool>& stop) {
    TopicGroups groups;
    return lookUp(target, query, groups, stop);
}

KeyReport lookUp(const Target& target, const QString& id, const std::atomic<bool>& stop) {
    return lookUp(target, KeyQuery{id, std::nullopt, {}}, stop);
}

KeyLookup::KeyLookup(Target target, QObject* parent)
    : QObject(parent),
      m_target(std::move(target)),
      m_lookups(std::make_unique<LookupWorker>()),
      m_scans(std::make_unique<LookupWorker>()) {
    qRegisterMetaType<KeyReport>();
    qRegisterMetaType<KeyScan>();
}

KeyLookup::~KeyLookup() = default;

void KeyLookup::setTarget(Target target) {
    m_lookups->stop();
    m_scans->stop();
    m_target = std::move(target);
    ++m_last;
    ++m_lastScan;
}

quint64 KeyLookup::request(const QString& id) {
    return start({id, std::nullopt, {}});
}

quint64 KeyLookup::request(const Event& event) {
    return start({QString::fromStdString(event.eventId), event, {}});
}

quint64 KeyLookup::start(KeyQuery query) {
    const auto number = ++m_last;
    m_lookups->give([this, number, target = m_target, query = std::move(query)](const std::atomic<bool>& stop) {
        auto report = lookUp(target, query, m_groups, stop);
        if (stop) return;
        QMetaObject::invokeMethod(this, [this, number, report = std::move(report)] {
            if (number == m_last) Q_EMIT found(report, number);
        });
    });
    return number;
}

void KeyLookup::scan(const QString& pattern) {
    const auto number = ++m_lastScan;
    m_scanPattern = pattern;
    m_scans->give([this, number, target = m_target, pattern](const std::atomic<bool>& stop) {
        const auto tell = [this, number](const KeyScan& scan) {
            QMetaObject::invokeMethod(this, [this, number, scan] {
                if (number == m_lastScan) Q_EMIT scanned(scan);
            });
        };
        tell(scanKeys(target, {pattern}, tell, stop));
    });
}

void KeyLookup::stopScan() {
    if (!m_scans->stop()) return;
    KeyScan none;
    none.pattern = m_scanPattern;
    none.ended = true;
    QMetaObject::invokeMethod(
        this,
        [this, none, number = m_lastScan] {
            if (number == m_lastScan) Q_EMIT scanned(none);
        },
        Qt::QueuedConnection);
}

}  // namespace nova::engine
