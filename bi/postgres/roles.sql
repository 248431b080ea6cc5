-- The database that shows the releases, Superset's own, and who may log in to them; for an administrator:
--
--   psql --set owner_password=... --set analyst_password=... --set superset_password=... --file bi/postgres/roles.sql
--
-- Can be run again: what is there stays, and the passwords are set anew.

\set ON_ERROR_STOP on
set client_min_messages to warning;

select 'create role clientele login' where not exists (select from pg_roles where rolname = 'clientele') \gexec
select 'create role superset login' where not exists (select from pg_roles where rolname = 'superset') \gexec
select 'create role analyst login' where not exists (select from pg_roles where rolname = 'analyst') \gexec
-- What a role may read follows each release; who has the role is decided here.
select 'create role clientele_reader' where not exists (select from pg_roles where rolname = 'clientele_reader') \gexec
select 'create role clientele_crm' where not exists (select from pg_roles where rolname = 'clientele_crm') \gexec

alter role clientele password :'owner_password';
alter role superset password :'superset_password';
alter role analyst password :'analyst_password';
grant clientele_reader to analyst;

select 'create database clientele owner clientele'
where not exists (select from pg_database where datname = 'clientele') \gexec
select 'create database superset owner superset'
where not exists (select from pg_database where datname = 'superset') \gexec
