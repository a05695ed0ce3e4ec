-- Inboxes: the configured ends of channels. New table: locks nothing.

create table inboxes (
  workspace_id uuid not null references workspaces (id),
  id uuid not null,
  name text not null check (char_length(name) between 1 and 100),
  channel text collate "C" not null check (channel in ('web_chat', 'api')),
  -- As the schema of its channel in inboxes/settings.ts has it.
  settings jsonb not null,
  enabled boolean not null default true,
  -- At most two live ones: [{id, sealed, created_at}], sealed because an HMAC needs the secret itself.
  identity_secrets jsonb not null default '[]' check (jsonb_array_length(identity_secrets) <= 2),
  version integer not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (workspace_id, id)
);
create index inboxes_by_channel on inboxes (workspace_id, channel, id);
