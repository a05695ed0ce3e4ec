-- How far the log has been read for messages that sandboxes pretend to send. New table of one row: locks nothing.

create table sandbox_cursor (
  position bigint not null
);
insert into sandbox_cursor select position from event_head;
