#include "tests/views/reference.h"

#include <QDir>
#include <QHash>
#include <algorithm>
#include <cstdlib>

namespace nova::test {

using namespace Qt::StringLiterals;

namespace {

constexpr int tolerance = 8;             // per channel
constexpr double mostDiffering = 0.001;  // of the pixels
constexpr qsizetype mostColours = 256;   // of a stored picture: files are a third as large

int apart(QRgb p, QRgb q) {
    return std::max({std::abs(qRed(p) - qRed(q)), std::abs(qGreen(p) - qGreen(q)), std::abs(qBlue(p) - qBlue(q))});
}

// Frequent colours stay as they are; of those within `nearest` of a more frequent one that one is taken.
QList<QRgb> palette(const QHash<QRgb, int>& counts, int nearest) {
    QList<QRgb> colours = counts.keys();
    std::sort(colours.begin(), colours.end(),
              [&](QRgb p, QRgb q) { return std::pair(-counts[p], p) < std::pair(-counts[q], q); });
    QList<QRgb> chosen;
    for (const QRgb colour : colours) {
        if (std::none_of(chosen.begin(), chosen.end(), [&](QRgb one) { return apart(one, colour) <= nearest; }))
            chosen.append(colour);
        if (chosen.size() > mostColours) break;
    }
    return chosen;
}

QImage stored(const QImage& picture) {
    const QImage image = picture.convertToFormat(QImage::Format_RGB32);
    QHash<QRgb, int> counts;
    for (int y = 0; y < image.height(); ++y)
        for (int x = 0; x < image.width(); ++x) ++counts[image.pixel(x, y)];
    QList<QRgb> chosen;
    for (int nearest = 0; chosen.isEmpty() || chosen.size() > mostColours; ++nearest) chosen = palette(counts, nearest);
    QHash<QRgb, uint> index;
    for (auto it = counts.cbegin(); it != counts.cend(); ++it) {
        const auto best = std::min_element(chosen.begin(), chosen.end(), [&](QRgb p, QRgb q) {
            return apart(p, it.key()) < apart(q, it.key());
        });
        index.insert(it.key(), uint(best - chosen.begin()));
    }
    QImage small(image.size(), QImage::Format_Indexed8);
    small.setColorTable(chosen);
    for (int y = 0; y < image.height(); ++y)
        for (int x = 0; x < image.width(); ++x) small.setPixel(x, y, index[image.pixel(x, y)]);
    return small;
}

}  // namespace

double differing(const QImage& one, const QImage& other, QImage* marked) {
    if (one.size() != other.size() || one.isNull()) return 1;
    const QImage a = one.convertToFormat(QImage::Format_RGB32), b = other.convertToFormat(QImage::Format_RGB32);
    if (marked) *marked = a.copy();
    qint64 count = 0;
    for (int y = 0; y < a.height(); ++y) {
        for (int x = 0; x < a.width(); ++x) {
            const QRgb p = a.pixel(x, y), q = b.pixel(x, y);
            const bool differs = apart(p, q) > tolerance;
            count += differs;
            if (!marked) continue;
            const auto pale = [](int channel) { return 128 + channel / 4; };
            marked->setPixel(x, y, differs ? qRgb(220, 0, 0) : qRgb(pale(qRed(p)), pale(qGreen(p)), pale(qBlue(p))));
        }
    }
    return double(count) / (double(a.width()) * a.height());
}

void keepSurroundings() {
    qputenv("QT_QPA_PLATFORM", "offscreen");
    qputenv("TZ", "UTC");
    qputenv("LC_ALL", "C.UTF-8");
    qputenv("FONTCONFIG_FILE", NOVA_REFERENCE_DIR "/fonts.conf");
    for (const char* name : {"LANGUAGE", "QT_FONT_DPI", "QT_STYLE_OVERRIDE", "QT_QPA_PLATFORMTHEME"}) qunsetenv(name);
}

QString unlikeReference(const QImage& picture, const QString& name) {
    const QString file = QDir(QStringLiteral(NOVA_REFERENCE_DIR)).filePath(name + u".png"_s);
    if (qEnvironmentVariableIntValue("NOVA_RENEW_PICTURES") > 0) {
        QDir().mkpath(QStringLiteral(NOVA_REFERENCE_DIR));
        return stored(picture).save(file, "PNG", 0) ? QString() : u"%1 cannot be written"_s.arg(file);
    }
    const QImage reference(file);
    if (reference.isNull()) return u"%1 is missing; NOVA_RENEW_PICTURES=1 makes it"_s.arg(file);
    QImage marked;
    const double share = differing(picture, reference, &marked);
    if (share <= mostDiffering) return {};
    if (picture.size() != reference.size())
        return u"%1 is %2×%3 instead of %4×%5"_s.arg(name)
            .arg(picture.width())
            .arg(picture.height())
            .arg(reference.width())
            .arg(reference.height());
    const QDir folder(QStringLiteral(NOVA_SCREENSHOT_DIR));
    folder.mkpath(u"."_s);
    picture.save(folder.filePath(u"reference-"_s + name + u".png"_s));
    const QString diff = folder.filePath(u"diff-"_s + name + u".png"_s);
    marked.save(diff);
    return u"%1 differs in %2 % of its pixels (0.1 % at most); see %3"_s.arg(name)
        .arg(share * 100, 0, 'f', 2)
        .arg(diff);
}

}  // namespace nova::test
