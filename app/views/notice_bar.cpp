#include "app/views/notice_bar.h"

#include <QAccessible>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>

#include "widgets/theme/metrics.h"
#include "widgets/theme/status_label.h"
#include "widgets/theme/theme.h"

namespace nova::views {

using namespace Qt::StringLiterals;
using theme::Status;

namespace {

// Each tone has its own shape as well; what is only said has none.
Status shapeOf(const QString& tone) {
    return tone == "err"_L1    ? Status::Err
           : tone == "warn"_L1 ? Status::Warn
           : tone == "ok"_L1   ? Status::Ok
                               : Status::None;
}

}  // namespace

NoticeBar::NoticeBar(QWidget* parent)
    : QFrame(parent), m_shape(new theme::StatusLabel(this)), m_text(new QLabel(this)), m_action(new QPushButton(this)) {
    setProperty("banner", u"info"_s);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(theme::metrics::panePadding, 5, theme::metrics::panePadding, 5);
    m_text->setWordWrap(true);
    m_text->setTextFormat(Qt::RichText);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_text->setMinimumHeight(theme::metrics::control);
    m_action->setProperty("small", true);
    row->setSpacing(2 * theme::metrics::grid);
    row->addWidget(m_shape, 0, Qt::AlignVCenter);
    row->addWidget(m_text, 1);
    row->addWidget(m_action, 0, Qt::AlignVCenter);
    connect(m_action, &QPushButton::clicked, this, &NoticeBar::acted);
    hide();
}

void NoticeBar::setNotice(const QString& tone, const QString& headline, const QString& text, const QString& action) {
    if (m_tone != tone) {
        m_tone = tone;
        setProperty("banner", tone);
        theme::repolish(this);
    }
    m_shape->setStatus(shapeOf(tone), {});
    m_shape->setVisible(m_shape->status() != Status::None);
    m_text->setText(u"<b>"_s + headline.toHtmlEscaped() + u"</b> "_s + text.toHtmlEscaped());
    setAccessibleName(headline + u' ' + text);
    m_action->setText(action);
    m_action->setVisible(!action.isEmpty());
    if (!isHidden()) return;
    show();
    QAccessibleEvent event(this, QAccessible::Alert);  // once: what follows are ages
    QAccessible::updateAccessibility(&event);
}

void NoticeBar::clearNotice() {
    hide();
}

QString NoticeBar::text() const {
    return isHidden() ? QString() : accessibleName();
}

}  // namespace nova::views
