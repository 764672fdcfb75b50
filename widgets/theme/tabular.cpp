#include "widgets/theme/tabular.h"

#include <QFontMetricsF>
#include <QGlyphRun>
#include <QPainter>
#include <QRawFont>
#include <algorithm>
#include <array>
#include <map>

namespace nova::theme {

struct Tabular::Glyphs {
    QRawFont raw;
    std::array<quint32, 10> digits{};
    std::array<double, 10> digitAdvance{};
    double widest = 0;

    // False when the font lacks a character: the caller falls back to plain text, which finds another font.
    bool lay(QStringView text, QList<quint32>& indexes, QList<QPointF>& positions, double& end) const;
};

Tabular::Tabular(const QFont& font) : m_font(font) {
    auto glyphs = std::make_shared<Glyphs>();
    glyphs->raw = QRawFont::fromFont(font);
    const QFontMetricsF metrics(font);
    m_ascent = metrics.ascent();
    m_descent = metrics.descent();
    const QList<quint32> indexes = glyphs->raw.glyphIndexesForString(QStringLiteral("0123456789"));
    const QList<QPointF> advances = glyphs->raw.advancesForGlyphIndexes(indexes);
    for (qsizetype i = 0; i < std::min<qsizetype>(10, indexes.size()); ++i) {
        const auto digit = static_cast<std::size_t>(i);
        glyphs->digits[digit] = indexes[i];
        glyphs->digitAdvance[digit] = advances[i].x();
        glyphs->widest = std::max(glyphs->widest, advances[i].x());
    }
    m_glyphs = std::move(glyphs);
}

const Tabular& Tabular::of(const QFont& font) {
    static std::map<QString, Tabular> cache;  // callers keep the references: entries must not move
    return cache.try_emplace(font.key(), font).first->second;
}

bool Tabular::Glyphs::lay(QStringView text, QList<quint32>& indexes, QList<QPointF>& positions, double& end) const {
    indexes = raw.glyphIndexesForString(text.toString());
    if (indexes.contains(0) || indexes.size() != text.size()) return false;
    const QList<QPointF> advances = raw.advancesForGlyphIndexes(indexes);
    positions.resize(indexes.size());
    double x = 0;
    for (qsizetype i = 0; i < indexes.size(); ++i) {
        const QChar c = text[i];
        if (c >= u'0' && c <= u'9') {
            positions[i] = {x + (widest - advances[i].x()) / 2, 0};
            x += widest;
        } else {
            positions[i] = {x, 0};
            x += advances[i].x();
        }
    }
    end = x;
    return true;
}

double Tabular::width(QStringView text) const {
    QList<quint32> indexes;
    QList<QPointF> positions;
    double end = 0;
    if (m_glyphs->lay(text, indexes, positions, end)) return end;
    return QFontMetricsF(m_font).horizontalAdvance(text.toString());
}

void Tabular::draw(QPainter& painter, const QPointF& baseline, const QString& text) const {
    QList<quint32> indexes;
    QList<QPointF> positions;
    double end = 0;
    if (!m_glyphs->lay(text, indexes, positions, end)) {
        painter.setFont(m_font);
        painter.drawText(baseline, text);
        return;
    }
    QGlyphRun run;
    run.setRawFont(m_glyphs->raw);
    run.setGlyphIndexes(indexes);
    run.setPositions(positions);
    painter.drawGlyphRun(baseline, run);
}

void Tabular::draw(QPainter& painter, const QRectF& rect, Qt::Alignment alignment, const QString& text) const {
    double x = rect.left();
    if (alignment & Qt::AlignRight) x = rect.right() - width(text);
    if (alignment & Qt::AlignHCenter) x = rect.center().x() - width(text) / 2;
    double y = rect.top() + m_ascent;
    if (alignment & Qt::AlignVCenter) y = rect.center().y() + (m_ascent - m_descent) / 2;
    if (alignment & Qt::AlignBottom) y = rect.bottom() - m_descent;
    draw(painter, QPointF(x, y), text);
}

}  // namespace nova::theme
