-- How many requests a workspace made in each minute, by key, kept for 48 hours. New table: locks nothing.

create table usage_minutes (
  workspace_id uuid not null references workspaces (id),
  minute timestamptz not null,
  -- '' is people, who call by session. A key that is gone stays counted.
  key_id text collate "C" not null,
  requests integer not null check (requests >= 0),
  refused integer not null check (refused >= 0),
  primary key (workspace_id, minute, key_id)
);
create index usage_minutes_by_age on usage_minutes (minute);
