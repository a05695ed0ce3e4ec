-- What machines call with. A new table: locks nothing.

create table api_keys (
  id text collate "C" primary key check (id ~ '^[0-9a-z]{16}$'),
  workspace_id uuid not null references workspaces (id),
  name text not null check (name <> ''),
  secret_hash bytea not null check (length(secret_hash) = 32),
  scopes text[] not null check (cardinality(scopes) > 0),
  -- The user who made it and whose role bounds it; null for one made on the command line.
  user_id uuid,
  active boolean not null default true,
  requests_per_minute integer check (requests_per_minute > 0),
  expires_at timestamptz,
  last_used_at timestamptz,
  revoked_at timestamptz,
  created_at timestamptz not null,
  foreign key (workspace_id, user_id) references users (workspace_id, id)
);
create index api_keys_by_workspace on api_keys (workspace_id, id);
create index api_keys_by_user on api_keys (workspace_id, user_id) where user_id is not null;
