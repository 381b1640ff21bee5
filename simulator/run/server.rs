//! The real push, pull, fork and sessions on a real database, killed, set back and failing as the world wants it.

use super::{
    database::{Kind, Place},
    network::{Answered, Called, Request},
    shop::{self, SESSION_MS, SHOP},
    stage::Stage,
};
use comptoir::{
    domain::{InstallationId, ProductId},
    server::{
        ServerError, catalogue, db, db::Db, device as device_acts, enrol, jobs, pull, push, session::Session, sessions,
    },
    sync::{
        CallError,
        engine::Installation,
        wire::{DeviceAct, DeviceRequest, PROTOCOL, PersonRow},
    },
};
use uuid::Uuid;

/// Programs that share one Postgres.
const PROCESSES_MAX: usize = 3;

pub struct Server<'a> {
    place: &'a Place,
    /// The database's name, which changes when it is killed or set back.
    name: String,
    copies: usize,
    processes: Vec<Db>,
    pub fails: Option<Failure>,
}

/// How the database fails within the next push, and within those that follow it for a time.
#[derive(Debug, Clone, Copy)]
pub struct Failure {
    /// At the first row that is to go into it.
    pub table: &'static str,
    /// With it the whole transaction ends, as if the program had died; else the statement alone.
    pub whole: bool,
    pub until_ms: i64,
}

pub const TABLES: [&str; 10] = [
    "sales",
    "sale_lines",
    "tenders",
    "movements",
    "ledger",
    "refused_sales",
    "expenses",
    "customers",
    "account_entries",
    "repayments",
];

impl<'a> Server<'a> {
    pub async fn start(place: &'a Place, stage: &mut Stage) -> Self {
        let processes = match place.kind() {
            Kind::Sqlite => 1,
            Kind::Postgres => 1 + stage.chance.below(PROCESSES_MAX),
        };
        let mut server = Self { place, name: "0".into(), copies: 0, processes: Vec::new(), fails: None };
        place.copy_template(&server.name).await;
        server.open(processes).await;
        let openings = shop::openings(stage.nature.products, stage.nature.opening_units);
        let owner = shop::person(0).id;
        catalogue::add(server.db(), SHOP, owner, &openings, stage.now_ms).await.expect("the shop gets its products");
        server
    }

    async fn open(&mut self, processes: usize) {
        for _ in 0..processes {
            self.processes.push(db::open(&self.place.url(&self.name)).await.expect("the database opens"));
        }
    }

    pub fn db(&self) -> &Db {
        &self.processes[0]
    }

    pub async fn stop(self) {
        for db in &self.processes {
            db.close().await;
        }
        self.place.remove(&self.name).await;
    }

    /// Serves a request to its end; a push may meet a database that fails.
    pub async fn serve(&mut self, request: &Request, stage: &mut Stage) -> Result<Answered, CallError> {
        let now_ms = stage.now_ms;
        let db = self.processes[stage.chance.below(self.processes.len())].clone();
        match &request.called {
            Called::Push(push) => {
                let session = session(&db, request, now_ms).await?;
                let fails = self.fails;
                self.fails = fails.filter(|failure| now_ms < failure.until_ms);
                if let Some(failure) = fails {
                    arm(&db, failure).await;
                }
                let answer = push::push(&db, &session, push.clone(), now_ms).await;
                if fails.is_some() {
                    disarm(&db, fails).await;
                }
                Ok(Answered::Push(told("push", answer)?))
            }
            Called::Pull(pull) => {
                let session = session(&db, request, now_ms).await?;
                Ok(Answered::Pull(told("pull", pull::pull(&db, &session, pull.clone(), now_ms).await)?))
            }
            Called::Fork(fork) => {
                let answer = told("fork", enrol::fork(&db, fork, now_ms).await)?;
                let session = session(&db, request, now_ms).await.ok();
                let cookie = match session.filter(|session| session.installation == fork.installation) {
                    Some(session) => {
                        let token =
                            sessions::carry_over(&db, &session, fork.new_installation, SESSION_MS, now_ms).await;
                        Some(told("fork", token)?.0)
                    }
                    None => None,
                };
                Ok(Answered::Fork { answer, cookie })
            }
        }
    }

    /// Opens a session, as signing in does once the PIN is right.
    pub async fn sign_in(&self, installation: &Installation, person: &PersonRow, now_ms: i64) -> String {
        let session = shop::session(installation, person);
        let token = sessions::carry_over(self.db(), &session, installation.id, SESSION_MS, now_ms).await;
        token.expect("a session is opened").0
    }

    pub async fn forget_session(&self, cookie: &str) {
        sessions::sign_out(self.db(), cookie).await.expect("a session ends");
    }

    pub async fn revoke(&self, installation: InstallationId, now_ms: i64) {
        enrol::revoke(self.db(), SHOP, installation, now_ms).await.expect("a phone is revoked");
    }

    /// By the owner, on a phone of hers.
    pub async fn give_costs(&self, device: InstallationId, holds_costs: bool, now_ms: i64) {
        let by = shop::installation(0);
        let act = DeviceAct::Costs { device, holds_costs };
        let request = DeviceRequest { protocol: PROTOCOL, installation: by.id, act };
        let session = shop::session(&by, &shop::person(0));
        // A server set back to before a fork does not know the phone, and says so.
        match device_acts::answer(self.db(), &session, request, now_ms).await {
            Ok(_) | Err(ServerError::Call(CallError::NotAllowed)) => {}
            Err(error) => panic!("purchase prices are given: {error}"),
        }
    }

    pub async fn jobs(&self, now_ms: i64) {
        jobs::publish_refusals(self.db(), now_ms).await.expect("refusals are shown");
    }

    pub async fn evict_keys(&self, now_ms: i64) {
        jobs::expire_answers(self.db(), now_ms, 0).await.expect("answers are cleaned up");
    }

    /// `kill -9`, and a start: on SQLite from the files as they lie there, the log unmerged.
    pub async fn kill(&mut self) {
        let (processes, old) = (self.processes.len(), self.name.clone());
        if self.place.kind() == Kind::Sqlite {
            self.copies += 1;
            self.name = self.copies.to_string();
            self.place.copy(&old, &self.name).await;
        }
        self.close().await;
        if self.name != old {
            self.place.remove(&old).await;
        }
        self.open(processes).await;
    }

    pub async fn back_up(&mut self) {
        let processes = self.processes.len();
        self.close().await;
        self.place.copy(&self.name, "backup").await;
        self.open(processes).await;
    }

    /// Comes back with the copy: a new history (G19).
    pub async fn set_back(&mut self, history: Uuid) {
        let processes = self.processes.len();
        self.close().await;
        self.place.copy("backup", &self.name).await;
        self.open(processes).await;
        shop::write!(self.db(), "UPDATE shops SET history_id = $1", history).expect("a new history begins");
    }

    async fn close(&mut self) {
        for db in self.processes.drain(..) {
            db.close().await;
        }
    }

    /// Every product's stock as it stands.
    pub async fn stock(&self) -> Vec<(ProductId, i64)> {
        let rows = shop::read!(self.db(), (Uuid, i64), "SELECT id, stock FROM products").expect("stock is read");
        rows.into_iter().map(|(id, units)| (ProductId(id), units)).collect()
    }
}

async fn session(db: &Db, request: &Request, now_ms: i64) -> Result<Session, CallError> {
    let Some(cookie) = &request.cookie else { return Err(CallError::NotSignedIn) };
    told("session", sessions::find(db, cookie, now_ms).await)?.ok_or(CallError::NotSignedIn)
}

fn told<T>(doing: &'static str, done: Result<T, ServerError>) -> Result<T, CallError> {
    done.map_err(|error| error.into_call(doing))
}

async fn arm(db: &Db, Failure { table, whole, .. }: Failure) {
    match db {
        Db::Sqlite { writer, .. } => {
            let ends = if whole { "ROLLBACK" } else { "FAIL" };
            let trigger = format!(
                "CREATE TRIGGER simulated BEFORE INSERT ON {table} BEGIN SELECT RAISE({ends}, 'simulated'); END"
            );
            sqlx::query(sqlx::AssertSqlSafe(trigger)).execute(writer).await.expect("a failure is prepared");
        }
        Db::Postgres(pool) => {
            let function = "CREATE OR REPLACE FUNCTION simulated() RETURNS trigger LANGUAGE plpgsql AS \
                            $$ BEGIN RAISE EXCEPTION 'simulated'; END $$";
            sqlx::query(function).execute(pool).await.expect("a failure is prepared");
            let trigger = format!("CREATE TRIGGER simulated BEFORE INSERT ON {table} EXECUTE FUNCTION simulated()");
            sqlx::query(sqlx::AssertSqlSafe(trigger)).execute(pool).await.expect("a failure is prepared");
        }
    }
}

async fn disarm(db: &Db, failure: Option<Failure>) {
    let Some(Failure { table, .. }) = failure else { return };
    let statement = match db {
        Db::Sqlite { .. } => "DROP TRIGGER simulated".to_owned(),
        Db::Postgres(_) => format!("DROP TRIGGER simulated ON {table}"),
    };
    shop::write!(db, statement).expect("the failure is over");
}
