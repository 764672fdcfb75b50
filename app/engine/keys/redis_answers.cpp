#include "app/engine/keys/redis_answers.h"

namespace nova::engine {

using namespace Qt::StringLiterals;

RedisAnswers::RedisAnswers(const QString& uri, std::shared_ptr<ReadBudget> budget) {
    if (uri.isEmpty()) {
        m_state = u"not-configured"_s;
        return;
    }
    auto reader = KeyReader::make(uri, std::move(budget));
    if (!reader) {
        m_state = u"refused"_s;
        m_detail = QString::fromStdString(reader.error().what);
        return;
    }
    m_reader.emplace(std::move(reader.value()));
    m_state = u"ok"_s;
    // So that a lookup that needs no key still tells whether Redis answers.
    settle(m_reader->size(), 0);
}

template <typename T>
std::optional<T> RedisAnswers::settle(kit::Result<T>&& answer, qsizetype asked) {
    if (answer) {
        m_keys += asked;
        return std::move(answer.value());
    }
    // Of a right that one command lacks the others may not suffer.
    m_detail = QString::fromStdString(answer.error().what);
    if (answer.error().kind == kit::ErrorKind::forbidden) m_state = u"refused"_s;
    if (answer.error().kind == kit::ErrorKind::transient) {
        m_state = u"unreachable"_s;
        m_reader.reset();
    }
    return std::nullopt;
}

std::optional<QVector<KeyReader::Value>> RedisAnswers::values(const QStringList& keys) {
    if (!m_reader) return std::nullopt;
    return settle(m_reader->values(keys), keys.size());
}

std::optional<QVector<KeyReader::Member>> RedisAnswers::members(const QVector<std::pair<QString, QString>>& of) {
    if (!m_reader) return std::nullopt;
    return settle(m_reader->members(of), of.size());
}

std::optional<std::optional<QMap<QString, QString>>> RedisAnswers::fields(const QString& hash,
                                                                          const QStringList& names) {
    if (!m_reader) return std::nullopt;
    return settle(m_reader->fields(hash, names), 1);
}

std::optional<QString> RedisAnswers::type(const QString& key) {
    if (!m_reader) return std::nullopt;
    return settle(m_reader->type(key), 1);
}

QString RedisAnswers::why() const {
    return m_state == u"not-configured" ? u"Redis is not in this profile"_s : m_detail;
}

Source RedisAnswers::source() const {
    return {u"redis"_s, m_state, m_state == u"ok" ? u"keys asked: %1"_s.arg(m_keys) : m_detail};
}

}  // namespace nova::engine
