#include "app/views/scan_bar.h"

#include <QComboBox>
#include <QDateTime>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPainter>
#include <QPushButton>
#include <QStackedWidget>
#include <QVBoxLayout>

#include "app/views/pane.h"
#include "widgets/charts/mini_bar.h"
#include "widgets/theme/metrics.h"
#include "widgets/theme/numbers.h"
#include "widgets/theme/plain_tip.h"
#include "widgets/theme/theme.h"

namespace nova::views {

using namespace Qt::StringLiterals;
namespace metrics = theme::metrics;
using engine::Place;

namespace {

constexpr int barHeight = 40;


QComboBox* newCombo(QWidget* parent, const QString& name, const QString& hint, bool editable) {
    auto* combo = new QComboBox(parent);
    combo->setEditable(editable);
    combo->setAccessibleName(name);
    combo->setToolTip(hint);
    combo->setInsertPolicy(QComboBox::NoInsert);
    if (editable) {
        combo->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
        combo->setMinimumContentsLength(9);
    }
    return combo;
}

}  // namespace

// How much of the offsets was searched: the words beside it say the number.
class ScanBar::Progress final : public QWidget {
public:
    explicit Progress(QWidget* parent) : QWidget(parent) { setFixedSize(96, 12); }
    void setDone(double done) {
        m_done = done;
        update();
    }

protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        charts::paintFraction(painter, QRectF(0, 3, width(), 6), m_done, theme::tokens().accent, theme::tokens());
    }

private:
    double m_done = 0;
};

ScanBar::ScanBar(QWidget* parent) : QFrame(parent) {
    setProperty("banner", u"info"_s);
    setMinimumHeight(barHeight);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(metrics::panePadding, 5, metrics::cellPadding, 6);
    row->setSpacing(metrics::cellPadding);
    m_pages = new QStackedWidget(this);
    m_pages->addWidget(buildForm());
    m_pages->addWidget(buildRun());
    row->addWidget(m_pages, 1);
    auto* close = new QPushButton(theme::icon(theme::Icon::Close), {}, this);
    close->setProperty("kind", u"ghost"_s);
    close->setToolTip(tr("Back to the live tail (Esc)"));
    close->setAccessibleName(close->toolTip());
    row->addWidget(close);
    connect(close, &QPushButton::clicked, this, &ScanBar::closed);
}

QWidget* ScanBar::buildForm() {
    auto* page = new QWidget(m_pages);
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(0, 0, 0, 0);
    auto* row = new QHBoxLayout;
    row->setSpacing(6);
    column->addLayout(row);
    m_topics = new QPushButton(page);
    m_topics->setToolTip(tr("The topics to search: those that are followed"));
    const QString places = tr("earliest, now, -5m, an offset, or a time as 2026-11-22T23:41:52Z");
    m_from = newCombo(page, tr("From"), places, true);
    m_from->addItems({u"earliest"_s, u"-5m"_s, u"-1h"_s, u"-24h"_s});
    m_from->setCurrentIndex(2);
    m_until = newCombo(page, tr("Until"),
                       tr("The ends of the partitions as they are at the start, an offset, or a time"), true);
    m_until->addItems({tr("the ends"), u"-5m"_s, u"-1h"_s, u"-24h"_s});
    m_limit = newCombo(page, tr("Stop after"), tr("Stop when so many were found"), false);
    for (const int limit : {100, 1'000, 10'000, 100'000})
        m_limit->addItem(tr("%1 found").arg(theme::count(limit)), limit);
    m_limit->setCurrentIndex(1);
    m_bound = newCombo(page, tr("Search at most"), tr("Stop when so much was searched, found or not"), false);
    m_bound->addItem(tr("60 s"), QVariantList{0, 0, 60});
    m_bound->addItem(tr("1 M records"), QVariantList{1'000'000, 0, 0});
    m_bound->addItem(tr("1 GiB"), QVariantList{0, qint64(1) << 30, 0});
    m_bound->addItem(tr("no bound"), QVariantList{0, 0, 0});
    m_scan = new QPushButton(tr("Scan"), page);
    m_scan->setProperty("kind", u"primary"_s);
    m_fault = newLabel({}, u"second"_s, page);
    m_fault->setProperty("status", u"err"_s);
    row->addWidget(m_topics);
    row->addWidget(newLabel(tr("from"), u"second"_s, page));
    row->addWidget(m_from);
    row->addWidget(newLabel(tr("until"), u"second"_s, page));
    row->addWidget(m_until);
    row->addWidget(newLabel(tr("at most"), u"second"_s, page));
    row->addWidget(m_limit);
    row->addWidget(newLabel(tr("or"), u"second"_s, page));
    row->addWidget(m_bound);
    row->addWidget(m_scan);
    row->addStretch(1);
    column->addWidget(m_fault);
    m_fault->setWordWrap(true);
    m_fault->hide();
    connect(m_topics, &QPushButton::clicked, this, &ScanBar::topicsWanted);
    connect(m_scan, &QPushButton::clicked, this, &ScanBar::scanWanted);
    for (auto* combo : {m_from, m_until}) {
        connect(combo->lineEdit(), &QLineEdit::returnPressed, this, &ScanBar::scanWanted);
        connect(combo, &QComboBox::editTextChanged, this, [this] { complain(nullptr, {}); });
    }
    return page;
}

QWidget* ScanBar::buildRun() {
    auto* page = new QWidget(m_pages);
    auto* row = new QHBoxLayout(page);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(metrics::cellPadding);
    m_progress = new Progress(page);
    m_progress->setAccessibleName(tr("Searched"));
    m_words = newLabel({}, u"second"_s, page);
    m_words->setTextFormat(Qt::RichText);
    m_words->setWordWrap(true);
    m_stop = new QPushButton(tr("Stop"), page);
    m_continue = new QPushButton(tr("Continue"), page);
    m_continue->setToolTip(tr("Go on where it ended; what was found stays"));
    m_searched = new QPushButton(tr("Searched"), page);
    m_searched->setToolTip(tr("The exact offsets that were searched in each partition"));
    m_export = new QPushButton(theme::icon(theme::Icon::Export), tr("Export"), page);
    row->addWidget(m_progress);
    row->addWidget(m_words, 1);
    for (auto* button : {m_stop, m_continue, m_searched, m_export}) row->addWidget(button);
    connect(m_stop, &QPushButton::clicked, this, &ScanBar::stopWanted);
    connect(m_continue, &QPushButton::clicked, this, &ScanBar::continueWanted);
    connect(m_searched, &QPushButton::clicked, this, &ScanBar::searchedWanted);
    connect(m_export, &QPushButton::clicked, this, &ScanBar::exportWanted);
    return page;
}

void ScanBar::setTopics(const QString& words, bool any) {
    m_topics->setText(words);
    m_scan->setEnabled(any);
    m_scan->setToolTip(any ? QString() : tr("Choose the topics to search first"));
}

void ScanBar::openForm() {
    complain(nullptr, {});
    m_pages->setCurrentIndex(0);
    m_from->setFocus(Qt::OtherFocusReason);
}

bool ScanBar::isForm() const {
    return m_pages->currentIndex() == 0;
}

void ScanBar::setRunning(const engine::ScanReport& report) {
    m_pages->setCurrentIndex(1);
    m_progress->show();
    m_progress->setDone(report.done());
    m_words->setText(progressText(report));
    m_stop->show();
    m_continue->hide();
    m_searched->hide();
    m_export->hide();
}

void ScanBar::setEnded(const engine::ScanReport& report, const QString& error, bool canContinue) {
    m_pages->setCurrentIndex(1);
    m_progress->hide();
    m_words->setText(endText(report, error.toHtmlEscaped()));
    m_stop->hide();
    m_continue->setVisible(canContinue);
    m_searched->setVisible(!report.ranges.empty());
    QStringList lines;
    for (const auto& fact : searchedFacts(report)) {
        if (lines.size() < 12) lines << fact.subject + u' ' + fact.kind + u": "_s + fact.detail;
    }
    m_searched->setToolTip(theme::plainTip(lines.join(u'\n')));
    m_export->setVisible(report.matched > 0);
}

void ScanBar::setFile(const QString& name, quint64 records) {
    m_pages->setCurrentIndex(1);
    m_progress->hide();
    m_words->setText(tr("<b>%1</b>: %2 events, read from this file without a cluster.")
                         .arg(name.toHtmlEscaped(), theme::count(qint64(records))));
    for (auto* button : {m_stop, m_continue, m_searched, m_export}) button->hide();
}

void ScanBar::setFrom(const QString& place) {
    m_from->setEditText(place);
}

void ScanBar::complain(QComboBox* field, const QString& what) {
    m_fault->setText(what);
    m_fault->setVisible(!what.isEmpty());
    for (auto* combo : {m_from, m_until}) {
        combo->lineEdit()->setProperty("invalid", combo == field);
        theme::repolish(combo->lineEdit());
    }
    if (field) field->setFocus(Qt::OtherFocusReason);
}

std::optional<engine::ScanRequest> ScanBar::request() {
    const auto now = QDateTime::currentMSecsSinceEpoch();
    engine::ScanRequest request;
    const auto from = Place::parse(m_from->currentText().trimmed().toStdString(), now);
    if (!from) {
        complain(m_from, tr("From: %1").arg(QString::fromStdString(from.error().what)));
        return std::nullopt;
    }
    request.from = from.value();
    const QString until = m_until->currentText().trimmed();
    if (!until.isEmpty() && until != m_until->itemText(0)) {
        const auto place = Place::parse(until.toStdString(), now);
        if (!place) {
            complain(m_until, tr("Until: %1").arg(QString::fromStdString(place.error().what)));
            return std::nullopt;
        }
        request.until = place.value();
    }
    request.limit = m_limit->currentData().toLongLong();
    const auto bound = m_bound->currentData().toList();
    request.maxRecords = bound[0].toLongLong();
    request.maxBytes = bound[1].toLongLong();
    request.maxSeconds = bound[2].toDouble();
    return request;
}

}  // namespace nova::views
