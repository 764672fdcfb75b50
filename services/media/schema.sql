-- migration 1: media
-- A row is `pending` while its object is being stored, `ready` once it is, `failed` when that came to nothing or was
-- undone: the rank only grows. `swept`: a failed one whose object is gone, unless other media share it.
CREATE TABLE media (
  id uuid PRIMARY KEY,
  upload_id uuid NOT NULL UNIQUE,
  owner_id uuid NOT NULL,
  post_id uuid,
  file_name text NOT NULL,
  content_type text NOT NULL,
  size_bytes bigint NOT NULL,
  sha256 text NOT NULL,
  instance text NOT NULL,
  state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'ready', 'failed')),
  state_rank smallint NOT NULL GENERATED ALWAYS AS (CASE state WHEN 'pending' THEN 0 WHEN 'ready' THEN 1 ELSE 2 END) STORED,
  version bigint NOT NULL DEFAULT 0,
  swept boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX ON media (sha256) WHERE state <> 'failed';
CREATE INDEX ON media (created_at) WHERE state = 'pending' OR (state = 'failed' AND NOT swept);
