#include "app/engine/traffic/filter_check.h"

#include <QCoreApplication>

#include "app/engine/traffic/filter_fields.h"
#include "app/engine/traffic/filter_match.h"

using namespace Qt::StringLiterals;

namespace nova::engine::filter {
namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("nova::engine::Filter", text);
}

FilterError at(const Value& value, const QString& what, const QString& expected) {
    return {value.position, std::max(1, value.length), what, expected};
}
FilterError at(const Term& term, const QString& what, const QString& expected) {
    return {term.position, std::max(1, term.length), what, expected};
}

bool isOrder(Op op) {
    return op != Op::equal && op != Op::matches;
}
bool isStars(const Value& value) {
    return !value.quoted && value.text == u"*";
}

std::optional<FilterError> checkExpression(const Value& value) {
    std::string error, culprit;
    if (compileExpression(value.text.toStdString(), error, culprit)) return std::nullopt;
    const auto piece = QString::fromStdString(culprit);
    const auto found = piece.isEmpty() ? -1 : value.text.lastIndexOf(piece);
    const int position = value.position + 1 + static_cast<int>(std::max<qsizetype>(0, found));
    const auto length = found < 0 ? value.text.size() : piece.size();
    return FilterError{position, std::max(1, static_cast<int>(length)),
                       tr("no regular expression: %1").arg(QString::fromStdString(error)),
                       tr("an expression as RE2 has them")};
}

std::optional<FilterError> checkMeasure(const Term& term, const Value& value, Kind kind) {
    const auto measure = value.quoted ? std::nullopt : parseMeasure(value.text);
    const auto expected = kind == Kind::bytes      ? tr("a size like 512, 4kB or 1.5MB")
                          : kind == Kind::duration ? tr("a duration like 200ms, 1.5s or 2m")
                                                   : tr("a number without a unit");
    if (!measure) return at(value, tr("\"%1\" is no value of %2").arg(value.text, term.field), expected);
    const bool unitFits = measure->unit == Unit::none || (measure->unit == Unit::time && kind == Kind::duration) ||
                          (measure->unit == Unit::bytes && kind == Kind::bytes);
    if (!unitFits) return at(value, tr("\"%1\" has no unit of %2").arg(value.text, term.field), expected);
    return std::nullopt;
}

std::optional<FilterError> checkFlag(const Value& value) {
    if (flags().contains(value.text)) return std::nullopt;
    const auto near = nearest(value.text, flags());
    return at(value, tr("unknown flag \"%1\"").arg(value.text),
              near.isEmpty() ? tr("one of %1").arg(flags().join(u' ')) : tr("did you mean \"%1\"?").arg(near));
}

std::optional<FilterError> checkValue(const Term& term, const Value& value, Kind kind, const FilterContext& context) {
    if (term.op == Op::equal && kind != Kind::flag && isStars(value)) return std::nullopt;  // whatever is there
    switch (kind) {
        case Kind::text:
            return std::nullopt;
        case Kind::number:
        case Kind::bytes:
        case Kind::duration:
            return checkMeasure(term, value, kind);
        case Kind::flag:
            return checkFlag(value);
        case Kind::time:
            if (parseTime(value.text, context.nowMs, context.zone)) return std::nullopt;
            return at(value, tr("\"%1\" is no time").arg(value.text),
                      tr("2026-11-23T01:02:03Z, 14:30, 14:30:05 or -5m"));
        case Kind::dynamic:
            break;
    }
    const bool comparable = term.op == Op::equal || value.quoted || parseMeasure(value.text) ||
                            parseTime(value.text, context.nowMs, context.zone);
    if (comparable) return std::nullopt;
    return at(value, tr("\"%1\" has no order").arg(value.text), tr("a number, a time, or a string in quotes"));
}

std::optional<FilterError> checkTerm(const Term& term, const FilterContext& context) {
    if (term.field.isEmpty()) return std::nullopt;
    const Kind kind = findField(term.field)->kind;
    if (term.op == Op::matches) {
        if (kind == Kind::text || kind == Kind::dynamic) return checkExpression(term.values.front());
        return at(term, tr("%1 is no text").arg(term.field),
                  kind == Kind::flag ? tr("is: and a flag") : tr("one of : > >= < <="));
    }
    if (isOrder(term.op) && (kind == Kind::text || kind == Kind::flag))
        return at(term,
                  kind == Kind::text ? tr("%1 is text and has no order").arg(term.field) : tr("a flag has no order"),
                  kind == Kind::text ? tr("%1:value or %1~/expression/").arg(term.field) : tr("is: and a flag"));
    for (const auto& value : term.values) {
        if (auto error = checkValue(term, value, kind, context)) return error;
    }
    return std::nullopt;
}

}  // namespace

std::optional<FilterError> check(const Node& node, const FilterContext& context) {
    if (node.kind == Node::Kind::term) return checkTerm(node.term, context);
    for (const auto& child : node.children) {
        if (auto error = check(child, context)) return error;
    }
    return std::nullopt;
}

}  // namespace nova::engine::filter
