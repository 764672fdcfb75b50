#include "widgets/tables/header_view.h"

#include <QEvent>
#include <QStringDecoder>
#include <QTextBlockFormat>
#include <QTextCursor>
#include <algorithm>

#include "widgets/tables/text_marks.h"
#include "widgets/theme/fonts.h"
#include "widgets/theme/numbers.h"
#include "widgets/theme/theme.h"

namespace nova::tables {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype longestName = 18;  // characters of the column; a longer name pushes its value

// Begins a line or does what no eye can see: it could pass for a header that is not there.
bool isControl(QChar c) {
    const auto kind = c.category();
    return kind == QChar::Other_Control || kind == QChar::Separator_Line || kind == QChar::Separator_Paragraph;
}

bool isText(const QByteArray& value) {
    QStringDecoder decoder(QStringDecoder::Utf8, QStringDecoder::Flag::Stateless);
    const QString text = decoder(value);
    return !decoder.hasError() && std::none_of(text.begin(), text.end(), isControl);
}

QString inOneLine(QString name) {
    std::replace_if(name.begin(), name.end(), isControl, QChar(QChar::ReplacementCharacter));
    return name;
}

}  // namespace

QString HeaderView::shown(const QByteArray& value, Form form) {
    const QByteArray part = value.left(longestValue);
    const bool text = form == Form::text && isText(value);
    QString words = form == Form::base64 ? QString::fromLatin1(part.toBase64())
                    : text               ? QString::fromUtf8(part)
                                         : u"0x"_s + QString::fromLatin1(part.toHex());
    if (const auto more = value.size() - longestValue; more > 0)
        words += more == 1 ? tr(" … and 1 more byte") : tr(" … and %1 more bytes").arg(theme::count(more));
    return words;
}

HeaderView::HeaderView(QWidget* parent) : QTextEdit(parent) {
    setReadOnly(true);
    setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    setFrameShape(QFrame::NoFrame);
    setUndoRedoEnabled(false);
    setTabChangesFocus(true);
    setWordWrapMode(QTextOption::WrapAnywhere);
    setFont(theme::font(theme::Type::Mono));
    document()->setDocumentMargin(0);
    connect(&theme::Theme::instance(), &theme::Theme::changed, this, &HeaderView::rebuild);
}

void HeaderView::setHeaders(const QVector<Header>& headers) {
    m_headers = headers;
    rebuild();
}

void HeaderView::setForm(Form form) {
    if (m_form == form) return;
    m_form = form;
    rebuild();
}

void HeaderView::setSearch(const QString& text) {
    if (m_search == text) return;
    m_search = text;
    markAll(*this, m_search);
}

void HeaderView::rebuild() {
    const theme::Tokens& t = theme::tokens();
    qsizetype widest = 0;
    for (const auto& [name, value] : m_headers) widest = std::max(widest, std::min(name.size(), longestName));
    const double column = fontMetrics().horizontalAdvance(QString(widest + 2, u' '));
    QTextBlockFormat line;
    line.setLeftMargin(column);
    line.setTextIndent(-column);
    QTextCharFormat names, values;
    names.setForeground(t.t2);
    values.setForeground(t.t1);
    clear();
    QTextCursor cursor(document());
    cursor.setBlockFormat(line);
    for (qsizetype i = 0; i < m_headers.size(); ++i) {
        const auto& [name, value] = m_headers[i];
        if (i > 0) cursor.insertBlock(line);
        cursor.insertText(inOneLine(name).leftJustified(widest + 1) + u' ', names);
        cursor.insertText(shown(value, m_form), values);
    }
    moveCursor(QTextCursor::Start);
    markAll(*this, m_search);
}

void HeaderView::changeEvent(QEvent* event) {
    QTextEdit::changeEvent(event);
    if (event->type() == QEvent::FontChange) rebuild();
}

}  // namespace nova::tables
