#include "app/views/first_run_view.h"

#include <QClipboard>
#include <QGridLayout>
#include <QGuiApplication>
#include <QKeyEvent>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>
#include <algorithm>

#include "app/views/pane.h"
#include "widgets/theme/metrics.h"
#include "widgets/theme/status_label.h"
#include "widgets/theme/theme.h"

namespace nova::views {

using namespace Qt::StringLiterals;
namespace metrics = theme::metrics;

FirstRunView::FirstRunView(QWidget* parent) : View(parent) {
    setFocusPolicy(Qt::StrongFocus);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(metrics::formPadding, metrics::formPadding, metrics::formPadding, metrics::formPadding);
    column->addStretch(2);
    auto* middle = new QVBoxLayout;
    middle->setSpacing(metrics::grid);
    middle->addWidget(newLabel(tr("Nova Console"), u"hero"_s, this));
    middle->addWidget(
        newLabel(tr("See one user action cross every service, with its measured time."), u"second"_s, this));
    middle->addSpacing(6 * metrics::grid);
    middle->addWidget(buildCard());
    auto* centre = new QHBoxLayout;
    centre->addStretch(1);
    centre->addLayout(middle, 6);
    centre->addStretch(1);
    column->addLayout(centre);
    column->addStretch(3);
}

QWidget* FirstRunView::buildCard() {
    auto* card = new QFrame(this);
    card->setProperty("card", true);
    card->setMaximumWidth(880);
    auto* column = new QVBoxLayout(card);
    column->setContentsMargins(24, 20, 24, 20);
    column->setSpacing(metrics::grid * 3);
    auto* head = new QHBoxLayout;
    head->addWidget(newLabel(tr("Start Nova on this computer"), u"title"_s, card));
    head->addStretch(1);
    auto* environment = new QLabel(tr("LOCAL"), card);
    environment->setProperty("env", u"local"_s);
    environment->setFixedHeight(20);
    environment->setStyleSheet(u"border-radius: 4px"_s);
    head->addWidget(environment);
    column->addLayout(head);
    m_list = new QGridLayout;
    column->addLayout(m_list);
    m_help = newLabel({}, u"second"_s, card);
    m_help->setWordWrap(true);
    column->addWidget(m_help);
    auto* foot = new QHBoxLayout;
    m_start = new QPushButton(tr("Start"), card);
    m_start->setProperty("kind", u"primary"_s);
    m_check = new QPushButton(tr("Check again"), card);
    foot->addWidget(m_start);
    foot->addWidget(m_check);
    foot->addStretch(1);
    auto* key = new QLabel(tr("Enter"), card);
    key->setProperty("kbd", true);
    key->setFixedHeight(18);
    foot->addWidget(key);
    column->addLayout(foot);
    connect(m_start, &QPushButton::clicked, this, &FirstRunView::startWanted);
    connect(m_check, &QPushButton::clicked, this, &FirstRunView::checkWanted);
    return card;
}

void FirstRunView::setRequirements(const QVector<stack::Requirement>& requirements) {
    delete m_rows;
    m_rows = new QWidget(this);
    auto* grid = new QGridLayout(m_rows);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(6 * metrics::grid);
    grid->setVerticalSpacing(2 * metrics::grid);
    grid->setColumnStretch(1, 1);
    m_list->addWidget(m_rows, 0, 0);
    for (int i = 0; i < requirements.size(); ++i) addRow(i, requirements[i]);
    m_canStart =
        std::all_of(requirements.begin(), requirements.end(), [](const auto& r) { return r.found || !r.needed; });
    m_start->setEnabled(m_canStart);
    m_start->setIcon(m_canStart ? theme::icon(theme::Icon::Play, theme::tokens().onAccent)
                                : theme::icon(theme::Icon::Play));
    m_start->setToolTip(m_canStart ? QString() : tr("Something it needs is missing"));
    m_help->setText(m_canStart
                        ? tr("Everything is here. All data stays in one folder of yours, all ports on this computer.")
                        : tr("Copy each command into a terminal, run it there, then press Check again (F5 or Enter)."));
}

void FirstRunView::addRow(int row, const stack::Requirement& requirement) {
    auto* grid = qobject_cast<QGridLayout*>(m_rows->layout());
    auto* name = new theme::StatusLabel(m_rows);
    const auto status = requirement.found    ? theme::Status::Ok
                        : requirement.needed ? theme::Status::Err
                                             : theme::Status::Warn;
    name->setStatus(status, requirement.name, requirement.name + (requirement.found ? tr(": found") : tr(": missing")));
    grid->addWidget(name, row, 0, Qt::AlignTop | Qt::AlignLeft);
    auto* cell = new QVBoxLayout;
    cell->setSpacing(metrics::grid);
    const QString detail = requirement.found    ? tr("found: %1").arg(requirement.detail)
                           : requirement.needed ? tr("missing: %1").arg(requirement.detail)
                                                : requirement.detail;
    auto* text = newLabel(detail, u"second"_s, m_rows);
    text->setWordWrap(true);
    if (!requirement.found) text->setProperty("status", requirement.needed ? u"err"_s : u"warn"_s);
    cell->addWidget(text);
    if (!requirement.found && !requirement.install.isEmpty()) {
        auto* line = new QHBoxLayout;
        auto* command = newLabel(requirement.install, u"mono"_s, m_rows);
        command->setWordWrap(true);
        command->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
        line->addWidget(command, 1);
        auto* copy = new QPushButton(theme::icon(theme::Icon::Copy), tr("Copy"), m_rows);
        copy->setProperty("small", true);
        copy->setAccessibleName(tr("Copy the command for %1").arg(requirement.name));
        line->addWidget(copy, 0, Qt::AlignTop);
        cell->addLayout(line);
        connect(copy, &QPushButton::clicked, this,
                [install = requirement.install] { QGuiApplication::clipboard()->setText(install); });
    }
    grid->addLayout(cell, row, 1);
}

void FirstRunView::keyPressEvent(QKeyEvent* event) {
    const bool enter = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
    if (enter && m_canStart) return Q_EMIT startWanted();
    if (enter || event->key() == Qt::Key_F5) return Q_EMIT checkWanted();
    View::keyPressEvent(event);
}

}  // namespace nova::views
