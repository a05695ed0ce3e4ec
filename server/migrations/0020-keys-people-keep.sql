-- Keys that people make, narrow, replace and end. A small table; the columns lock it for as long as it takes to add them,
-- and to give each key the time of its last change.

alter table api_keys
  add column version integer not null default 1,
  add column updated_at timestamptz,
  -- Addresses, networks and domains from which the key may be used; none: from anywhere.
  add column allow text[] not null default '{}' check (cardinality(allow) <= 50),
  add column last_used_address text,
  -- The secret before this one, for as long as it still works.
  add column old_secret_hash bytea check (length(old_secret_hash) = 32),
  add column old_secret_expires_at timestamptz,
  add check (old_secret_hash is null or old_secret_expires_at is not null);

update api_keys set updated_at = created_at;
alter table api_keys alter column updated_at set not null;

-- Lists are read newest first, and show what has not been revoked.
create index api_keys_by_age on api_keys (workspace_id, created_at, id) where revoked_at is null;
drop index api_keys_by_workspace;
