// What the measured sequence timeline shows, as plain values. Times are milliseconds since the click; raw clocks, never
// moved.
#pragma once

#include <QMetaType>
#include <QString>
#include <optional>
#include <vector>

namespace nova::timeline {

struct Interval {
    double start = 0;
    double end = 0;
};

enum class LaneKind { People, Service, Store };

struct Lane {
    QString id;
    QString title;
    QString subtitle;  // replica, clock error; may be empty
    QString colorKey;  // a name for theme::Tokens::service(): "feed-service", "postgres", "people"
    LaneKind kind = LaneKind::Service;
    bool groupStart = false;  // a stronger separator above this lane
    QString waiting;          // said inside the lane while it waits for its spans; empty: nothing
};

enum class BarState {
    Done,
    Pending,     // known only from events or keys: dashed outline
    Unfinished,  // started, no end yet: right edge open and fading
    Missing      // a span that must exist was not received: dashed outline, no fill
};

struct Bar {
    QString hop;   // id of the hop; unique in the data, selects this bar
    int lane = 0;  // index into Data::lanes
    double start = 0;
    double end = 0;
    QString label;                 // name without the time; the layout adds "27.3 ▲ +7.3"; empty: no label
    QString shortLabel;            // used where the full one does not fit; empty: none
    std::optional<double> budget;  // ms from start; none when the budget is for own time of an inclusive bar
    bool hatch = false;            // in Kafka, from append to poll
    BarState state = BarState::Done;
    std::vector<Interval> waits;  // parts spent waiting for a callee; may be unsorted
    std::vector<Interval> critical;
    QString toolTip;  // further lines under "label time"

    double duration() const { return end - start; }
    // Milliseconds over budget; 0 when within a twentieth of a millisecond or without budget.
    double over() const { return budget && duration() > *budget + 0.05 ? duration() - *budget : 0.0; }
};

enum class ArrowKind { Call, Return, Publish, Duplicate };
enum class Link { Proven, Matched, Guessed };

struct Arrow {
    int fromLane = 0;
    double sent = 0;
    int toLane = 0;
    double received = 0;
    ArrowKind kind = ArrowKind::Call;
    QString label;         // without the time
    bool withTime = true;  // append the transit in ms to the label
    bool critical = false;
    Link link = Link::Proven;
    QString hop;  // hop selected by a click; may be empty
};

enum class FlagKind { Answered, Visible };

struct Flag {
    double at = 0;
    QString label;  // "answered", "in Bob's feed"; the layout adds the number
    QString shortLabel;
    FlagKind kind = FlagKind::Answered;
};

struct Promise {
    QString label;
    Interval designed;
    QString designedText;              // "245 = 45 + 50 + 50 + 100", after the label
    std::optional<Interval> measured;  // none while open
    FlagKind kind = FlagKind::Answered;
    double over = 0;  // ms over the promise; 0: kept
};

// Time between answered and visible, tinted.
struct Window {
    Interval span;
};

// Where the design puts a hop: a dashed half-height box above the bar.
struct Designed {
    int lane = 0;
    Interval span;
};

struct Data {
    QString title;  // spoken name, "createPost by alice"
    std::vector<Lane> lanes;
    std::vector<Bar> bars;
    std::vector<Arrow> arrows;
    std::vector<Flag> flags;
    std::vector<Promise> promises;
    std::vector<Window> windows;
    std::vector<Designed> designed;
    bool complete = true;
    QString note;  // why it is not complete, one sentence; shown under the lanes

    bool isEmpty() const { return lanes.empty(); }
    // First and last measured moment, and the click; {0, 1} when there is none.
    Interval extent() const;
};

}  // namespace nova::timeline

Q_DECLARE_METATYPE(nova::timeline::Data)
