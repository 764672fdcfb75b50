// The names of keys and ids: what a typed word may be, the templates of idempotency keys both ways, the time inside a
// UUIDv7, and how one version stands to another. Pure; thread: any.
#pragma once

#include <QString>
#include <QStringList>
#include <optional>

namespace nova::engine {

enum class IdKind {
    none,    // nothing typed
    id,      // a UUID: of an event, post, user, message or media; only the stores tell which
    key,     // a key of Redis
    handle,  // a user's, with or without @
    other,   // any other text: perhaps a ce_id of another system
};
IdKind idKindOf(const QString& typed);
// Trimmed; UUIDs in lower case, handles without their @.
QString normalId(const QString& typed);

// When a UUIDv7 was made, Unix ms; none for any other text.
std::optional<qint64> uuidTimeMs(const QString& id);

// What the placeholders of a template stand for. An empty one is not known.
struct KeyFields {
    QString group, eventId, postId;
    QString timestamp;  // event time in Unix ms
};

class KeyTemplate {
public:
    explicit KeyTemplate(QString text) : m_text(std::move(text)) {}
    [[nodiscard]] const QString& text() const { return m_text; }
    [[nodiscard]] bool namesGroup() const { return m_text.contains(QLatin1String("{group}")); }
    // The key. A template that names no group has "<group>:" put in front, unless `shared`. None: a field is lacking.
    [[nodiscard]] std::optional<QString> fill(const KeyFields& fields, bool shared = false) const;
    // The fields of a key that this template may have made. `strict`: ids must be UUIDs.
    [[nodiscard]] std::optional<KeyFields> match(const QString& key, bool strict) const;

private:
    QString m_text;
};

// Those given first, then the contract's own and the design's, each once.
QVector<KeyTemplate> keyTemplates(const QStringList& configured);
// The template that a key was most likely made of, with its fields.
struct KeyOrigin {
    QString keyTemplate;
    KeyFields fields;
};
std::optional<KeyOrigin> originOf(const QString& key, const QVector<KeyTemplate>& templates);

// Keys of Redis that are no idempotency keys: "post:{id}:version", "feed:{user}" …
struct StoreKey {
    QString family;  // "version", "feed", "likes", "unread", "snapshot", "socket"
    QString group;   // of a version key: whose; "feed-service" where it names none
    QString id;      // of the post or user
};
std::optional<StoreKey> storeKeyOf(const QString& key);

// "equal", "behind by 1", "ahead by 1", "missing" (no version beside a durable one), "unknown" (no durable one).
QString driftOf(std::optional<qint64> version, std::optional<qint64> durable);

}  // namespace nova::engine
