// One record in full: decoded event, headers in order, bytes. Decoded once, when it is chosen.
#pragma once

#include <QTimeZone>
#include <QWidget>

#include "app/engine/traffic/event.h"

class QGridLayout;
class QLabel;
class QPushButton;
class QScrollArea;

namespace nova::tables {
class HexView;
class JsonView;
}  // namespace nova::tables

namespace nova::views {

class PaneHeader;

class EventDetail final : public QWidget {
    Q_OBJECT
public:
    explicit EventDetail(QWidget* parent = nullptr);
    void setEvent(const engine::Event& event);
    void clearEvent(const QString& why);  // said in place of it
    void setSearch(const QString& text);
    [[nodiscard]] QWidget* header();  // not in the layout: the title bar of the dock around it
    [[nodiscard]] QString traceId() const { return m_traceId; }
    [[nodiscard]] QString eventId() const { return m_eventId; }
    [[nodiscard]] bool isEmpty() const { return m_empty; }

Q_SIGNALS:
    void timelineWanted(const QString& traceId);

private:
    void buildHeader();
    void buildBody();
    void showHeaders(const engine::Event& event);

    PaneHeader* m_header;
    QLabel* m_version;
    QLabel* m_place;
    QPushButton* m_timeline;
    QPushButton* m_copy;
    QLabel* m_hint;
    QWidget* m_body;
    tables::JsonView* m_payload;
    QLabel* m_faults;
    QLabel* m_headerCount;
    tables::JsonView* m_headers;
    QLabel* m_schema;
    tables::HexView* m_hex;
    QString m_traceId, m_eventId, m_json;
    bool m_empty = true;
};

}  // namespace nova::views
