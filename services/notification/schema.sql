-- migration 1: notifications and the unread counts
CREATE TABLE notifications (
  id uuid PRIMARY KEY,
  recipient_id uuid NOT NULL,
  type text NOT NULL,
  actor_id uuid NOT NULL,
  post_id uuid,
  version bigint NOT NULL,
  created_at timestamptz NOT NULL,
  seen boolean NOT NULL DEFAULT false,
  CHECK ((type = 'like' AND post_id IS NOT NULL) OR (type = 'follow' AND post_id IS NULL)),
  -- One for a like or follow, however often it is taken back and given again, and however often its event comes.
  UNIQUE NULLS NOT DISTINCT (recipient_id, type, actor_id, post_id)
);
COMMENT ON COLUMN notifications.version IS 'of the count, in the event that made the row';
COMMENT ON COLUMN notifications.created_at IS 'when the like or follow happened';
CREATE INDEX ON notifications (recipient_id, created_at DESC, id DESC);
CREATE INDEX ON notifications (recipient_id) WHERE NOT seen;
-- How many of a user's notifications are unseen; the version numbers its states. Locked by every change of theirs.
CREATE TABLE unread_counts (
  user_id uuid PRIMARY KEY,
  count bigint NOT NULL,
  version bigint NOT NULL
);
-- migration 2: pushes that are still to be told
-- Made with its notification, gone once a socket was told or none was there. What a dead process leaves is told by the
-- next.
CREATE TABLE pending_pushes (
  notification_id uuid PRIMARY KEY REFERENCES notifications ON DELETE CASCADE,
  traceparent text NOT NULL,
  made_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  due_at timestamptz NOT NULL DEFAULT clock_timestamp() + interval '2 seconds'
);
COMMENT ON COLUMN pending_pushes.due_at IS 'when others than its maker may tell it';
CREATE INDEX ON pending_pushes (due_at);
-- migration 3: since when anybody is told
-- One row. What the log took long before it is history: it gets its rows, but nobody's socket is told of it.
CREATE TABLE first_start (at timestamptz NOT NULL);
INSERT INTO first_start SELECT LEAST(clock_timestamp(), min(created_at)) FROM notifications;
