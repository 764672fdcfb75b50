#include "widgets/theme/status.h"

#include <QCoreApplication>
#include <QPainter>

namespace nova::theme {

QColor statusColor(Status status, const Tokens& tokens) {
    switch (status) {
        case Status::Ok:
            return tokens.ok;
        case Status::Starting:
            return tokens.info;
        case Status::Warn:
        case Status::Duplicate:
            return tokens.warn;
        case Status::Err:
            return tokens.err;
        case Status::Off:
        case Status::Unknown:
        case Status::None:
            return tokens.t3;
    }
    Q_UNREACHABLE();
}

void paintStatus(QPainter& painter, const QRectF& rect, Status status, const Tokens& tokens) {
    if (status == Status::None) return;
    const QColor color = statusColor(status, tokens);
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.translate(rect.center() - QPointF(5, 5));  // shapes are drawn on a 10-px grid
    painter.setPen(Qt::NoPen);
    painter.setBrush(color);
    const QPen stroke(color, 1.4);
    switch (status) {
        case Status::Ok:
            painter.drawEllipse(QPointF(5, 5), 4, 4);
            break;
        case Status::Starting: {
            painter.drawPie(QRectF(1.6, 1.6, 6.8, 6.8), -90 * 16, 180 * 16);
            painter.setPen(stroke);
            painter.setBrush(Qt::NoBrush);
            painter.drawEllipse(QPointF(5, 5), 3.4, 3.4);
            break;
        }
        case Status::Warn:
            painter.drawPolygon(QPolygonF{{5, 0.8}, {9.6, 9.2}, {0.4, 9.2}});
            break;
        case Status::Err:
            painter.drawRect(QRectF(1, 1, 8, 8));
            painter.setPen(QPen(tokens.bg1, 1.4));
            painter.drawLine(QPointF(3, 3), QPointF(7, 7));
            painter.drawLine(QPointF(7, 3), QPointF(3, 7));
            break;
        case Status::Off:
            painter.setPen(stroke);
            painter.setBrush(Qt::NoBrush);
            painter.drawEllipse(QPointF(5, 5), 3.4, 3.4);
            break;
        case Status::Unknown:
            painter.setPen(stroke);
            painter.setBrush(Qt::NoBrush);
            painter.drawPolygon(QPolygonF{{5, 0.8}, {9.2, 5}, {5, 9.2}, {0.8, 5}});
            break;
        case Status::Duplicate:
            painter.setPen(stroke);
            painter.setBrush(Qt::NoBrush);
            painter.drawEllipse(QPointF(5, 5), 4, 4);
            painter.drawLine(QPointF(2.8, 5), QPointF(7.2, 5));
            break;
        case Status::None:
            break;
    }
    painter.restore();
}

Status statusOfState(QStringView state) {
    if (state == u"ready" || state == u"ok") return Status::Ok;
    if (state == u"starting" || state == u"stopping") return Status::Starting;
    if (state == u"waiting" || state == u"degraded" || state == u"paused") return Status::Warn;
    if (state == u"failed") return Status::Err;
    if (state == u"stopped") return Status::Off;
    return Status::Unknown;
}

QString stateWord(const QString& state) {
    const auto word = [](const char* text) { return QCoreApplication::translate("ProcessState", text); };
    if (state == u"waiting") return word(QT_TRANSLATE_NOOP("ProcessState", "waiting"));
    if (state == u"starting") return word(QT_TRANSLATE_NOOP("ProcessState", "starting"));
    if (state == u"ready") return word(QT_TRANSLATE_NOOP("ProcessState", "ready"));
    if (state == u"degraded") return word(QT_TRANSLATE_NOOP("ProcessState", "degraded"));
    if (state == u"paused") return word(QT_TRANSLATE_NOOP("ProcessState", "paused"));
    if (state == u"stopping") return word(QT_TRANSLATE_NOOP("ProcessState", "stopping"));
    if (state == u"stopped") return word(QT_TRANSLATE_NOOP("ProcessState", "stopped"));
    if (state == u"failed") return word(QT_TRANSLATE_NOOP("ProcessState", "failed"));
    return state;
}

}  // namespace nova::theme
