-- The roles of the database. Run by a superuser, any number of times; containers and local clusters share this file.
--   her_owner  owns the database and its tables and runs migrations; may create (test) databases
--   her_app    reads and writes rows; what it may do with each table is granted by the migrations
-- Passwords are set where connections are made over a network; a local cluster knows people by their system account.
\set ON_ERROR_STOP on
\getenv owner_password DATABASE_OWNER_PASSWORD
\getenv app_password DATABASE_PASSWORD

SELECT 'CREATE ROLE her_owner LOGIN CREATEDB'
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'her_owner') \gexec
SELECT 'CREATE ROLE her_app LOGIN'
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'her_app') \gexec

ALTER ROLE her_owner NOSUPERUSER NOCREATEROLE CREATEDB;
ALTER ROLE her_app NOSUPERUSER NOCREATEROLE NOCREATEDB;
-- The owner can step down to the application's rights (tests do), never the other way round.
GRANT her_app TO her_owner;

\if :{?owner_password}
ALTER ROLE her_owner PASSWORD :'owner_password';
\endif
\if :{?app_password}
ALTER ROLE her_app PASSWORD :'app_password';
\endif
