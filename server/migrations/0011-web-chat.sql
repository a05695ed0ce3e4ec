-- Visitors of the web chat: each browser that has written holds a session, named by its signed token. New table: locks nothing.

create table visitor_sessions (
  workspace_id uuid not null,
  id uuid not null,
  inbox_id uuid not null,
  contact_id uuid not null,
  -- Whether it has proven to be its contact. If not, it sees only the conversation that it began itself.
  verified boolean not null,
  conversation_id uuid,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  ended_at timestamptz,
  primary key (workspace_id, id),
  foreign key (workspace_id, inbox_id) references inboxes (workspace_id, id),
  foreign key (workspace_id, contact_id) references contacts (workspace_id, id),
  foreign key (workspace_id, conversation_id) references conversations (workspace_id, id)
);

create index visitor_sessions_by_expiry on visitor_sessions (expires_at);
