#include "app/engine/traffic/filter_parser.h"

#include <QCoreApplication>

#include "app/engine/traffic/filter_fields.h"

using namespace Qt::StringLiterals;

namespace nova::engine::filter {
namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("nova::engine::Filter", text);
}

QString aTerm() {
    return tr("a word, a string, \"(\" or a field like type:PostCreated");
}

// Recursive descent; the first fault is thrown as a FilterError and caught in parse().
class Parser {
public:
    explicit Parser(const QString& text) : m_text(text), m_end(static_cast<int>(text.size())) {}

    Node whole() {
        checkLength();
        skipSpace();
        if (m_at == m_end) return {};
        Node node = any();
        if (m_at == m_end) return node;
        if (at(m_at) == u',') comma();
        fail(m_at, 1, tr("this \")\" closes nothing"), tr("an \"(\" before it, or no \")\""));
    }

private:
    [[noreturn]] static void fail(int position, int length, const QString& what, const QString& expected) {
        throw FilterError{position, std::max(1, length), what, expected};
    }
    [[noreturn]] void comma() {
        fail(m_at, 1, tr("a comma without a list"), tr("field:value before it, as in type:PostCreated,PostUpdated"));
    }

    QChar at(int i) const { return i < m_end ? m_text[i] : QChar(); }
    void skipSpace() {
        while (m_at < m_end && m_text[m_at].isSpace()) ++m_at;
    }

    void checkLength() {
        int bytes = 0;
        for (int i = 0; i < m_end; ++i) {
            const auto c = m_text[i].unicode();
            bytes += c < 0x80 ? 1 : c < 0x800 || m_text[i].isSurrogate() ? 2 : 3;
            if (bytes > mostBytes)
                fail(i, m_end - i, tr("the filter is too long"), tr("at most %1 bytes").arg(mostBytes));
        }
    }

    // A word from `from` on, without looking for operators.
    int wordEnd(int from) const {
        while (from < m_end && !endsWord(m_text[from])) ++from;
        return from;
    }
    // and, or, not as a whole word that no operator follows at once.
    bool isReserved(QStringView word) const {
        const auto end = m_at + static_cast<int>(word.size());
        return QStringView(m_text).mid(m_at, word.size()) == word && (end == m_end || endsWord(m_text[end]));
    }
    bool take(QStringView word) {
        if (!isReserved(word)) return false;
        m_at += static_cast<int>(word.size());
        skipSpace();
        return true;
    }

    static Node joined(Node::Kind kind, std::vector<Node> parts) {
        if (parts.size() == 1) return std::move(parts.front());
        Node node{kind, {}, {}};
        for (auto& part : parts) {
            if (part.kind == kind)
                std::move(part.children.begin(), part.children.end(), std::back_inserter(node.children));
            else
                node.children.push_back(std::move(part));
        }
        return node;
    }

    Node any() {
        std::vector<Node> parts;
        do parts.push_back(all());
        while (take(u"or"));
        return joined(Node::Kind::any, std::move(parts));
    }

    Node all() {
        std::vector<Node> parts;
        do {
            parts.push_back(unary());
            if (take(u"and")) continue;
            if (m_at == m_end || at(m_at) == u')' || at(m_at) == u',' || isReserved(u"or")) break;
        } while (true);
        return joined(Node::Kind::all, std::move(parts));
    }

    Node unary() {
        if (!take(u"not")) return primary();
        if (isReserved(u"not")) fail(m_at, 3, tr("\"not\" twice"), aTerm());
        Node node{Node::Kind::none, {}, {}};
        node.children.push_back(primary());
        return node;
    }

    Node primary() {
        if (m_at == m_end) fail(m_at, 1, tr("the filter ends too early"), aTerm());
        if (at(m_at) == u'(') return group();
        if (at(m_at) == u')') fail(m_at, 1, tr("nothing before this \")\""), aTerm());
        if (at(m_at) == u',') comma();
        if (isReserved(u"and") || isReserved(u"or")) {
            const int length = wordEnd(m_at) - m_at;
            fail(m_at, length, tr("nothing before \"%1\"").arg(m_text.mid(m_at, length)), aTerm());
        }
        if (++m_terms > mostTerms) fail(m_at, 1, tr("too many terms"), tr("at most %1").arg(mostTerms));
        Node node{Node::Kind::term, at(m_at) == u'"' ? lone() : wordOrField(), {}};
        skipSpace();
        return node;
    }

    Node group() {
        const int open = m_at++;
        if (++m_depth > mostDepth) fail(open, 1, tr("nested too deep"), tr("at most %1 deep").arg(mostDepth));
        skipSpace();
        Node node = any();
        if (at(m_at) == u',') comma();
        if (m_at == m_end) fail(open, 1, tr("this \"(\" is never closed"), tr("a \")\" at the end"));
        ++m_at;
        --m_depth;
        skipSpace();
        return node;
    }

    Term lone() {
        Term term;
        term.position = m_at;
        term.values.push_back(string());
        term.length = m_at - term.position;
        return term;
    }

    Value string() {
        Value value{{}, true, m_at, 0};
        for (++m_at; m_at < m_end; ++m_at) {
            if (m_text[m_at] == u'"') {
                value.length = ++m_at - value.position;
                return value;
            }
            if (m_text[m_at] == u'\\') {
                if (at(m_at + 1) != u'"' && at(m_at + 1) != u'\\')
                    fail(m_at, 2, tr("unknown escape in a string"), tr("\\\" or \\\\"));
                ++m_at;
            }
            value.text += m_text[m_at];
        }
        fail(value.position, 1, tr("this string is never closed"), tr("a \" at its end"));
    }

    Term wordOrField() {
        Term term;
        term.position = m_at;
        QStringList names = fieldNames();
        term.length = m_at - term.position;
        const int afterWord = m_at;
        skipSpace();
        if (m_at < m_end && startsOperator(m_text[m_at])) {
            nameField(term, std::move(names));
            readOperator(term);
            return term;
        }
        if (m_quotedName) fail(afterWord, 1, tr("the field has no operator"), tr("one of : > >= < <= ~"));
        m_at = afterWord;
        term.values.push_back({m_text.mid(term.position, term.length), false, term.position, term.length});
        return term;
    }

    // The run up to its first operator. A header's name, and the names in a payload's path, may be quoted.
    QStringList fieldNames() {
        QStringList names{QString()};
        m_quotedName = false;
        bool closed = false;  // the part was quoted: nothing may be added to it
        while (m_at < m_end) {
            const QChar c = m_text[m_at];
            const bool freshPart = names.size() > 1 && names.back().isEmpty() && !closed;
            if (c == u'"' && freshPart) {
                names.back() = string().text;
                m_quotedName = closed = true;
                continue;
            }
            const bool splits = c == u'.' && (names == QStringList{u"header"_s} || names.front() == u"payload");
            if (endsWord(c) || startsOperator(c) || (closed && !splits)) break;
            closed = false;
            if (splits)
                names << QString();
            else
                names.back() += c;
            ++m_at;
        }
        return names;
    }

    void nameField(Term& term, QStringList names) const {
        term.field = names.takeFirst();
        const Field* field = findField(term.field);
        if (!field) unknownField(term);
        if (field->kind != Kind::dynamic) return;
        const auto wanted = term.field == u"header" ? u"header.ce_source"_s : u"payload.version"_s;
        if (names.isEmpty() || (names.contains(QString()) && !m_quotedName))
            fail(term.position, term.length, tr("\"%1\" lacks a name").arg(m_text.mid(term.position, term.length)),
                 tr("a name after the dot, as in %1").arg(wanted));
        term.path = names;
    }

    [[noreturn]] void unknownField(const Term& term) const {
        const auto name = m_text.mid(term.position, term.length);
        if (name.isEmpty())
            fail(m_at, 1, tr("no field before \"%1\"").arg(m_text[m_at]),
                 tr("a field like type, or quotes around a text to look for"));
        QStringList known;
        for (const auto& field : fields()) known << field.name.toString();
        const auto near = nearest(name.section(u'.', 0, 0), known);
        fail(term.position, term.length, tr("unknown field \"%1\"").arg(name),
             near.isEmpty() ? tr("one of %1; or quotes around a text to look for").arg(known.join(u' '))
                            : tr("did you mean \"%1\"?").arg(near));
    }

    void readOperator(Term& term) {
        const QChar c = m_text[m_at++];
        const bool orEqual = (c == u'>' || c == u'<') && at(m_at) == u'=';
        if (orEqual) ++m_at;
        term.op = c == u':'   ? Op::equal
                  : c == u'~' ? Op::matches
                  : c == u'>' ? (orEqual ? Op::greaterEqual : Op::greater)
                              : (orEqual ? Op::lessEqual : Op::less);
        skipSpace();
        if (term.op == Op::matches) {
            term.values.push_back(expression());
            return;
        }
        term.values.push_back(value());
        while (true) {
            const int afterValue = m_at;
            skipSpace();
            if (at(m_at) != u',') {
                m_at = afterValue;
                return;
            }
            if (term.op != Op::equal) fail(m_at, 1, tr("a list can only be equal"), tr("one value, or field:a,b"));
            ++m_at;
            skipSpace();
            term.values.push_back(value());
        }
    }

    Value value() {
        if (at(m_at) == u'"') return string();
        Value value{{}, false, m_at, wordEnd(m_at) - m_at};
        value.text = m_text.mid(m_at, value.length);
        const bool reserved = value.text == u"and" || value.text == u"or" || value.text == u"not";
        if (value.text.isEmpty()) fail(m_at, 1, tr("no value here"), tr("a word, a number or a string in quotes"));
        if (reserved)
            fail(m_at, value.length, tr("\"%1\" is reserved").arg(value.text),
                 tr("a value, or quotes around the word"));
        m_at += value.length;
        return value;
    }

    // /RE2/
    Value expression() {
        Value value{{}, false, m_at, 0};
        if (at(m_at) != u'/') fail(m_at, 1, tr("no regular expression here"), tr("one between slashes: /…/"));
        const int begin = ++m_at;
        while (m_at < m_end && m_text[m_at] != u'/') m_at += m_text[m_at] == u'\\' ? 2 : 1;
        if (m_at >= m_end) fail(value.position, 1, tr("this expression is never closed"), tr("a / at its end"));
        value.text = m_text.mid(begin, m_at - begin);
        value.length = ++m_at - value.position;
        if (m_at < m_end && !m_text[m_at].isSpace() && m_text[m_at] != u')' && m_text[m_at] != u'(')
            fail(m_at, 1, tr("nothing may follow the closing /"),
                 tr("a space; \\/ for a slash inside, (?i) at the beginning for any case"));
        return value;
    }

    const QString& m_text;
    const int m_end;
    int m_at = 0, m_terms = 0, m_depth = 0;
    bool m_quotedName = false;  // of the field read last
};

}  // namespace

bool endsWord(QChar c) {
    return c.isSpace() || c == u'(' || c == u')' || c == u',' || c == u'"';
}
bool startsOperator(QChar c) {
    return c == u':' || c == u'>' || c == u'<' || c == u'~';
}

std::variant<Node, FilterError> parse(const QString& text) {
    try {
        return Parser(text).whole();
    } catch (const FilterError& error) {
        return error;
    }
}

}  // namespace nova::engine::filter
