#include "app/views/sentence.h"

namespace nova::views {

QString asSentence(QString text) {
    if (text.isEmpty()) return text;
    const QString first = text.section(u' ', 0, 0);
    const bool isName = first.contains(u'.') || first.endsWith(u',');
    if (!isName) text[0] = text[0].toUpper();
    if (!text.endsWith(u'.') && !text.endsWith(u'?')) text += u'.';
    return text;
}

}  // namespace nova::views
