-- Whether a conversation was begun by somebody unproven is asked whenever its contact, proven, looks for their latest.
-- Locks visitor_sessions against writes while the index is built: seconds for a million sessions.

create index visitor_sessions_by_conversation on visitor_sessions (workspace_id, conversation_id)
  where conversation_id is not null;
