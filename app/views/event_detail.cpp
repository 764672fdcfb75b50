#include "app/views/event_detail.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QSplitter>
#include <QVBoxLayout>

#include "app/engine/traffic/decode.h"
#include "app/views/pane.h"
#include "widgets/tables/hex_view.h"
#include "widgets/tables/json_view.h"
#include "widgets/theme/metrics.h"
#include "widgets/theme/numbers.h"

namespace nova::views {

using namespace Qt::StringLiterals;
namespace metrics = theme::metrics;

namespace {

QString utf8(const std::string& bytes) {
    return QString::fromUtf8(bytes.data(), qsizetype(bytes.size()));
}

// A header's value as text; bytes that are none as hex.
QString headerText(const std::string& value) {
    const QString text = utf8(value);
    if (!text.contains(QChar::ReplacementCharacter)) return text;
    return u"0x"_s + QString::fromLatin1(QByteArray::fromStdString(value).toHex());
}

QWidget* section(QWidget* head, QWidget* content, QWidget* parent) {
    auto* box = new QWidget(parent);
    auto* column = new QVBoxLayout(box);
    column->setContentsMargins(metrics::panePadding, 6, 0, 6);
    column->setSpacing(metrics::grid);
    column->addWidget(head);
    column->addWidget(content, 1);
    return box;
}

}  // namespace

EventDetail::EventDetail(QWidget* parent) : QWidget(parent) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    buildHeader();
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
    m_copy = m_header->addButton({}, tr("Copy the decoded event"));
    m_copy->setIcon(theme::icon(theme::Icon::Copy));
    m_copy->setAccessibleName(tr("Copy the decoded event"));
    connect(m_timeline, &QPushButton::clicked, this, [this] { Q_EMIT timelineWanted(m_traceId); });
    connect(m_copy, &QPushButton::clicked, this, [this] { QGuiApplication::clipboard()->setText(m_json); });
}

void EventDetail::buildBody() {
    auto* split = new QSplitter(Qt::Vertical, this);
    split->setChildrenCollapsible(false);
    m_body = split;
    m_payload = new tables::JsonView(split);
    m_payload->setAccessibleName(tr("Decoded event"));
    m_faults = newLabel({}, u"second"_s, split);
    m_faults->setProperty("status", u"err"_s);
    m_faults->setWordWrap(true);
    m_faults->setAlignment(Qt::AlignTop);
    m_faults->setTextInteractionFlags(Qt::TextSelectableByMouse);
    split->addWidget(section(m_faults, m_payload, split));

    auto* headersHead = new QWidget(split);
    auto* row = new QHBoxLayout(headersHead);
    row->setContentsMargins(0, 0, 0, 0);
    row->addWidget(newLabel(tr("Headers"), u"section"_s, headersHead));
    m_headerCount = new QLabel(headersHead);
    m_headerCount->setProperty("tag", u"neutral"_s);
    row->addWidget(m_headerCount);
    row->addStretch(1);
    m_headers = new tables::JsonView(split);
    m_headers->setAccessibleName(tr("Headers, in order"));
    split->addWidget(section(headersHead, m_headers, split));

    m_schema = newLabel({}, u"section"_s, split);
    m_hex = new tables::HexView(split);
    m_hex->setAccessibleName(tr("Payload as bytes"));
    split->addWidget(section(m_schema, m_hex, split));
    split->setSizes({190, 210, 200});
}

void EventDetail::setEvent(const engine::Event& event) {
    const auto decoded = engine::decode(event);
    m_empty = false;
    m_traceId = utf8(event.traceId);
    m_eventId = utf8(event.eventId);
    m_json = utf8(decoded.pretty);
    const QString type = utf8(engine::Names::typeName(event.type));
    m_header->setTitle(type.isEmpty() ? tr("no type") : type);
    m_version->setText(u'v' + QString::number(event.version));
    m_version->setVisible(event.version >= 0);
    m_place->setText(tr("p%1 @ %2").arg(event.partition).arg(theme::count(event.offset)));
    m_timeline->setVisible(true);
    m_timeline->setEnabled(!m_traceId.isEmpty());
    m_copy->setVisible(true);
    m_copy->setEnabled(decoded.ok);

    QStringList faults;
    for (const auto& fault : decoded.faults) faults << tr("%1: %2").arg(utf8(fault.decoder), utf8(fault.error));
    if (!faults.isEmpty()) faults.prepend(tr("Undecodable. What was tried:"));
    if (event.tombstone) faults = QStringList{tr("Tombstone: the record has no value.")};
    m_faults->setText(faults.join(u'\n'));
    m_faults->setVisible(!faults.isEmpty());
    m_payload->setText(m_json);
    m_payload->setVisible(decoded.ok);
    showHeaders(event);
    const QString size = theme::bytes(qint64(event.value.size()));
    m_schema->setText(decoded.schema.empty() ? tr("Payload  %1").arg(size)
                                             : tr("Payload  %1 · %2").arg(size, utf8(decoded.schema)));
    m_hex->setBytes(QByteArray::fromStdString(event.value));
    m_hint->hide();
    m_body->show();
}

void EventDetail::showHeaders(const engine::Event& event) {
    const auto headers = event.headers();
    QStringList lines;
    for (const auto& [name, value] : headers) lines << utf8(name) + u": "_s + headerText(value);
    lines << tr("key") + u": "_s + (event.hasKey ? headerText(event.key) : tr("none"));
    m_headerCount->setText(QString::number(headers.size()));
    m_headers->setText(lines.join(u'\n'));
}

void EventDetail::clearEvent(const QString& why) {
    m_empty = true;
    m_traceId.clear();
    m_eventId.clear();
    m_header->setTitle(tr("Event"));
    m_place->clear();
    m_version->hide();
    m_timeline->hide();
    m_copy->hide();
    m_body->hide();
    m_hint->setText(why);
    m_hint->show();
}

QWidget* EventDetail::header() {
    return m_header;
}

void EventDetail::setSearch(const QString& text) {
    m_payload->setSearch(text);
    m_headers->setSearch(text);
}

}  // namespace nova::views
