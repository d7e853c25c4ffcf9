-- her_template holds the extensions, which only a superuser may create: every later database is a copy of it,
-- made by her_owner without further rights. `her` is the first copy.
-- Run by a superuser, any number of times.
\set ON_ERROR_STOP on

SELECT 'CREATE DATABASE her_template TEMPLATE template0 ENCODING ''UTF8'''
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'her_template') \gexec

SELECT current_database() AS began_in \gset
\connect her_template
CREATE EXTENSION IF NOT EXISTS postgis;
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS btree_gist;
-- A copy can be made only while nobody is connected to the original.
\connect :began_in
ALTER DATABASE her_template IS_TEMPLATE true;

SELECT 'CREATE DATABASE her OWNER her_owner TEMPLATE her_template'
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'her') \gexec
