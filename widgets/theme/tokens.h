// The colours of both themes: the one home of every colour in the window. Values and roles: design §2.
#pragma once

#include <QColor>
#include <QStringView>
#include <array>

namespace nova::theme {

struct Tokens {
    bool dark = true;
    QColor bg0, bg1, bg2, bg3, sel;                     // wells, panes, bars, hover and tracks, selection
    QColor line, line2, grid;                           // splits, controls and axes, table rows
    QColor t1, t2, t3, inv;                             // text, second, hint, text on a filled flag
    QColor accent, accentFill, onAccent;                // focus and links, filled button, its text
    QColor ok, warn, err, info, win;                    // status ink; win = consistency window
    QColor okBg, warnBg, errBg, infoBg, winBg;          // tag and banner fills
    QColor envLocal, envStaging, envProduction, onEnv;  // environment, always beside its word
    QColor scrim;
    QColor synKey, synStr, synNum, synOp;  // JSON and filter text
    std::array<QColor, 6> heat;            // 0, <=10, <=200, <=700, <=1000, >1000
    QColor gateway, identity, content, media, messaging, chat, social, feed, notification;
    QColor store, people;

    // The colour of a process, store or person: "feed-service", "feed", "postgres", "people". Unknown names are store
    // grey.
    QColor service(QStringView name) const;
    // The colour of the service that owns a topic ("nova.content.events", also its ".dlq"); others are store grey.
    QColor topic(QStringView name) const;
};

const Tokens& darkTokens();
const Tokens& lightTokens();

}  // namespace nova::theme
