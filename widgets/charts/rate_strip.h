// Spark bars of events a second per topic: one scale for the whole strip, the number at the right.
#pragma once

#include <QColor>
#include <QString>
#include <QWidget>
#include <vector>

namespace nova::charts {

struct RateSeries {
    QString name;                   // full topic name
    QString colorKey;               // topic name for theme::Tokens::topic()
    std::vector<double> perSecond;  // oldest first, one value a bar
    double now = 0;                 // shown number, per second
    bool alarm = false;             // dead letters: name in warn while above 0

    bool operator==(const RateSeries&) const = default;
};

class RateStrip : public QWidget {
    Q_OBJECT

public:
    explicit RateStrip(QWidget* parent = nullptr);

    void setSeries(std::vector<RateSeries> series);
    const std::vector<RateSeries>& series() const { return m_series; }

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override;

Q_SIGNALS:
    void topicActivated(const QString& name);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    bool event(QEvent* event) override;

private:
    int columns(int width) const;
    QRect cellRect(int index) const;

    std::vector<RateSeries> m_series;
};

}  // namespace nova::charts
