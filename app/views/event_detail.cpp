#include "app/views/event_detail.h"

#include <QCoreApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QPointer>
#include <QPushButton>
#include <QSplitter>
#include <QThreadPool>
#include <QVBoxLayout>
#include <memory>

#include "app/views/event_words.h"
#include "app/views/pane.h"
#include "app/views/touched_pane.h"
#include "widgets/tables/header_view.h"
#include "widgets/tables/hex_view.h"
#include "widgets/tables/json_view.h"
#include "widgets/theme/metrics.h"
#include "widgets/theme/numbers.h"
#include "widgets/theme/segmented.h"

namespace nova::views {

using namespace Qt::StringLiterals;
namespace metrics = theme::metrics;

namespace {

constexpr int hexShown = 64 * 1024;

QWidget* section(QWidget* head, QWidget* content, QWidget* parent) {
    auto* box = new QWidget(parent);
    auto* column = new QVBoxLayout(box);
    const bool ownMargin = qobject_cast<tables::HexView*>(content);
    column->setContentsMargins(ownMargin ? 0 : metrics::panePadding, 6, 0, 6);
    column->setSpacing(metrics::grid);
    if (ownMargin) head->setContentsMargins(metrics::panePadding, 0, 0, 0);
    column->addWidget(head);
    column->addWidget(content, 1);
    return box;
}

// Text in which what cannot be read is a point.
QString readable(const std::string& bytes) {
    QString text = utf8(bytes);
    for (auto& letter : text) {
        if (!letter.isPrint() && letter != u'\n') letter = QChar(0xb7);
    }
    return text;
}

QString placeTip(const engine::Event& event) {
    return u"%1 p%2 @ %3\n%4"_s.arg(topicOf(event), QString::number(event.partition), theme::count(event.offset),
                                    fullTime(event.timestampMs));
}

// Each decoder that was tried, and why it gave up.
QString faultsText(const engine::Event& event, const engine::Decoded& decoded) {
    if (event.tombstone) return EventDetail::tr("Tombstone: the record has no value. Compaction removes its key.");
    if (decoded.ok || decoded.faults.empty()) return {};
    QStringList lines{EventDetail::tr("Undecodable. What was tried:")};
    for (const auto& fault : decoded.faults)
        lines << EventDetail::tr("%1: %2").arg(utf8(fault.decoder), utf8(fault.error));
    return lines.join(u'\n');
}

}  // namespace

EventDetail::EventDetail(QWidget* parent) : QWidget(parent) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    buildHeader();
    m_held = newLabel({}, u"hint"_s, this);
    m_held->setContentsMargins(metrics::panePadding, 6, metrics::panePadding, 0);
    m_held->setWordWrap(true);
    m_held->hide();
    column->addWidget(m_held);
    m_hint = newLabel({}, u"second"_s, this);
    m_hint->setWordWrap(true);
    m_hint->setAlignment(Qt::AlignHCenter | Qt::AlignVCenter);
    m_hint->setContentsMargins(24, 24, 24, 24);
    column->addWidget(m_hint, 1);
    buildBody();
    column->addWidget(m_body, 1);
    clearEvent(tr("Select an event to see what it carries."));
}

void EventDetail::buildHeader() {
    m_header = new PaneHeader({}, this);
    m_version = m_header->addTag();
    m_place = m_header->addMono();
    m_header->addStretch();
    m_timeline = m_header->addButton(tr("Timeline"), tr("The action that caused this event (G then A)"));
    m_copy = m_header->addButton({}, tr("Copy as JSON, kcat command or link (Ctrl+Shift+C)"));
    m_copy->setIcon(theme::icon(theme::Icon::Copy));
    m_copy->setAccessibleName(tr("Copy this event"));
    connect(m_timeline, &QPushButton::clicked, this, [this] { Q_EMIT timelineWanted(traceId()); });
}

void EventDetail::setCopyMenu(QMenu* menu) {
    connect(m_copy, &QPushButton::clicked, menu, [this, menu] {
        menu->popup(m_copy->mapToGlobal(QPoint(m_copy->width() - menu->sizeHint().width(), m_copy->height() + 2)));
    });
}

void EventDetail::buildBody() {
    auto* split = new QSplitter(Qt::Vertical, this);
    split->setChildrenCollapsible(false);
    m_body = split;
    m_payload = new tables::JsonView(split);
    m_payload->setAccessibleName(tr("Decoded event"));
    m_payload->document()->setDocumentMargin(0);  // the section has one
    m_faults = newLabel({}, u"second"_s, split);
    m_faults->setProperty("status", u"err"_s);
    m_faults->setWordWrap(true);
    m_faults->setAlignment(Qt::AlignTop);
    m_faults->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_cut = new QWidget(split);
    auto* cutRow = new QHBoxLayout(m_cut);
    cutRow->setContentsMargins(0, 0, metrics::panePadding, 0);
    m_cutWords = newLabel({}, u"hint"_s, m_cut);
    m_cutWords->setWordWrap(true);
    m_all = new QPushButton(tr("Show all"), m_cut);
    m_all->setProperty("small", true);
    cutRow->addWidget(m_cutWords, 1);
    cutRow->addWidget(m_all);
    connect(m_all, &QPushButton::clicked, this, &EventDetail::showAll);
    auto* head = new QWidget(split);
    auto* column = new QVBoxLayout(head);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(m_faults);
    column->addWidget(m_cut);
    split->addWidget(section(head, m_payload, split));
    split->addWidget(buildHeaders(split));
    m_touched = new TouchedPane(split);
    split->addWidget(m_touched);
    m_schema = newLabel({}, u"section"_s, split);
    m_hex = new tables::HexView(split);
    m_hex->setAccessibleName(tr("Payload as bytes"));
    split->addWidget(section(m_schema, m_hex, split));
    split->setSizes({170, 190, 200, 140});
    for (int i = 0; i < split->count(); ++i) split->setStretchFactor(i, i == 0 || i == 3 ? 1 : 0);
}

QWidget* EventDetail::buildHeaders(QSplitter* split) {
    auto* head = new QWidget(split);
    auto* row = new QHBoxLayout(head);
    row->setContentsMargins(0, 0, metrics::panePadding, 0);
    auto* title = newLabel(tr("Headers"), u"section"_s, head);
    title->setToolTip(tr("In the record's order; a name may come several times"));
    row->addWidget(title);
    m_headerCount = new QLabel(head);
    m_headerCount->setProperty("tag", u"neutral"_s);
    row->addWidget(m_headerCount);
    row->addStretch(1);
    m_headerForm = new theme::Segmented(head);
    m_headerForm->setSmall(true);
    m_headerForm->setAccessibleName(tr("How the bytes of headers and key are shown"));
    m_headerForm->addSegment(tr("Text"), {}, tr("Headers and key are bytes: as text, and in hex what is no UTF-8"));
    m_headerForm->addSegment(tr("Hex"), {}, tr("Each byte as two hexadecimal digits"));
    m_headerForm->addSegment(tr("Base64"), {}, tr("As value_base64 of nova-console traffic --json"));
    row->addWidget(m_headerForm);
    m_headers = new tables::HeaderView(split);
    m_headers->setAccessibleName(tr("Headers, in order"));
    connect(m_headerForm, &theme::Segmented::chosen, this,
            [this](int form) { m_headers->setForm(static_cast<tables::HeaderView::Form>(form)); });
    return section(head, m_headers, split);
}

void EventDetail::setEvent(const engine::Event& event) {
    m_event = event;
    ++m_run;
    const QString type = typeOf(event);
    m_header->setTitle(type.isEmpty() ? tr("no type") : type);
    m_version->setText(u'v' + QString::number(event.version));
    m_version->setVisible(event.version >= 0);
    m_place->setText(tr("p%1 @ %2").arg(event.partition).arg(theme::count(event.offset)));
    m_place->setToolTip(placeTip(event));
    m_timeline->setVisible(true);
    m_timeline->setEnabled(!event.traceId.empty());
    m_copy->setVisible(true);
    const bool large = event.valueBytes() > shownAtOnce;
    if (!large) showPayload(engine::decode(event), true);
    if (large) {
        m_faults->hide();
        m_payload->setText(readable(event.value.substr(0, 4'096)));
        m_payload->show();
        const QString size = theme::bytes(qint64(event.valueBytes()));
        m_cutWords->setText(
            event.isCut() ? tr("Cut: %1 of %2 are held, not decoded. Nothing is lost: the broker has it whole.")
                                .arg(theme::bytes(qint64(event.value.size())), size)
                          : tr("The value has %1. Its first 4 KiB are shown, not decoded; nothing is lost.").arg(size));
        m_all->setText(event.isCut() ? tr("Load whole") : tr("Show all"));
        m_all->setEnabled(true);
        m_schema->setText(tr("Payload  %1").arg(size));
    }
    m_cut->setVisible(large);
    const auto shown = std::min<std::size_t>(event.value.size(), hexShown);
    m_hex->setBytes(QByteArray(event.value.data(), qsizetype(shown)));
    showHeaders();
    m_held->hide();
    m_hint->hide();
    m_body->show();
}

void EventDetail::setWhole(const engine::Event& event) {
    if (!m_event || m_event->topic != event.topic || m_event->partition != event.partition ||
        m_event->offset != event.offset)
        return;
    m_event = event;
    showAll();
}

void EventDetail::setNotLoaded(const QString& why) {
    if (!m_event || !m_event->isCut()) return;
    m_cutWords->setText(why);
    m_all->setEnabled(true);
}

void EventDetail::showAll() {
    m_all->setEnabled(false);
    if (m_event->isCut()) {
        m_cutWords->setText(tr("Reading %1 from the broker …").arg(theme::bytes(qint64(m_event->valueBytes()))));
        Q_EMIT wholeWanted();
        return;
    }
    m_cutWords->setText(tr("Decoding %1 …").arg(theme::bytes(qint64(m_event->value.size()))));
    m_hex->setBytes(QByteArray::fromStdString(m_event->value));
    QThreadPool::globalInstance()->start([self = QPointer<EventDetail>(this), mine = m_run, event = *m_event] {
        auto decoded = std::make_shared<engine::Decoded>(engine::decode(event));
        QMetaObject::invokeMethod(qApp, [self, mine, decoded] {
            if (self && self->m_run == mine) self->showPayload(*decoded, false);
        });
    });
}

void EventDetail::showPayload(const engine::Decoded& decoded, bool small) {
    const QString size = theme::bytes(qint64(m_event->valueBytes()));
    const QString faults = faultsText(*m_event, decoded);
    m_faults->setText(faults);
    m_faults->setVisible(!faults.isEmpty());
    m_payload->setText(decoded.ok ? utf8(decoded.pretty) : QString());
    m_payload->setVisible(decoded.ok);
    m_schema->setText(decoded.schema.empty() ? tr("Payload  %1").arg(size)
                                             : tr("Payload  %1 · %2").arg(size, utf8(decoded.schema)));
    if (!small) m_cut->hide();
}

void EventDetail::showHeaders() {
    const auto headers = m_event->headers();
    QVector<tables::HeaderView::Header> lines;
    for (const auto& [name, value] : headers) lines.append({utf8(name), QByteArray::fromStdString(value)});
    if (m_event->hasKey) lines.append({tr("(key)"), QByteArray::fromStdString(m_event->key)});
    m_headerCount->setText(QString::number(headers.size()));
    m_headers->setHeaders(lines);
}

void EventDetail::clearEvent(const QString& why) {
    m_event.reset();
    ++m_run;
    m_header->setTitle(tr("Event"));
    m_place->clear();
    m_version->hide();
    m_timeline->hide();
    m_copy->hide();
    m_body->hide();
    m_held->hide();
    m_hint->setText(why);
    m_hint->show();
}

void EventDetail::setHeld(const QString& words) {
    m_held->setText(words);
    m_held->setVisible(!words.isEmpty() && m_event);
}

QString EventDetail::traceId() const {
    return m_event ? utf8(m_event->traceId) : QString();
}

QString EventDetail::eventId() const {
    return m_event ? utf8(m_event->eventId) : QString();
}

QWidget* EventDetail::header() {
    return m_header;
}

void EventDetail::focusPayload() {
    (m_payload->isVisible() ? static_cast<QWidget*>(m_payload) : m_headers)->setFocus(Qt::OtherFocusReason);
}

void EventDetail::timeZoneChanged() {
    if (m_event) m_place->setToolTip(placeTip(*m_event));
}

void EventDetail::setSearch(const QStringList& words) {
    const QString word = words.isEmpty() ? QString() : words.first();
    m_payload->setSearch(word);
    m_headers->setSearch(word);
}

}  // namespace nova::views
