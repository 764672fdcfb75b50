#include "app/views/action_picture.h"

#include <QBuffer>
#include <QCoreApplication>
#include <QImage>
#include <QPainter>
#include <QSaveFile>
#include <QSvgGenerator>

#include "app/views/action_timeline.h"
#include "widgets/theme/fonts.h"
#include "widgets/timeline/layout.h"
#include "widgets/timeline/paint.h"

namespace nova::views {
namespace {

constexpr int width = 1'400, bands = 90, laneHeight = 44, titleHeight = 28, headHeight = 40, margin = 12,
              mostPanels = 12;
constexpr int scale = 2;

QString say(const char* text, int n = -1) {
    return QCoreApplication::translate("nova::views::ActionPicture", text, nullptr, n);
}

// Of each kind of action the first: a play repeats itself, a picture does not.
QVector<engine::Action> shownOf(const QVector<engine::Action>& actions) {
    QVector<engine::Action> shown;
    for (const auto& action : actions) {
        const bool known =
            std::any_of(shown.begin(), shown.end(), [&](const auto& one) { return one.action == action.action; });
        if (!known && shown.size() < mostPanels) shown.append(action);
    }
    return shown;
}

struct Panel {
    QString title;
    timeline::Data data;
    int height = 0;
};

QVector<Panel> panelsOf(const QVector<engine::Action>& actions) {
    QVector<Panel> panels;
    for (const auto& action : shownOf(actions)) {
        Panel panel{action.action + QStringLiteral("   ") + action.user + QStringLiteral("   ") + action.traceId,
                    timelineOf(action), 0};
        panel.height = bands + laneHeight * static_cast<int>(panel.data.lanes.size());
        panels.append(std::move(panel));
    }
    return panels;
}

int heightOf(const QVector<Panel>& panels) {
    int height = headHeight + margin;
    for (const auto& panel : panels) height += titleHeight + panel.height + margin;
    return height;
}

void paint(QPainter& painter, const QString& head, const QVector<Panel>& panels) {
    const auto& tokens = theme::lightTokens();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.fillRect(0, 0, width, heightOf(panels), tokens.bg1);
    painter.setFont(theme::font(theme::Type::Title));
    painter.setPen(tokens.t1);
    painter.drawText(margin, headHeight - margin, head);
    int y = headHeight;
    for (const auto& panel : panels) {
        painter.setFont(theme::font(theme::Type::Body));
        painter.setPen(tokens.t2);
        painter.drawText(margin, y + titleHeight - 10, panel.title);
        painter.save();
        painter.translate(0, y + titleHeight);
        painter.setClipRect(0, 0, width, panel.height);
        const auto view = timeline::wholeAction(panel.data);
        const auto layout = timeline::layOut(panel.data, view, QSizeF(width, panel.height), timeline::labelWidth);
        timeline::paintStatic(painter, panel.data, layout, view, tokens);
        painter.restore();
        y += titleHeight + panel.height + margin;
    }
}

QByteArray svg(const QString& head, const QVector<Panel>& panels) {
    QBuffer buffer;
    QSvgGenerator generator;
    generator.setOutputDevice(&buffer);
    generator.setSize({width, heightOf(panels)});
    generator.setViewBox(QRect(0, 0, width, heightOf(panels)));
    generator.setTitle(head);
    QPainter painter(&generator);
    paint(painter, head, panels);
    painter.end();
    return buffer.data();
}

QByteArray png(const QString& head, const QVector<Panel>& panels) {
    QImage image(QSize(width, heightOf(panels)) * scale, QImage::Format_RGB32);
    image.setDevicePixelRatio(scale);
    QPainter painter(&image);
    paint(painter, head, panels);
    painter.end();
    QBuffer buffer;
    image.save(&buffer, "PNG");
    return buffer.data();
}

}  // namespace

QString saveActionPicture(const QString& title, const QVector<engine::Action>& actions, bool oneClock,
                          const QString& file) {
    const auto panels = panelsOf(actions);
    if (panels.isEmpty()) return say("nothing was played that could be drawn");
    const QString head =
        title + QStringLiteral("   ") +
        (oneClock ? say("one machine, same clock; measured is filled, designed is outline")
                  : say("clocks of several machines as they were; measured is filled, designed is outline"));
    const auto bytes =
        file.endsWith(QLatin1String(".svg"), Qt::CaseInsensitive) ? svg(head, panels) : png(head, panels);
    QSaveFile out(file);
    if (!out.open(QIODevice::WriteOnly) || out.write(bytes) != bytes.size() || !out.commit()) return out.errorString();
    return {};
}

}  // namespace nova::views
