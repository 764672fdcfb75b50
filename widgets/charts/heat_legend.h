// The steps of a heat map's colours: "0 ▢▢▢▢▢ ▲ over 1 000". GUI thread.
#pragma once

#include <QWidget>

namespace nova::charts {

class HeatLegend final : public QWidget {
    Q_OBJECT
public:
    explicit HeatLegend(QWidget* parent = nullptr);
    void setLimit(const QString& text);  // "over 1 000"
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QString m_limit;
};

}  // namespace nova::charts
