-- migration 1: users and failed sign-ins
CREATE TABLE users (
  id uuid PRIMARY KEY,
  handle text NOT NULL UNIQUE CHECK (handle ~ '^[a-z0-9_-]{3,32}$'),
  display_name text NOT NULL,
  tier text NOT NULL CHECK (tier IN ('standard', 'premium')),
  password_hash text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
-- By handle as typed, known or not: a stranger learns nothing from being refused.
CREATE TABLE sign_in_failures (
  handle text NOT NULL,
  at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX ON sign_in_failures (handle, at);
CREATE INDEX ON sign_in_failures (at);
