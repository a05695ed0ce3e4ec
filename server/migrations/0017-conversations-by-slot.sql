-- Lists are in the order of the last message, so every message moved its conversation in three indexes, and with them the
-- row in all others. Now an index knows the ten seconds in which the last message came, and a list sorts what lies within
-- them: most messages of a busy conversation change no index, and the row is updated in place.
-- Locks conversations while the table is rewritten and three indexes are built: a minute for a million conversations.

drop index conversations_by_time, conversations_by_status, conversations_by_assignee;

alter table conversations add column last_message_slot timestamptz not null
  generated always as (date_bin('10 seconds', last_message_at, timestamptz '2000-01-01 00:00:00+00')) stored;

create index conversations_by_time on conversations (workspace_id, last_message_slot desc);
create index conversations_by_status on conversations (workspace_id, status, last_message_slot desc);
create index conversations_by_assignee on conversations (workspace_id, assignee_id, status, last_message_slot desc);
