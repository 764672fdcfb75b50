#include "app/views/lag_summary_pane.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>
#include <algorithm>

#include "app/views/pane.h"
#include "app/views/sentence.h"
#include "widgets/theme/metrics.h"
#include "widgets/theme/numbers.h"
#include "widgets/theme/plain_tip.h"
#include "widgets/theme/theme.h"

namespace nova::views {

using engine::LagStatus;
using namespace Qt::StringLiterals;
namespace metrics = theme::metrics;

namespace {

constexpr int fourFigures = 520;  // narrower panes have them in two lines

QString toneOf(LagStatus status) {
    switch (lagShape(status)) {
        case theme::Status::Ok: return u"ok"_s;
        case theme::Status::Warn: return u"warn"_s;
        case theme::Status::Err: return u"err"_s;
        default: return u"neutral"_s;
    }
}

// Its height is that of its text at the width it has, not at one that nobody gave it.
class FlowText final : public QLabel {
public:
    using QLabel::QLabel;
    QSize sizeHint() const override { return minimumSizeHint(); }
    QSize minimumSizeHint() const override { return {40, heightForWidth(std::max(width(), 40))}; }

protected:
    void resizeEvent(QResizeEvent* event) override {
        QLabel::resizeEvent(event);
        updateGeometry();
    }
};

QLabel* newText(const QString& role, QWidget* parent) {
    auto* label = new FlowText(parent);
    label->setProperty("role", role);
    label->setWordWrap(true);
    label->setTextFormat(Qt::RichText);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::LinksAccessibleByMouse |
                                   Qt::LinksAccessibleByKeyboard);
    QSizePolicy policy(QSizePolicy::Ignored, QSizePolicy::Minimum);
    policy.setHeightForWidth(true);
    label->setSizePolicy(policy);
    return label;
}

}  // namespace

LagSummaryPane::LagSummaryPane(QWidget* parent) : QWidget(parent) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    buildHeader();
    column->addWidget(m_header);
    auto* scroll = new QScrollArea(this);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setFocusPolicy(Qt::NoFocus);
    auto* page = new QWidget(scroll);
    auto* rows = new QVBoxLayout(page);
    rows->setContentsMargins(metrics::panePadding, metrics::panePadding, metrics::panePadding, metrics::panePadding);
    m_empty = newText(u"second"_s, page);
    rows->addWidget(m_empty);
    m_body = new QWidget(page);
    auto* body = new QVBoxLayout(m_body);
    body->setContentsMargins(0, 0, 0, 0);
    body->setSpacing(3 * metrics::grid);
    body->addWidget(buildFigures(m_body));
    body->addWidget(buildWhy(m_body));
    m_advice = newText(u"second"_s, m_body);
    body->addWidget(buildButtons(m_body));  // before the advice: on a small window they are in sight
    body->addWidget(m_advice);
    rows->addWidget(m_body);
    rows->addStretch(1);
    scroll->setWidget(page);
    column->addWidget(scroll, 1);
    setMinimumWidth(340);
    clearSummary(tr("Select a group to see how far it is behind, and why."));
}

void LagSummaryPane::buildHeader() {
    m_header = new PaneHeader({}, this);
    m_group = newLabel({}, u"strong"_s, m_header);
    m_topic = newLabel({}, u"hint"_s, m_header);
    m_header->addWidget(m_group);
    m_header->addWidget(m_topic);
    m_tag = m_header->addTag();
    m_header->addStretch();
    m_pin = m_header->addButton(tr("Pin"), tr("Keeps this row on top of the list (P)"));
    m_pin->setCheckable(true);
    connect(m_pin, &QPushButton::clicked, this, &LagSummaryPane::pinWanted);
}

QWidget* LagSummaryPane::buildFigures(QWidget* parent) {
    auto* box = new QWidget(parent);
    m_grid = new QGridLayout(box);
    m_grid->setContentsMargins(0, 0, 0, 0);
    m_grid->setHorizontalSpacing(5 * metrics::grid);
    m_grid->setVerticalSpacing(2 * metrics::grid);
    for (auto& figure : m_figures) {
        figure.box = new QWidget(box);
        auto* rows = new QVBoxLayout(figure.box);
        rows->setContentsMargins(0, 0, 0, 0);
        rows->setSpacing(0);
        figure.value = newLabel({}, u"figure"_s, figure.box);
        figure.name = newLabel({}, u"second"_s, figure.box);
        rows->addWidget(figure.value);
        rows->addWidget(figure.name);
    }
    return box;
}

QWidget* LagSummaryPane::buildWhy(QWidget* parent) {
    m_banner = new QFrame(parent);
    m_banner->setProperty("banner", u"info"_s);
    auto* rows = new QVBoxLayout(m_banner);
    rows->setContentsMargins(metrics::panePadding, 8, metrics::panePadding, 8);
    rows->setSpacing(6);
    m_why = newText({}, m_banner);
    m_evidence = newText(u"second"_s, m_banner);
    m_record = newText(u"second"_s, m_banner);
    for (auto* label : {m_why, m_evidence, m_record}) rows->addWidget(label);
    connect(m_record, &QLabel::linkActivated, this, [this] {
        if (m_diagnosed)
            Q_EMIT recordWanted(m_diagnosed->topic, m_diagnosed->partition,
                                std::max(m_diagnosed->record.offset, m_diagnosed->record.committed));
    });
    return m_banner;
}

QWidget* LagSummaryPane::buildButtons(QWidget* parent) {
    auto* box = new QWidget(parent);
    auto* row = new QHBoxLayout(box);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(2 * metrics::grid);
    m_ask = new QPushButton(tr("Why?"), box);
    m_ask->setToolTip(
        tr("Reads the record at the committed offset, looks at what its consumer last did with it, and "
           "reasons (Enter)"));
    m_traffic = new QPushButton(tr("Show in Traffic"), box);
    m_traffic->setToolTip(tr("The first unread record of this partition, in Traffic (G then T)"));
    m_addReplica = new QPushButton(theme::icon(theme::Icon::Plus), tr("Add replica"), box);
    m_addReplica->hide();
    for (auto* button : {m_ask, m_traffic, m_addReplica}) row->addWidget(button);
    row->addStretch(1);
    connect(m_ask, &QPushButton::clicked, this, &LagSummaryPane::whyWanted);
    connect(m_traffic, &QPushButton::clicked, this, &LagSummaryPane::trafficWanted);
    connect(m_addReplica, &QPushButton::clicked, this, &LagSummaryPane::addReplicaWanted);
    return box;
}

void LagSummaryPane::setFigure(int index, const QString& value, const QString& name, const QString& tone,
                               const QString& tip) {
    auto& figure = m_figures[std::size_t(index)];
    figure.value->setText(value);
    figure.name->setText(name);
    figure.box->setToolTip(tip);
    if (figure.value->property("status").toString() == tone) return;
    figure.value->setProperty("status", tone);
    theme::repolish(figure.value);
}

// Four in a line, in smaller type where there is less room, and in two lines where that is not enough.
void LagSummaryPane::layFigures() {
    const bool wide = width() >= fourFigures;
    const QString role = wide ? u"figure"_s : u"title"_s;
    int needed = 2 * metrics::panePadding + 14 + 3 * m_grid->horizontalSpacing();
    for (auto& figure : m_figures) {
        if (figure.value->property("role").toString() != role) {
            figure.value->setProperty("role", role);
            figure.name->setProperty("role", wide ? u"second"_s : u"hint"_s);
            theme::repolish(figure.value);
            theme::repolish(figure.name);
        }
        figure.box->ensurePolished();
        needed += std::max(figure.value->sizeHint().width(), figure.name->sizeHint().width());
    }
    const int columns = needed <= width() ? 4 : 2;
    if (columns == m_columns) return;
    m_columns = columns;
    for (int i = 0; i < 4; ++i) m_grid->addWidget(m_figures[std::size_t(i)].box, i / columns, i % columns);
    for (int i = 0; i < 5; ++i) m_grid->setColumnStretch(i, i == columns ? 1 : 0);
}

void LagSummaryPane::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    layFigures();
    m_topic->setVisible(width() >= 420 || m_group->text().size() < 14);
}

void LagSummaryPane::clearSummary(const QString& why) {
    m_focus.reset();
    m_diagnosed.reset();
    m_group->setText(tr("Nothing selected"));
    m_topic->clear();
    m_tag->hide();
    m_pin->hide();
    m_body->hide();
    m_empty->setText(why);
    m_empty->show();
}

void LagSummaryPane::setSummary(const LagSummary& sum, const engine::GroupState* group, const engine::LagRow* focus,
                                qint64) {
    m_summary = sum;
    m_focus = focus ? std::optional(*focus) : std::nullopt;
    m_empty->hide();
    m_body->show();
    m_pin->show();
    m_group->setText(sum.group);
    m_topic->setText(sum.topic);
    m_tag->setText((lagShape(sum.worst) == theme::Status::Warn ? u"▲ "_s : QString()) + lagWord(sum.worst));
    if (m_tag->property("tag").toString() != toneOf(sum.worst)) {
        m_tag->setProperty("tag", toneOf(sum.worst));
        theme::repolish(m_tag);
    }
    m_tag->setToolTip(sum.worstRow ? theme::plainTip(lagSentence(*sum.worstRow)) : QString());
    m_tag->show();

    const bool never = sum.never == sum.partitions;
    setFigure(
        0, never ? u"–"_s : theme::count(sum.lag),
        sum.held > 0 ? tr("offsets behind, %1 held").arg(theme::count(sum.held)) : tr("offsets behind"),
        sum.alarms > 0 ? u"err"_s : QString(),
        tr("High watermark − committed, summed over %1 partitions. Offsets are an upper bound of records.%2")
            .arg(sum.partitions)
            .arg(sum.held > 0 ? tr(" %1 are held by open transactions: they lie beyond the last stable offset (LSO).")
                                    .arg(theme::count(sum.held))
                              : QString()));
    setFigure(1,
              sum.oldest ? (*sum.oldest < 99.95 ? QString::number(*sum.oldest, 'f', 1) + u"\u00a0s"_s
                                                : theme::age(*sum.oldest))
                         : u"–"_s,
              tr("oldest unread"), {},
              sum.oldest ? tr("Age of the record at the committed offset, measured, never extrapolated")
              : sum.oldestReason.isEmpty() ? tr("Not measured yet")
                                           : sum.oldestReason);
    setFigure(2, sum.in ? tr("%1 in").arg(theme::rate(*sum.in)) : u"–"_s,
              sum.out ? tr("%1 out").arg(theme::rate(*sum.out)) : tr("rates not known yet"), {},
              tr("Offsets appended and offsets committed a second, over the last minute"));
    if (!sum.growing.isEmpty()) {
        const bool few = sum.growing.size() <= 2;
        setFigure(
            3,
            few ? tr("%1 growing").arg(sum.growing.join(u", "_s)) : tr("%1 partitions growing").arg(sum.growing.size()),
            few ? tr("+%1 together").arg(theme::rate(sum.growth))
                : sum.growing.mid(0, 4).join(u", "_s) + (sum.growing.size() > 4 ? u" …"_s : QString()),
            u"warn"_s, sum.growing.join(u", "_s));
    } else if (sum.lag == 0 && !never && sum.unknown < sum.partitions) {
        setFigure(3, tr("caught up"), sum.state.isEmpty() ? sum.members : sum.members + u" · "_s + sum.state);
    } else if (sum.catchUp) {
        setFigure(3, theme::age(*sum.catchUp),
                  sum.catchUpError ? tr("to catch up, ± %1").arg(theme::age(*sum.catchUpError)) : tr("to catch up"));
    } else {
        setFigure(3, u"–"_s, tr("to catch up: not known"), {},
                  tr("The lag neither falls nor grows steadily enough to tell."));
    }
    m_advice->setText(adviceText(sum, group));
    m_advice->setVisible(!m_advice->text().isEmpty());
    showWhy();
    layFigures();
}

bool LagSummaryPane::canAsk() const {
    return m_focus && m_focus->status != LagStatus::noCommit && m_focus->committed;
}

QString LagSummaryPane::statusText() const {
    const auto& row = m_focus ? m_focus : m_summary.worstRow;
    if (!row) return {};
    const QString held = row->clientId.isEmpty() ? row->member : row->clientId;
    QString text = tr("<b>%1:</b> %2").arg(lagWord(*row).toHtmlEscaped(), lagSentence(*row).toHtmlEscaped());
    if (!held.isEmpty() && row->lag.value_or(0) > 0)
        text += u' ' + tr("p%1 is held by <b>%2</b>.").arg(row->partition).arg(held.toHtmlEscaped());
    if (row->heldByTransactions > 0)
        text += u' ' + tr("%1 offsets are held by open transactions.").arg(theme::count(row->heldByTransactions));
    const bool isSaid = row->status == LagStatus::unknown || row->status == LagStatus::noCommit;
    if (!row->statusReason.isEmpty() && !isSaid) text += u' ' + asSentence(row->statusReason).toHtmlEscaped();
    return text;
}

void LagSummaryPane::setTone(const QString& tone) {
    if (m_banner->property("banner").toString() == tone) return;
    m_banner->setProperty("banner", tone);
    theme::repolish(m_banner);
}

void LagSummaryPane::showWhy() {
    const bool answered = m_diagnosed && m_focus && m_diagnosed->partition == m_focus->partition &&
                          m_diagnosed->group == m_focus->group && m_diagnosed->topic == m_focus->topic;
    const auto status = m_focus ? m_focus->status : m_summary.worst;
    const auto shape = lagShape(status);
    if (answered) {
        const bool known = m_diagnosed->diagnosis.cause != engine::Cause::unknown;
        setTone(known ? u"warn"_s : u"info"_s);
        m_why->setText(
            tr("<b>Why p%1:</b> %2").arg(m_diagnosed->partition).arg(m_diagnosed->diagnosis.sentence.toHtmlEscaped()));
    } else {
        setTone(shape == theme::Status::Err ? u"err"_s : shape == theme::Status::Warn ? u"warn"_s : u"info"_s);
        m_why->setText(statusText() + (m_asking ? u"<br>"_s + tr("Asking what holds it up …") : QString()));
    }
    m_evidence->setText(answered ? evidenceText(m_diagnosed->diagnosis) : QString());
    m_record->setText(answered ? recordText(*m_diagnosed) : QString());
    m_evidence->setVisible(!m_evidence->text().isEmpty());
    m_record->setVisible(!m_record->text().isEmpty());
    m_banner->setVisible(!m_why->text().isEmpty());
    m_ask->setEnabled(canAsk() && !m_asking);
    m_ask->setText(
        m_focus ? (answered ? tr("Ask again: p%1").arg(m_focus->partition) : tr("Why p%1?").arg(m_focus->partition))
                : tr("Why?"));
    m_traffic->setEnabled(m_focus.has_value());
}

void LagSummaryPane::setPinned(bool pinned) {
    m_pin->setChecked(pinned);
    m_pin->setText(pinned ? tr("Pinned") : tr("Pin"));
}

void LagSummaryPane::setCanAddReplica(bool can) {
    m_addReplica->setVisible(can);
}

void LagSummaryPane::setAsking(bool asking) {
    m_asking = asking;
    if (m_focus) showWhy();
}

void LagSummaryPane::setDiagnosed(const std::optional<engine::Diagnosed>& diagnosed) {
    m_diagnosed = diagnosed;
    m_asking = false;
    if (m_focus) showWhy();
}

}  // namespace nova::views
