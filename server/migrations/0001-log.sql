-- The log of events and the answers kept for retries. New tables: locks nothing.

create sequence event_seq as bigint cache 1;

create table events (
  id uuid not null,
  workspace_id uuid not null,
  seq bigint not null default nextval('event_seq'),
  position bigint,
  type text collate "C" not null,
  actor_type text collate "C" not null,
  actor_id text collate "C",
  actor_name text,
  data json not null,
  previous json,
  created_at timestamptz not null,
  primary key (workspace_id, id)
) partition by range (id);

create index events_unsequenced on events (seq) where position is null;
create index events_by_workspace on events (workspace_id, position) where position is not null;
create index events_by_position on events (position) where position is not null;

-- The last position given, in one row; changed only under the advisory lock of sequencing.
create table event_head (
  only_row boolean primary key default true check (only_row),
  position bigint not null
) with (fillfactor = 50);
insert into event_head (position) values (0);

create table idempotency_keys (
  id uuid not null,
  workspace_id uuid not null,
  caller text collate "C" not null,
  key text collate "C" not null,
  fingerprint bytea not null,
  status smallint not null,
  headers json not null,
  payload text,
  sealed boolean not null,
  created_at timestamptz not null,
  primary key (workspace_id, caller, key, id)
) partition by range (id);
