#include "app/shell/key_sheet.h"

#include <QGridLayout>
#include <QLabel>

#include "widgets/theme/metrics.h"

namespace nova::shell {

using namespace Qt::StringLiterals;

namespace {

QLabel* label(const QString& text, const QString& role, QWidget* parent) {
    auto* label = new QLabel(text, parent);
    label->setProperty("role", role);
    return label;
}

}  // namespace

KeySheet::KeySheet(QWidget* window) : Overlay(window), m_grid(new QGridLayout(panel())) {
    panel()->setFocusPolicy(Qt::StrongFocus);
    m_grid->setContentsMargins(24, 20, 24, 20);
    m_grid->setHorizontalSpacing(24);
    m_grid->setVerticalSpacing(theme::metrics::grid);
    m_grid->setColumnStretch(1, 1);
}

void KeySheet::show(const QString& view, const QVector<views::KeyHint>& ofView,
                    const QVector<views::KeyHint>& everywhere) {
    while (QLayoutItem* item = m_grid->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    int row = ofView.isEmpty() ? 0 : addSection(0, view, ofView);
    row = addSection(row, tr("Everywhere"), everywhere);
    m_grid->setRowStretch(row, 1);
    open();
}

int KeySheet::addSection(int row, const QString& title, const QVector<views::KeyHint>& keys) {
    if (row > 0) m_grid->addItem(new QSpacerItem(0, 12), row++, 0);
    m_grid->addWidget(label(title, u"title"_s, panel()), row++, 0, 1, 2);
    for (const auto& key : keys) {
        m_grid->addWidget(label(key.keys, u"mono"_s, panel()), row, 0);
        m_grid->addWidget(label(key.does, u"second"_s, panel()), row++, 1);
    }
    return row;
}

QRect KeySheet::place(const QSize& window) const {
    const QSize wanted = (m_grid->totalSizeHint() + QSize(2, 4)).expandedTo({460, 0}).boundedTo(window - QSize(48, 48));
    return {QPoint((window.width() - wanted.width()) / 2, (window.height() - wanted.height()) / 2), wanted};
}

void KeySheet::opened() {
    panel()->setFocus(Qt::ShortcutFocusReason);
}

}  // namespace nova::shell
