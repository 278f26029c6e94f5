"""What is kept: tables, queries, guards in the database, migrations. One file a concept."""
