// The lag alarms that hold now: their number for the rail's badge, a line over the views, and a notification of the
// desktop when one begins. Alarms that begin together are told together, at most once in 10 s. GUI thread.
#pragma once

#include <QObject>
#include <QPointer>
#include <QTimer>
#include <QVector>

#include "app/engine/lag/lag_types.h"
#include "app/shell/desktop_notice.h"

class QSystemTrayIcon;

namespace nova::shell {

class LagAlarms final : public QObject {
    Q_OBJECT
public:
    static constexpr int togetherMs = 1'000, apartMs = 10'000;
    explicit LagAlarms(QObject* parent = nullptr);

    void begin(const engine::LagRow& row);
    void take(const engine::LagSample& sample);
    void clear();    // another cluster
    void dismiss();  // the line was read: it comes back with the next alarm

    [[nodiscard]] int count() const { return m_count; }             // of group × topic in alarm
    [[nodiscard]] QString line() const { return m_line; }           // empty: nothing to say
    [[nodiscard]] engine::LagRow worst() const { return m_worst; }  // of what the line tells

Q_SIGNALS:
    void changed();                                            // count or line
    void notified(const QString& title, const QString& text);  // told to the desktop, where it can be
    void opened();                                             // the notification was clicked

private:
    void tell();
    void showInTray(const QString& title, const QString& text);
    void setLine(const QString& line);
    static QString textOf(const engine::LagRow& row);

    QVector<engine::LagRow> m_begun;  // not told yet, at most 100
    int m_count = 0, m_untold = 0;
    QString m_line;
    engine::LagRow m_worst;
    QTimer m_wait;
    DesktopNotice m_notice;
    QPointer<QSystemTrayIcon> m_tray;  // where the desktop has no notifications
};

}  // namespace nova::shell
