// Text whose digits all have the advance of the widest digit, so that numbers stand in columns.
// Qt gained font features only in 6.7; this lays glyphs itself and therefore looks the same in every Qt 6.
#pragma once

#include <QFont>
#include <QRectF>
#include <QString>
#include <memory>

class QPainter;

namespace nova::theme {

class Tabular {
public:
    explicit Tabular(const QFont& font);

    // The shared instance of a font; bounded by the few fonts of the theme. GUI thread only.
    static const Tabular& of(const QFont& font);

    double width(QStringView text) const;
    double lineHeight() const { return m_ascent + m_descent; }
    double ascent() const { return m_ascent; }
    double descent() const { return m_descent; }
    const QFont& font() const { return m_font; }

    // Draws in the painter's pen. `alignment` as QPainter::drawText; the text is not elided.
    void draw(QPainter& painter, const QRectF& rect, Qt::Alignment alignment, const QString& text) const;
    // Draws with the baseline's left end at `baseline`.
    void draw(QPainter& painter, const QPointF& baseline, const QString& text) const;

private:
    struct Glyphs;
    QFont m_font;
    double m_ascent = 0;
    double m_descent = 0;
    std::shared_ptr<const Glyphs> m_glyphs;
};

}  // namespace nova::theme
