-- The conversations of one inbox were read by going through those of all. An index that changes once in ten seconds of a
-- busy conversation is cheap enough to have. Locks conversations against writes while it is built: seconds for a million.

create index conversations_by_inbox on conversations (workspace_id, inbox_id, status, last_message_slot desc);
