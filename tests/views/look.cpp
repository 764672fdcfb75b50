#include "tests/views/look.h"

#include <QAbstractButton>
#include <QCoreApplication>
#include <QDir>
#include <QLabel>
#include <QTextDocument>
#include <cmath>

#include "widgets/theme/theme.h"

namespace nova::test {

using namespace Qt::StringLiterals;

namespace {

QString plain(const QLabel& label) {
    if (label.textFormat() != Qt::RichText) return label.text();
    QTextDocument document;
    document.setHtml(label.text());
    return document.toPlainText();
}

QString cutText(const QLabel& label) {
    if (label.text().isEmpty() || label.pixmap(Qt::ReturnByValue).width() > 0) return {};
    if (label.wordWrap()) {
        const int needed = label.heightForWidth(label.width());
        return needed > label.height() ? u"height %1 of %2"_s.arg(label.height()).arg(needed) : QString();
    }
    const int needed = label.fontMetrics().horizontalAdvance(plain(label));
    const int room = label.contentsRect().width();
    return needed > room + 1 ? u"width %1 of %2"_s.arg(room).arg(needed) : QString();
}

QString nameOf(const QWidget& widget) {
    QString path = QString::fromLatin1(widget.metaObject()->className());
    for (const auto* w = widget.parentWidget(); w && path.size() < 160; w = w->parentWidget()) {
        path.prepend(QString::fromLatin1(w->metaObject()->className()) + u'/');
    }
    return path;
}

// Qt's own parts lay themselves out.
bool isForeign(const QWidget& widget) {
    for (const auto* w = &widget; w; w = w->parentWidget()) {
        for (const char* kind :
             {"QHeaderView", "QScrollBar", "QLineEdit", "QTableCornerButton", "QSizeGrip", "QMenu"}) {
            if (w->inherits(kind) && (w != &widget || w->inherits("QScrollBar") || w->inherits("QHeaderView")))
                return true;
        }
    }
    return false;
}

}  // namespace

QImage picture(QWidget& widget, const QString& name, const QSize& size) {
    widget.setAttribute(Qt::WA_DontShowOnScreen);
    widget.resize(size);
    widget.show();
    QCoreApplication::processEvents();
    QCoreApplication::processEvents();  // what the first layout asked for
    const qreal ratio = widget.devicePixelRatioF();
    QImage image((QSizeF(size) * ratio).toSize(), QImage::Format_RGB32);
    image.setDevicePixelRatio(ratio);
    image.fill(theme::tokens().bg1);
    widget.render(&image);
    const QDir folder(QStringLiteral(NOVA_SCREENSHOT_DIR));
    folder.mkpath(u"."_s);
    const QString scale = ratio > 1 ? u"@%1x"_s.arg(ratio) : QString();
    const QString file =
        u"%1-%2-%3%4.png"_s.arg(name, theme::tokens().dark ? u"dark"_s : u"light"_s).arg(size.width()).arg(scale);
    if (!image.save(folder.filePath(file))) qFatal("the build folder must be writable");
    return image;
}

QString squeezed(const QWidget& widget) {
    QCoreApplication::sendPostedEvents(nullptr, QEvent::LayoutRequest);  // a text that has just changed is laid out
    QStringList faults;
    for (const auto* child : widget.findChildren<QWidget*>()) {
        if (!child->isVisibleTo(&widget) || isForeign(*child)) continue;
        if (const auto* label = qobject_cast<const QLabel*>(child)) {
            const QString cut = cutText(*label);
            if (!cut.isEmpty()) faults << u"cut “%1” (%2)"_s.arg(plain(*label), cut);
        }
        const QSize least = child->minimumSizeHint();
        if (child->width() < least.width() || child->height() < least.height()) {
            faults << u"%1 is %2×%3, wants %4×%5"_s.arg(nameOf(*child))
                          .arg(child->width())
                          .arg(child->height())
                          .arg(least.width())
                          .arg(least.height());
        }
    }
    return faults.join(u'\n');
}

QString wordsOn(const QWidget& widget) {
    QStringList words;
    for (const auto* child : widget.findChildren<QWidget*>()) {
        if (!child->isVisibleTo(&widget)) continue;
        if (const auto* label = qobject_cast<const QLabel*>(child)) words << plain(*label);
        if (const auto* button = qobject_cast<const QAbstractButton*>(child)) words << button->text();
    }
    return words.join(u'\n');
}

void setDark(bool dark) {
    theme::Theme::instance().setChoice(dark ? theme::Choice::Dark : theme::Choice::Light);
}

}  // namespace nova::test
