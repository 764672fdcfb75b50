// Failpoints: named places where a test makes the process die, stop, fail or dawdle. Thread: any. Armed by
//   NOVA_FAILPOINT=[service/]name:nth:kill|stop|err|delay   nth counts from 1; it fires once in each process
//   NOVA_FAILPOINT=@DIR    the file DIR/<service>@<name>, which holds "nth:action", arms while it is there. It is looked
//                          for at each pass, so that it may come and go while the service runs. Who fires first renames
//                          it to "….fired": once over all processes and restarts, and the proof that it did
// or by armFailpoint(). `service` is the name of the program.
//
// The points: after_commit_before_ack (Outbox::emit, once an event, after the commit: each writer's call),
// after_kafka_ack_before_delete (relay), after_effect_before_mark, after_mark_before_store, after_store_before_commit
// (consumer loop), mid_fanout_chunk (feed-service: feeds of a batch or a chunk are written, their gate or place is not),
// after_commit_before_push (notification-service: the rows stand, nobody's socket was told).
#pragma once

#include <string_view>

namespace nova::kit {

// True: the caller must behave as if the step after this point had failed (action `err`). `delay` sleeps 2 s.
bool failpoint(std::string_view name);
// Replaces what is armed; "" disarms. False: the text is not of the form above.
bool armFailpoint(std::string_view spec);

}  // namespace nova::kit
