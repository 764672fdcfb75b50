// The cluster that is looked at: its environment, always as colour and word, its name, and a menu of the others. Beside
// it, where nothing may be written, a dashed chip with a lock. GUI thread.
#pragma once

#include <QMenu>
#include <QToolButton>
#include <QWidget>

namespace nova::shell {

// What the bars say of the cluster.
struct Place {
    QString environment = QStringLiteral("local");  // local, staging, production
    QString name = QStringLiteral("nova-local");
    QString address;  // of the brokers; empty: none yet
    bool readOnly = false;
    QString detail;  // tooltip: where it is configured
};
QString environmentWord(const QString& environment);  // "STAGING"; others as they are written, in capitals

class ClusterChip final : public QToolButton {
    Q_OBJECT
public:
    explicit ClusterChip(QWidget* parent);
    void setPlace(const Place& place);
    QMenu* choices() { return &m_choices; }  // the window fills it
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QString m_word, m_name, m_environment;
    QMenu m_choices;
};

class ReadOnlyChip final : public QWidget {
    Q_OBJECT
public:
    explicit ReadOnlyChip(QWidget* parent);
    void setShort(bool isShort);  // the lock alone, where room is short
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QString m_text;
    bool m_short = false;
};

}  // namespace nova::shell
