//! The tables: made, unmade and made again; the same on both engines, and as Diesel is told.

use std::collections::BTreeMap;

use diesel::sql_types::{Bool, Text};
use diesel::{QueryableByName, RunQueryDsl as _, sql_query};
use yishen::storage::{Connection, Database, StorageError, constraints};

use crate::support::database::{Engine, TestDatabase};

#[derive(Debug, PartialEq, Eq, QueryableByName)]
struct Item {
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    definition: String,
}

/// Everything that is in the database but Diesel's own list of migrations.
fn items(database: &Database) -> Vec<Item> {
    let read = database.read_blocking(|conn| -> Result<_, StorageError> {
        Ok(match conn {
            Connection::Sqlite(conn) => sql_query(
                "SELECT type AS kind, name, coalesce(sql, '') AS definition FROM sqlite_schema
                 WHERE name NOT LIKE '%diesel%' ORDER BY type, name",
            )
            .load(conn)?,
            Connection::Pg(conn) => sql_query(
                "SELECT 'column' AS kind, table_name || '.' || column_name AS name,
                    data_type || ' ' || is_nullable || ' ' || coalesce(column_default, '')
                    || ' ' || coalesce(collation_name, '') AS definition
                 FROM information_schema.columns WHERE table_schema = 'public'
                    AND table_name NOT LIKE '%diesel%'
                 UNION ALL SELECT 'index', indexname::text, indexdef FROM pg_indexes
                    WHERE schemaname = 'public' AND tablename NOT LIKE '%diesel%'
                 UNION ALL SELECT 'constraint', conname::text, pg_get_constraintdef(oid)
                    FROM pg_constraint WHERE connamespace = 'public'::regnamespace
                    AND conrelid::regclass::text NOT LIKE '%diesel%'
                 UNION ALL SELECT 'trigger', tgname::text, pg_get_triggerdef(oid) FROM pg_trigger
                    WHERE NOT tgisinternal
                 UNION ALL SELECT 'function', proname::text, pg_get_functiondef(oid) FROM pg_proc
                    WHERE pronamespace = 'public'::regnamespace
                    AND proname NOT LIKE '%diesel%'
                 ORDER BY 1, 2",
            )
            .load(conn)?,
        })
    });
    read.unwrap()
}

fn up_and_down_and_up(engine: Engine) {
    let database = TestDatabase::unmigrated(engine);
    assert!(items(&database).is_empty());
    let ran = database.migrate().unwrap();
    let first = items(&database);
    assert!(first.len() > 30, "{first:?}");
    assert!(database.migrate().unwrap().is_empty(), "nothing is left to do");

    let mut taken_back = database.unmigrate().unwrap();
    assert!(items(&database).is_empty(), "left behind: {:?}", items(&database));
    taken_back.reverse();
    assert_eq!(taken_back, ran);

    database.migrate().unwrap();
    assert_eq!(items(&database), first);
}

#[test]
fn migrations_can_be_taken_back_on_sqlite() {
    up_and_down_and_up(Engine::Sqlite);
}

#[test]
fn migrations_can_be_taken_back_on_postgres() {
    up_and_down_and_up(Engine::Postgres);
}

#[test]
fn both_engines_have_the_same_migrations() {
    let names = |folder: &str| {
        let mut names: Vec<_> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        names.sort();
        names
    };
    assert_eq!(names("migrations/sqlite"), names("migrations/postgresql"));
}

#[derive(Debug, QueryableByName)]
#[expect(
    clippy::struct_field_names,
    reason = "they are named as the catalogue names them"
)]
struct Column {
    #[diesel(sql_type = Text)]
    table_name: String,
    #[diesel(sql_type = Text)]
    column_name: String,
    #[diesel(sql_type = Text)]
    of_type: String,
    #[diesel(sql_type = Bool)]
    nullable: bool,
}

/// The columns of every table, in order, in the words of `schema.rs`.
fn columns(database: &Database) -> BTreeMap<String, Vec<String>> {
    let read = database.read_blocking(|conn| -> Result<Vec<Column>, StorageError> {
        Ok(match conn {
            Connection::Sqlite(conn) => sql_query(
                "SELECT t.name AS table_name, c.name AS column_name, c.type AS of_type,
                    c.\"notnull\" = 0 AS nullable
                 FROM sqlite_schema AS t JOIN pragma_table_info(t.name) AS c
                 WHERE t.type = 'table' AND t.name NOT LIKE '%diesel%' ORDER BY t.name, c.cid",
            )
            .load(conn)?,
            Connection::Pg(conn) => sql_query(
                "SELECT table_name::text, column_name::text, data_type::text AS of_type,
                    is_nullable = 'YES' AS nullable
                 FROM information_schema.columns WHERE table_schema = 'public'
                    AND table_name NOT LIKE '%diesel%' ORDER BY table_name, ordinal_position",
            )
            .load(conn)?,
        })
    });
    let mut tables = BTreeMap::<_, Vec<_>>::new();
    for column in read.unwrap() {
        let Column { table_name, column_name, of_type, nullable } = column;
        let line = format!("{column_name} {of_type}{}", if nullable { " null" } else { "" });
        tables.entry(table_name).or_default().push(line);
    }
    tables
}

/// The columns that `schema.rs` tells Diesel of, with types as `engine` calls them.
fn columns_told_to_diesel(engine: Engine) -> BTreeMap<String, Vec<String>> {
    let mut tables = BTreeMap::<_, Vec<_>>::new();
    let mut table = String::new();
    for line in include_str!("../../src/storage/schema.rs").lines() {
        if let Some((name, _)) = line
            .strip_suffix(") {")
            .and_then(|line| line.trim().split_once(" ("))
        {
            name.clone_into(&mut table);
        } else if let Some((column, of_type)) = line.trim().split_once(" -> ") {
            let of_type = of_type.trim_end_matches(',');
            let (of_type, null) = match of_type.strip_prefix("Nullable<") {
                Some(of_type) => (of_type.trim_end_matches('>'), " null"),
                None => (of_type, ""),
            };
            let line = format!("{column} {}{null}", type_in(engine, of_type));
            tables.entry(table.clone()).or_default().push(line);
        }
    }
    tables
}

fn type_in(engine: Engine, of_type: &str) -> &'static str {
    match (engine, of_type) {
        (Engine::Sqlite, "SqlId" | "Binary") => "BLOB",
        (Engine::Sqlite, "Text" | "SqlInstant" | "Date") => "TEXT",
        (Engine::Sqlite, "Integer" | "BigInt" | "Bool") => "INTEGER",
        (Engine::Postgres, "SqlId") => "uuid",
        (Engine::Postgres, "Binary") => "bytea",
        (Engine::Postgres, "Text") => "text",
        (Engine::Postgres, "SqlInstant") => "timestamp with time zone",
        (Engine::Postgres, "Date") => "date",
        (Engine::Postgres, "Integer") => "integer",
        (Engine::Postgres, "BigInt") => "bigint",
        (Engine::Postgres, "Bool") => "boolean",
        (_, other) => panic!("a type that this test does not know: {other}"),
    }
}

#[test]
fn diesel_is_told_what_the_migrations_make() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let database = TestDatabase::new(engine);
        assert_eq!(columns(&database), columns_told_to_diesel(engine), "{engine:?}");
    }
}

/// Every rule that bears a name bears it on both engines, and SQLite's tables are strict.
#[test]
fn both_engines_keep_the_same_rules() {
    let sqlite = items(&TestDatabase::new(Engine::Sqlite));
    let postgres = items(&TestDatabase::new(Engine::Postgres));
    let mut on_sqlite: Vec<&str> = sqlite
        .iter()
        .flat_map(|item| item.definition.split("CONSTRAINT ").skip(1))
        .filter_map(|rule| rule.split_whitespace().next())
        .collect();
    let mut on_postgres: Vec<&str> = postgres
        .iter()
        .filter(|item| item.kind == "constraint")
        .map(|item| item.name.as_str())
        .filter(|name| !name.ends_with("_pkey") && !name.ends_with("_fkey"))
        .collect();
    on_sqlite.sort_unstable();
    on_postgres.sort_unstable();
    assert_eq!(on_sqlite, on_postgres);

    let index_names = |items: &[Item]| -> Vec<String> {
        let indexes = items.iter().filter(|item| item.kind == "index");
        let ours = indexes.filter(|item| item.definition.starts_with("CREATE INDEX"));
        let mut names: Vec<_> = ours.map(|item| item.name.clone()).collect();
        names.sort();
        names
    };
    assert_eq!(index_names(&sqlite), index_names(&postgres));

    for table in sqlite.iter().filter(|item| item.kind == "table") {
        assert!(table.definition.contains("STRICT"), "{} is not strict", table.name);
    }
    for rule in [
        constraints::ONE_CASE_PER_FORM_TOKEN,
        constraints::CASE_NUMBERS_ARE_UNIQUE_WITHIN_AN_AGENCY,
        constraints::AGENCY_CODES_ARE_UNIQUE,
        constraints::LOGINS_ARE_UNIQUE,
        constraints::MESSAGES_ARE_ENQUEUED_ONCE,
    ] {
        assert!(on_postgres.contains(&rule), "no constraint is called {rule}");
    }
}
