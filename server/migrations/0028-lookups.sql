-- Look-ups: endpoints that are asked and answer, and the one that answers for an inbox. The two tables that change are small
-- and are locked for a moment each.

alter table webhooks
  -- What it may be asked, as it is declared.
  add column lookups text[] not null default '{}',
  -- Milliseconds within which it must answer; null for what the look-up says.
  add column lookup_timeout_ms integer check (lookup_timeout_ms between 100 and 10000),
  drop constraint webhooks_events_check,
  add constraint webhooks_wants_something check (cardinality(events) + cardinality(lookups) > 0);

alter table webhook_lanes
  -- Look-ups that failed since the last one that was answered.
  add column lookup_failures integer not null default 0,
  -- Until when nobody asks it, because it failed so often; then one asks for a try.
  add column lookups_paused_until timestamptz;

alter table inboxes
  -- The endpoint that is asked chatbot.reply.
  add column bot_webhook_id uuid,
  add constraint inboxes_bot_webhook foreign key (workspace_id, bot_webhook_id) references webhooks (workspace_id, id)
    on delete set null (bot_webhook_id);
create index inboxes_by_bot on inboxes (workspace_id, bot_webhook_id) where bot_webhook_id is not null;
