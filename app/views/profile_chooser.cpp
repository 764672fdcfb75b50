#include "app/views/profile_chooser.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>

#include "app/views/notice_bar.h"
#include "app/views/pane.h"
#include "app/views/sentence.h"
#include "widgets/theme/metrics.h"
#include "widgets/theme/theme.h"

namespace nova::views {

using namespace Qt::StringLiterals;
namespace metrics = theme::metrics;

namespace {

constexpr int mostWidth = 880;

// Enough to attach to a cluster without security; the rest is in the contract of the profile.
const QString exampleText =
    u"name = \"staging\"\n"
    "environment = \"staging\"   # local, staging, production\n"
    "[kafka]\n"
    "bootstrap = \"host:9092\""_s;

QLabel* environmentTag(const QString& environment, QWidget* parent) {
    auto* tag = new QLabel(environment.toUpper(), parent);
    tag->setProperty("env", environment);
    tag->setFixedHeight(20);
    tag->setStyleSheet(u"border-radius: 4px"_s);
    return tag;
}

}  // namespace

ProfileChooser::ProfileChooser(QWidget* parent) : View(parent) {
    setFocusPolicy(Qt::StrongFocus);
    setObjectName(u"profiles"_s);
    auto* whole = new QVBoxLayout(this);
    whole->setContentsMargins(0, 0, 0, 0);
    auto* area = new QScrollArea(this);
    area->setWidgetResizable(true);
    area->setFrameShape(QFrame::NoFrame);
    whole->addWidget(area);
    auto* page = new QWidget(area);
    area->setWidget(page);
    auto* centre = new QHBoxLayout(page);
    centre->setContentsMargins(metrics::formPadding, metrics::formPadding, metrics::formPadding, metrics::formPadding);
    auto* holder = new QWidget(page);
    holder->setMaximumWidth(mostWidth);
    centre->addStretch(1);
    centre->addWidget(holder, 8);
    centre->addStretch(1);
    auto* column = new QVBoxLayout(holder);
    column->setSpacing(3 * metrics::grid);
    column->addStretch(1);
    column->addWidget(newLabel(tr("Look at a cluster"), u"hero"_s, holder));
    m_notice = new NoticeBar(holder);
    column->addWidget(m_notice);
    m_list = new QVBoxLayout;
    column->addLayout(m_list);
    auto* foot = new QHBoxLayout;
    m_again = new QPushButton(theme::icon(theme::Icon::Restart), tr("Try again"), holder);
    m_again->setToolTip(tr("Reads the profile anew (F5)"));
    m_again->setProperty("kind", u"primary"_s);
    m_again->setIcon(theme::icon(theme::Icon::Restart, theme::tokens().onAccent));
    auto* file = new QPushButton(tr("Open a profile file…"), holder);
    auto* local = new QPushButton(theme::icon(theme::Icon::Screen), tr("Nova on this computer"), holder);
    foot->addWidget(m_again);
    foot->addWidget(file);
    foot->addWidget(local);
    foot->addStretch(1);
    column->addLayout(foot);
    m_where = newLabel({}, u"hint"_s, holder);
    m_where->setWordWrap(true);
    m_where->setTextInteractionFlags(Qt::TextSelectableByMouse);
    column->addWidget(m_where);
    column->addStretch(3);
    connect(m_again, &QPushButton::clicked, this, [this] { Q_EMIT chosen(m_asked); });
    connect(file, &QPushButton::clicked, this, &ProfileChooser::fileWanted);
    connect(local, &QPushButton::clicked, this, [this] { Q_EMIT chosen({}); });
    setFault({}, {}, {});
}

void ProfileChooser::setFault(const QString& profile, const QString& what, const QString& hint) {
    m_asked = profile;
    m_again->setVisible(!what.isEmpty());
    if (what.isEmpty()) return m_notice->clearNotice();
    QString text = asSentence(what);
    if (!hint.isEmpty()) text += u' ' + asSentence(hint);
    m_notice->setNotice(u"err"_s, tr("The profile %1 cannot be opened.").arg(profile), text);
}

void ProfileChooser::setChoices(const QVector<Choice>& choices, const QString& folder) {
    delete m_rows;
    m_rows = new QWidget(this);
    auto* column = new QVBoxLayout(m_rows);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(2 * metrics::grid);
    for (const auto& choice : choices) column->addWidget(choiceRow(choice));
    if (choices.isEmpty()) column->addWidget(example(folder));
    m_list->addWidget(m_rows);
    m_where->setText(tr("Profiles are the TOML files in %1. Attaching reads metadata, offsets and groups only; nothing "
                        "is written unless a profile says read_only = false.")
                         .arg(folder));
}

QWidget* ProfileChooser::choiceRow(const Choice& choice) {
    auto* card = new QFrame(m_rows);
    card->setProperty("card", true);
    auto* row = new QHBoxLayout(card);
    row->setContentsMargins(metrics::panePadding, 8, metrics::panePadding, 8);
    row->setSpacing(metrics::panePadding);
    auto* words = new QVBoxLayout;
    words->setSpacing(2);
    auto* head = new QHBoxLayout;
    head->setSpacing(2 * metrics::grid);
    head->addWidget(newLabel(choice.title, u"strong"_s, card));
    if (!choice.environment.isEmpty()) head->addWidget(environmentTag(choice.environment, card));
    head->addStretch(1);
    words->addLayout(head);
    auto* detail = newLabel(choice.fault.isEmpty() ? choice.detail : choice.fault, u"second"_s, card);
    detail->setWordWrap(true);
    if (!choice.fault.isEmpty()) detail->setProperty("status", u"err"_s);
    words->addWidget(detail);
    row->addLayout(words, 1);
    auto* open = new QPushButton(tr("Attach"), card);
    open->setAccessibleName(tr("Attach to %1").arg(choice.title));
    row->addWidget(open);
    connect(open, &QPushButton::clicked, this, [this, profile = choice.profile] { Q_EMIT chosen(profile); });
    return card;
}

QWidget* ProfileChooser::example(const QString& folder) {
    auto* card = new QFrame(m_rows);
    card->setProperty("card", true);
    auto* column = new QVBoxLayout(card);
    column->setContentsMargins(metrics::panePadding, metrics::panePadding, metrics::panePadding, metrics::panePadding);
    auto* text =
        newLabel(tr("There is no profile yet. Write one, such as %1/staging.toml:").arg(folder), u"second"_s, card);
    text->setWordWrap(true);
    column->addWidget(text);
    auto* line = new QHBoxLayout;
    auto* toml = newLabel(exampleText, u"mono"_s, card);
    toml->setWordWrap(true);
    toml->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    line->addWidget(toml, 1);
    auto* copy = new QPushButton(theme::icon(theme::Icon::Copy), tr("Copy"), card);
    copy->setProperty("small", true);
    copy->setAccessibleName(tr("Copy the example of a profile"));
    line->addWidget(copy, 0, Qt::AlignTop);
    connect(copy, &QPushButton::clicked, this, [] { QGuiApplication::clipboard()->setText(exampleText); });
    column->addLayout(line);
    return card;
}

bool ProfileChooser::clear() {
    Q_EMIT left();
    return true;
}

void ProfileChooser::keyPressEvent(QKeyEvent* event) {
    const bool enter = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
    if ((enter || event->key() == Qt::Key_F5) && m_again->isVisible()) return Q_EMIT chosen(m_asked);
    View::keyPressEvent(event);
}

}  // namespace nova::views
