#include "app/views/shell_word.h"

#include <QRegularExpression>

namespace nova::views {

using namespace Qt::StringLiterals;

QString shellWord(const QString& text) {
    static const QRegularExpression plain(u"^[A-Za-z0-9_.,:/=@%+-]+$"_s);
    if (plain.match(text).hasMatch()) return text;
    QString inner = text;
    return u'\'' + inner.replace(u'\'', u"'\\''"_s) + u'\'';
}

}  // namespace nova::views
