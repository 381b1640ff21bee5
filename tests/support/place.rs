//! The program in a folder of its own, as an operator runs it: for tests over HTTP and for torture.

use std::{
    env, fs,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// Cargo tells tests where the program is; others are told by the environment.
fn program() -> String {
    let named = option_env!("CARGO_BIN_EXE_comptoir").map(str::to_owned);
    named.or_else(|| env::var("COMPTOIR").ok()).expect("COMPTOIR names the program to run")
}

/// A folder to run the program in, with a database of its own.
pub struct Place {
    folder: TempDir,
    /// Else a file of SQLite in the folder.
    database_url: Option<String>,
}

impl Place {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        make_site(&folder.path().join("target/site"));
        let settings = include_str!("../../Leptos.toml")
            .replace("127.0.0.1:3000", "127.0.0.1:0")
            .replace("hash-files = true", "hash-files = false");
        fs::write(folder.path().join("Leptos.toml"), settings).unwrap();
        Self { folder, database_url: None }
    }

    pub fn on(database_url: &str) -> Self {
        Self { database_url: Some(database_url.to_owned()), ..Self::new() }
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        self.command_under(&[], arguments)
    }

    /// The program with its arguments, run by another program.
    fn command_under(&self, by: &[&str], arguments: &[&str]) -> Command {
        let program = program();
        let words: Vec<&str> = by.iter().copied().chain([&*program]).collect();
        let mut command = Command::new(words[0]);
        command.args(&words[1..]).current_dir(self.path()).args(arguments).env("RUST_LOG", "info");
        for name in [
            "DATABASE_URL",
            "LEPTOS_SITE_ROOT",
            "LEPTOS_SITE_ADDR",
            "LEPTOS_HASH_FILES",
            "LEPTOS_OUTPUT_NAME",
            "COMPTOIR_METRICS_ADDR",
            "COMPTOIR_ORIGIN",
            "COMPTOIR_SECURE_COOKIES",
        ] {
            command.env_remove(name);
        }
        if let Some(url) = &self.database_url {
            command.env("DATABASE_URL", url);
        }
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    pub fn out(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
        text(&output.stdout)
    }

    pub fn serve(&self) -> Serving {
        self.serve_under(&[])
    }

    pub fn serve_under(&self, by: &[&str]) -> Serving {
        // One log for all that ever ran here.
        self.serve_into(fs::File::options().create(true).append(true).open(self.path().join("log")).unwrap(), by)
    }

    pub fn serve_into(&self, log: fs::File, by: &[&str]) -> Serving {
        let mut child = self.command_under(by, &["serve"]).stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let url = line.trim().rsplit(' ').next().unwrap().to_owned();
        assert!(
            url.starts_with("http://"),
            "{line}{}",
            fs::read_to_string(self.path().join("log")).unwrap_or_default()
        );
        Serving { child, url }
    }
}

pub struct Serving {
    child: Child,
    pub url: String,
}

impl Serving {
    pub fn terminate(&self) {
        let killed = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(killed.success());
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// No word before it: what is under way ends here. A program that ran it ends with it, by itself.
    pub fn kill_at_once(mut self) {
        if !self.kill_children() {
            self.child.kill().unwrap();
        }
        self.child.wait().unwrap();
    }

    /// Whether it had any.
    fn kill_children(&self) -> bool {
        let pid = self.pid();
        // Unreadable where it has ended and was waited for.
        let children = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
        for child in children.split_whitespace() {
            assert!(Command::new("kill").args(["-KILL", child]).status().unwrap().success());
        }
        !children.trim().is_empty()
    }

    /// How long it took to stop since `began`.
    pub fn wait(&mut self, began: Instant) -> Duration {
        assert!(self.child.wait().unwrap().success());
        began.elapsed()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // Fails where it has stopped already. What runs it must not let it go.
        if self.child.try_wait().is_ok_and(|ended| ended.is_none()) {
            self.kill_children();
        }
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// What cargo-leptos would build, in small.
pub fn make_site(root: &Path) {
    fs::create_dir_all(root.join("pkg")).unwrap();
    for (file, content) in [
        ("pkg/comptoir.js", "export default 1;"),
        ("pkg/comptoir.wasm", "\0asm"),
        ("pkg/comptoir.css", "body{}"),
        ("pkg/__wasm_split.______________________.js", "export {};"),
        ("pkg/__wasm_split_manifest.json", r#"{"device":["device.AbCdEfGhIjKlMnOpQrSt_-"]}"#),
        ("pkg/device.AbCdEfGhIjKlMnOpQrSt_-.wasm", "plain"),
        ("pkg/device.AbCdEfGhIjKlMnOpQrSt_-.wasm.br", "packed"),
        ("manifest.webmanifest", "{}"),
        (".secret.js", "hidden"),
    ] {
        fs::write(root.join(file), content).unwrap();
    }
}
