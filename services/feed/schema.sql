-- migration 1: projections of posts, follows and likes, and fan-out jobs
CREATE TABLE feed_posts (
  id uuid PRIMARY KEY,
  author_id uuid NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version bigint NOT NULL,
  deleted boolean NOT NULL,
  content text NOT NULL,
  media_ids text NOT NULL
);
CREATE INDEX ON feed_posts (author_id, created_at DESC, id DESC) WHERE NOT deleted;
CREATE TABLE feed_likes (
  post_id uuid PRIMARY KEY,
  count bigint NOT NULL,
  version bigint NOT NULL
);
-- An edge ended stays, inactive: a late repeat of an older event must find it. A follower's feed holds the followee's posts from the
-- boundary on: the 20 latest before the follow, and all since.
CREATE TABLE follow_edges (
  followee_id uuid NOT NULL,
  follower_id uuid NOT NULL,
  version bigint NOT NULL,
  active boolean NOT NULL,
  boundary timestamptz NOT NULL,
  PRIMARY KEY (followee_id, follower_id)
);
CREATE INDEX ON follow_edges (follower_id) WHERE active;
CREATE INDEX ON follow_edges (followee_id, follower_id) WHERE NOT active;
-- Bring the feeds of all followers of the post's author, from this follower on, in line with the post's present state.
CREATE TABLE fan_out_jobs (
  post_id uuid PRIMARY KEY,
  after_follower uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000',
  traceparent text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX ON fan_out_jobs (created_at);
