// A scan for the window: runs on threads of its own and puts what it finds into a ring of its own, so that a table
// shows it as it shows the live tail. Also opens an export, without a cluster. Thread: main; stop() and the destructor
// wait for the readers, ≤ 1 s.
#pragma once

#include <QObject>
#include <QString>
#include <memory>

#include "app/engine/traffic/event_ring.h"
#include "app/engine/traffic/filter.h"
#include "app/engine/traffic/scan.h"
#include "app/engine/traffic/seen_events.h"

namespace nova::engine {

class ScanJob : public QObject {
    Q_OBJECT
public:
    static constexpr std::int64_t mostMatches = 100'000;  // of one run, where the request asks for no fewer

    explicit ScanJob(QObject* parent = nullptr);
    ~ScanJob() override;

    // Ends a former run and empties the ring. Progress and events come by progressed(). `seen`: what the filter's
    // context asks about duplicates.
    void start(const ReadSession& session, const ScanRequest& request, const Filter& filter = {},
               std::shared_ptr<SeenEvents> seen = {});
    // Where the last run ended: what was found stays, the bounds count anew. Only after finished(), while
    // canContinue().
    void continueOn();
    [[nodiscard]] bool canContinue() const;  // it has ended, and something was not searched
    // The events of an export (JSON Lines or CSV), as if they had been found; `report().ranges` is empty then.
    void open(const QString& file, const Filter& filter = {});
    void stop();  // finished() comes, with ScanEnd::stopped
    [[nodiscard]] bool isRunning() const;

    // What was found, in the order of time as TimeMerge has it. What is found after continueOn() follows what was found
    // before until the end of that run: then all are put in order, see reordered(). Of large values the beginning.
    // Bound: as EventRing, 262,144 rows and 256 MiB.
    [[nodiscard]] const EventRing& ring() const;
    [[nodiscard]] const ScanReport& report()
        const;                            // the newest; records, matches, bytes and seconds of all runs together
    [[nodiscard]] QString error() const;  // why it ended by itself; empty: no fault. For a person

Q_SIGNALS:
    void progressed();  // ≤ 30 Hz: report() or ring() has changed
    void reordered();   // before finished(): rows stand elsewhere, under other sequences
    void finished();    // report().end or error() says why

private:
    void run();
    void halt();
    void reset();
    void takeNews();
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

}  // namespace nova::engine
