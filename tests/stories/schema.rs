//! Both databases end with the same tables, columns, keys and indexes, whatever their migrations say.

use crate::database::{postgres, sqlite};
use comptoir::server::db::Db;
use std::collections::BTreeSet;

/// Table, column, type, may be NULL, place in the primary key (0: none).
type Column = (String, String, String, bool, i64);

const SQLITE_COLUMNS: &str = "SELECT m.name, c.name, c.type, c.\"notnull\" = 0, c.pk FROM sqlite_schema m \
    JOIN pragma_table_info(m.name) c WHERE m.type = 'table'";
const POSTGRES_COLUMNS: &str = "SELECT c.table_name::text, c.column_name::text, c.data_type::text,
      c.is_nullable = 'YES', COALESCE(k.ordinal_position, 0)::bigint
    FROM information_schema.columns c
    LEFT JOIN information_schema.table_constraints t ON t.table_schema = c.table_schema
      AND t.table_name = c.table_name AND t.constraint_type = 'PRIMARY KEY'
    LEFT JOIN information_schema.key_column_usage k ON k.constraint_schema = t.constraint_schema
      AND k.constraint_name = t.constraint_name AND k.table_name = c.table_name AND k.column_name = c.column_name
    WHERE c.table_schema = 'public'";
const SQLITE_INDEXES: &str = "SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL";
const POSTGRES_INDEXES: &str = "SELECT i.relname::text FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
    JOIN pg_namespace n ON n.oid = i.relnamespace
    LEFT JOIN pg_constraint c ON c.conindid = x.indexrelid
    WHERE n.nspname = 'public' AND c.oid IS NULL";

async fn read(db: &Db) -> (BTreeSet<Column>, BTreeSet<String>) {
    let (columns, indexes): (Vec<Column>, Vec<(String,)>) = match db {
        Db::Sqlite { readers, .. } => (
            sqlx::query_as(SQLITE_COLUMNS).fetch_all(readers).await.unwrap(),
            sqlx::query_as(SQLITE_INDEXES).fetch_all(readers).await.unwrap(),
        ),
        Db::Postgres(pool) => (
            sqlx::query_as(POSTGRES_COLUMNS).fetch_all(pool).await.unwrap(),
            sqlx::query_as(POSTGRES_INDEXES).fetch_all(pool).await.unwrap(),
        ),
    };
    // The table of the migrations themselves is sqlx's.
    let ours = columns.into_iter().filter(|(table, ..)| !table.starts_with("_sqlx"));
    (ours.map(plain).collect(), indexes.into_iter().map(|(name,)| name).collect())
}

/// Types by what both databases can say: SQLite has no UUID and no boolean.
fn plain((table, column, of, null, key): Column) -> Column {
    let of = match of.to_lowercase().as_str() {
        "blob" | "uuid" | "bytea" => "bytes",
        "integer" | "bigint" | "boolean" => "number",
        "text" => "text",
        other => panic!("{table}.{column} is {other}"),
    };
    (table, column, of.to_owned(), null, key)
}

#[tokio::test]
async fn both_databases_have_the_same_tables() {
    let (sqlite, postgres) = (sqlite().await, postgres().await);
    let ((columns, indexes), (others, other_indexes)) = (read(&sqlite.db).await, read(&postgres.db).await);
    assert!(columns.len() > 100 && indexes.len() > 10, "{} columns, {} indexes", columns.len(), indexes.len());
    assert_eq!(columns.symmetric_difference(&others).collect::<Vec<_>>(), [] as [&Column; 0]);
    assert_eq!(indexes, other_indexes);
    // G14: every table's key begins with the shop.
    for (table, column, ..) in columns.iter().filter(|(table, _, _, _, key)| *key == 1 && table != "shops") {
        assert_eq!(column, "shop_id", "the key of {table}");
    }
}
