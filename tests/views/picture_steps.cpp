#include "tests/views/picture_steps.h"

#include <QDir>
#include <QImage>
#include <QTimer>
#include <QWidget>
#include <cstdio>

namespace nova::test {

using namespace Qt::StringLiterals;

void pass(int ms) {
    bool over = false;
    QTimer::singleShot(ms, qApp, [&over] { over = true; });
    waitFor([&over] { return over; }, ms + 1'000);
}

void shoot(QWidget& window, const QString& folder, const QString& name) {
    pass(400);
    QImage image(window.size(), QImage::Format_RGB32);
    window.render(&image);
    const QString file = QDir(folder).filePath(name + u".png"_s);
    image.save(file);
    std::printf("%s\n", qPrintable(file));
    std::fflush(stdout);
}

}  // namespace nova::test
