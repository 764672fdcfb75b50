#include "tests/engine/traffic/random_filters.h"

namespace nova::test {

using namespace Qt::StringLiterals;

QString RandomFilters::expression(int depth) {
    QStringList parts;
    for (int i = 1 + below(3); i > 0; --i) {
        QString part = depth > 0 && below(4) == 0 ? u'(' + expression(depth - 1) + u')' : term();
        if (below(4) == 0) part.prepend(u"not "_s);
        if (!parts.isEmpty()) parts << pick({u" "_s, u" and "_s, u" or "_s});
        parts << part;
    }
    return parts.join(QString());
}

QString RandomFilters::order() {
    return pick({u":"_s, u">"_s, u">="_s, u"<"_s, u"<="_s});
}

QString RandomFilters::text(const QString& field, const QStringList& values, const QStringList& expressions) {
    if (!expressions.isEmpty() && below(4) == 0) return field + u"~/"_s + pick(expressions) + u'/';
    QStringList list;
    for (int i = 1 + below(2); i > 0; --i) list << pick(values);
    return field + u':' + list.join(u',');
}

QString RandomFilters::number(const QString& field, const QStringList& values) {
    const auto op = order();
    return field + op + pick(values) + (op == u":" && below(3) == 0 ? u","_s + pick(values) : QString());
}

QString RandomFilters::term() {
    static const QStringList ids{u"p1"_s, u"p*"_s, u"\"p 2\""_s, u"\"\""_s,  u"*"_s,
                                 u"e1"_s, u"e*"_s, u"*2"_s,      u"\"*\""_s, u"zz"_s};
    static const QStringList expressions{u"^p"_s,         u"[0-9]$"_s, u"1|2"_s, u"(?i)POST"_s,
                                         u"\\/nova\\/"_s, u"^$"_s,     u"o.*e"_s};
    switch (below(17)) {
        case 0:
            return text(
                u"topic"_s,
                {u"nova.content.events"_s, u"nova.*"_s, u"*.dlq"_s, u"otlp_spans"_s, u"*a*e*s"_s, u"\"nova.*\""_s},
                expressions);
        case 1:
            return text(u"type"_s,
                        {u"PostCreated"_s, u"Post*"_s, u"*d"_s, u"media.upload.completed"_s, u"postcreated"_s,
                         u"*"_s, u"\"\""_s},
                        expressions);
        case 2:
            return text(pick({u"key"_s, u"event"_s}), ids, expressions);
        case 3:
            return text(u"trace"_s, {u"4bf92f3577b34da6a3ce929d0e0e4736"_s, u"4bf9*"_s, u"0"_s}, {u"^4bf"_s});
        case 4:
            return text(u"user"_s, {u"alice"_s, u"u-1"_s, u"bob"_s, u"*o*"_s, u"u-3"_s, u"Alice"_s},
                        {u"^al"_s, u"^u"_s});
        case 5:
            return text(u"source"_s, {u"/nova/content-service"_s, u"*service"_s, u"/nova/*"_s}, expressions);
        case 6:
            return number(u"partition"_s, {u"0"_s, u"1"_s, u"5"_s, u"-1"_s});
        case 7:
            return number(u"offset"_s, {u"10"_s, u"11"_s, u"12.5"_s, u"99"_s});
        case 8:
            return number(u"version"_s, {u"1"_s, u"3"_s, u"9007199254740993"_s, u"9007199254740992"_s});
        case 9:
            return number(u"size"_s, {u"0"_s, u"60B"_s, u"0.1kB"_s, u"1MB"_s});
        case 10:
            return number(u"latency"_s,
                          {u"45ms"_s, u"0.25s"_s, u"250"_s, u"0s"_s, u"250001us"_s, u"1m"_s, u"-1ms"_s});
        case 11:
            return number(u"time"_s,
                          {u"-1m"_s, u"-5m"_s, u"2026-11-23T01:01:03.456Z"_s, u"01:02:03"_s, u"01:02"_s, u"-0s"_s});
        case 12:
            return text(u"is"_s,
                        {u"duplicate"_s, u"stale"_s, u"dlq"_s, u"undecodable"_s, u"tombstone"_s, u"replayed"_s},
                        {});
        case 13:
            return below(2) == 0
                       ? text(u"header."_s + pick({u"x"_s, u"ce_source"_s, u"nova-dlq-error"_s, u"none"_s}),
                              {u"1"_s, u"two"_s, u"*"_s, u"/nova/*"_s, u"\"bad Content\""_s}, expressions)
                       : number(u"header."_s + pick({u"nova-version"_s, u"nova-dlq-offset"_s, u"x"_s, u"at"_s}),
                                {u"1"_s, u"3"_s, u"11"_s, u"\"2\""_s, u"2026-11-23T01:00:00Z"_s, u"01:00"_s});
        case 14:
            return text(
                u"payload."_s + pick({u"post_id"_s, u"author_id"_s, u"media_ids"_s, u"user_tier"_s, u"file_name"_s,
                                      u"event_time"_s, u"version"_s, u"resource_spans.scope_spans.spans.name"_s,
                                      u"resource_spans.scope_spans.spans.kind"_s,
                                      u"resource_spans.scope_spans.spans.attributes.value.bool_value"_s,
                                      u"resource_spans.scope_spans.spans.trace_id"_s, u"resource_spans.resource"_s,
                                      u"none.such"_s}),
                {u"p1"_s, u"u-1"_s, u"m2"_s, u"premium"_s, u"*"_s, u"1"_s, u"3"_s, u"photo*"_s,
                 u"\"feed fan-out\""_s, u"SPAN_KIND_SERVER"_s, u"true"_s, u"Af8="_s,
                 u"2026-11-23T01:01:03.456789Z"_s},
                expressions);
        case 15:
            return number(
                u"payload."_s + pick({u"version"_s, u"like_count"_s, u"size_bytes"_s, u"event_time"_s,
                                      u"resource_spans.scope_spans.spans.start_time_unix_nano"_s,
                                      u"resource_spans.scope_spans.spans.attributes.value.double_value"_s,
                                      u"post_id"_s, u"seq"_s}),
                {u"1"_s, u"3"_s, u"41"_s, u"1.5MB"_s, u"0.25"_s, u"9007199254740992"_s, u"18446744073709551615"_s,
                 u"\"p1\""_s, u"-1m"_s, u"2026-11-23T01:01:03.456789Z"_s, u"0"_s});
        default:
            return pick({u"golden"_s, u"\"golden hour\""_s, u"GOLD*our"_s, u"málaga"_s, u"alice"_s, u"41"_s,
                         u"\"p 2\""_s, u"4BF92F"_s, u"version"_s, u"content-service"_s, u"*"_s, u"span_kind"_s,
                         u"0.25"_s, u"zebra"_s, u"\"*\""_s, u"h*i*"_s});
    }
}

}  // namespace nova::test
