// What this console reads from the cluster now, and the most that it may: a segment of the status bar with a menu to
// change it. GUI thread.
#pragma once

#include <QAbstractButton>
#include <QMenu>

namespace nova::shell {

class ReadsButton final : public QAbstractButton {
    Q_OBJECT
public:
    explicit ReadsButton(QWidget* parent);
    // Bytes a second; `most` 0: no limit.
    void setReading(qint64 now, qint64 most);
    [[nodiscard]] QMenu& choices() { return m_menu; }
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

Q_SIGNALS:
    void mostChosen(qint64 bytesPerSecond);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void offer(qint64 most);

    QMenu m_menu;
    qint64 m_most = -1;
};

}  // namespace nova::shell
