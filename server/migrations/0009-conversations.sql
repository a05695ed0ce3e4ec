-- Conversations: one row a list can be drawn from, changed by every message. New tables: locks nothing.

create table conversations (
  workspace_id uuid not null references workspaces (id),
  id uuid not null,
  number bigint not null,
  inbox_id uuid not null,
  channel text collate "C" not null,
  contact_id uuid not null,
  status text collate "C" not null default 'open' check (status in ('open', 'pending', 'snoozed', 'resolved', 'spam')),
  priority text collate "C" not null default 'normal' check (priority in ('low', 'normal', 'high', 'urgent')),
  subject text,
  assignee_id uuid,
  team_id uuid,
  tags text[] not null default '{}',
  custom_fields json not null default '{}',
  messages_count integer not null default 0,
  unread_count integer not null default 0,
  team_read_position integer not null default 0,
  contact_delivered_position integer not null default 0,
  contact_read_position integer not null default 0,
  preview_body text,
  preview_type text collate "C",
  preview_author_type text collate "C",
  waiting_since timestamptz,
  snoozed_until timestamptz check ((status = 'snoozed') = (snoozed_until is not null)),
  last_message_at timestamptz not null,
  first_replied_at timestamptz,
  resolved_at timestamptz check ((status = 'resolved') = (resolved_at is not null)),
  version integer not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (workspace_id, id),
  unique (workspace_id, number),
  foreign key (workspace_id, inbox_id) references inboxes (workspace_id, id),
  foreign key (workspace_id, contact_id) references contacts (workspace_id, id),
  foreign key (workspace_id, assignee_id) references users (workspace_id, id)
) with (fillfactor = 80);

-- Lists: all, by status, by assignee. Every message moves its row in these three and in no other index.
create index conversations_by_time on conversations (workspace_id, last_message_at desc, id desc);
create index conversations_by_status on conversations (workspace_id, status, last_message_at desc, id desc);
create index conversations_by_assignee on conversations (workspace_id, assignee_id, status, last_message_at desc, id desc);
create index conversations_by_contact on conversations (workspace_id, contact_id, id desc);

-- Open conversations by assignee (the nil UUID: nobody), so that no list counts its rows. Changed only when a status or
-- an assignee changes, last in its transaction.
create table conversation_counts (
  workspace_id uuid not null references workspaces (id),
  assignee_id uuid not null,
  open integer not null default 0,
  primary key (workspace_id, assignee_id)
) with (fillfactor = 50);

-- How far a contact has received and read, each step with its time: what `delivered_at` and `read_at` are answered from.
create table conversation_marks (
  workspace_id uuid not null,
  conversation_id uuid not null,
  kind text collate "C" not null check (kind in ('delivered', 'read')),
  position integer not null,
  at timestamptz not null,
  primary key (workspace_id, conversation_id, kind, position),
  foreign key (workspace_id, conversation_id) references conversations (workspace_id, id) on delete cascade
);

-- How a tag finds its conversations; the names lie in the row.
create table conversation_tags (
  workspace_id uuid not null,
  tag_id uuid not null,
  conversation_id uuid not null,
  primary key (workspace_id, tag_id, conversation_id),
  foreign key (workspace_id, tag_id) references tags (workspace_id, id),
  foreign key (workspace_id, conversation_id) references conversations (workspace_id, id) on delete cascade
);
create index conversation_tags_by_conversation on conversation_tags (workspace_id, conversation_id);
