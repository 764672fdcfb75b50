#include "app/engine/traffic/filter_tree.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace nova::engine::filter {
namespace {

QString sign(Op op) {
    switch (op) {
        case Op::equal:
            return u":"_s;
        case Op::greater:
            return u">"_s;
        case Op::greaterEqual:
            return u">="_s;
        case Op::less:
            return u"<"_s;
        case Op::lessEqual:
            return u"<="_s;
        case Op::matches:
            return u"~"_s;
    }
    return {};
}

// A part of a field's name: quoted where it would end the word, or in a path the part.
QString namePart(const QString& name, bool dotSplits) {
    const bool plain = !name.isEmpty() && std::none_of(name.begin(), name.end(), [&](QChar c) {
        return c.isSpace() || u"(),\":<>~"_s.contains(c) || (dotSplits && c == u'.');
    });
    return plain ? name : quoted(name);
}

QString print(const Value& value) {
    return value.quoted ? quoted(value.text) : value.text;
}

}  // namespace

bool operator==(const Value& a, const Value& b) {
    return a.text == b.text && a.quoted == b.quoted;
}

bool operator==(const Term& a, const Term& b) {
    return a.field == b.field && a.path == b.path && a.op == b.op && a.values == b.values;
}

bool operator==(const Node& a, const Node& b) {
    return a.kind == b.kind && (a.kind != Node::Kind::term || a.term == b.term) && a.children == b.children;
}

QString quoted(const QString& text) {
    QString out = u"\""_s;
    for (const QChar c : text) {
        if (c == u'"' || c == u'\\') out += u'\\';
        out += c;
    }
    return out + u'"';
}

QString print(const Term& term) {
    if (term.field.isEmpty()) return print(term.values.front());
    QString out = term.field;
    for (const auto& name : term.path) out += u'.' + namePart(name, term.field == u"payload");
    out += sign(term.op);
    if (term.op == Op::matches) return out + u'/' + term.values.front().text + u'/';
    for (std::size_t i = 0; i < term.values.size(); ++i) {
        if (i > 0) out += u',';
        out += print(term.values[i]);
    }
    return out;
}

QString print(const Node& node) {
    const auto inside = [&](const Node& child) {
        const bool bare = child.kind == Node::Kind::term ||
                          (node.kind == Node::Kind::any && child.kind == Node::Kind::all) ||
                          (node.kind != Node::Kind::none && child.kind == Node::Kind::none);
        return bare ? print(child) : u'(' + print(child) + u')';
    };
    switch (node.kind) {
        case Node::Kind::term:
            return print(node.term);
        case Node::Kind::none:
            return u"not "_s + inside(node.children.front());
        case Node::Kind::all:
        case Node::Kind::any:
            break;
    }
    QStringList parts;
    for (const auto& child : node.children) parts << inside(child);
    return parts.join(node.kind == Node::Kind::all ? u" "_s : u" or "_s);
}

}  // namespace nova::engine::filter
