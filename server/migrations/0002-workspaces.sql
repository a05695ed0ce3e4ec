-- Who the data belongs to, and the numbers that people say. New tables: locks nothing.

create table workspaces (
  id uuid primary key,
  number bigint not null unique,
  name text not null check (name <> ''),
  plan text collate "C" not null check (plan in ('basic', 'growth', 'ultimate')),
  -- null: the plan's own limit; 0: none.
  requests_per_minute integer check (requests_per_minute >= 0),
  country text collate "C" not null check (country ~ '^[A-Z]{2}$'),
  time_zone text not null check (time_zone <> ''),
  locale text not null check (locale <> ''),
  -- A sandbox twin names its parent; a workspace that customers reach names nobody.
  sandbox_of uuid unique references workspaces (id) check (sandbox_of <> id),
  version integer not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null
);

-- The last number given to a noun. Workspaces themselves are counted under the nil id, so there is no reference.
create table counters (
  workspace_id uuid not null,
  noun text collate "C" not null,
  value bigint not null,
  primary key (workspace_id, noun)
) with (fillfactor = 50);
