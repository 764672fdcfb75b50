#include "app/views/keys_view.h"

#include <QDateTime>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QSplitter>
#include <QStackedWidget>
#include <QTimer>
#include <algorithm>

#include "app/engine/keys/key_names.h"
#include "app/views/keys_rows.h"
#include "app/views/notice_bar.h"
#include "widgets/charts/delivery_strip.h"
#include "widgets/models/key_table_model.h"
#include "widgets/tables/table_view.h"
#include "widgets/theme/clock.h"
#include "widgets/theme/numbers.h"
#include "widgets/theme/plain_tip.h"
#include "widgets/theme/segmented.h"

namespace nova::views {

using namespace Qt::StringLiterals;

namespace {

constexpr int momentMs = 200, fewRows = 4, manyRows = 9;
enum Page { helpPage, resultPage };
enum Side { effectsSide, consumersSide, relatedSide, templatesSide };

QString userOf(const engine::Event& event) {
    return QString::fromStdString(event.user);
}

void setTag(QLabel* tag, int count, const QString& words) {
    tag->setText(words.arg(count));
    tag->setVisible(count > 0);
}

}  // namespace

KeysView::~KeysView() = default;

void KeysView::setTarget(const engine::Target& target) {
    if (m_lookup) {
        m_lookup->setTarget(target);
    } else {
        m_lookup = std::make_unique<engine::KeyLookup>(target);
        connect(m_lookup.get(), &engine::KeyLookup::found, this,
                [this](const engine::KeyReport& report, quint64 request) {
                    if (request == m_awaited) showReport(report);
                });
        connect(m_lookup.get(), &engine::KeyLookup::scanned, this, &KeysView::showScan);
    }
    m_hasReport = m_scanShown = m_scanning = m_scanLeft = false;
    m_awaited = 0;
    refresh();
}

void KeysView::setDisconnected() {
    m_lookup.reset();
    m_awaited = 0;
    m_scanning = false;
    refresh();
}

void KeysView::lookUp(const QString& id) {
    m_asked = engine::normalId(id);
    m_field->setText(id.trimmed());
    if (!m_lookup || m_asked.isEmpty()) return;
    begin();
    m_awaited = m_lookup->request(m_asked);
}

void KeysView::lookUp(const engine::Event& event) {
    m_asked = QString::fromStdString(event.eventId);
    m_field->setText(m_asked);
    if (!m_lookup) return;
    begin();
    m_awaited = m_lookup->request(event);
}

void KeysView::begin() {
    if (m_scanning) m_lookup->stopScan();
    m_scanLeft = m_scanLeft || m_scanning;
    m_scanShown = m_scanning = false;
    m_since.start();
    QTimer::singleShot(momentMs, this, &KeysView::waited);
}

void KeysView::waited() {
    refreshNotice();
}

void KeysView::submit() {
    const auto text = m_field->text().trimmed();
    if (text.contains(u'*')) return scan(text);
    lookUp(text);
}

void KeysView::scan(const QString& pattern) {
    if (!m_lookup) return;
    m_awaited = 0;  // what was looked up before does not cover the scan
    m_scan = {};
    m_scan.pattern = pattern;
    m_scanShown = m_scanning = true;
    m_scanLeft = false;
    m_lookup->scan(pattern);
    refresh();
}

void KeysView::showReport(const engine::KeyReport& report) {
    m_awaited = 0;
    m_report = report;
    m_hasReport = true;
    m_scanShown = false;
    m_read.start();
    refresh();
    if (m_keyModel->rowCount() > 0) m_keyTable->selectRow(0);
    refreshDeliveries();
}

void KeysView::showScan(const engine::KeyScan& scan) {
    if (m_scanLeft) return;
    m_scan = scan;
    m_scanShown = true;
    m_scanning = !scan.ended;
    m_read.start();
    refresh();
}

double KeysView::elapsedSeconds() const {
    return static_cast<double>(theme::elapsedMs(m_read)) / 1'000;
}

const QVector<engine::Source>& KeysView::sources() const {
    return m_scanShown ? m_scan.sources : m_report.sources;
}

void KeysView::runDown() {
    if (m_hasReport || m_scanShown) refreshKeys();
    if (m_awaited != 0) refreshNotice();
}

void KeysView::refresh() {
    const bool nothing = m_hasReport && !m_scanShown && m_report.nothingKnown() && m_report.keys.isEmpty();
    m_pages->setCurrentIndex((m_hasReport || m_scanShown) && !nothing ? resultPage : helpPage);
    m_go->setEnabled(m_lookup != nullptr);
    m_scanAll->setEnabled(m_lookup != nullptr && !m_scanning);
    if (!m_lookup) {
        m_help->setText(tr("Nothing is attached: keys can be looked up once Nova runs or a profile is open."));
    } else if (nothing) {
        const bool all = std::all_of(m_report.sources.begin(), m_report.sources.end(),
                                     [](const engine::Source& source) { return source.state == u"ok"; });
        m_help->setText(
            tr("<b>Nothing is known of %1.</b><br>%2")
                .arg(m_report.asked.toHtmlEscaped(),
                     m_report.events.limited
                         ? tr("There were more records around its time than are read for a lookup: it may be one of "
                              "those that were not searched.")
                     : all ? tr("No event of it lies in the topics around its time, and no key or row bears its name.")
                         : tr("Those who were asked and answered do not know it.")));
    } else {
        m_help->setText(
            tr("<b>Has an event been handled, how often, and by whom?</b><br>Type an event id, a post id, a message "
               "id, a user's id or handle, "
               "or a key of Redis. An idempotency key keeps a group from applying an event twice; a version gate keeps "
               "older events from "
               "overwriting newer ones.<br>Scan walks through the keys that there are."));
    }
    refreshHeader();
    refreshKeys();
    refreshDeliveries();
    refreshSides();
    refreshSources();
    refreshNotice();
    refreshKind();
    refreshScanBar();
}

void KeysView::refreshHeader() {
    const auto& event = m_report.event;
    const bool ofEvent = m_hasReport && !m_scanShown && event.has_value();
    m_place->setVisible(ofEvent);
    m_timeline->setVisible(ofEvent && !m_report.traceId.isEmpty());
    m_by->setVisible(ofEvent);
    m_template->setVisible(m_hasReport && !m_scanShown && !m_report.keys.isEmpty());
    if (m_scanShown) {
        m_title->setText(tr("Keys that match %1").arg(m_scan.pattern));
    } else if (!ofEvent) {
        m_title->setText(u"%1 %2"_s.arg(kindWord(m_report.kind), m_report.asked));
    } else {
        const auto type = QString::fromStdString(engine::Names::typeName(event->type));
        m_title->setText(event->version < 0 ? type : u"%1 v%2"_s.arg(type, QString::number(event->version)));
        const auto time = theme::clockText(engine::soundMs(event->timestampMs) * 1'000);
        m_by->setText(
            event->user.empty()
                ? time
                : tr("by %1 · %2").arg(m_report.user.isEmpty() ? userOf(*event).left(8) : m_report.user, time));
        m_by->setToolTip(theme::plainTip(userOf(*event)));
        m_place->setText(u"%1 p%2 @ %3"_s.arg(QString::fromStdString(engine::Names::topicName(event->topic)))
                             .arg(event->partition)
                             .arg(theme::count(event->offset)));
    }
    if (!m_report.keys.isEmpty()) m_template->setText(m_report.keys.front().keyTemplate);
}

void KeysView::refreshKeys() {
    auto made = m_scanShown   ? keyRows(m_scan, elapsedSeconds())
                : m_hasReport ? keyRows(m_report, elapsedSeconds())
                              : KeyRows();
    m_keyModel->setFractions(std::move(made.fractions));
    const int rows = static_cast<int>(made.rows.size());
    m_keyModel->setRows(std::move(made.rows));
    const auto heightOf = [this](int shown) { return m_keyTable->rowHeight() * (shown + 1) + 2; };
    m_keyTable->setMinimumHeight(heightOf(fewRows));
    m_keyTable->setMaximumHeight(m_scanShown ? QWIDGETSIZE_MAX : heightOf(std::clamp(rows, fewRows, manyRows)));
    for (int column = keyColumnsOfScan; column < m_keyModel->columnCount(); ++column)
        m_keyTable->setColumnHidden(column, m_scanShown);
    m_keyTable->horizontalHeader()->setSectionResizeMode(keyEventColumn,
                                                         m_scanShown ? QHeaderView::Stretch : QHeaderView::Interactive);
    m_keyTable->setEmptyText(m_scanShown ? m_scanning ? tr("No key matches so far.") : tr("No idempotency key matches.")
                                         : tr("No group has a key of it."));
}

const engine::KeyState* KeysView::selectedKey() const {
    const auto row = m_keyTable->currentIndex().data(models::CellTableModel::IdRole).toString();
    const auto& keys = m_scanShown ? m_scan.keys : m_report.keys;
    bool isNumber = false;
    const auto index = row.toLongLong(&isNumber);
    return isNumber && index < keys.size() ? &keys[index] : nullptr;
}

void KeysView::refreshDeliveries() {
    m_deliveryPane->setVisible(!m_scanShown);
    if (m_scanShown || !m_hasReport) return;
    const auto* key = selectedKey();
    const auto* spans = m_report.source(u"spans"_s);
    m_deliveries->setEmptyText(
        spans && spans->state != u"ok"
            ? tr("How often it was delivered is unknown: %1").arg(spans->detail)
            : tr("No span tells of a delivery: the action was not traced, or its spans are gone."));
    if (!key) {
        m_deliveriesTitle->setText(tr("Deliveries"));
        return m_deliveries->setMarks({});
    }
    m_deliveriesTitle->setText(key->group.isEmpty() ? tr("Deliveries of this event")
                                                    : tr("Deliveries of this event to %1").arg(key->group));
    m_deliveries->setMarks(deliveryMarks(m_report, key->eventId, key->group));
}

void KeysView::refreshSides() {
    const auto& versions = m_scanShown ? m_scan.versions : m_report.versions;
    m_versionModel->setRows(versionRows(versions, m_scanShown));
    m_versionTable->setEmptyText(m_scanShown ? tr("Among these keys are no versions. Those of posts match post:*")
                                             : tr("It has no version."));
    const auto drifts = driftsIn(versions);
    setTag(m_impossible, drifts.impossible, tr("%1 impossible"));
    setTag(m_behind, drifts.behind, tr("%1 behind"));
    setTag(m_missing, drifts.missing, tr("%1 missing"));
    Q_EMIT openProblems(drifts.impossible);
    m_effectModel->setRows(m_scanShown ? std::vector<models::CellRow>() : effectRows(m_report));
    m_consumerModel->setRows(m_scanShown ? std::vector<models::CellRow>() : consumerRows(m_report));
    m_relatedModel->setRows(m_scanShown ? std::vector<models::CellRow>() : relatedRows(m_report));
    m_templateModel->setRows(templateRows(m_scan));
    if (m_scanShown || m_sidePages->currentIndex() == templatesSide) {
        const int side = m_scanShown ? templatesSide : effectsSide;
        m_sides->setCurrent(side);
        m_sidePages->setCurrentIndex(side);
    }
}

void KeysView::refreshSources() {
    QStringList words, details;
    if (m_hasReport && !m_scanShown)
        details << tr("%1, asked at %2, answered in %3")
                       .arg(m_report.asked, theme::clockText(m_report.atMs * 1'000),
                            theme::duration(static_cast<double>(m_report.tookMs)));
    for (const auto& source : sources()) {
        words << sourceWord(source);
        if (!source.detail.isEmpty()) details << u"%1: %2"_s.arg(source.name, source.detail);
    }
    m_sources->setText(words.isEmpty() ? QString() : tr("Asked: %1").arg(words.join(u" · "_s)));
    m_sources->setToolTip(theme::plainTip(details.join(u'\n')));
    m_searched->setText(m_scanShown || !m_hasReport ? QString() : searchedWord(m_report));
    m_foot->setVisible(!m_sources->text().isEmpty() || !m_searched->text().isEmpty());
    m_searched->setToolTip(tr("Events are looked for around the time in the id, and in the last minute"));
}

void KeysView::refreshNotice() {
    if (m_awaited != 0 && m_since.elapsed() >= momentMs)
        return m_notice->setNotice(u"info"_s, tr("Looking up %1.").arg(m_asked),
                                   tr("Kafka, spans, Redis and PostgreSQL are asked, %1.")
                                       .arg(theme::duration(static_cast<double>(m_since.elapsed()))));
    QStringList troubles;
    for (const auto& source : sources())
        if (source.state == u"refused" || source.state == u"unreachable") troubles << source.detail;
    if (!troubles.isEmpty())
        return m_notice->setNotice(u"warn"_s, tr("Not all could be asked."), troubles.join(u" · "_s));
    if (m_hasReport && !m_scanShown && !m_report.notes.isEmpty())
        return m_notice->setNotice(u"info"_s, tr("Not all was searched."), m_report.notes.join(u' '));
    m_notice->clearNotice();
}

void KeysView::refreshKind() {
    const auto typed = m_field->text().trimmed();
    const bool known = m_hasReport && !typed.isEmpty() && engine::normalId(typed) == engine::normalId(m_report.asked);
    const auto word = typed.contains(u'*') ? tr("pattern") : known ? kindWord(m_report.kind) : typedKindWord(typed);
    m_kind->setText(word);
    m_kind->setVisible(!word.isEmpty());
    m_field->setTextMargins(0, 0, word.isEmpty() ? 0 : m_kind->sizeHint().width() + 12, 0);
}

void KeysView::refreshScanBar() {
    m_scanBar->setVisible(m_scanShown);
    if (!m_scanShown) return;
    m_scanProgress->setVisible(m_scanning);
    m_scanProgress->setValue(static_cast<int>(m_scan.fraction * 1'000));
    const auto share = theme::percent(m_scan.fraction * 100);
    if (m_scanning) {
        auto words =
            tr("%1 % · %2 keys walked, %3 match · %4")
                .arg(share, theme::count(m_scan.walked), theme::count(m_scan.matched), theme::rate(m_scan.perSecond));
        if (m_scan.fraction > 0 && m_scan.perSecond > 0)
            words += u" · "_s + tr("%1 left").arg(theme::age(static_cast<double>(m_scan.walked) / m_scan.perSecond *
                                                             (1 - m_scan.fraction) / m_scan.fraction));
        m_scanWords->setText(words);
    } else {
        m_scanWords->setText(
            m_scan.complete
                ? tr("All %1 keys were walked through, %2 match %3.")
                      .arg(theme::count(m_scan.walked), theme::count(m_scan.matched), m_scan.pattern)
                : tr("Stopped after %1 % of the keys, %2 match so far.").arg(share, theme::count(m_scan.matched)));
    }
    m_stop->setText(m_scanning ? tr("Stop") : tr("Close"));
}

void KeysView::openRow(const QModelIndex&) {
    const auto* key = selectedKey();
    if (!key) return;
    if (m_scanShown) return lookUp(QString(key->key));
    if (!key->eventId.isEmpty()) Q_EMIT eventWanted(key->eventId);
}

void KeysView::openRelated(const QModelIndex& index) {
    const auto id = index.data(models::CellTableModel::IdRole).toString().section(u' ', 1);
    if (!id.isEmpty()) Q_EMIT eventWanted(id);
}

void KeysView::focusFilter() {
    m_field->setFocus();
    m_field->selectAll();
}

bool KeysView::clear() {
    if (m_scanning && m_lookup) {
        m_lookup->stopScan();
        return true;
    }
    if (m_scanShown) {
        m_scanShown = false;
        refresh();
        return true;
    }
    if (m_field->text().isEmpty()) return false;
    m_field->clear();
    return true;
}

void KeysView::timeZoneChanged() {
    refresh();
}

QVector<Found> KeysView::find(const QString& text) {
    const auto kind = engine::idKindOf(text);
    if (kind != engine::IdKind::id && kind != engine::IdKind::key) return {};
    Found found;
    found.icon = theme::Icon::Keys;
    found.title = tr("Look up %1").arg(text.trimmed());
    found.detail = tr("its keys, versions and effects");
    found.words = text;
    if (!m_lookup) found.blocked = tr("nothing is attached");
    found.run = [this, text] { lookUp(text); };
    return {found};
}

Subject KeysView::subject() const {
    Subject subject;
    if (const auto* key = selectedKey()) {
        subject.key = key->key;
        subject.group = key->group;
        subject.eventId = key->eventId;
    }
    if (m_scanShown || !m_report.event) return subject;
    const auto& event = *m_report.event;
    if (subject.eventId.isEmpty()) subject.eventId = QString::fromStdString(event.eventId);
    subject.traceId = m_report.traceId;
    subject.topic = QString::fromStdString(engine::Names::topicName(event.topic));
    subject.partition = event.partition;
    subject.offset = event.offset;
    return subject;
}

void KeysView::showSubject(const Subject& subject) {
    const auto id = subject.eventId.isEmpty() ? subject.key : subject.eventId;
    if (!id.isEmpty()) lookUp(id);
}

QVector<KeyHint> KeysView::keys() const {
    return {{tr("Enter"), tr("look up, or open the selected row")},
            {tr("Ctrl+F or /"), tr("the field for ids and keys")},
            {tr("Esc"), tr("stop or close the scan, clear the field")},
            {tr("Ctrl+C"), tr("copy the selected cell")}};
}

QByteArray KeysView::saveLayout() const {
    return m_columns->saveState();
}

void KeysView::restoreLayout(const QByteArray& state) {
    if (state.isEmpty() || !m_columns->restoreState(state)) m_columns->setSizes({10'000, 10'000});
}

void KeysView::showEvent(QShowEvent* event) {
    View::showEvent(event);
    m_second.start();
    runDown();
}

void KeysView::hideEvent(QHideEvent* event) {
    View::hideEvent(event);
    m_second.stop();
}

}  // namespace nova::views
