-- Webhooks: who wants to be told of what, what is on its way to them, and what came back. New tables: locks nothing.

create table webhooks (
  workspace_id uuid not null references workspaces (id),
  id uuid not null,
  url text not null check (length(url) <= 2000),
  description text,
  -- Types as they are declared, `noun.*`, or `*`.
  events text[] not null check (cardinality(events) > 0),
  -- Whose body and headers it receives.
  format text collate "C" not null default 'antiphon',
  payload_version text collate "C" not null default 'v1',
  enabled boolean not null,
  disabled_reason text collate "C" check (disabled_reason in ('user', 'gone', 'failing')),
  disabled_at timestamptz,
  -- Names to values, each value encrypted.
  headers json not null,
  -- [{sealed, created_at, expires_at}], newest first; more than one while a rotation overlaps.
  secrets json not null,
  version integer not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  deleted_at timestamptz,
  primary key (workspace_id, id),
  check (enabled = (disabled_reason is null))
);
create index webhooks_deleted on webhooks (deleted_at) where deleted_at is not null;

-- The processes that send. One that has not said for a while that it lives is dead, and what it held is free.
create table webhook_senders (
  id uuid primary key,
  alive_until timestamptz not null
);

-- What sending keeps of each endpoint, apart from what people change. An endpoint has one sender at a time.
create table webhook_lanes (
  workspace_id uuid not null,
  webhook_id uuid not null,
  owner uuid,
  -- The first failure since the last success.
  failing_since timestamptz,
  primary key (workspace_id, webhook_id),
  foreign key (workspace_id, webhook_id) references webhooks (workspace_id, id) on delete cascade
);
create index webhook_lanes_by_owner on webhook_lanes (owner);

-- How far the log has been turned into deliveries; moves only in the transaction that writes them.
create table webhook_cursor (
  only_row boolean primary key default true check (only_row),
  position bigint not null
) with (fillfactor = 50);
insert into webhook_cursor (position) values (0);

-- One row for each event and endpoint; its id is the event's. A look-up is written down here too, under an id of its own.
-- No foreign key: it outlives its endpoint, and the check would cost each delivery more than its row.
create table webhook_deliveries (
  workspace_id uuid not null,
  webhook_id uuid not null,
  id uuid not null,
  kind text collate "C" not null check (kind in ('event', 'lookup')),
  event_type text collate "C" not null,
  -- First attempts of one stream go one after the other, in the order of their positions.
  stream uuid not null,
  -- The event's place in the log while the first attempt waits in line; null once it has been made.
  position bigint,
  status text collate "C" not null check (status in ('pending', 'succeeded', 'failed')),
  attempts integer not null default 0,
  -- Attempts since it began or was last replayed: how far down the schedule it is.
  round integer not null default 0,
  next_attempt_at timestamptz,
  response_status smallint,
  error text collate "C",
  created_at timestamptz not null,
  finished_at timestamptz,
  primary key (workspace_id, webhook_id, id)
);
create index webhook_deliveries_line on webhook_deliveries (workspace_id, webhook_id, position) where position is not null;
create index webhook_deliveries_due on webhook_deliveries (workspace_id, webhook_id, next_attempt_at)
  where next_attempt_at is not null;
create index webhook_deliveries_failed on webhook_deliveries (workspace_id, webhook_id, id) where status = 'failed';

create table webhook_attempts (
  workspace_id uuid not null,
  webhook_id uuid not null,
  delivery_id uuid not null,
  number integer not null,
  at timestamptz not null,
  duration_ms integer not null,
  url text not null,
  request_headers json not null,
  -- Null where it can be made again of the event.
  request_body text,
  response_status smallint,
  response_headers json,
  response_body text,
  response_truncated boolean not null default false,
  error text collate "C",
  error_detail text,
  primary key (workspace_id, webhook_id, delivery_id, number)
);

-- For clearing what is older than the log is kept.
create index webhook_deliveries_by_age on webhook_deliveries using brin (created_at);
