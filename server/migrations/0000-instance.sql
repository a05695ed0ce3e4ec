-- What every start asks first: which migrations were applied, and whether the secret is the one this database was made with.
-- Locks nothing: both tables are new.

create table migrations (
  number integer primary key,
  name text not null,
  checksum text not null,
  applied_at timestamptz not null default now()
);

create table instance (
  only_row boolean primary key default true check (only_row),
  secret_fingerprint text not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
