#include "widgets/tables/delegates.h"

#include <QPainter>
#include <cmath>

#include "widgets/charts/mini_bar.h"
#include "widgets/models/event_table_model.h"
#include "widgets/models/process_table_model.h"
#include "widgets/tables/cell.h"
#include "widgets/theme/fonts.h"
#include "widgets/theme/status.h"
#include "widgets/theme/theme.h"

namespace nova::tables {

using models::EventTableModel;
using models::ProcessTableModel;
using theme::Tabular;
using theme::Tokens;
using theme::Type;

namespace {

const Tabular& control() {
    static const Tabular& font = Tabular::of(theme::font(Type::Control));
    return font;
}

const Tabular& controlMedium() {
    static const Tabular& font = Tabular::of(theme::font(Type::Control, QFont::Medium));
    return font;
}

const Tabular& controlStrong() {
    static const Tabular& font = Tabular::of(theme::font(Type::Control, QFont::DemiBold));
    return font;
}

const Tabular& mono() {
    static const Tabular& font = Tabular::of(theme::font(Type::MonoTable));
    return font;
}

bool isRight(const QModelIndex& index) {
    return index.data(Qt::TextAlignmentRole).toInt() & Qt::AlignRight;
}

void paintEventType(QPainter& painter, const QRectF& inner, const QModelIndex& index, const QString& text,
                    const Tokens& t) {
    const int flags = index.data(EventTableModel::FlagsRole).toInt();
    const bool bad = flags & EventTableModel::Undecodable;
    const QString shown = bad ? QString(QChar(0x2715) + QStringLiteral(" ") + text) : text;
    double x = paintCellText(painter, inner, controlMedium(), bad ? t.err : t.t1, shown) + 6;
    const double middle = inner.center().y();
    const auto tag = [&](int flag, const QString& word, const QColor& ink, const QColor& fill) {
        if (!(flags & flag)) return;
        const double end = paintTag(painter, x, inner.right(), middle, word, ink, fill);
        if (end > x) x = end + 4;
    };
    tag(EventTableModel::Duplicate, QChar(0x2296) + EventDelegate::tr(" dup"), t.warn, t.warnBg);
    tag(EventTableModel::Stale, QChar(0x25c7) + EventDelegate::tr(" stale"), t.info, t.infoBg);
    tag(EventTableModel::Tombstone, EventDelegate::tr("tombstone"), t.t2, t.bg3);
    tag(EventTableModel::Replayed, EventDelegate::tr("replayed"), t.win, t.winBg);
}

}  // namespace

void EventDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    const Tokens& t = theme::tokens();
    paintCellGround(*painter, option, t);
    const QRectF inner = cellInner(option);
    const QString text = index.data().toString();
    switch (index.column()) {
        case EventTableModel::Time:
            if (index.data(EventTableModel::MarkedRole).toBool())
                painter->fillRect(QRect(option.rect.left(), option.rect.top(), 3, option.rect.height() - 1), t.accent);
            paintCellText(*painter, inner, mono(), t.t1, text);
            break;
        case EventTableModel::Topic: {
            const QString topic = index.data(EventTableModel::FullTextRole).toString();
            const double middle = inner.center().y();
            painter->fillRect(QRectF(inner.left(), std::floor(middle) - 4, 8, 8), t.topic(topic));
            paintCellText(*painter, inner.adjusted(14, 0, 0, 0), control(), t.t1, text);
            break;
        }
        case EventTableModel::Key:
            paintCellText(*painter, inner, mono(), t.t2, text);
            break;
        case EventTableModel::Type:
            paintEventType(*painter, inner, index, text, t);
            break;
        case EventTableModel::Version:
        case EventTableModel::Bytes:
            paintCellText(*painter, inner, control(), t.t2, text, true);
            break;
        case EventTableModel::User:
            paintCellText(*painter, inner, control(), t.t1, text);
            break;
        default:
            paintCellText(*painter, inner, control(), t.t1, text, true);
    }
}

void ProcessDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    const Tokens& t = theme::tokens();
    paintCellGround(*painter, option, t);
    QRectF inner = cellInner(option);
    const QString text = index.data().toString();
    const QColor inks[] = {t.t1, t.t2, t.warn, t.err, t.info};
    const int tone = index.data(ProcessTableModel::ToneRole).toInt();
    const QColor ink = inks[tone];
    switch (index.column()) {
        case ProcessTableModel::Name: {
            const QColor color = t.service(index.data(ProcessTableModel::ColorKeyRole).toString());
            painter->fillRect(QRectF(inner.left(), std::floor(inner.center().y()) - 8, 4, 16), color);
            paintCellText(*painter, inner.adjusted(14, 0, 0, 0), controlMedium(), ink, text);
            break;
        }
        case ProcessTableModel::State: {
            const auto status = static_cast<theme::Status>(index.data(ProcessTableModel::StatusRole).toInt());
            theme::paintStatus(*painter, QRectF(inner.left(), inner.center().y() - 5, 10, 10), status, t);
            paintCellText(*painter, inner.adjusted(16, 0, 0, 0), control(), ink, text);
            break;
        }
        case ProcessTableModel::Cpu: {
            constexpr double numberRoom = 30;
            const double room = inner.width() - numberRoom;
            if (room >= 24) {
                const QRectF track(inner.right() - numberRoom - std::min(44.0, room),
                                   std::floor(inner.center().y()) - 5, std::min(44.0, room), 10);
                charts::paintFraction(*painter, track, index.data(ProcessTableModel::FractionRole).toDouble(), t.t3, t);
            }
            paintCellText(*painter, inner, control(), ink, text, true);
            break;
        }
        case ProcessTableModel::Restarts:
            paintCellText(*painter, inner, tone == ProcessTableModel::WarnTone ? controlStrong() : control(), ink, text,
                          true);
            break;
        default:
            paintCellText(*painter, inner, control(), ink, text, isRight(index));
    }
}

void PlainDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    const Tokens& t = theme::tokens();
    paintCellGround(*painter, option, t);
    const QVariant ink = index.data(Qt::ForegroundRole);
    const QColor color = ink.isValid() ? ink.value<QBrush>().color() : t.t1;
    paintCellText(*painter, cellInner(option), control(), color, index.data().toString(), isRight(index));
}

}  // namespace nova::tables
