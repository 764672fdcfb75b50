// Environment strip, cluster chip, address, search field, Live or Pause, time zone, menu of the window. GUI thread.
#pragma once

#include <QMenu>
#include <QPushButton>
#include <QToolButton>
#include <QWidget>

#include "app/shell/cluster_chip.h"

class QLabel;
class QFrame;

namespace nova::theme {
class Segmented;
}

namespace nova::shell {

// Looks like a field, opens the palette.
class SearchButton final : public QPushButton {
    Q_OBJECT
public:
    explicit SearchButton(QWidget* parent);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
};

class TopBar final : public QWidget {
    Q_OBJECT
public:
    explicit TopBar(QWidget* parent = nullptr);
    void setPlace(const Place& place);
    void setAddress(const QString& address);  // of the brokers; empty: none yet
    void setLive(bool live);
    void setUtc(bool utc);
    QMenu* menu() { return &m_menu; }  // the window fills it
    QMenu* clusters() { return m_chip->choices(); }
    [[nodiscard]] QRect searchArea() const;  // where the palette hangs, in this widget

Q_SIGNALS:
    void searchWanted();
    void liveChosen(bool live);
    void utcChosen(bool utc);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void buildZone();

    QFrame* m_strip;
    ClusterChip* m_chip;
    ReadOnlyChip* m_readOnly;
    QLabel* m_address;
    SearchButton* m_search;
    theme::Segmented* m_live;
    QToolButton* m_zone;
    QMenu m_zoneMenu;
    QMenu m_menu;
};

}  // namespace nova::shell
