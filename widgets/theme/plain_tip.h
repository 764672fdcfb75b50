// A stranger's text as a tooltip: what looks like a tag is shown, not obeyed.
#pragma once

#include <QString>
#include <QTextDocument>

namespace nova::theme {

inline QString plainTip(const QString& text) {
    return Qt::mightBeRichText(text) ? Qt::convertFromPlainText(text) : text;
}

}  // namespace nova::theme
