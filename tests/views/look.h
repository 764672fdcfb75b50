// Pictures of views for people to look at, and what every view must keep at every size: no text cut, nothing squeezed.
#pragma once

#include <QImage>
#include <QSize>
#include <QString>
#include <QWidget>

namespace nova::test {

inline const QSize wide{1440, 900};
inline const QSize small{1024, 700};

// Lays the widget out at `size`, paints it and saves <build>/screenshots/views/<name>-<theme>-<width>.png.
QImage picture(QWidget& widget, const QString& name, const QSize& size);

// One line for each visible label whose text does not fit, and each widget below its minimum size hint. Empty: all is
// well.
QString squeezed(const QWidget& widget);

// All texts that can be read on the widget now: labels and buttons, in one string.
QString wordsOn(const QWidget& widget);

// Runs `check` in the dark and the light theme, at both sizes.
template <class Check>
void everywhere(const Check& check);

void setDark(bool dark);

template <class Check>
void everywhere(const Check& check) {
    for (const bool dark : {true, false}) {
        setDark(dark);
        for (const auto& size : {wide, small}) check(size);
    }
}

}  // namespace nova::test
