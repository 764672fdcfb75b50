#include "app/shell/lag_alarms.h"

#include <QSet>
#include <QSystemTrayIcon>
#include <algorithm>

#include "widgets/theme/icons.h"
#include "widgets/theme/theme.h"

namespace nova::shell {

using namespace Qt::StringLiterals;
using engine::LagRow;

namespace {

constexpr int mostBegun = 100;

}  // namespace

LagAlarms::LagAlarms(QObject* parent) : QObject(parent) {
    m_wait.setSingleShot(true);
    connect(&m_wait, &QTimer::timeout, this, &LagAlarms::tell);
    connect(&m_notice, &DesktopNotice::clicked, this, &LagAlarms::opened);
    connect(&m_notice, &DesktopNotice::refused, this, &LagAlarms::showInTray);
}

QString LagAlarms::textOf(const LagRow& row) {
    return tr("%1 on %2 p%3: %4").arg(row.group, row.topic, QString::number(row.partition), row.alarmReason);
}

void LagAlarms::begin(const LagRow& row) {
    ++m_untold;
    if (m_begun.size() < mostBegun) m_begun.append(row);
    if (!m_wait.isActive()) m_wait.start(togetherMs);
}

// The worst is told by name, the others are counted.
void LagAlarms::tell() {
    if (m_begun.isEmpty()) return;
    m_worst = *std::max_element(m_begun.begin(), m_begun.end(),
                                [](const auto& a, const auto& b) { return a.lag.value_or(0) < b.lag.value_or(0); });
    const int more = m_untold - 1;
    const QString text = more > 0 ? tr("%1, and %2 more").arg(textOf(m_worst), QString::number(more)) : textOf(m_worst);
    m_begun.clear();
    m_untold = 0;
    m_wait.start(apartMs);
    setLine(text);
    const QString title = tr("Lag alarm");
    if (!m_notice.show(title, text, tr("Show in Lag"))) showInTray(title, text);
    Q_EMIT notified(title, text);
}

void LagAlarms::showInTray(const QString& title, const QString& text) {
    if (!m_tray && QSystemTrayIcon::isSystemTrayAvailable() && QSystemTrayIcon::supportsMessages()) {
        m_tray = new QSystemTrayIcon(theme::icon(theme::Icon::Lag, theme::tokens().warn), this);
        connect(m_tray, &QSystemTrayIcon::messageClicked, this, &LagAlarms::opened);
        connect(m_tray, &QSystemTrayIcon::activated, this, &LagAlarms::opened);
    }
    if (!m_tray) return;
    m_tray->show();
    m_tray->showMessage(title, text, QSystemTrayIcon::Warning);
}

void LagAlarms::take(const engine::LagSample& sample) {
    QSet<std::pair<QString, QString>> firing;
    for (const auto& row : sample.rows) {
        if (row.alarm) firing.insert({row.group, row.topic});
    }
    if (std::exchange(m_count, int(firing.size())) == m_count) return;
    if (m_count == 0) {
        m_line.clear();
        m_notice.close();
        if (m_tray) m_tray->hide();
    }
    Q_EMIT changed();
}

void LagAlarms::clear() {
    m_wait.stop();
    m_begun.clear();
    m_untold = 0;
    take({});
    setLine({});
}

void LagAlarms::dismiss() {
    setLine({});
}

void LagAlarms::setLine(const QString& line) {
    if (std::exchange(m_line, line) != line) Q_EMIT changed();
}

}  // namespace nova::shell
