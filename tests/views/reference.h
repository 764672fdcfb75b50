// Stored pictures (tests/views/reference): what a view looks like is kept as it was agreed on. Renewed by running the
// test with NOVA_RENEW_PICTURES=1 and looking at what git shows as changed.
#pragma once

#include <QImage>
#include <QString>

namespace nova::test {

// Before the application is made: no font, language, theme or density of the machine has a say, but QT_SCALE_FACTOR.
void keepSurroundings();

// Empty where at most one pixel in a thousand differs by more than 8 in a channel; else what differs, and where the
// picture with the difference marked lies.
QString unlikeReference(const QImage& picture, const QString& name);

// Share of pixels that differ by more than 8 in a channel; 1 for other sizes. `marked`: the picture paled, those in
// red.
double differing(const QImage& one, const QImage& other, QImage* marked = nullptr);

}  // namespace nova::test
