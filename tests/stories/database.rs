//! Every story is told on SQLite and on Postgres, each time on a database of its own.

use comptoir::server::db::{self, Db};
use sqlx::{Connection, PgConnection};

pub struct TestDb {
    pub db: Db,
    pub url: String,
    _folder: Option<tempfile::TempDir>,
}

pub async fn sqlite() -> TestDb {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("shop.db").display());
    TestDb { db: db::open(&url).await.unwrap(), url, _folder: Some(folder) }
}

pub async fn postgres() -> TestDb {
    let base = std::env::var("TEST_POSTGRES_URL").expect("run these tests by `make test`, which starts a Postgres");
    let name = format!("test_{}", uuid::Uuid::new_v4().simple());
    let mut admin = PgConnection::connect(&base).await.unwrap();
    sqlx::query(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&mut admin).await.unwrap();
    let url = format!("{}/{name}", base.rsplit_once('/').unwrap().0);
    TestDb { db: db::open(&url).await.unwrap(), url, _folder: None }
}

/// Tells one story on both databases.
macro_rules! stories {
    ($($(#[$meta:meta])* $name:ident),* $(,)?) => {
        mod sqlite {
            $($(#[$meta])* #[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                super::$name(crate::database::sqlite().await).await;
            })*
        }
        mod postgres {
            $($(#[$meta])* #[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                super::$name(crate::database::postgres().await).await;
            })*
        }
    };
}
pub(crate) use stories;
