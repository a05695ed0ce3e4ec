-- A web page names nothing but the inbox of its chat: whose it is must be found by the id alone, at every look at the page
-- that no cache answers. Locks the writing of inboxes, which are few, for a moment.

create unique index inboxes_by_id on inboxes (id);
