// One record in full: decoded event, headers in order, what it touched, bytes. Decoded once, when it is chosen; the
// record is kept here, whatever becomes of it in the ring. A large value is shown cut, and said to be cut and not lost;
// all of it is decoded on demand, in a thread of the pool.
#pragma once

#include <QWidget>
#include <optional>

#include "app/engine/traffic/decode.h"
#include "app/engine/traffic/event.h"

class QLabel;
class QMenu;
class QPushButton;
class QSplitter;

namespace nova::tables {
class HeaderView;
class HexView;
class JsonView;
}  // namespace nova::tables
namespace nova::theme {
class Segmented;
}

namespace nova::views {

class PaneHeader;
class TouchedPane;

class EventDetail final : public QWidget {
    Q_OBJECT
public:
    static constexpr std::size_t shownAtOnce = engine::Event::heldValue;  // bytes of a value

    explicit EventDetail(QWidget* parent = nullptr);
    void setEvent(const engine::Event& event);
    void setWhole(const engine::Event& event);  // of the chosen one, as wholeWanted() asked
    void setNotLoaded(const QString& why);      // instead of it
    void clearEvent(const QString& why);  // said in place of it
    void setHeld(const QString& words);   // whether it is still where it was found; empty: it is
    void setSearch(const QStringList& words);
    void timeZoneChanged();
    [[nodiscard]] QWidget* header();  // not in the layout: the title bar of the dock around it
    [[nodiscard]] const engine::Event* event() const { return m_event ? &*m_event : nullptr; }
    [[nodiscard]] QString traceId() const;
    [[nodiscard]] QString eventId() const;
    [[nodiscard]] bool isEmpty() const { return !m_event; }
    [[nodiscard]] TouchedPane* touched() { return m_touched; }
    void setCopyMenu(QMenu* menu);  // of the header's copy button
    void focusPayload();

    using QWidget::event;

Q_SIGNALS:
    void timelineWanted(const QString& traceId);
    void wholeWanted();  // of the chosen event only the beginning of its value is held

private:
    void buildHeader();
    void buildBody();
    QWidget* buildHeaders(QSplitter* split);
    void showPayload(const engine::Decoded& decoded, bool whole);
    void showHeaders();
    void showAll();

    std::optional<engine::Event> m_event;
    int m_run = 0;  // of decoding; an older one is left
    PaneHeader* m_header;
    QLabel* m_version;
    QLabel* m_place;
    QPushButton* m_timeline;
    QPushButton* m_copy;
    QLabel* m_held;
    QLabel* m_hint;
    QSplitter* m_body;
    QWidget* m_cut;
    QLabel* m_cutWords;
    QPushButton* m_all;
    tables::JsonView* m_payload;
    QLabel* m_faults;
    QLabel* m_headerCount;
    theme::Segmented* m_headerForm;
    tables::HeaderView* m_headers;
    TouchedPane* m_touched;
    QLabel* m_schema;
    tables::HexView* m_hex;
};

}  // namespace nova::views
