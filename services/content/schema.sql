-- migration 1: posts and idempotency keys
CREATE TABLE posts (
  id uuid PRIMARY KEY,
  author_id uuid NOT NULL,
  user_tier text NOT NULL,
  content text NOT NULL,
  media_ids uuid[] NOT NULL DEFAULT '{}',
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  deleted_at timestamptz
);
CREATE INDEX ON posts (author_id, created_at DESC, id DESC) WHERE deleted_at IS NULL;
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
