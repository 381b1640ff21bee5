//! Where the server's database lies: a file in memory, or a database of a running Postgres, each a copy of one that was
//! migrated once.

use super::shop::found;
use comptoir::server::db;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use std::{fs, path::PathBuf};

/// Files live here where the machine has it: nothing is to survive, so nothing need reach a disk.
const MEMORY_BACKED: &str = "/dev/shm";
const TEMPLATE: &str = "template";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Sqlite,
    Postgres,
}

pub enum Place {
    Sqlite(tempfile::TempDir),
    /// The server's address, and what the names of our databases begin with.
    Postgres {
        address: String,
        ours: String,
    },
}

impl Place {
    /// Makes the template. Postgres is the one that `TEST_POSTGRES_URL` names.
    pub async fn new(kind: Kind) -> Self {
        let place = match kind {
            Kind::Sqlite => {
                let folder = PathBuf::from(MEMORY_BACKED);
                let folder = if folder.is_dir() { folder } else { std::env::temp_dir() };
                Place::Sqlite(tempfile::tempdir_in(folder).expect("a folder of our own"))
            }
            Kind::Postgres => {
                let address = std::env::var("TEST_POSTGRES_URL").expect("tests/with-postgres.sh starts a Postgres");
                Place::Postgres { address, ours: format!("simulated_{}", uuid::Uuid::new_v4().simple()) }
            }
        };
        place.admin(|name| format!("CREATE DATABASE {name}"), TEMPLATE).await;
        let db = db::open(&place.url(TEMPLATE)).await.expect("the template opens");
        found(&db).await.expect("the template is filled");
        db.close().await;
        place
    }

    pub fn kind(&self) -> Kind {
        match self {
            Place::Sqlite(_) => Kind::Sqlite,
            Place::Postgres { .. } => Kind::Postgres,
        }
    }

    pub fn url(&self, name: &str) -> String {
        match self {
            Place::Sqlite(_) => format!("sqlite:{}", self.file(name, "").display()),
            Place::Postgres { address, ours } => {
                let (server, _) = address.rsplit_once('/').expect("an address ends with a database");
                format!("{server}/{ours}_{name}")
            }
        }
    }

    pub async fn copy_template(&self, name: &str) {
        self.copy(TEMPLATE, name).await;
    }

    /// Copies a database as it lies there: on SQLite with the log of a program that was killed, on Postgres closed.
    pub async fn copy(&self, from: &str, to: &str) {
        match self {
            Place::Sqlite(_) => {
                self.remove(to).await;
                for part in ["", "-wal"] {
                    let from = self.file(from, part);
                    if from.exists() {
                        fs::copy(&from, self.file(to, part)).expect("a database is copied");
                    }
                }
            }
            Place::Postgres { ours, .. } => {
                self.remove(to).await;
                self.admin(|to| format!("CREATE DATABASE {to} TEMPLATE {ours}_{from}"), to).await;
            }
        }
    }

    pub async fn remove(&self, name: &str) {
        match self {
            Place::Sqlite(_) => {
                for file in ["", "-wal", "-shm"].map(|part| self.file(name, part)) {
                    if file.exists() {
                        fs::remove_file(file).expect("a copy is removed");
                    }
                }
            }
            Place::Postgres { .. } => {
                self.admin(|name| format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"), name).await
            }
        }
    }

    fn file(&self, name: &str, part: &str) -> PathBuf {
        let Place::Sqlite(folder) = self else { unreachable!("a database of Postgres is no file") };
        folder.path().join(format!("{name}.db{part}"))
    }

    /// Nothing on SQLite, whose databases are files.
    async fn admin(&self, statement: impl FnOnce(&str) -> String, name: &str) {
        if let Place::Postgres { address, ours } = self {
            let mut connection = PgConnection::connect(address).await.expect("Postgres answers");
            let statement = statement(&format!("{ours}_{name}"));
            sqlx::query(AssertSqlSafe(statement))
                .execute(&mut connection)
                .await
                .expect("a database is made or dropped");
        }
    }
}
