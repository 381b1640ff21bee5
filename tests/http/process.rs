//! The binary, as an operator runs it.

use crate::server::make_site;
use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant},
};
use tempfile::TempDir;

struct Place(TempDir);

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        make_site(&folder.path().join("target/site"));
        let settings = include_str!("../../Leptos.toml")
            .replace("127.0.0.1:3000", "127.0.0.1:0")
            .replace("hash-files = true", "hash-files = false");
        fs::write(folder.path().join("Leptos.toml"), settings).unwrap();
        Self(folder)
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_comptoir"));
        command.current_dir(self.path()).args(arguments).env("RUST_LOG", "info");
        for name in ["DATABASE_URL", "LEPTOS_SITE_ROOT", "LEPTOS_SITE_ADDR", "LEPTOS_HASH_FILES", "LEPTOS_OUTPUT_NAME"]
        {
            command.env_remove(name);
        }
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    fn out(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
        text(&output.stdout)
    }

    fn serve(&self) -> Serving {
        let log = fs::File::create(self.path().join("log")).unwrap();
        let mut child = self.command(&["serve"]).stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let url = line.trim().rsplit(' ').next().unwrap().to_owned();
        assert!(url.starts_with("http://"), "{line}{}", fs::read_to_string(self.path().join("log")).unwrap());
        Serving { child, url }
    }
}

struct Serving {
    child: Child,
    url: String,
}

impl Serving {
    fn terminate(&self) {
        let killed = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(killed.success());
    }

    /// How long it took to stop since `began`.
    fn wait(&mut self, began: Instant) -> Duration {
        assert!(self.child.wait().unwrap().success());
        began.elapsed()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // Fails where it has stopped already.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn a_second_server_on_one_file_is_refused_and_other_commands_run_beside() {
    let place = Place::new();
    place.out(&["demo"]);
    let mut first = place.serve();
    let second = place.run(&["serve"]);
    assert!(!second.status.success());
    assert!(text(&second.stderr).contains("another server runs on"), "{}", text(&second.stderr));
    let code = place.out(&["device", "code", "--quiet"]);
    assert!(code.trim().len() == 6 && code.trim().bytes().all(|byte| byte.is_ascii_digit()), "{code}");
    assert!(place.out(&["check"]).contains("0 differences"));
    first.terminate();
    first.wait(Instant::now());
    // The lock ended with its holder.
    place.serve();
}

#[test]
fn what_was_accepted_is_finished_within_five_seconds_of_the_stop() {
    let place = Place::new();
    let mut serving = place.serve();
    let idle = TcpStream::connect(serving.url.trim_start_matches("http://")).unwrap();
    let mut stream = TcpStream::connect(serving.url.trim_start_matches("http://")).unwrap();
    let body = br#"{"search":""}"#;
    let head = format!("POST /api/v1/sale-screen HTTP/1.1\r\nhost: x\r\ncontent-length: {}\r\n\r\n", body.len());
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(&body[..5]).unwrap();
    // Answered: so the first half of the other request, sent before, is there too.
    assert_eq!(ureq::get(format!("{}/health", serving.url)).call().unwrap().status(), 200);
    let began = Instant::now();
    serving.terminate();
    wait_until_refused(&serving.url);
    stream.write_all(&body[5..]).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
    assert!(serving.wait(began) < Duration::from_secs(5));
    drop(idle);
    let log = fs::read_to_string(place.path().join("log")).unwrap();
    assert!(log.contains("/api/v1/sale-screen") && log.contains("stopped"), "{log}");
}

#[test]
fn a_request_that_never_ends_does_not_hold_the_stop() {
    let place = Place::new();
    let mut serving = place.serve();
    let mut stream = TcpStream::connect(serving.url.trim_start_matches("http://")).unwrap();
    stream.write_all(b"POST /api/v1/sale-screen HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\n{").unwrap();
    assert_eq!(ureq::get(format!("{}/health", serving.url)).call().unwrap().status(), 200);
    let began = Instant::now();
    serving.terminate();
    assert!(serving.wait(began) < Duration::from_secs(5));
}

fn wait_until_refused(url: &str) {
    let until = Instant::now() + Duration::from_secs(3);
    while TcpStream::connect(url.trim_start_matches("http://")).is_ok() {
        assert!(Instant::now() < until, "still accepts");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn a_whole_sale_goes_through() {
    let place = Place::new();
    let said = place.out(&["demo"]);
    assert!(said.contains("Boutique Kaloum") && said.contains("Mariama Diallo"));
    // Again: the same shop, another code.
    place.out(&["demo"]);
    let serving = place.serve();
    let code = place.out(&["device", "code", "--quiet", "--owner-phone"]);
    let said = place.out(&["smoke", &serving.url, "--code", code.trim(), "--pin", "2580"]);
    assert!(said.contains("All is well"), "{said}");
    let again = place.run(&["smoke", &serving.url, "--code", code.trim(), "--pin", "2580"]);
    assert!(!again.status.success() && text(&again.stderr).contains("enrol a phone"), "{}", text(&again.stderr));
    assert!(place.out(&["check"]).contains("0 differences"));
}

#[test]
fn a_catalogue_is_imported_whole_or_not_at_all() {
    let place = Place::new();
    place.out(&["demo"]);
    let file = place.path().join("catalogue.csv");
    fs::write(&file, "nom,prix_vente,stock\nSemoule 1 kg,9000,4\nVinaigre,abc,1\nMiel,40000,0\n").unwrap();
    let file = file.to_string_lossy().into_owned();
    let refused = place.run(&["import", &file]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(text(&refused.stderr).contains("line 3, column prix_vente: \"abc\" is no whole number"));
    let skipped = place.run(&["import", &file, "--skip-bad-lines"]);
    assert_eq!(skipped.status.code(), Some(1));
    assert!(text(&skipped.stdout).contains("2 products added, 0 were there already, 1 bad lines left out"));
    let again = place.run(&["import", &file, "--skip-bad-lines", "--shop", "Boutique Kaloum"]);
    assert!(text(&again.stdout).contains("0 products added, 2 were there already"), "{}", text(&again.stdout));
    assert!(!place.run(&["import", &file, "--shop", "Ailleurs"]).status.success());
    assert!(place.out(&["check"]).contains("0 differences"));
}

#[test]
fn what_is_missing_is_said() {
    let place = Place::new();
    fs::remove_dir_all(place.path().join("target/site")).unwrap();
    let output = place.run(&["serve"]);
    assert!(!output.status.success() && text(&output.stderr).contains("the site folder"), "{}", text(&output.stderr));
}
