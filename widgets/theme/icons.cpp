#include "widgets/theme/icons.h"

#include <QHash>
#include <QIconEngine>
#include <QPainter>
#include <QPixmapCache>
#include <QResource>
#include <QSvgRenderer>

#include "widgets/theme/resources.h"
#include "widgets/theme/theme.h"

namespace nova::theme {
namespace {

const char* fileOf(Icon name) {
    switch (name) {
        case Icon::Services: return "services";
        case Icon::Traffic: return "traffic";
        case Icon::Lag: return "lag";
        case Icon::Actions: return "actions";
        case Icon::Keys: return "keys";
        case Icon::Replay: return "replay";
        case Icon::Lab: return "lab";
        case Icon::Search: return "search";
        case Icon::Gear: return "gear";
        case Icon::Sun: return "sun";
        case Icon::Moon: return "moon";
        case Icon::Filter: return "filter";
        case Icon::Copy: return "copy";
        case Icon::Export: return "export";
        case Icon::External: return "external";
        case Icon::Undo: return "undo";
        case Icon::Save: return "save";
        case Icon::Play: return "play";
        case Icon::Pause: return "pause";
        case Icon::Stop: return "stop";
        case Icon::Restart: return "restart";
        case Icon::Kill: return "kill";
        case Icon::StepBack: return "step-back";
        case Icon::StepForward: return "step-forward";
        case Icon::Bolt: return "bolt";
        case Icon::Down: return "down";
        case Icon::Up: return "up";
        case Icon::Left: return "left";
        case Icon::Right: return "right";
        case Icon::Close: return "close";
        case Icon::Check: return "check";
        case Icon::Plus: return "plus";
        case Icon::Minus: return "minus";
        case Icon::More: return "more";
        case Icon::Lock: return "lock";
        case Icon::Bell: return "bell";
        case Icon::User: return "user";
        case Icon::Terminal: return "terminal";
        case Icon::Screen: return "screen";
        case Icon::Cloud: return "cloud";
        case Icon::Database: return "database";
        case Icon::List: return "list";
        case Icon::Columns: return "columns";
        case Icon::ZoomIn: return "zoom-in";
        case Icon::ZoomOut: return "zoom-out";
        case Icon::Fit: return "fit";
        case Icon::Info: return "info";
    }
    Q_UNREACHABLE();
}

// The drawing with `currentColor` replaced: QtSvg has no notion of it.
QByteArray svgOf(Icon name, const QColor& color) {
    static QHash<int, QByteArray> drawings;
    QByteArray& svg = drawings[static_cast<int>(name)];
    if (svg.isEmpty()) {
        loadResources();
        svg = QResource(QStringLiteral(":/nova/icons/%1.svg").arg(QLatin1String(fileOf(name)))).uncompressedData();
    }
    QByteArray tinted = svg;
    return tinted.replace("currentColor", color.name().toLatin1());
}

QPixmap render(Icon name, QSize pixels, const QColor& color) {
    const QString key = QStringLiteral("nova-icon/%1/%2/%3x%4")
                            .arg(static_cast<int>(name))
                            .arg(color.rgba())
                            .arg(pixels.width())
                            .arg(pixels.height());
    QPixmap pixmap;
    if (QPixmapCache::find(key, &pixmap)) return pixmap;
    pixmap = QPixmap(pixels);
    pixmap.fill(Qt::transparent);
    QSvgRenderer renderer(svgOf(name, color));
    renderer.setAspectRatioMode(Qt::KeepAspectRatio);
    QPainter painter(&pixmap);
    renderer.render(&painter, QRectF(QPointF(), QSizeF(pixels)));
    painter.end();
    QPixmapCache::insert(key, pixmap);
    return pixmap;
}

// Chooses the colour when it paints, so an icon follows the theme without being set again.
class Engine : public QIconEngine {
public:
    Engine(Icon name, const QColor& fixed) : m_name(name), m_fixed(fixed) {}

    QPixmap scaledPixmap(const QSize& size, QIcon::Mode mode, QIcon::State state, qreal scale) override {
        QPixmap pixmap = render(m_name, size, color(mode, state));
        pixmap.setDevicePixelRatio(scale);
        return pixmap;
    }
    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override {
        return render(m_name, size, color(mode, state));
    }
    void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State state) override {
        const qreal ratio = painter->device()->devicePixelRatio();
        QPixmap pixmap = render(m_name, (QSizeF(rect.size()) * ratio).toSize(), color(mode, state));
        pixmap.setDevicePixelRatio(ratio);
        painter->drawPixmap(rect.topLeft(), pixmap);
    }
    QIconEngine* clone() const override { return new Engine(*this); }

private:
    QColor color(QIcon::Mode mode, QIcon::State state) const {
        if (m_fixed.isValid()) return m_fixed;
        const Tokens& t = tokens();
        if (mode == QIcon::Disabled) return t.t3;
        return state == QIcon::On || mode == QIcon::Selected ? t.t1 : t.t2;
    }

    Icon m_name;
    QColor m_fixed;
};

}  // namespace

QIcon icon(Icon name) {
    return QIcon(new Engine(name, {}));
}

QIcon icon(Icon name, const QColor& color) {
    return QIcon(new Engine(name, color));
}

QPixmap iconPixmap(Icon name, int size, const QColor& color, qreal devicePixelRatio) {
    QPixmap pixmap = render(name, (QSizeF(size, size) * devicePixelRatio).toSize(), color);
    pixmap.setDevicePixelRatio(devicePixelRatio);
    return pixmap;
}

}  // namespace nova::theme
