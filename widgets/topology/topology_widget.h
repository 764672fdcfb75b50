// Draws the map, selects a node by mouse or arrow keys. GUI thread.
#pragma once

#include <QPixmap>
#include <QWidget>

#include "widgets/topology/data.h"
#include "widgets/topology/layout.h"

namespace nova::topology {

class TopologyWidget : public QWidget {
    Q_OBJECT

public:
    explicit TopologyWidget(QWidget* parent = nullptr);

    // Repaints only when something changed that is on screen; the selection is kept by id.
    void setData(Data shown);
    void setEmptyText(const QString& text);
    QString selectedNode() const { return m_selected; }
    // Selects without emitting; an unknown or empty id clears.
    void setSelectedNode(const QString& id);

    const Layout& currentLayout() const;

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

Q_SIGNALS:
    void nodeSelected(const QString& id);   // empty: nothing is selected now
    void nodeActivated(const QString& id);  // Enter or double click

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    bool event(QEvent* event) override;

private:
    void select(int node);
    int indexOf(const QString& id) const;

    Data m_data;
    QString m_selected;
    QString m_emptyText;
    int m_hover = -1;
    mutable Layout m_layout;
    mutable bool m_layoutValid = false;
};

}  // namespace nova::topology
