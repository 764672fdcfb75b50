// One sentence over a view, with what to do about it. Hidden while there is nothing to say.
#pragma once

#include <QFrame>
#include <QString>

class QLabel;
class QPushButton;

namespace nova::theme {
class StatusLabel;
}

namespace nova::views {

class NoticeBar final : public QFrame {
    Q_OBJECT
public:
    explicit NoticeBar(QWidget* parent = nullptr);
    // `tone`: "ok", "warn", "err" or "info". `action` empty: no button.
    void setNotice(const QString& tone, const QString& headline, const QString& text, const QString& action = {});
    void clearNotice();
    [[nodiscard]] QString text() const;

Q_SIGNALS:
    void acted();

private:
    QString m_tone;
    theme::StatusLabel* m_shape;
    QLabel* m_text;
    QPushButton* m_action;
};

}  // namespace nova::views
