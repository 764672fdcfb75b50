// A row of joined buttons of which exactly one is on.
#pragma once

#include <QIcon>
#include <QWidget>

class QButtonGroup;
class QHBoxLayout;

namespace nova::theme {

class Segmented : public QWidget {
    Q_OBJECT

public:
    explicit Segmented(QWidget* parent = nullptr);

    // Appends a segment; the first one added is on.
    void addSegment(const QString& text, const QIcon& icon = {}, const QString& toolTip = {});
    void setSegmentText(int index, const QString& text);
    int current() const;
    // Switches without emitting.
    void setCurrent(int index);
    // 22 px high, for pane headers.
    void setSmall(bool small);
    void setSegmentEnabled(int index, bool enabled);

Q_SIGNALS:
    // The user chose another segment.
    void chosen(int index);

private:
    QButtonGroup* m_group;
    QHBoxLayout* m_row;
    bool m_small = false;
};

}  // namespace nova::theme
