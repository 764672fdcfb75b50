#include "kit/outbox/outbox.h"

namespace nova::kit {

// The identity's sequence keeps CACHE 1: with a larger one ids would not rise in commit order across connections.
const char* Outbox::schemaSql() {
    return R"sql(CREATE TABLE outbox (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  event_id uuid NOT NULL UNIQUE,
  shard smallint NOT NULL CHECK (shard BETWEEN 0 AND 15),
  topic text NOT NULL,
  part_key text NOT NULL,
  agg_type text NOT NULL,
  agg_id text NOT NULL,
  agg_version bigint NOT NULL,
  headers jsonb NOT NULL,
  payload bytea NOT NULL CHECK (octet_length(payload) <= 900000),
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  UNIQUE (topic, agg_type, agg_id, agg_version)
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
CREATE INDEX outbox_shard_id ON outbox (shard, id);
CREATE TABLE outbox_sent (
  event_id uuid NOT NULL,
  topic text NOT NULL,
  partition integer NOT NULL,
  "offset" bigint NOT NULL,
  created_at timestamptz NOT NULL,
  sent_at timestamptz NOT NULL
);
CREATE INDEX outbox_sent_event_id ON outbox_sent (event_id);
CREATE INDEX outbox_sent_sent_at ON outbox_sent (sent_at);
)sql";
}

}  // namespace nova::kit
