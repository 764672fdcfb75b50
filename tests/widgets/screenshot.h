// Pictures of widgets for people to look at, and a few measures that a picture must pass.
#pragma once

#include <QImage>
#include <QWidget>

namespace nova::test {

// Shows the widget offscreen at `size`, paints it, saves `<name>-dark.png` or `-light.png` under the build folder.
QImage screenshot(QWidget& widget, const QString& name, const QSize& size, qreal ratio = 1);

// Share of pixels that differ from the most frequent colour, 0..1: an empty picture has 0.
double inkOf(const QImage& image);

}  // namespace nova::test
