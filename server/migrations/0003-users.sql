-- People, how they sign in, and the workspaces they work in. New tables: locks nothing.

-- People, sessions, accounts and verifications are the tables of the sign-in library, spelled our way.
create table people (
  id uuid primary key,
  name text not null,
  email text collate "C" not null unique check (email = lower(email)),
  email_verified boolean not null default false,
  image text,
  created_at timestamptz not null,
  updated_at timestamptz not null
);

create table sessions (
  id uuid primary key,
  person_id uuid not null references people (id) on delete cascade,
  token text collate "C" not null unique,
  expires_at timestamptz not null,
  ip_address text,
  user_agent text,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index sessions_by_person on sessions (person_id);
create index sessions_by_end on sessions (expires_at);

create table accounts (
  id uuid primary key,
  person_id uuid not null references people (id) on delete cascade,
  provider_id text collate "C" not null,
  account_id text collate "C" not null,
  password text,
  access_token text,
  refresh_token text,
  id_token text,
  access_token_expires_at timestamptz,
  refresh_token_expires_at timestamptz,
  scope text,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  unique (provider_id, account_id)
);
create index accounts_by_person on accounts (person_id);

create table verifications (
  id uuid primary key,
  identifier text collate "C" not null,
  value text not null,
  expires_at timestamptz not null,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index verifications_by_identifier on verifications (identifier);
create index verifications_by_end on verifications (expires_at);

-- A link that signs a person in once. Only the SHA-256 of its token is kept.
create table sign_in_links (
  token_hash bytea primary key check (length(token_hash) = 32),
  person_id uuid not null references people (id) on delete cascade,
  expires_at timestamptz not null,
  created_at timestamptz not null
);
create index sign_in_links_by_end on sign_in_links (expires_at);

create sequence user_number_seq as bigint;

-- A person in a workspace. One who leaves keeps the row, because others point to it; one who returns gets it back.
create table users (
  workspace_id uuid not null references workspaces (id),
  id uuid not null,
  number bigint not null,
  person_id uuid not null references people (id),
  role text collate "C" not null check (role in ('viewer', 'agent', 'admin', 'owner')),
  presence text collate "C" not null default 'offline' check (presence in ('online', 'away', 'offline')),
  version integer not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  removed_at timestamptz,
  primary key (workspace_id, id),
  unique (workspace_id, person_id)
);
create index users_by_person on users (person_id);
