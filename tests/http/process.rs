//! The binary, as an operator runs it.

use crate::{
    place::{Place, text},
    server::READS,
};
use comptoir::{
    domain::{Pin, Product, Role},
    server::{client::Client, replay::phone::Phone},
    sync::engine::{Lane, Settled},
};
use std::{
    fs,
    io::{Read, Write},
    net::TcpStream,
    process::Stdio,
    time::{Duration, Instant},
};

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
    let body = READS.as_bytes();
    let head = format!("POST /api/v1/pull HTTP/1.1\r\nhost: x\r\ncontent-length: {}\r\n\r\n", body.len());
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
    assert!(log.contains("/api/v1/pull") && log.contains("stopped"), "{log}");
}

#[test]
fn a_request_that_never_ends_does_not_hold_the_stop() {
    let place = Place::new();
    let mut serving = place.serve();
    let mut stream = TcpStream::connect(serving.url.trim_start_matches("http://")).unwrap();
    stream.write_all(b"POST /api/v1/pull HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\n{").unwrap();
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
fn a_server_that_cannot_start_says_why_and_what_to_do() {
    let place = Place::new();
    place.out(&["demo"]);
    let fails = |place: &Place, set: &[(&str, &str)], arguments: &[&str]| {
        let output = place.command(arguments).envs(set.iter().copied()).output().unwrap();
        assert!(!output.status.success(), "{arguments:?}");
        text(&output.stderr)
    };
    let tls = |cert: &str, key: &str| fails(&place, &[], &["serve", "--tls-cert", cert, "--tls-key", key]);
    let said = tls("none.pem", "key.pem");
    assert!(said.contains("--tls-cert none.pem: No such file"), "{said}");
    fs::write(place.path().join("chain.pem"), "no certificate").unwrap();
    let said = tls("chain.pem", "none.pem");
    assert!(said.contains("--tls-key none.pem: No such file"), "{said}");
    let said = tls("chain.pem", "chain.pem");
    assert!(said.contains("--tls-cert chain.pem with --tls-key chain.pem"), "{said}");

    let serving = place.serve();
    let address = serving.url.trim_start_matches("http://");
    let other = Place::new();
    let said = fails(&other, &[("LEPTOS_SITE_ADDR", address)], &["serve"]);
    assert!(said.contains(&format!("{address} is in use: another Comptoir")), "{said}");
    assert!(said.contains("port: LEPTOS_SITE_ADDR=127.0.0.1:"), "{said}");
    let said = fails(&other, &[("COMPTOIR_METRICS_ADDR", address)], &["serve"]);
    assert!(said.contains("port: COMPTOIR_METRICS_ADDR=127.0.0.1:"), "{said}");
}

#[test]
fn a_database_that_does_not_open_is_named_without_its_password() {
    let place = Place::new();
    let said = |url: &str| {
        let output = place.command(&["check"]).env("DATABASE_URL", url).output().unwrap();
        assert!(!output.status.success());
        text(&output.stderr)
    };
    fs::write(place.path().join("notes.db"), "no database, and longer than the head of one: ".repeat(20)).unwrap();
    let file = said("sqlite:notes.db");
    assert!(
        file.contains("the database notes.db could not be opened") && file.contains("Is it a shop's file"),
        "{file}"
    );
    let server = said("postgres://fatou:geheim@127.0.0.1:1/shop");
    assert!(server.contains("the database postgres://fatou@127.0.0.1:1/shop could not be opened"), "{server}");
    assert!(server.contains("Does Postgres run there") && !server.contains("geheim"), "{server}");
    let unreadable = said("postgres://fatou:geheim@127.0.0.1:port/shop");
    assert!(unreadable.contains("DATABASE_URL") && !unreadable.contains("geheim"), "{unreadable}");
}

/// Each thread that checked a PIN used to keep the 19 MiB it took.
#[test]
#[cfg(target_os = "linux")]
fn a_crowd_that_signs_in_leaves_no_memory_behind() {
    let place = Place::new();
    place.out(&["demo"]);
    let serving = place.serve();
    let resident_mb = || {
        let status = fs::read_to_string(format!("/proc/{}/status", serving.pid())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
    };
    let before = resident_mb();
    std::thread::scope(|scope| {
        for number in 0..12 {
            let code = place.out(&["device", "code", "--quiet"]);
            let client = Client::new(&serving.url);
            scope.spawn(move || {
                let (mut phone, shop) = Phone::enrol(client, code.trim(), &format!("Foule {number}")).unwrap();
                phone.sign_in(shop.people[0].id, &Pin::new("2580").unwrap()).unwrap();
            });
        }
    });
    let grown = resident_mb() - before;
    assert!(grown < 70, "{grown} MB more than the {before} MB before");
}

/// Where the log's disk is full, requests were answered by a panic.
#[test]
#[cfg(target_os = "linux")]
fn a_log_that_cannot_be_written_stops_nobody() {
    let place = Place::new();
    let full = fs::File::options().write(true).open("/dev/full").unwrap();
    let serving = place.serve_into(full, &[]);
    for _ in 0..2 {
        assert_eq!(ureq::get(format!("{}/health", serving.url)).call().unwrap().status(), 200);
    }
}

/// The operator takes a phone and a person out of the shop.
/// From an empty disk to a phone, without the demo.
#[test]
fn a_shop_begins_with_its_owner() {
    let place = Place::new();
    assert!(text(&place.run(&["device", "code"]).stderr).contains("comptoir shop add"));
    let add = |name: &str, pin: &[u8]| {
        let mut adding = place
            .command(&["shop", "add", name, "--owner", "Fatou Camara"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        adding.stdin.take().unwrap().write_all(pin).unwrap();
        adding.wait_with_output().unwrap()
    };
    assert!(!add("Chez Fatou", b"12\n").status.success(), "a PIN has four digits at least");
    assert_eq!(place.out(&["shop", "list"]), "");
    let added = add("Chez Fatou", b"2580\n");
    assert!(text(&added.stdout).contains("Chez Fatou is there, and Fatou Camara owns it"), "{}", text(&added.stderr));
    assert!(text(&add("Chez Fatou", b"2580\n").stderr).contains("there is a shop called Chez Fatou"));
    assert!(place.out(&["shop", "list"]).trim_end().ends_with("  Chez Fatou"));
    let code = place.out(&["device", "code", "--quiet", "--owner-phone", "--shop", "Chez Fatou"]);
    let serving = place.serve();
    let (mut phone, shop) = Phone::enrol(Client::new(&serving.url), code.trim(), "Premier").unwrap();
    assert_eq!(shop.shop_name, "Chez Fatou");
    phone.sign_in(shop.people[0].id, &Pin::new("2580").unwrap()).unwrap();
}

#[test]
fn a_lost_phone_is_revoked_and_a_person_who_left_is_retired() {
    let place = Place::new();
    place.out(&["demo"]);
    let serving = place.serve();
    let code = place.out(&["device", "code", "--quiet", "--owner-phone"]);
    let smoke = |code: &str| place.run(&["smoke", &serving.url, "--code", code.trim(), "--pin", "2580"]);
    assert!(smoke(&code).status.success());
    let phones = place.out(&["device", "list"]);
    let (prefix, id) = (phones.split('\t').next().unwrap(), phones.trim().rsplit('\t').next().unwrap());
    assert!(phones.contains("\t4 made, ") && !phones.contains("revoked"), "{phones}");
    assert!(!place.run(&["device", "revoke", "ZZZ"]).status.success());
    assert!(place.out(&["device", "revoke", prefix]).contains("is revoked"));
    assert!(place.out(&["device", "list"]).contains(", revoked"));
    place.out(&["device", "revoke", id]);
    // The only owner stays; with a second one, she may go, and cannot sign in any more.
    let refused = place.run(&["user", "retire", "Mariama Diallo"]);
    assert!(!refused.status.success() && text(&refused.stderr).contains("only owner"), "{}", text(&refused.stderr));
    let mut adding = place.command(&["user", "add", "--owner", "Aissatou"]).stdin(Stdio::piped()).spawn().unwrap();
    adding.stdin.take().unwrap().write_all(b"1357\n").unwrap();
    assert!(adding.wait().unwrap().success());
    assert!(place.out(&["user", "retire", "Mariama Diallo"]).contains("can no longer sign in"));
    assert!(!place.run(&["user", "retire", "Mariama Diallo"]).status.success());
    let code = place.out(&["device", "code", "--quiet"]);
    let person = ["--code", code.trim(), "--pin", "2580", "--person", "Mariama Diallo"];
    assert!(!place.run(&[&["smoke", &serving.url][..], &person].concat()).status.success());
}

#[test]
fn what_is_missing_is_said() {
    let place = Place::new();
    fs::remove_dir_all(place.path().join("target/site")).unwrap();
    let output = place.run(&["serve"]);
    assert!(!output.status.success() && text(&output.stderr).contains("the site folder"), "{}", text(&output.stderr));
}

/// G19: what was sold after the backup comes again from the phone that sold it, and nothing comes twice.
#[test]
fn a_backup_made_while_the_server_runs_is_restored_and_the_phones_send_again() {
    let place = Place::new();
    place.out(&["demo"]);
    let mut serving = place.serve();
    let code = place.out(&["device", "code", "--quiet"]);
    let (mut phone, enrolled) = Phone::enrol(Client::new(&serving.url), code.trim(), "Un").unwrap();
    let owner = enrolled.people.iter().find(|person| person.role == Role::Owner).unwrap().id;
    phone.sign_in(owner, &Pin::new("2580").unwrap()).unwrap();
    phone.synchronise().unwrap();
    let products: Vec<Product> = phone.goods().unwrap().products.into_values().collect();
    let sell = |phone: &mut Phone| {
        let key = phone.sell([&products[0]], true).unwrap().key;
        phone.push(Lane::Urgent(key)).unwrap();
        assert_eq!(phone.settled(key).unwrap(), Settled::Confirmed);
    };
    sell(&mut phone);
    let file = place.path().join("backup.db").to_string_lossy().into_owned();
    assert!(place.out(&["backup", &file]).contains("1 shops, 1 sales"));
    let twice = place.run(&["backup", &file]);
    assert!(!twice.status.success() && text(&twice.stderr).contains("is there already"), "{}", text(&twice.stderr));
    sell(&mut phone);
    let running = place.run(&["restore", &file]);
    assert!(text(&running.stderr).contains("another server runs on"), "{}", text(&running.stderr));
    serving.terminate();
    serving.wait(Instant::now());

    let garbage = place.path().join("garbage.db").to_string_lossy().into_owned();
    fs::write(&garbage, "not a shop").unwrap();
    for (wrong, why) in
        [(&garbage, "is no whole copy"), (&place.path().join("none.db").to_string_lossy().into_owned(), "there is no")]
    {
        let refused = place.run(&["restore", wrong]);
        assert!(!refused.status.success() && text(&refused.stderr).contains(why), "{}", text(&refused.stderr));
    }
    let said = place.out(&["restore", &file]);
    assert!(said.contains("1 shops, 1 sales") && said.contains("is kept as"), "{said}");
    let address = format!("LEPTOS_SITE_ADDR={}", serving.url.trim_start_matches("http://"));
    let _serving = place.serve_under(&["env", &address]);
    phone.sign_in(owner, &Pin::new("2580").unwrap()).unwrap();
    phone.synchronise().unwrap();
    phone.synchronise().unwrap();
    assert!(place.out(&["check"]).contains("0 differences"));
    let again = place.path().join("again.db").to_string_lossy().into_owned();
    assert!(place.out(&["backup", &again]).contains("1 shops, 2 sales"));
}
