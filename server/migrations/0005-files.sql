-- Files: what was uploaded and where it hangs; the bytes lie in the file store under the id. New table: locks nothing.

create sequence file_number as bigint;

create table files (
  workspace_id uuid not null references workspaces (id),
  id uuid not null,
  number bigint not null default nextval('file_number'),
  name text not null check (char_length(name) between 1 and 255),
  content_type text collate "C" not null,
  size bigint not null check (size >= 0),
  width integer check (width > 0),
  height integer check (height > 0),
  digest text collate "C" not null check (digest ~ '^[0-9a-f]{64}$'),
  uploader_type text collate "C" not null,
  uploader_id text collate "C",
  attached_at timestamptz,
  created_at timestamptz not null,
  deleted_at timestamptz,
  primary key (workspace_id, id)
);

-- What the hourly clearing looks through: files that hang nowhere, and those whose bytes are about to go.
create index files_loose on files (created_at) where attached_at is null;
create index files_deleted on files (deleted_at) where deleted_at is not null;
