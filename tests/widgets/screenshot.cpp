#include "tests/widgets/screenshot.h"

#include <QCoreApplication>
#include <QDir>
#include <QHash>
#include <algorithm>

#include "widgets/theme/theme.h"

namespace nova::test {

QImage screenshot(QWidget& widget, const QString& name, const QSize& size, qreal ratio) {
    widget.resize(size);
    widget.setAttribute(Qt::WA_DontShowOnScreen);  // laid out as shown, without the platform window
    widget.show();
    QCoreApplication::processEvents();
    QImage image((QSizeF(size) * ratio).toSize(), QImage::Format_RGB32);
    image.setDevicePixelRatio(ratio);
    image.fill(theme::tokens().bg1);
    widget.render(&image);
    const QDir folder(QStringLiteral(NOVA_SCREENSHOT_DIR));
    folder.mkpath(QStringLiteral("."));
    const QString suffix = theme::tokens().dark ? QStringLiteral("-dark.png") : QStringLiteral("-light.png");
    const bool saved = image.save(folder.filePath(name + suffix));
    Q_ASSERT_X(saved, "screenshot", "the build folder must be writable");
    return saved ? image : QImage();
}

double inkOf(const QImage& image) {
    QHash<QRgb, qint64> counts;
    for (int y = 0; y < image.height(); ++y)
        for (int x = 0; x < image.width(); ++x) ++counts[image.pixel(x, y)];
    const auto most = std::max_element(counts.cbegin(), counts.cend());
    const double all = static_cast<double>(image.width()) * image.height();
    return most == counts.cend() ? 0 : 1 - static_cast<double>(*most) / all;
}

}  // namespace nova::test
