// A status shape with a word beside it, as in the status bar and in pane headers.
#pragma once

#include <QWidget>

#include "widgets/theme/status.h"

namespace nova::theme {

class StatusLabel : public QWidget {
    Q_OBJECT

public:
    explicit StatusLabel(QWidget* parent = nullptr);

    // `spoken` is what a screen reader says; empty: the text.
    void setStatus(Status status, const QString& text, const QString& spoken = {});
    Status status() const { return m_status; }
    QString text() const { return m_text; }
    // Text in the colour of the status instead of t2.
    void setTinted(bool tinted);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    Status m_status = Status::None;
    QString m_text;
    bool m_tinted = false;
};

}  // namespace nova::theme
