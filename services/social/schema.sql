-- migration 1: follows, likes and who wrote which post
CREATE TABLE follows (
  follower_id uuid NOT NULL,
  followee_id uuid NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (follower_id, followee_id)
);
CREATE INDEX ON follows (followee_id, follower_id);
CREATE TABLE likes (
  post_id uuid NOT NULL,
  user_id uuid NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (post_id, user_id)
);
-- The counts, each with a version that numbers its states: locked by every change, before its event is written.
CREATE TABLE follower_counts (
  user_id uuid PRIMARY KEY,
  count bigint NOT NULL,
  version bigint NOT NULL
);
CREATE TABLE like_counts (
  post_id uuid PRIMARY KEY,
  count bigint NOT NULL,
  version bigint NOT NULL
);
-- From content events.
CREATE TABLE post_authors (
  post_id uuid PRIMARY KEY,
  author_id uuid NOT NULL,
  version bigint NOT NULL,
  deleted boolean NOT NULL
);
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
