-- Tags: the words by which contacts and conversations are sorted. New table: locks nothing.

create sequence tag_number as bigint;

create table tags (
  workspace_id uuid not null references workspaces (id),
  id uuid not null,
  number bigint not null default nextval('tag_number'),
  name text not null check (char_length(name) between 1 and 64),
  -- The name as it is compared: without case.
  name_key text collate "C" not null,
  color text collate "C" check (color ~ '^#[0-9a-f]{6}$'),
  version integer not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  deleted_at timestamptz,
  primary key (workspace_id, id)
);

create unique index tags_by_name on tags (workspace_id, name_key) where deleted_at is null;
