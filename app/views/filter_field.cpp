#include "app/views/filter_field.h"

#include <QInputMethodEvent>
#include <QKeyEvent>
#include <QLabel>
#include <QRegularExpression>
#include <QTextCharFormat>

#include "app/views/completion_list.h"
#include "app/views/pane.h"
#include "widgets/theme/fonts.h"
#include "widgets/theme/theme.h"

namespace nova::views {

using namespace Qt::StringLiterals;

namespace {

constexpr int clearButton = 26, gap = 10, leastText = 160;

struct Word {
    int from, length;
    QColor ink;
};

// Fields, values, numbers and the reserved words, as far as colours need them; what is right is the compiler's to say.
QVector<Word> wordsOf(const QString& text) {
    static const QRegularExpression token(
        uR"re((?<field>[A-Za-z_][\w.\-]*)(?=(?::|>=|<=|>|<|~)))re"
        uR"re(|(?<string>"(?:\\.|[^"\\])*"?)|(?<pattern>(?<=~)/(?:\\.|[^/\\])*/?))re"
        uR"re(|(?<number>(?<=[:<>=,])-?\d[\d.]*(?:us|ms|s|m|h|d|B|kB|MB)?(?=$|[\s,)])))re"
        uR"re(|(?<op>\b(?:and|or|not)\b)|(?<word>[^\s(),":<>=~]+))re"_s);
    const auto& t = theme::tokens();
    QVector<Word> words;
    for (auto it = token.globalMatch(text); it.hasNext();) {
        const auto match = it.next();
        const QColor& ink = match.hasCaptured(u"field")    ? t.synKey
                            : match.hasCaptured(u"number") ? t.synNum
                            : match.hasCaptured(u"op")     ? t.synOp
                                                           : t.synStr;
        words.append({int(match.capturedStart()), int(match.capturedLength()), ink});
    }
    return words;
}

}  // namespace

FilterField::FilterField(QWidget* parent)
    : QLineEdit(parent), m_figures(newLabel({}, u"hint"_s, this)), m_list(new CompletionList(this)) {
    setClearButtonEnabled(true);
    setFont(theme::font(theme::Type::Mono));
    setAccessibleName(tr("Filter"));
    setPlaceholderText(tr("Filter, e.g. type:PostCreated user:alice latency>200ms, or any text"));
    m_figures->setAttribute(Qt::WA_TransparentForMouseEvents);
    m_figures->hide();
    connect(this, &QLineEdit::textChanged, this, [this] {
        paintWords();
        placeFigures();
        if (text().isEmpty()) closeProposals();
    });
    connect(this, &QLineEdit::textEdited, this, [this] { propose(false); });
    connect(m_list, &CompletionList::taken, this, &FilterField::take);
    connect(&theme::Theme::instance(), &theme::Theme::changed, this, &FilterField::paintWords);
}

FilterField::~FilterField() {
    delete m_list;
}

// A line edit draws formats that an input method asks for; this is one that only colours.
void FilterField::paintWords() {
    QList<QInputMethodEvent::Attribute> formats;
    const auto add = [&](int from, int length, const QTextCharFormat& format) {
        formats.append({QInputMethodEvent::TextFormat, from - cursorPosition(), length, format});
    };
    const int wrongFrom = m_problem ? m_problem->position : -1;
    const int wrongTo = m_problem ? std::max(wrongFrom + 1, wrongFrom + m_problem->length) : -1;
    for (const auto& word : wordsOf(text())) {
        QTextCharFormat format;
        format.setForeground(word.ink);
        // Ranges must not overlap: a word is split where the error begins and ends.
        const int from = word.from, to = word.from + word.length;
        const int a = std::clamp(wrongFrom, from, to), b = std::clamp(wrongTo, from, to);
        if (wrongFrom < 0 || a >= b) {
            add(from, word.length, format);
            continue;
        }
        if (a > from) add(from, a - from, format);
        if (to > b) add(b, to - b, format);
    }
    if (wrongFrom >= 0 && wrongFrom < text().size()) {
        QTextCharFormat wrong;
        wrong.setForeground(theme::tokens().err);
        wrong.setFontUnderline(true);
        wrong.setUnderlineStyle(QTextCharFormat::WaveUnderline);
        wrong.setUnderlineColor(theme::tokens().err);
        add(wrongFrom, std::min(wrongTo, int(text().size())) - wrongFrom, wrong);
    }
    QInputMethodEvent event({}, formats);
    QLineEdit::inputMethodEvent(&event);
    update();
}

void FilterField::setProblem(const std::optional<engine::FilterError>& problem) {
    const bool changed = problem.has_value() != m_problem.has_value();
    m_problem = problem;
    if (changed) {
        setProperty("invalid", problem.has_value());
        theme::repolish(this);
    }
    paintWords();
}

void FilterField::setFigures(const QString& full, const QString& brief) {
    if (m_full == full && m_brief == brief) return;
    m_full = full;
    m_brief = brief;
    setToolTip(full);
    placeFigures();
}

void FilterField::placeFigures() {
    const int used = std::max(leastText, fontMetrics().horizontalAdvance(text()) + 2 * gap);
    const int room = width() - used - clearButton;
    QString shown;
    for (const auto& candidate : {m_full, m_brief}) {
        if (!shown.isEmpty() || candidate.isEmpty()) continue;
        if (m_figures->fontMetrics().horizontalAdvance(candidate) + gap <= room) shown = candidate;
    }
    m_figures->setVisible(!shown.isEmpty());
    m_figures->setText(shown);
    m_figures->adjustSize();
    m_figures->move(width() - clearButton - gap - m_figures->width(), (height() - m_figures->height()) / 2);
    setTextMargins(0, 0, shown.isEmpty() ? 0 : m_figures->width() + gap, 0);
}

void FilterField::propose(bool asked) {
    QVector<engine::Completion> proposals;
    if (m_seen) proposals = engine::completions(text(), cursorPosition(), m_seen());
    const bool typed = !proposals.isEmpty() && proposals.first().length > 0;
    const bool isThere = proposals.size() == 1 &&
                         proposals.first().insert == text().mid(proposals.first().from, proposals.first().length);
    if ((!typed && !asked) || isThere) proposals.clear();
    if (m_list->parentWidget() != window()) m_list->setParent(window());
    m_list->propose(proposals, *this);
}

void FilterField::take(const engine::Completion& completion) {
    QString changed = text();
    changed.replace(completion.from, completion.length, completion.insert);
    setText(changed);
    setCursorPosition(completion.from + int(completion.insert.size()));
    m_list->hide();
    const QChar last = completion.insert.isEmpty() ? QChar() : completion.insert.back();
    if (last == u':' || last == u'.') propose(true);  // a field: its values are next
}

CompletionList* FilterField::proposals() const {
    return m_list;
}

bool FilterField::closeProposals() {
    const bool open = m_list->isVisible();
    m_list->hide();
    return open;
}

// Tab would go to the next widget before keyPressEvent() heard of it.
bool FilterField::event(QEvent* event) {
    if (event->type() == QEvent::KeyPress && static_cast<QKeyEvent*>(event)->key() == Qt::Key_Tab) {
        if (const auto best = m_list->best()) {
            take(*best);
            return true;
        }
    }
    return QLineEdit::event(event);
}

void FilterField::keyPressEvent(QKeyEvent* event) {
    const bool open = m_list->isVisible();
    const int key = event->key();
    if (key == Qt::Key_Space && event->modifiers().testFlag(Qt::ControlModifier)) return propose(true);
    if (open && (key == Qt::Key_Down || key == Qt::Key_Up)) return m_list->step(key == Qt::Key_Down ? 1 : -1);
    if (!open && key == Qt::Key_Down) return propose(true);
    if (open && key == Qt::Key_Escape) return m_list->hide();
    if (key == Qt::Key_Return || key == Qt::Key_Enter) {
        if (const auto chosen = m_list->chosen()) return take(*chosen);
        m_list->hide();
    }
    QLineEdit::keyPressEvent(event);
}

void FilterField::focusOutEvent(QFocusEvent* event) {
    if (m_list) m_list->hide();
    QLineEdit::focusOutEvent(event);
}

void FilterField::resizeEvent(QResizeEvent* event) {
    QLineEdit::resizeEvent(event);
    placeFigures();
}

}  // namespace nova::views
