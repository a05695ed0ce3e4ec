-- A visitor who only claims to be somebody we know leads the team to that contact, and must learn nothing of them: the
-- session remembers that its contact was there before. A column with a default; locks visitor_sessions for a moment.

alter table visitor_sessions add column borrowed boolean not null default false;
