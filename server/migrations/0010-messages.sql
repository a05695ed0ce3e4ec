-- Messages, numbered 1, 2, 3 … within their conversation under its row lock. New table: locks nothing.

create sequence message_number as bigint cache 32;

create table messages (
  workspace_id uuid not null,
  id uuid not null,
  number bigint not null default nextval('message_number'),
  conversation_id uuid not null,
  inbox_id uuid not null,
  position integer not null,
  type text collate "C" not null check (type in ('incoming', 'outgoing', 'note', 'activity')),
  body text not null,
  html text,
  author_type text collate "C" not null check (author_type in ('contact', 'user', 'api', 'bot', 'system')),
  author_id text collate "C",
  author_name text,
  attachments json not null default '[]',
  status text collate "C" check (status in ('received', 'queued', 'sent', 'delivered', 'read', 'failed')),
  error json,
  client_message_id text collate "C",
  in_reply_to uuid,
  metadata json not null default '{}',
  version integer not null default 1,
  created_at timestamptz not null,
  sent_at timestamptz,
  delivered_at timestamptz,
  read_at timestamptz,
  deleted_at timestamptz,
  primary key (workspace_id, id),
  constraint messages_position unique (workspace_id, conversation_id, position),
  foreign key (workspace_id, conversation_id) references conversations (workspace_id, id)
);

create unique index messages_client_message_id on messages (workspace_id, inbox_id, client_message_id)
  where client_message_id is not null;
