#include "app/shell/as_command.h"

#include <QStringList>

#include "app/views/shell_word.h"

namespace nova::shell {

using namespace Qt::StringLiterals;
using views::shellWord;

QString asCommand(const QString& page, const views::Subject& subject, const QString& where) {
    const auto line = [&where](const QString& verb, const QStringList& rest) {
        QStringList words{u"nova-console"_s, verb, where};
        return (words + rest).join(u' ');
    };
    if (page == "lag"_L1 && !subject.group.isEmpty()) {
        QStringList rest{u"--group"_s, shellWord(subject.group)};
        if (!subject.topic.isEmpty()) rest << u"--topic"_s << shellWord(subject.topic);
        return line(page, rest);
    }
    if (page == "actions"_L1 && !subject.traceId.isEmpty()) return line(page, {shellWord(subject.traceId)});
    const QString& id = subject.eventId.isEmpty() ? subject.key : subject.eventId;
    if (page == "keys"_L1 && !id.isEmpty()) return line(page, {shellWord(id)});
    if (page == "traffic"_L1 && !subject.topic.isEmpty() && subject.offset >= 0)
        return line(page, {u"--topic"_s, shellWord(subject.topic), u"--from"_s, QString::number(subject.offset),
                           u"--filter"_s, u"'partition:%1 offset:%2'"_s.arg(subject.partition).arg(subject.offset)});
    return {};
}

}  // namespace nova::shell
