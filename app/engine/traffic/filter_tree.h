// The tree that a filter's text parses to, and its canonical text. Plain values. Thread: any.
#pragma once

#include <QString>
#include <QStringList>
#include <vector>

namespace nova::engine::filter {

enum class Op { equal, greater, greaterEqual, less, lessEqual, matches };

struct Value {
    QString text;  // without quotes and escapes
    bool quoted = false;
    int position = 0, length = 0;  // in the text; not compared
};

struct Term {
    QString field;      // "type", "header", "payload", "is", …; empty: a lone word or string
    QStringList path;   // header: its one name; payload: the names from the top
    Op op = Op::equal;  // matches: the one value is the RE2 as it stands between the slashes
    std::vector<Value> values;
    int position = 0, length = 0;  // of the field, or of the lone word; not compared
};

struct Node {
    enum class Kind { term, all, any, none } kind = Kind::all;  // none: not its one child
    Term term;
    std::vector<Node>
        children;  // all: two or more, or none at all: an empty filter. No all in an all, no any in an any.
};

bool operator==(const Value& a, const Value& b);
bool operator==(const Term& a, const Term& b);
bool operator==(const Node& a, const Node& b);

QString quoted(const QString& text);
QString print(const Term& term);
// Compiles to the same tree again.
QString print(const Node& node);

}  // namespace nova::engine::filter
