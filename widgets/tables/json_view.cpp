#include "widgets/tables/json_view.h"

#include <QEvent>
#include <QSyntaxHighlighter>

#include "widgets/tables/text_marks.h"
#include "widgets/theme/fonts.h"
#include "widgets/theme/metrics.h"
#include "widgets/theme/theme.h"

namespace nova::tables {
namespace {

constexpr qsizetype longest = 1 << 20;

// One pass over a line: strings (keys where a colon follows), bare names before a colon, numbers and words.
class Highlighter : public QSyntaxHighlighter {
public:
    using QSyntaxHighlighter::QSyntaxHighlighter;

protected:
    void highlightBlock(const QString& line) override {
        const theme::Tokens& t = theme::tokens();
        qsizetype at = 0;
        while (at < line.size()) {
            const QChar c = line[at];
            const qsizetype start = at;
            if (c == u'"') {
                at = endOfString(line, at + 1);
                color(start, at, isKey(line, at) ? t.synKey : t.synStr);
            } else if (c.isDigit() || (c == u'-' && at + 1 < line.size() && line[at + 1].isDigit())) {
                while (at < line.size() && (line[at].isLetterOrNumber() || QStringView(u"+-.:").contains(line[at])))
                    ++at;
                color(start, at, t.synNum);
            } else if (c.isLetter() || c == u'_') {
                while (at < line.size() && (line[at].isLetterOrNumber() || QStringView(u"_-.").contains(line[at])))
                    ++at;
                color(start, at, isKey(line, at) ? t.synKey : t.synOp);
            } else {
                if (QStringView(u"{}[]:,").contains(c)) color(at, at + 1, t.t3);
                ++at;
            }
        }
    }

private:
    static qsizetype endOfString(const QString& line, qsizetype at) {
        for (; at < line.size(); ++at) {
            if (line[at] == u'\\')
                ++at;
            else if (line[at] == u'"')
                return at + 1;
        }
        return line.size();
    }
    static bool isKey(const QString& line, qsizetype after) {
        while (after < line.size() && line[after].isSpace()) ++after;
        return after < line.size() && line[after] == u':';
    }
    void color(qsizetype from, qsizetype to, const QColor& ink) {
        setFormat(static_cast<int>(from), static_cast<int>(to - from), ink);
    }
};

}  // namespace

JsonView::JsonView(QWidget* parent) : QPlainTextEdit(parent) {
    setReadOnly(true);
    setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    setFrameShape(QFrame::NoFrame);
    setUndoRedoEnabled(false);
    setWordWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
    setFont(theme::font(theme::Type::Mono));
    setTabStopDistance(fontMetrics().horizontalAdvance(u' ') * 2);
    document()->setDocumentMargin(theme::metrics::panePadding - 4);
    setAccessibleName(tr("Decoded payload"));
    auto* highlighter = new Highlighter(document());
    connect(&theme::Theme::instance(), &theme::Theme::changed, highlighter, &QSyntaxHighlighter::rehighlight);
    connect(&theme::Theme::instance(), &theme::Theme::changed, this, [this] { markAll(*this, m_search); });
}

void JsonView::setText(const QString& text) {
    if (text.size() <= longest)
        setPlainText(text);
    else
        setPlainText(text.left(longest) + u'\n' + tr("Cut at 1 MiB."));
    markAll(*this, m_search);
}

void JsonView::setSearch(const QString& text) {
    m_search = text;
    markAll(*this, m_search);
}

void JsonView::changeEvent(QEvent* event) {
    QPlainTextEdit::changeEvent(event);
    if (event->type() == QEvent::PaletteChange) markAll(*this, m_search);
}

}  // namespace nova::tables
