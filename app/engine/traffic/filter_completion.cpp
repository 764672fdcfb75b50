#include <QCoreApplication>
#include <algorithm>

#include "app/engine/traffic/filter.h"
#include "app/engine/traffic/filter_fields.h"
#include "app/engine/traffic/filter_parser.h"
#include "app/engine/traffic/filter_tree.h"

using namespace Qt::StringLiterals;

namespace nova::engine {
namespace {

constexpr qsizetype most = 50;

QString tr(const char* text) {
    return QCoreApplication::translate("nova::engine::Filter", text);
}

// The word under the cursor, split where the text before the cursor says so. Strings are skipped, as a word ends there.
struct Spot {
    QString field;        // empty: a field's name, a keyword or a lone word is being written
    int from = 0;         // of what is replaced
    QString typed;        // from there to the cursor
    bool inside = false;  // a string or an expression: nothing to offer
};

// Where the value being written begins: after the operator, or after the last comma of a list.
Spot spotAt(const QString& text, int cursor) {
    Spot spot;
    bool inValue = false, afterComma = false;
    for (int i = 0; i < cursor; ++i) {
        const QChar c = text[i];
        if (c == u'"') {
            const int open = i;
            for (++i; i < cursor && text[i] != u'"'; ++i) i += text[i] == u'\\' ? 1 : 0;
            spot.inside = i >= cursor;
            if (!inValue && !spot.field.isEmpty()) spot.field.clear();
            spot.from = spot.inside ? open : i + 1;
        } else if (c == u'/' && inValue && spot.from == i && i > 0 && text[i - 1] == u'~') {
            for (++i; i < cursor && text[i] != u'/'; ++i) i += text[i] == u'\\' ? 1 : 0;
            spot.inside = i >= cursor;
        } else if (c == u',' && inValue) {
            spot.from = i + 1;
            afterComma = true;
        } else if (filter::endsWord(c)) {
            const bool waits = inValue && c.isSpace() && (spot.from == i || (afterComma && spot.from == i));
            spot.from = i + 1;
            if (!waits) {
                inValue = afterComma = false;
                spot.field.clear();
            }
        } else if (!inValue && filter::startsOperator(c)) {
            spot.field = text.mid(spot.from, i - spot.from);
            inValue = true;
            if (i + 1 < cursor && text[i + 1] == u'=') ++i;
            spot.from = i + 1;
        }
    }
    spot.typed = text.mid(spot.from, cursor - spot.from);
    return spot;
}

// Quotes around what would not be read as it stands.
QString asValue(const QString& text) {
    const bool plain = !text.isEmpty() && text != u"and" && text != u"or" && text != u"not" && !text.contains(u'*') &&
                       std::none_of(text.begin(), text.end(), filter::endsWord);
    return plain ? text : filter::quoted(text);
}

QString asName(const QString& prefix, const QString& name) {
    const bool plain = std::none_of(name.begin(), name.end(),
                                    [](QChar c) { return filter::endsWord(c) || filter::startsOperator(c); });
    return prefix + (plain ? name : filter::quoted(name));
}

class Collector {
public:
    Collector(const Spot& spot, int cursor) : m_spot(spot), m_length(cursor - spot.from) {}

    // Those that begin with what is typed come before those that contain it.
    void offer(const QString& insert, const QString& label, const QString& detail) {
        const Completion completion{insert, label, detail, m_spot.from, m_length};
        if (label.startsWith(m_spot.typed, Qt::CaseInsensitive))
            m_first << completion;
        else if (label.contains(m_spot.typed, Qt::CaseInsensitive))
            m_second << completion;
    }
    void offerValues(const QStringList& values, const QString& detail) {
        for (const auto& value : values) offer(asValue(value), value, detail);
    }
    QVector<Completion> all() const { return (m_first + m_second).mid(0, most); }

private:
    const Spot& m_spot;
    const int m_length;
    QVector<Completion> m_first, m_second;
};

void offerFields(Collector& collector, const Spot& spot, const SeenValues& seen) {
    for (const auto& field : filter::fields()) {
        const auto name = field.name.toString();
        const bool dotted = field.kind == filter::Kind::dynamic;
        const bool ordered = field.kind == filter::Kind::duration || field.kind == filter::Kind::bytes ||
                             field.kind == filter::Kind::time;
        collector.offer(name + (dotted ? u"." : ordered ? u">" : u":"), name, filter::helpOf(field));
    }
    if (spot.typed.startsWith(u"header")) {
        for (const auto& name : seen.headers)
            collector.offer(asName(u"header."_s, name) + u':', u"header."_s + name, tr("a header that was seen"));
    }
    if (spot.typed.startsWith(u"payload")) {
        for (const auto& path : seen.payloadPaths)
            collector.offer(u"payload."_s + path + u':', u"payload."_s + path, tr("a field that was seen"));
    }
    if (spot.typed.isEmpty()) return;
    for (const auto& word : {u"and"_s, u"or"_s, u"not"_s}) collector.offer(word + u' ', word, tr("joins terms"));
}

}  // namespace

QVector<Completion> completions(const QString& text, int cursor, const SeenValues& seen) {
    const int end = std::clamp(cursor, 0, static_cast<int>(text.size()));
    const auto spot = spotAt(text, end);
    if (spot.inside) return {};
    Collector collector(spot, end);
    if (spot.field.isEmpty()) {
        offerFields(collector, spot, seen);
        return collector.all();
    }
    const auto* field = filter::findField(spot.field);
    if (!field) return {};
    if (field->kind == filter::Kind::flag) collector.offerValues(filter::flags(), {});
    if (spot.field == u"topic") collector.offerValues(seen.topics, tr("a topic that was seen"));
    if (spot.field == u"type") collector.offerValues(seen.types, tr("an event type that was seen"));
    if (spot.field == u"user") collector.offerValues(seen.users, tr("a user that was seen"));
    if (spot.field == u"source") collector.offerValues(seen.sources, tr("a source that was seen"));
    if (field->kind == filter::Kind::time) collector.offerValues({u"-5m"_s, u"-1h"_s, u"-1d"_s}, tr("so long ago"));
    if (field->kind == filter::Kind::duration) collector.offerValues({u"100ms"_s, u"1s"_s, u"1m"_s}, tr("a duration"));
    if (field->kind == filter::Kind::bytes) collector.offerValues({u"1kB"_s, u"100kB"_s, u"1MB"_s}, tr("a size"));
    return collector.all();
}

}  // namespace nova::engine
