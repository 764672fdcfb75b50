#include "app/engine/actions/mermaid.h"

#include <QMap>
#include <QStringList>
#include <algorithm>

namespace nova::engine {
namespace {

const QStringList& lanes() {
    static const QStringList order{QStringLiteral("User"),
                                   QStringLiteral("graphql-gateway"),
                                   QStringLiteral("identity-service"),
                                   QStringLiteral("content-service"),
                                   QStringLiteral("media-service"),
                                   QStringLiteral("messaging-service"),
                                   QStringLiteral("social-service"),
                                   QStringLiteral("S3"),
                                   QStringLiteral("PostgreSQL"),
                                   QStringLiteral("Kafka"),
                                   QStringLiteral("feed-service"),
                                   QStringLiteral("notification-service"),
                                   QStringLiteral("realtime-chat-service"),
                                   QStringLiteral("Redis")};
    return order;
}

QString plain(QString text) {
    return text.replace(QLatin1Char(';'), QLatin1Char(',')).replace(QLatin1Char('#'), QLatin1Char(' ')).simplified();
}

QString ms(double value) {
    return QString::number(value, 'f', 1);
}

struct Arrow {
    double atMs = 0;
    QString from, to, text;
    bool answer = false;
};

class Diagram {
public:
    void add(const Action& action, double shiftMs) {
        m_shift = shiftMs;
        for (const auto& hop : action.hops) addHop(action, hop);
        if (const auto answered = action.answeredAtMs())
            put(*answered, QStringLiteral("graphql-gateway"), QStringLiteral("User"),
                action.action + QStringLiteral(" answered, ") + ms(*answered) + QStringLiteral(" ms"), true);
    }

    QString text(const QString& title) const {
        auto arrows = m_arrows;
        std::stable_sort(arrows.begin(), arrows.end(), [](const Arrow& a, const Arrow& b) { return a.atMs < b.atMs; });
        QStringList lines{QStringLiteral("---"), QStringLiteral("title: ") + plain(title), QStringLiteral("---"),
                          QStringLiteral("sequenceDiagram")};
        QStringList used = lanes();
        for (const auto& arrow : arrows) {
            for (const auto& lane : {arrow.from, arrow.to}) {
                if (!used.contains(lane)) used << lane;
            }
        }
        QMap<QString, QString> ids;
        for (const auto& lane : used) {
            if (!uses(lane)) continue;
            ids[lane] = QStringLiteral("p%1").arg(ids.size());
            lines << QStringLiteral("    participant %1 as %2").arg(ids[lane], plain(lane));
        }
        for (const auto& arrow : arrows)
            lines << QStringLiteral("    %1%2%3: %4 ms %5")
                         .arg(ids[arrow.from], arrow.answer ? QStringLiteral("-->>") : QStringLiteral("->>"),
                              ids[arrow.to], ms(arrow.atMs), plain(arrow.text));
        return lines.join(QLatin1Char('\n')) + QLatin1Char('\n');
    }

private:
    bool uses(const QString& lane) const {
        return std::any_of(m_arrows.begin(), m_arrows.end(),
                           [&](const Arrow& arrow) { return arrow.from == lane || arrow.to == lane; });
    }

    void put(double atMs, const QString& from, const QString& to, const QString& text, bool answer = false) {
        m_arrows.append({m_shift + atMs, from, to, text, answer});
    }

    static QString lengthOf(const Hop& hop) {
        QString text = hop.pending ? hop.outcome : ms(hop.durationMs) + QStringLiteral(" ms");
        if (hop.budgetMs) text += QStringLiteral(" of ") + QString::number(*hop.budgetMs);
        return QStringLiteral(" (") + text + QLatin1Char(')');
    }

    void addHop(const Action& action, const Hop& hop) {
        const QString text = hop.name + lengthOf(hop);
        const auto* parent = action.hop(hop.parent);
        if (hop.kind == QLatin1String("http") && !hop.client)
            put(hop.startMs, QStringLiteral("User"), hop.service, action.action + QLatin1Char(' ') + text);
        else if (hop.kind == QLatin1String("grpc") && !hop.client && parent)
            put(hop.startMs, parent->service, hop.service, text);
        else if (hop.kind == QLatin1String("sql"))
            put(hop.startMs, hop.service, QStringLiteral("PostgreSQL"), text);
        else if (hop.kind == QLatin1String("redis"))
            put(hop.startMs, hop.service, QStringLiteral("Redis"), text);
        else if (hop.kind == QLatin1String("s3"))
            put(hop.startMs, hop.service, QStringLiteral("S3"), text);
        else if (hop.kind == QLatin1String("produce"))
            put(hop.startMs, hop.service, QStringLiteral("Kafka"),
                text + QStringLiteral(" p%1 @ %2").arg(hop.partition).arg(hop.offset));
        else if (hop.kind == QLatin1String("kafka"))
            put(hop.endMs(), QStringLiteral("Kafka"), hop.service, text);
        else if (hop.kind == QLatin1String("consume"))
            put(hop.startMs, hop.service, hop.service, text + QStringLiteral(": ") + hop.outcome);
        else if (hop.kind == QLatin1String("push") && !hop.effect.isEmpty())
            put(hop.endMs(), hop.service, QStringLiteral("User"),
                text + QStringLiteral(" to %1 sockets").arg(std::max(0, hop.recipients)));
    }

    QVector<Arrow> m_arrows;
    double m_shift = 0;
};

}  // namespace

QString toMermaid(const QString& title, const QVector<Action>& actions) {
    Diagram diagram;
    for (const auto& action : actions)
        diagram.add(action, static_cast<double>(action.startedUs - actions.first().startedUs) / 1'000);
    return diagram.text(title);
}

}  // namespace nova::engine
