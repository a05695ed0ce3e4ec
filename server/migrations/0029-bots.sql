-- Bots: what was said to them and is not answered yet. New table: locks nothing.

create table bot_turns (
  workspace_id uuid not null,
  conversation_id uuid not null,
  -- The message's place: turns of one conversation are taken in this order.
  position integer not null,
  -- What `webhook-id` says, on every try.
  id uuid not null,
  inbox_id uuid not null,
  message_id uuid not null,
  attempts integer not null default 0,
  -- Whoever took it has it until then; one who dies leaves it to the next.
  free_from timestamptz not null,
  created_at timestamptz not null,
  primary key (workspace_id, conversation_id, position),
  foreign key (workspace_id, conversation_id) references conversations (workspace_id, id)
);
create index bot_turns_free on bot_turns (free_from);
