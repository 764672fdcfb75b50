// Marks what was searched for in a text view. GUI thread.
#pragma once

#include <QString>
#include <QTextCursor>
#include <QTextDocument>
#include <QTextEdit>

#include "widgets/theme/theme.h"

namespace nova::tables {

// Every occurrence in a QTextEdit or QPlainTextEdit, without case, the first 1,000; an empty text: none.
template <class Edit>
void markAll(Edit& edit, const QString& text) {
    constexpr int mostMarks = 1'000;
    QList<QTextEdit::ExtraSelection> marks;
    if (!text.isEmpty()) {
        QTextEdit::ExtraSelection mark;
        mark.format.setBackground(theme::tokens().warnBg);
        const QTextDocument& document = *edit.document();
        for (QTextCursor at = document.find(text); !at.isNull() && marks.size() < mostMarks;
             at = document.find(text, at)) {
            mark.cursor = at;
            marks.append(mark);
        }
    }
    edit.setExtraSelections(marks);
}

}  // namespace nova::tables
