-- A message is only ever written by a statement that has changed or locked its conversation's row: looking that row up and
-- locking it once more for the foreign key told nothing new and cost a tenth of posting. What waits in the outbox stays
-- in its row up to a page: pressing it, to read it again a moment later, costs more than the space.
-- Locks messages, conversations and outbox for a moment.

alter table messages drop constraint messages_workspace_id_conversation_id_fkey;
alter table outbox set (toast_tuple_target = 8160);
