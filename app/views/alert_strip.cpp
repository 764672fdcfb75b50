#include "app/views/alert_strip.h"

#include <QVBoxLayout>
#include <algorithm>

#include "app/engine/stack/catalogue.h"
#include "app/views/notice_bar.h"

namespace nova::views {

using namespace Qt::StringLiterals;

Cure cureOf(const stack::Alert& alert) {
    const QString part = alert.labels.value(u"job"_s).section(u'/', 0, 0);
    const auto* entry = stack::Catalogue::builtIn().part(part);
    const QString label = entry ? entry->label : part;
    if (alert.rule == u"NovaConsumerLag")
        return {AlertStrip::tr("Events come faster than it handles them. Another replica takes over some partitions."),
                Cure::Act::addReplica, part, AlertStrip::tr("Add a replica")};
    if (alert.rule == u"NovaNoProgress")
        return {AlertStrip::tr("It is paused, or one of its stores does not answer. Its log says why."),
                Cure::Act::restart, part, AlertStrip::tr("Restart %1").arg(label)};
    if (alert.rule == u"NovaOutboxAge")
        return {AlertStrip::tr("Kafka does not confirm. Users are still answered; the events follow when it does."),
                Cure::Act::showPart, u"kafka"_s, AlertStrip::tr("Show Kafka")};
    if (alert.rule == u"NovaDeadLetters")
        return {AlertStrip::tr("They could not be handled and were set aside. Its log names each with the reason."),
                Cure::Act::showPart, part, AlertStrip::tr("Show its log")};
    if (alert.rule == u"NovaProcessDown")
        return {AlertStrip::tr("Start it again if it does not come back by itself. Its log says why it went."),
                Cure::Act::restart, part, AlertStrip::tr("Restart %1").arg(label)};
    return {AlertStrip::tr("Its log may say more."), entry ? Cure::Act::showPart : Cure::Act::none, part,
            entry ? AlertStrip::tr("Show its log") : QString()};
}

AlertStrip::AlertStrip(QWidget* parent) : QWidget(parent) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    for (std::size_t i = 0; i < m_lines.size(); ++i) {
        m_lines[i] = new NoticeBar(this);
        column->addWidget(m_lines[i]);
        connect(m_lines[i], &NoticeBar::acted, this, [this, i] {
            if (qsizetype(i) < m_firing.size()) Q_EMIT cureWanted(cureOf(m_firing[qsizetype(i)]));
        });
    }
    hide();
}

void AlertStrip::setAlerts(const QVector<stack::Alert>& alerts) {
    m_firing.clear();
    std::copy_if(alerts.begin(), alerts.end(), std::back_inserter(m_firing), [](const auto& a) { return a.firing; });
    const auto lines = qsizetype(m_lines.size());
    for (qsizetype i = 0; i < lines; ++i) {
        auto* line = m_lines[std::size_t(i)];
        if (i >= m_firing.size()) {
            line->clearNotice();
            continue;
        }
        const auto& alert = m_firing[i];
        const auto cure = cureOf(alert);
        const auto more = i + 1 == lines ? m_firing.size() - lines : 0;
        QString text = cure.text;
        if (more > 0) text += u' ' + (more == 1 ? tr("1 more fires.") : tr("%1 more fire.").arg(more));
        line->setNotice(alert.severity == u"critical" ? u"err"_s : u"warn"_s, alert.summary + u'.', text, cure.button);
    }
    setVisible(!m_firing.isEmpty());
}

}  // namespace nova::views
