#include "app/views/touched_pane.h"

#include <QCoreApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include "app/views/pane.h"
#include "widgets/tables/record_delegate.h"
#include "widgets/tables/table_view.h"
#include "widgets/theme/clock.h"
#include "widgets/theme/metrics.h"
#include "widgets/theme/numbers.h"

namespace nova::views {

using namespace Qt::StringLiterals;
namespace metrics = theme::metrics;
using models::Fact;
using theme::Status;

namespace {

constexpr int ageMs = 500, mostRows = 9, mostCaused = 20;
constexpr int mostKind = 80, statusWidth = 22, narrowWidth = 380;  // px

QString tr(const char* text) {
    return QCoreApplication::translate("nova::views::TouchedPane", text);
}

Status statusOfKey(const engine::KeyState& key) {
    if (key.otherPayload) return Status::Err;
    if (key.state == "done"_L1) return Status::Ok;
    if (key.state == "leased"_L1) return Status::Starting;
    return key.state == "absent"_L1 ? Status::Off : Status::Unknown;
}

QString joined(QStringList words) {
    words.removeAll(QString());
    return words.join(u" · "_s);
}

Fact factOf(const engine::KeyState& key) {
    QStringList detail{key.otherPayload ? tr("other payload") : key.state};
    if (key.ttlSeconds) detail << theme::age(*key.ttlSeconds);
    QStringList hint{tr("Idempotency key"), key.key, key.why};
    if (!key.setBy.isEmpty()) hint << tr("Set by %1").arg(key.setBy);
    if (!key.setAt.isEmpty()) hint << tr("Set at %1").arg(key.setAt);
    const auto count = [&](int number) {
        return key.atLeast ? tr("at least %1").arg(number) : QString::number(number);
    };
    if (key.duplicates) hint << tr("Duplicates suppressed: %1").arg(count(*key.duplicates));
    if (key.staleSkips) hint << tr("Stale versions skipped: %1").arg(count(*key.staleSkips));
    hint.removeAll(QString());
    const QString& subject = key.group.isEmpty() ? key.key : key.group;  // what tells two keys of an event apart
    return {statusOfKey(key), tr("key"), subject, detail.join(u" · "_s), hint.join(u'\n'), u"key:"_s + key.key};
}

Fact factOf(const engine::VersionState& version) {
    const bool known = version.version.has_value();
    const bool equal = version.owner || version.drift == "equal"_L1;
    const QString number = known ? u'v' + QString::number(*version.version) : QString();
    const QString drift = version.owner || version.drift == "unknown"_L1 ? QString() : version.drift;
    return {!known ? Status::Unknown : equal ? Status::Ok : Status::Warn,
            version.owner ? tr("row") : tr("gate"),
            version.source.isEmpty() ? version.key : version.source,
            joined({number, known || !drift.isEmpty() ? drift : tr("unknown")}),
            joined({version.key, drift}),
            {}};
}

Fact factOf(const engine::EffectState& effect) {
    const Status status = effect.state == "there"_L1    ? Status::Ok
                          : effect.state == "absent"_L1 ? Status::Off
                                                        : Status::Unknown;
    return {status, effect.kind, effect.where, effect.detail.isEmpty() ? effect.state : effect.detail,
            joined({effect.where, effect.state, effect.detail}), {}};
}

Fact factOf(const engine::ConsumerState& group) {
    if (group.group.isEmpty())
        return {Status::Unknown, tr("group"), tr("other groups"), tr("unknown"), group.lagWhy, {}};
    const Status status = group.outcome == "failed"_L1 || group.outcome == "dead-lettered"_L1 ? Status::Err
                          : group.outcome == "duplicate"_L1                                   ? Status::Duplicate
                          : group.passed                                                      ? Status::Ok
                          : group.committed                                                   ? Status::Starting
                                                                                              : Status::Unknown;
    const QString now = group.committed ? tr("at %1").arg(theme::count(*group.committed)) : tr("no commit known");
    const QString then = group.lagAtEvent ? tr("%1 behind then").arg(theme::count(*group.lagAtEvent)) : QString();
    const bool plain = group.outcome == "unknown"_L1 || group.outcome == "done"_L1;
    const QString outcome = plain ? QString() : group.outcome;
    QStringList hint{tr("Committed offset now, and offsets behind when the event came"), group.member, group.error,
                     group.lagWhy};
    if (group.tries > 1) hint << tr("Tries: %1").arg(group.tries);
    hint.removeAll(QString());
    return {
        status, tr("group"), group.group, joined({outcome, now, then}), hint.join(u'\n'), u"group:"_s + group.group};
}

Fact factOf(const engine::Source& source) {
    const QString state = source.state == "not-configured"_L1 ? tr("not in this profile")
                          : source.state == "refused"_L1      ? tr("refused")
                                                              : tr("no answer");
    const bool configured = source.state != "not-configured"_L1;
    return {configured ? Status::Err : Status::Unknown,
            tr("not read"),
            source.name,
            state,
            joined({state, source.detail}),
            {}};
}

}  // namespace

std::vector<Fact> factsOf(const engine::KeyReport& report) {
    std::vector<Fact> facts;
    for (const auto& key : report.keys) facts.push_back(factOf(key));
    for (const auto& version : report.versions) facts.push_back(factOf(version));
    for (const auto& effect : report.effects) facts.push_back(factOf(effect));
    for (const auto& group : report.consumers) facts.push_back(factOf(group));
    if (!report.traceId.isEmpty())
        facts.push_back({Status::None, tr("action"), report.traceId, tr("timeline"),
                         tr("The action that this event belongs to"), u"trace:"_s + report.traceId});
    for (const auto& id : report.causedEvents.mid(0, mostCaused))
        facts.push_back({Status::None, tr("caused"), id, tr("event"),
                         tr("An event of the same action that came of this one"), u"event:"_s + id});
    for (const auto& source : report.sources) {
        if (source.state != "ok"_L1) facts.push_back(factOf(source));
    }
    return facts;
}

TouchedPane::TouchedPane(QWidget* parent) : QWidget(parent), m_model(new models::FactModel(this)) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 6, 0, 0);
    column->setSpacing(2);
    auto* head = new QHBoxLayout;
    head->setContentsMargins(metrics::panePadding, 0, metrics::cellPadding, 0);
    head->addWidget(newLabel(TouchedPane::tr("What this event touched"), u"section"_s, this));
    head->addStretch(1);
    m_age = newLabel({}, u"hint"_s, this);
    head->addWidget(m_age);
    m_again = new QPushButton(theme::icon(theme::Icon::Restart), {}, this);
    m_again->setProperty("small", true);
    m_again->setProperty("kind", u"ghost"_s);
    m_again->setToolTip(TouchedPane::tr("Read again"));
    m_again->setAccessibleName(TouchedPane::tr("Read again what this event touched"));
    head->addWidget(m_again);
    column->addLayout(head);
    m_words = newLabel({}, u"second"_s, this);
    m_words->setWordWrap(true);
    m_words->setContentsMargins(metrics::panePadding, 2, metrics::panePadding, 8);
    column->addWidget(m_words);
    m_table = new tables::TableView(this);
    m_table->setModel(m_model);
    m_table->setItemDelegate(new tables::FactDelegate(m_table));
    m_table->setColumns({{76}, {160, true}, {150}});
    m_table->horizontalHeader()->hide();
    m_table->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_table->setAccessibleName(TouchedPane::tr("What this event touched"));
    column->addWidget(m_table, 1);
    connect(m_again, &QPushButton::clicked, this, &TouchedPane::readAgainWanted);
    connect(m_table, &QTableView::activated, this, [this](const QModelIndex& index) {
        const QString target = index.data(models::FactModel::TargetRole).toString();
        if (!target.isEmpty()) Q_EMIT activated(target);
    });
    m_tick.setInterval(ageMs);
    connect(&m_tick, &QTimer::timeout, this, &TouchedPane::showAge);
    setUnavailable(TouchedPane::tr("Read from Kafka, Redis and PostgreSQL when an event is chosen."));
}

void TouchedPane::setWaiting() {
    m_waiting = true;
    m_since.start();
    m_tick.start();
    m_again->setEnabled(false);
    m_words->hide();
    m_table->setVisible(m_model->rowCount() > 0);
    m_table->setEnabled(false);
    showAge();
}

void TouchedPane::setReport(const engine::KeyReport& report) {
    m_waiting = false;
    m_since.start();
    m_tick.start();
    m_again->setEnabled(true);
    m_table->setEnabled(true);
    m_model->setFacts(factsOf(report));
    m_words->setText(TouchedPane::tr("Nothing is known of it: no key, no row, no group that reads its topic."));
    m_words->setVisible(m_model->rowCount() == 0);
    m_table->setVisible(m_model->rowCount() > 0);
    fitHeight();
    showAge();
}

void TouchedPane::setUnavailable(const QString& why) {
    m_waiting = false;
    m_tick.stop();
    m_since.invalidate();
    m_model->setFacts({});
    m_table->hide();
    m_words->setText(why);
    m_words->show();
    m_again->setEnabled(false);
    m_age->clear();
}

void TouchedPane::fitHeight() {
    int widest = 90;
    for (int row = 0; row < m_model->rowCount(); ++row)
        widest = std::max(widest, m_table->fontMetrics().horizontalAdvance(
                                      m_model->index(row, models::FactModel::Detail).data().toString()));
    int kind = 40;
    for (int row = 0; row < m_model->rowCount(); ++row)
        kind = std::max(kind, m_table->fontMetrics().horizontalAdvance(
                                  m_model->index(row, models::FactModel::Kind).data().toString()));
    m_table->setColumnWidth(models::FactModel::Kind, std::min(kind, mostKind) + statusWidth + 2 * metrics::cellPadding);
    const int most = width() < narrowWidth ? width() / 3 : width() * 2 / 5;
    m_table->setColumnWidth(models::FactModel::Detail, std::min(widest + 2 * metrics::cellPadding + 4, most));
    m_table->setMinimumHeight(std::min(m_model->rowCount(), 3) * metrics::row);
    m_table->setMaximumHeight(std::max(1, std::min(m_model->rowCount(), mostRows)) * metrics::row + 2);
}

void TouchedPane::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    fitHeight();
}

void TouchedPane::showAge() {
    if (!m_since.isValid()) return;
    const double seconds = double(theme::elapsedMs(m_since)) / 1'000;
    const QString age =
        seconds < 60 ? TouchedPane::tr("%1 s").arg(QString::number(seconds, 'f', 1)) : theme::age(seconds);
    m_age->setText(m_waiting ? TouchedPane::tr("reading, %1").arg(age) : TouchedPane::tr("read %1 ago").arg(age));
}

}  // namespace nova::views
