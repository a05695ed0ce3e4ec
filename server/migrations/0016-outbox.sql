-- What has happened waits in a small table of its own until it has its place in the log, and is written there once, with
-- its place: a writer pays for one index instead of a partitioned table and two, and no row of the log is ever rewritten.
-- Locks the log while what waits is moved and its indexes are built: seconds for a million events.

create table outbox (
  seq bigint primary key default nextval('event_seq'),
  id uuid not null,
  workspace_id uuid not null,
  type text collate "C" not null,
  actor_type text collate "C" not null,
  actor_id text collate "C",
  actor_name text,
  data json not null,
  previous json,
  created_at timestamptz not null
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 10000, autovacuum_vacuum_insert_threshold = -1);

insert into outbox (seq, id, workspace_id, type, actor_type, actor_id, actor_name, data, previous, created_at)
select seq, id, workspace_id, type, actor_type, actor_id, actor_name, data, previous, created_at
from events where position is null;
delete from events where position is null;

drop index events_unsequenced, events_by_workspace, events_by_position;
alter table events drop column seq, alter column position set not null;
create index events_by_workspace on events (workspace_id, position);
create index events_by_position on events (position);
