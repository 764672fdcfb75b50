// The measured sequence timeline (design §7). GUI thread; keeps the data it is given and nothing else.
// Keys while focused: W S or + - zoom, A D pan, 0 whole action, Z the selection, Left Right previous and next hop, with
// Shift previous and next flag, Up Down lanes, Esc clear, C critical path, O designed overlay.
#pragma once

#include <QPixmap>
#include <QWidget>

#include "widgets/timeline/data.h"
#include "widgets/timeline/layout.h"

class QTimer;

namespace nova::timeline {

class TimelineWidget : public QWidget {
    Q_OBJECT

public:
    explicit TimelineWidget(QWidget* parent = nullptr);

    // Replaces what is shown. Zoom and selection are kept when the title is the same and, for the selection, the hop
    // still exists.
    void setData(Data data);
    const Data& data() const { return m_data; }
    // Said in the middle when there is no data: "No action yet. …".
    void setEmptyText(const QString& text);

    QString selectedHop() const { return m_selected; }
    // Selects without emitting; an unknown or empty id clears.
    void setSelectedHop(const QString& hop);

    View view() const { return m_view; }
    void setView(const View& view);
    void showWholeAction();
    void zoomToSelection();  // the bar of the selected hop, with a margin; without one: nothing
    // Index into Data::flags of the one gone to by the keys; −1: none.
    [[nodiscard]] int chosenFlag() const { return m_flag; }
    void setDesignedVisible(bool visible);
    void setCriticalVisible(bool visible);
    // `factor` > 1 comes closer; `x` is the fixed pixel.
    void zoomAt(double factor, double x);
    void panBy(double pixels);

    // The picture of the whole action in the current theme, without selection (for export).
    QPixmap picture(const QSize& size, qreal devicePixelRatio) const;

    const Layout& currentLayout() const;

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

Q_SIGNALS:
    void hopSelected(const QString& hop);
    void hopActivated(const QString& hop);
    void viewChanged();

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void invalidate();
    void ensureLayout() const;
    void ensureStatic();
    void selectStep(int direction);
    void selectLane(int direction);
    void selectFlag(int direction);
    void chooseFlag(int flag);
    void zoomTo(const Bar& bar);
    [[nodiscard]] const Bar* selectedBar() const;
    void choose(const QString& hop);
    void speakSelection();
    QString hopOf(const Hit& hit) const;
    QString toolTipOf(const Hit& hit) const;
    void showToolTip();
    void clampView();

    Data m_data;
    View m_view;
    QString m_selected;
    int m_flag = -1;
    QString m_emptyText;
    mutable Layout m_layout;
    mutable bool m_layoutValid = false;
    QPixmap m_static;
    bool m_staticValid = false;
    Hit m_hover;
    QPointF m_mouse;
    QPointF m_pressed;
    double m_pressedStart = 0;
    double m_pressedScroll = 0;
    bool m_dragging = false;
    bool m_userView = false;
    QTimer* m_toolTipTimer;
};

}  // namespace nova::timeline
