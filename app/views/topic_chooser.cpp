#include "app/views/topic_chooser.h"

#include <QApplication>
#include <QComboBox>
#include <QDateTime>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QPushButton>
#include <QSet>
#include <QSortFilterProxyModel>
#include <QStandardItemModel>
#include <QVBoxLayout>

#include "app/views/pane.h"
#include "widgets/theme/metrics.h"
#include "widgets/theme/numbers.h"
#include "widgets/theme/theme.h"

namespace nova::views {

using namespace Qt::StringLiterals;
namespace metrics = theme::metrics;

namespace {

constexpr int chooserWidth = 440, listRows = 12;
constexpr int topicRole = Qt::UserRole;

}  // namespace

TopicChooser::TopicChooser(QWidget* parent)
    : QFrame(parent), m_model(new QStandardItemModel(this)), m_shown(new QSortFilterProxyModel(this)) {
    setProperty("dialog", true);
    setAccessibleName(tr("Topics to follow"));
    m_shown->setSourceModel(m_model);
    m_shown->setFilterCaseSensitivity(Qt::CaseInsensitive);
    m_shown->setFilterRole(topicRole);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(metrics::panePadding, metrics::panePadding, metrics::panePadding, metrics::panePadding);
    column->setSpacing(metrics::cellPadding);
    buildList();
    buildFoot();
    setFixedWidth(chooserWidth);
    hide();
}

void TopicChooser::buildList() {
    auto* row = new QHBoxLayout;
    m_search = new QLineEdit(this);
    m_search->setPlaceholderText(tr("Search topics"));
    m_search->setAccessibleName(tr("Search topics"));
    m_search->setClearButtonEnabled(true);
    auto* all = new QPushButton(tr("All"), this);
    all->setToolTip(tr("Tick all that the search shows"));
    auto* none = new QPushButton(tr("None"), this);
    none->setToolTip(tr("Untick all that the search shows"));
    row->addWidget(m_search, 1);
    row->addWidget(all);
    row->addWidget(none);
    static_cast<QVBoxLayout*>(layout())->addLayout(row);
    m_list = new QListView(this);
    m_list->setModel(m_shown);
    m_list->setAccessibleName(tr("Topics"));
    m_list->setUniformItemSizes(true);
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_list->setMinimumHeight(listRows * metrics::row);
    layout()->addWidget(m_list);
    connect(m_search, &QLineEdit::textChanged, m_shown, &QSortFilterProxyModel::setFilterFixedString);
    connect(all, &QPushButton::clicked, this, [this] { tickShown(true); });
    connect(none, &QPushButton::clicked, this, [this] { tickShown(false); });
    connect(m_model, &QStandardItemModel::itemChanged, this, &TopicChooser::count);
}

void TopicChooser::buildFoot() {
    auto* column = static_cast<QVBoxLayout*>(layout());
    m_hint = newLabel({}, u"hint"_s, this);
    m_hint->setWordWrap(true);
    m_hint->hide();
    column->addWidget(m_hint);
    m_fault = newLabel({}, u"second"_s, this);
    m_fault->setProperty("status", u"err"_s);
    m_fault->setWordWrap(true);
    m_fault->hide();
    column->addWidget(m_fault);
    auto* row = new QHBoxLayout;
    m_count = newLabel({}, u"second"_s, this);
    m_from = new QComboBox(this);
    m_from->setEditable(true);
    m_from->setInsertPolicy(QComboBox::NoInsert);
    m_from->addItems({u"now"_s, u"-5m"_s, u"-1h"_s, u"earliest"_s});
    m_from->setAccessibleName(tr("Start from"));
    m_from->setToolTip(tr("now, earliest, -5m, an offset, or a time as 2026-11-22T23:41:52Z"));
    m_follow = new QPushButton(tr("Follow"), this);
    m_follow->setProperty("kind", u"primary"_s);
    row->addWidget(m_count);
    row->addStretch(1);
    m_fromWord = newLabel(tr("start from"), u"second"_s, this);
    row->addWidget(m_fromWord);
    row->addWidget(m_from);
    row->addWidget(m_follow);
    column->addLayout(row);
    connect(m_follow, &QPushButton::clicked, this, &TopicChooser::apply);
}

void TopicChooser::setTopics(const QStringList& all, const QStringList& chosen) {
    const QSet<QString> ticked(chosen.begin(), chosen.end());
    m_model->clear();
    for (const auto& topic : all) {
        auto* item = new QStandardItem(topic);
        item->setData(topic, topicRole);
        item->setCheckable(true);
        item->setSizeHint(QSize(0, metrics::row));
        item->setCheckState(ticked.contains(topic) ? Qt::Checked : Qt::Unchecked);
        m_model->appendRow(item);
    }
    m_someChosen = !chosen.isEmpty();
    count();
}

void TopicChooser::setRates(const QMap<QString, double>& perSecond) {
    if (!isVisible()) return;
    const QSignalBlocker quiet(m_model);
    for (int i = 0; i < m_model->rowCount(); ++i) {
        auto* item = m_model->item(i);
        const QString topic = item->data(topicRole).toString();
        const auto rate = perSecond.constFind(topic);
        item->setText(rate == perSecond.cend() ? topic : QString(topic + u"    " + theme::rate(*rate)));
    }
    m_list->viewport()->update();
}

void TopicChooser::setHint(const QString& words) {
    m_hint->setText(words);
    m_hint->setVisible(!words.isEmpty());
}

void TopicChooser::setPurpose(const QString& action, bool follows) {
    m_follow->setText(action);
    m_fromWord->setVisible(follows);
    m_from->setVisible(follows);
    m_hint->setVisible(follows && !m_hint->text().isEmpty());
}

void TopicChooser::setFrom(const QString& place) {
    m_from->setEditText(place);
}

void TopicChooser::openUnder(QWidget& button) {
    QWidget* window = button.window();
    if (parentWidget() != window) setParent(window);
    adjustSize();
    QPoint place = button.mapTo(window, QPoint(0, button.height() + 2));
    place.setX(std::min(place.x(), window->width() - metrics::panePadding - width()));
    move(place);
    raise();
    show();
    m_search->setFocus(Qt::PopupFocusReason);
}

void TopicChooser::tickShown(bool on) {
    {
        const QSignalBlocker quiet(m_model);
        for (int i = 0; i < m_shown->rowCount(); ++i)
            m_model->itemFromIndex(m_shown->mapToSource(m_shown->index(i, 0)))
                ->setCheckState(on ? Qt::Checked : Qt::Unchecked);
    }
    m_list->viewport()->update();
    count();
}

QStringList TopicChooser::chosen() const {
    QStringList topics;
    for (int i = 0; i < m_model->rowCount(); ++i) {
        if (m_model->item(i)->checkState() == Qt::Checked) topics << m_model->item(i)->data(topicRole).toString();
    }
    return topics;
}

qsizetype TopicChooser::topics() const {
    return m_model->rowCount();
}

void TopicChooser::count() {
    const auto ticked = chosen().size();
    m_count->setText(tr("%1 of %2 topics").arg(ticked).arg(m_model->rowCount()));
    m_follow->setEnabled(ticked > 0 || m_someChosen);  // none any more is a choice, none from the start is not
    m_follow->setToolTip(m_follow->isEnabled() ? QString() : tr("Tick a topic, or search for one and press Enter"));
}

void TopicChooser::apply() {
    const auto place =
        engine::Place::parse(m_from->currentText().trimmed().toStdString(), QDateTime::currentMSecsSinceEpoch());
    m_fault->setVisible(!place);
    if (!place) {
        m_fault->setText(tr("Start from: %1").arg(QString::fromStdString(place.error().what)));
        return adjustSize();
    }
    hide();
    Q_EMIT wanted(chosen(), place.value());
}

// What was searched for is meant, where nothing else was ticked: the topic of that very name, or all that the search
// shows.
void TopicChooser::takeEnter() {
    const QString sought = m_search->text().trimmed();
    if (chosen().isEmpty() && !sought.isEmpty()) {
        QStandardItem* exact = nullptr;
        for (int i = 0; i < m_model->rowCount(); ++i)
            if (m_model->item(i)->data(topicRole).toString() == sought) exact = m_model->item(i);
        exact ? exact->setCheckState(Qt::Checked) : tickShown(true);
    }
    if (m_follow->isEnabled()) apply();
}

void TopicChooser::showEvent(QShowEvent* event) {
    QFrame::showEvent(event);
    connect(qApp, &QApplication::focusChanged, this, &TopicChooser::closeWithoutFocus, Qt::UniqueConnection);
}

// A list that drops down from a field of it has the focus in a window of its own.
void TopicChooser::closeWithoutFocus(QWidget*, QWidget* now) {
    if (now && now != this && !isAncestorOf(now) && now->window() == window()) hide();
}

void TopicChooser::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Escape) return hide();
    if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) return takeEnter();
    QFrame::keyPressEvent(event);
}

}  // namespace nova::views
