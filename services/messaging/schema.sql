-- migration 1: conversations, messages and idempotency keys
-- Of two users, ordered by id. The row is locked by every message, before the message takes its number.
CREATE TABLE conversations (
  id uuid PRIMARY KEY,
  low_id uuid NOT NULL,
  high_id uuid NOT NULL,
  last_seq bigint NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  UNIQUE (low_id, high_id),
  CHECK (low_id < high_id)
);
-- How many messages a user was sent; locked after the conversation.
CREATE TABLE inboxes (
  user_id uuid PRIMARY KEY,
  last_seq bigint NOT NULL
);
-- A message withdrawn (its synchronous delivery failed) keeps its row, so that its numbers leave no gap, but not its
-- text.
CREATE TABLE messages (
  id uuid PRIMARY KEY,
  conversation_id uuid NOT NULL,
  seq bigint NOT NULL,
  inbox_seq bigint NOT NULL,
  from_id uuid NOT NULL,
  to_id uuid NOT NULL,
  text text NOT NULL,
  sent_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  read_at timestamptz,
  withdrawn_at timestamptz,
  UNIQUE (conversation_id, seq),
  UNIQUE (to_id, inbox_seq)
);
CREATE INDEX ON messages (to_id, inbox_seq) WHERE read_at IS NULL AND withdrawn_at IS NULL;
CREATE TABLE idempotency_keys (
  user_id uuid NOT NULL,
  key text NOT NULL,
  operation text NOT NULL,
  arguments text NOT NULL,
  result_id uuid NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (user_id, key)
);
CREATE INDEX ON idempotency_keys (created_at);
