#include "app/commands/fault.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <QCoreApplication>
#include <QJsonArray>
#include <QTimer>
#include <algorithm>

#include "app/commands/attach.h"
#include "app/commands/nearest.h"
#include "app/commands/output.h"
#include "app/engine/stack/catalogue.h"
#include "app/engine/stack/stack.h"

namespace nova::commands {
namespace {

using stack::PartState;
using stack::PartStatus;
using stack::Stack;
using Parts = QVector<PartStatus>;

constexpr int patienceMs = 60'000;

struct Act {
    QString word;  // "pause"
    QString name;
    int replica = -1;  // -1: all of them
    int replicas = 0;  // of scale
};

struct Word {
    const char* word;
    void (Stack::*act)(const QString& name, int replica);
    const char* (*refusal)(const PartStatus& part);  // why not, or null
    bool (*done)(const PartStatus& before, const PartStatus& now);
};

bool serves(const PartStatus& part) {
    return part.state == PartState::ready || part.state == PartState::degraded;
}
const char* needsProcess(const PartStatus& part) {
    return part.pid > 0 ? nullptr : "has no process";
}

constexpr Word words[] = {
    {"kill", &Stack::killPart, needsProcess,
     [](const PartStatus& before, const PartStatus& now) { return now.pid != before.pid; }},
    {"stop", &Stack::stopPart,
     [](const PartStatus& part) -> const char* {
         return part.state == PartState::stopped ? "is stopped already" : nullptr;
     },
     [](const PartStatus&, const PartStatus& now) { return now.state == PartState::stopped; }},
    {"pause", &Stack::pausePart,
     [](const PartStatus& part) { return part.state == PartState::paused ? "is paused already" : needsProcess(part); },
     [](const PartStatus&, const PartStatus& now) { return now.state == PartState::paused; }},
    {"resume", &Stack::resumePart,
     [](const PartStatus& part) -> const char* { return part.state == PartState::paused ? nullptr : "is not paused"; },
     [](const PartStatus&, const PartStatus& now) { return now.state != PartState::paused; }},
    {"restart", &Stack::restartPart, [](const PartStatus&) -> const char* { return nullptr; },
     [](const PartStatus& before, const PartStatus& now) { return now.pid != before.pid && serves(now); }},
};

const Word* findWord(const QString& word) {
    const auto* found = std::find_if(std::begin(words), std::end(words),
                                     [&](const Word& one) { return word == QLatin1String(one.word); });
    return found == std::end(words) ? nullptr : found;
}

// The fault of the words, or "".
QString understand(const std::vector<std::string>& given, Act& act) {
    QStringList known{QStringLiteral("scale")}, names;
    for (const auto& word : words) known << QLatin1String(word.word);
    for (const auto& part : stack::Catalogue::builtIn().parts()) names << part.name;
    const auto text = [&given](std::size_t at) {
        return at < given.size() ? QString::fromStdString(given[at]) : QString();
    };
    act.word = text(0);
    if (!known.contains(act.word))
        return QStringLiteral("there is no fault \"%1\"%2").arg(act.word, didYouMean(act.word, known));
    const bool scale = act.word == QLatin1String("scale");
    if (given.size() != (scale ? 3U : 2U))
        return QStringLiteral("%1 wants %2")
            .arg(act.word, scale ? QStringLiteral("SERVICE N") : QStringLiteral("PART[/REPLICA]"));
    const auto target = text(1);
    act.name = target.section(QLatin1Char('/'), 0, 0);
    const auto* part = stack::Catalogue::builtIn().part(act.name);
    if (!part) return QStringLiteral("there is no part \"%1\"%2").arg(act.name, didYouMean(act.name, names));
    bool number = true;
    if (target.contains(QLatin1Char('/'))) act.replica = target.section(QLatin1Char('/'), 1).toInt(&number);
    if (!number || (act.replica < 0 && target.contains(QLatin1Char('/'))))
        return QStringLiteral("\"%1\" names no replica; feed-service/0 would").arg(target);
    if (!scale) return {};
    if (part->isStore()) return QStringLiteral("%1 is one process; only services are scaled").arg(act.name);
    if (act.replica >= 0) return QStringLiteral("scale is of a service, not of one replica");
    act.replicas = text(2).toInt(&number);
    if (!number || act.replicas < 1 || act.replicas > stack::mostReplicas)
        return QStringLiteral("\"%1\" replicas: 1 to %2 are possible").arg(text(2)).arg(stack::mostReplicas);
    return {};
}

Parts named(const Parts& parts, const Act& act) {
    Parts found;
    for (const auto& part : parts)
        if (part.name == act.name && (act.replica < 0 || part.replica == act.replica)) found << part;
    return found;
}

const PartStatus* find(const Parts& parts, const PartStatus& like) {
    const auto found =
        std::find_if(parts.begin(), parts.end(), [&](const PartStatus& part) { return part.id() == like.id(); });
    return found == parts.end() ? nullptr : &*found;
}

QJsonObject side(const PartStatus* part) {
    if (!part) return {{QStringLiteral("state"), QJsonValue()}, {QStringLiteral("pid"), QJsonValue()}};
    return {{QStringLiteral("state"), stack::stateName(part->state)},
            {QStringLiteral("pid"), part->pid > 0 ? QJsonValue(part->pid) : QJsonValue()}};
}

QString inWords(const PartStatus* part) {
    if (!part) return QStringLiteral("not there");
    return part->pid > 0 ? QStringLiteral("%1, pid %2").arg(stack::stateName(part->state)).arg(part->pid)
                         : stack::stateName(part->state);
}

// From the first look at the parts to the effect of the act; returns the exit code.
class FaultRun {
public:
    FaultRun(Stack& stack, Act act, const CommonOptions& common)
        : m_stack(stack), m_act(std::move(act)), m_common(common) {
        QObject::connect(&stack, &Stack::changed, &stack, [this](const Parts& parts) { look(parts); });
        QObject::connect(&stack, &Stack::stopped, &stack, [this] {
            end(fail(exitCode::cannotConnect, QStringLiteral("the Nova of %1 went away").arg(m_stack.dataDir())));
        });
        QTimer::singleShot(patienceMs, &stack, [this] {
            report();
            end(fail(exitCode::badNews,
                     QStringLiteral("%1 %2: not done after %3 s").arg(m_act.word, m_act.name).arg(patienceMs / 1000)));
        });
    }

private:
    void end(int code) {
        m_over = true;
        QCoreApplication::exit(code);
    }
    void look(const Parts& parts) {
        if (m_over || parts.isEmpty() || m_stack.ownerPid() == 0) return;
        m_now = named(parts, m_act);
        if (!m_asked && stack::nothingRuns(m_stack)) return end(noNova(m_common));
        if (!m_asked) return begin();
        if (!done()) return;
        report();
        end(exitCode::done);
    }
    void begin() {
        m_asked = true;
        m_before = m_now;
        if (m_before.isEmpty())
            return end(
                fail(exitCode::wrongUsage,
                     QStringLiteral("this Nova has no %1%2")
                         .arg(m_act.name, m_act.replica < 0 ? QString() : QStringLiteral("/%1").arg(m_act.replica))));
        if (m_act.word == QLatin1String("scale")) {
            m_stack.scalePart(m_act.name, m_act.replicas);
            if (done()) look(m_stack.parts());
            return;
        }
        const auto* word = findWord(m_act.word);
        for (const auto& part : std::as_const(m_before))
            if (const char* why = word->refusal(part))
                return end(fail(exitCode::badNews, QStringLiteral("%1 %2").arg(part.id(), QLatin1String(why))));
        for (const auto& part : std::as_const(m_before)) (m_stack.*word->act)(part.name, part.replica);
    }
    bool done() const {
        if (m_act.word == QLatin1String("scale")) {
            return m_now.size() == m_act.replicas && std::all_of(m_now.begin(), m_now.end(), [this](const auto& part) {
                       const auto* before = find(m_before, part);
                       return before ? before->state == part.state || serves(part) : serves(part);
                   });
        }
        const auto* word = findWord(m_act.word);
        return std::all_of(m_before.begin(), m_before.end(), [&](const auto& before) {
            const auto* now = find(m_now, before);
            return now && word->done(before, *now);
        });
    }
    void report() const {
        QStringList ids;
        QMap<QString, QPair<const PartStatus*, const PartStatus*>> sides;
        for (const auto* list : {&m_before, &m_now})
            for (const auto& part : *list) {
                if (!ids.contains(part.id())) ids << part.id();
                sides[part.id()] = {find(m_before, part), find(m_now, part)};
            }
        QJsonArray changed;
        for (const auto& id : std::as_const(ids)) {
            const auto [before, now] = sides.value(id);
            if (before && now && before->state == now->state && before->pid == now->pid) continue;
            const auto& either = before ? *before : *now;
            changed << QJsonObject{{QStringLiteral("name"), either.name},
                                   {QStringLiteral("replica"), either.replica},
                                   {QStringLiteral("before"), side(before)},
                                   {QStringLiteral("after"), side(now)}};
            if (!m_common.json) print(QStringLiteral("%1  %2 → %3").arg(id, -24).arg(inWords(before), inWords(now)));
        }
        if (m_common.json)
            printJson({{QStringLiteral("fault"), m_act.word}, {QStringLiteral("changed"), changed}});
        else if (changed.isEmpty())
            print(QStringLiteral("nothing changed"));
    }

    Stack& m_stack;
    Act m_act;
    const CommonOptions& m_common;
    bool m_asked = false, m_over = false;
    Parts m_before, m_now;
};

}  // namespace

int runFault(const Arguments& arguments) {
    CLI::App app(
        "Makes trouble on a local Nova: kill, stop, pause, resume or restart a part (feed-service, feed-service/1, "
        "kafka …),\n"
        "or scale a service to N replicas. Returns once it is so, and says what changed.");
    CommonOptions common;
    std::vector<std::string> given;
    app.add_option("fault", given, "kill|stop|pause|resume|restart PART[/REPLICA], or scale SERVICE N")
        ->required()
        ->expected(1, 3);
    if (const auto done = parse(app, arguments, common)) return *done;
    if (const auto refused = refuseProfile(arguments, common)) return *refused;
    Act act;
    if (const auto fault = understand(given, act); !fault.isEmpty()) return usageError(arguments, fault);
    stack::StackOptions options;
    options.dataDir = common.dataDir;
    const auto stack = Stack::attach(options);
    if (!stack) return noNova(common);
    const FaultRun run(*stack, act, common);
    return QCoreApplication::exec();
}

}  // namespace nova::commands
