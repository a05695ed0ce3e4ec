-- Contacts: who writes to us, by which identities they are known, and how they are found. New tables: locks nothing.

create extension if not exists pg_trgm;
create extension if not exists btree_gin;

create sequence contact_number as bigint;

create table contacts (
  workspace_id uuid not null references workspaces (id),
  id uuid not null,
  number bigint not null default nextval('contact_number'),
  email text,
  phone text collate "C" check (phone ~ '^\+[1-9][0-9]{3,14}$'),
  phone_raw text,
  external_id text collate "C",
  name text,
  first_name text,
  last_name text,
  language text collate "C",
  time_zone text collate "C",
  country text collate "C",
  city text,
  job_title text,
  avatar_url text,
  -- Names as `tags` spells them; contact_tags below is how a tag finds its contacts.
  tags text[] not null default '{}',
  custom_data jsonb not null default '{}',
  verified boolean not null default false,
  last_seen_at timestamptz,
  -- The words of name, e-mail and phone, folded, each after a blank: what `q` looks through.
  search text not null default '',
  version integer not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  deleted_at timestamptz,
  emptied_at timestamptz,
  primary key (workspace_id, id)
) with (fillfactor = 85);

create index contacts_by_words on contacts using gin (workspace_id, search gin_trgm_ops) where deleted_at is null;
create index contacts_to_empty on contacts (deleted_at) where deleted_at is not null and emptied_at is null;

-- One row per way to recognise a contact: the key decides every race between two who create the same one.
-- The reference is checked at commit, so that the identities are claimed before the contact is written.
create table contact_identities (
  workspace_id uuid not null,
  kind text collate "C" not null check (kind in ('email', 'external_id', 'phone')),
  -- E-mail in lower case; phones in E.164, or the bare digits where no number could be made of them.
  value text collate "C" not null,
  contact_id uuid not null,
  -- Said by a visitor for whom nobody vouched; gives way to a verified claim.
  claimed boolean not null default false,
  primary key (workspace_id, kind, value),
  foreign key (workspace_id, contact_id) references contacts deferrable initially deferred
);
create index contact_identities_by_contact on contact_identities (workspace_id, contact_id);

create table contact_tags (
  workspace_id uuid not null,
  tag_id uuid not null,
  contact_id uuid not null,
  primary key (workspace_id, tag_id, contact_id),
  foreign key (workspace_id, tag_id) references tags,
  foreign key (workspace_id, contact_id) references contacts
);
create index contact_tags_by_contact on contact_tags (workspace_id, contact_id);
