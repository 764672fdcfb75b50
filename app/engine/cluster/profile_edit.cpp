#include "app/engine/cluster/profile_edit.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QRegularExpression>
#include <QTemporaryFile>
#include <algorithm>
#include <cstdio>
#include <unistd.h>

namespace nova::engine {
namespace {

QString say(const char* text) {
    return QCoreApplication::translate("nova::engine::ProfileEdit", text);
}

QString quoted(const QString& text) {
    QString out;
    for (const auto c : text) {
        if (c == u'"' || c == u'\\')
            out += QString(u'\\') + c;
        else if (c.unicode() < 0x20 || c.unicode() == 0x7f)
            out += QStringLiteral("\\u%1").arg(c.unicode(), 4, 16, QLatin1Char('0'));
        else
            out += c;
    }
    return u'"' + out + u'"';
}

// The place of the group's own rule, if that is the first that matches.
std::optional<qsizetype> ownRule(const QVector<LagRule>& rules, const QString& group) {
    const auto first = std::find_if(rules.begin(), rules.end(),
                                    [&](const LagRule& rule) { return matchesPattern(rule.groups, group); });
    if (first == rules.end() || first->groups != group) return std::nullopt;
    return first - rules.begin();
}

QStringList textOf(const LagRule& rule) {
    QStringList lines{QStringLiteral("[[lag]]"), QStringLiteral("groups = ") + quoted(rule.groups),
                      QStringLiteral("max_lag = %1").arg(rule.maxLag)};
    if (rule.maxSeconds) lines << QStringLiteral("max_seconds = %1").arg(*rule.maxSeconds, 0, 'f', 3);
    lines << QStringLiteral("muted = %1").arg(rule.muted ? QStringLiteral("true") : QStringLiteral("false"))
          << QString();
    return lines;
}

// Lines of the headers [[lag]].
QVector<qsizetype> headersIn(const QStringList& lines) {
    static const QRegularExpression header(QStringLiteral("^\\s*\\[\\[\\s*lag\\s*\\]\\]\\s*(#.*)?$"));
    QVector<qsizetype> found;
    for (qsizetype i = 0; i < lines.size(); ++i)
        if (header.match(lines[i]).hasMatch()) found << i;
    return found;
}

void change(QStringList& lines, qsizetype header, bool muted) {
    static const QRegularExpression field(QStringLiteral("^(\\s*muted\\s*=\\s*)(?:true|false)(.*)$"));
    const auto word = muted ? QStringLiteral("true") : QStringLiteral("false");
    for (auto i = header + 1; i < lines.size() && !lines[i].trimmed().startsWith(u'['); ++i) {
        const auto match = field.match(lines[i]);
        if (!match.hasMatch()) continue;
        lines[i] = match.captured(1) + word + match.captured(2);
        return;
    }
    lines.insert(header + 1, QStringLiteral("muted = ") + word);
}

// Before the first rule and what is remarked right above it; without one at the end.
void insert(QStringList& lines, const QVector<qsizetype>& headers, const LagRule& rule) {
    auto at = headers.isEmpty() ? lines.size() : headers.first();
    if (headers.isEmpty()) {
        while (at > 0 && lines[at - 1].trimmed().isEmpty()) lines.removeAt(--at);
        lines.insert(at++, QString());
    }
    while (!headers.isEmpty() && at > 0 && lines[at - 1].trimmed().startsWith(u'#')) --at;
    for (const auto& line : textOf(rule)) lines.insert(at++, line);
}

bool sameButRules(const Profile& a, const Profile& b) {
    return a.environment == b.environment && a.readOnly == b.readOnly && a.descriptors == b.descriptors &&
           a.keyTemplates == b.keyTemplates && a.kafka == b.kafka && a.postgres == b.postgres && a.redis == b.redis &&
           a.services == b.services && a.readBytesPerSecond == b.readBytesPerSecond;
}

bool sameRules(const QVector<LagRule>& a, const QVector<LagRule>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const LagRule& x, const LagRule& y) {
        return x.groups == y.groups && x.maxLag == y.maxLag && x.maxSeconds == y.maxSeconds && x.muted == y.muted;
    });
}

// Beside the file, so that what it names by relative paths is found.
kit::Result<Profile> replace(const QString& file, const QByteArray& text, const Profile& before,
                             const QVector<LagRule>& rules) {
    const QFileInfo info(file);
    QTemporaryFile out(info.path() + QStringLiteral("/.XXXXXX.toml"));
    const bool written = out.open() && out.setPermissions(info.permissions()) && out.write(text) == text.size() &&
                         out.flush() && ::fsync(out.handle()) == 0;
    if (!written)
        return kit::badInput(say("%1 cannot be written: %2").arg(file, out.errorString()).toStdString());
    auto after = Profile::load(out.fileName());
    if (!after || !sameButRules(before, after.value()) || !sameRules(after.value().lag, rules))
        return kit::badInput(say("%1 is written in a way that cannot be changed here").arg(file).toStdString(),
                             say("write a [[lag]] with groups and muted by hand").toStdString());
    if (std::rename(out.fileName().toLocal8Bit().constData(), file.toLocal8Bit().constData()) != 0)
        return kit::badInput(say("%1 cannot be replaced").arg(file).toStdString());
    out.setAutoRemove(false);
    after.value().file = before.file;
    after.value().name = before.name;
    return after;
}

}  // namespace

QVector<LagRule> rulesWithMute(const Profile& profile, const QString& group, bool muted) {
    auto rules = profile.lag;
    if (const auto own = ownRule(rules, group)) {
        rules[*own].muted = muted;
        return rules;
    }
    auto rule = profile.ruleOf(group);
    rule.groups = group;
    rule.muted = muted;
    rules.prepend(rule);
    return rules;
}

kit::Result<Profile> muteInProfile(const QString& file, const QString& group, bool muted) {
    BOOST_OUTCOME_TRY(const auto before, Profile::load(file));
    const auto path = QFileInfo(file).canonicalFilePath();  // a link stays one
    QFile in(path);
    if (!in.open(QIODevice::ReadOnly))
        return kit::badInput(say("%1 cannot be read: %2").arg(file, in.errorString()).toStdString());
    auto lines = QString::fromUtf8(in.readAll()).split(u'\n');
    const auto headers = headersIn(lines);
    const auto own = ownRule(before.lag, group);
    const auto rules = rulesWithMute(before, group, muted);
    if (own && *own < headers.size())
        change(lines, headers[*own], muted);
    else
        insert(lines, headers, rules.first());
    return replace(path, lines.join(u'\n').toUtf8(), before, rules);
}

}  // namespace nova::engine
