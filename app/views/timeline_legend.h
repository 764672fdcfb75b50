// What the shapes of the timeline mean, in one line; entries that do not fit are left out from the right.
#pragma once

#include <QWidget>

namespace nova::views {

class TimelineLegend final : public QWidget {
    Q_OBJECT
public:
    explicit TimelineLegend(QWidget* parent = nullptr);
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
};

}  // namespace nova::views
