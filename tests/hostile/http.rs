//! The same over real sockets: whatever comes in, the answer is none of the server's failures, and short.

use crate::{
    absurd,
    draw::Draw,
    server::{Phone, Reply, Server, Setting, Shop, enrol_request, on_each_database},
};
use comptoir::{
    domain::*,
    server::{catalogue, check, clock::now_ms},
    sync::wire::{EnrolRequest, REQUEST_MAX_BYTES},
};
use rand_chacha::{
    ChaCha8Rng,
    rand_core::{RngCore, SeedableRng},
};
use serde_json::{Value, json};
use uuid::Uuid;

on_each_database!(
    each_absurd_value_is_refused_and_the_same_phone_sells_on,
    any_bytes_at_any_address_are_answered_in_few_words,
    addresses_cookies_and_headers_make_no_sense,
);

/// Bytes of an error that somebody may read.
const ERROR_MAX_BYTES: usize = 2_000;

struct Shops<'a> {
    server: &'a Server<'a>,
    mine: Shop,
    theirs: Shop,
    phone: Phone,
    their_phone: Phone,
    cookie: String,
    rice: ProductId,
    their_rice: ProductId,
    sequence: u64,
}

impl<'a> Shops<'a> {
    fn open(server: &'a Server<'a>) -> Self {
        let (mine, theirs) = (server.shop("Boutique"), server.shop("Autre"));
        let (phone, their_phone) = (server.phone(&mine), server.phone(&theirs));
        let cookie = server.sign_in(&phone, mine.owner, crate::server::OWNER_PIN).cookie();
        let [rice, their_rice] = [&mine, &theirs].map(|shop| {
            let product = crate::phone::product("Riz");
            let id = product.id;
            let opening = catalogue::Opening { product, units: Units::new(1_000).unwrap() };
            server.block_on(catalogue::add(server.db(), shop.id, shop.owner, &[opening], now_ms())).unwrap();
            id
        });
        Self { server, mine, theirs, phone, their_phone, cookie, rice, their_rice, sequence: 0 }
    }

    fn mutation(&mut self, kind: &str, body: Value) -> Value {
        self.sequence += 1;
        json!({
            "key": Uuid::new_v4(),
            "origin": {"installation": self.phone.id, "sequence": self.sequence, "actor": self.mine.owner},
            "made": {"device_ms": now_ms(), "skew_ms": 0, "contact_ms": 0},
            "kind": kind, "version": 1, "body": body,
        })
    }

    fn sale(&mut self) -> Value {
        let line = json!({"product": self.rice, "name": "Riz", "quantity": 1, "unit_price": 1_000});
        let tender = json!({"cash": {"amount": 1_000, "given": 1_000}});
        let sale = json!({"id": Uuid::now_v7(), "receipt": "A-000001", "lines": [line], "tenders": [tender]});
        self.mutation("record_sale", json!({ "sale": sale }))
    }

    fn push(&self, mutation: &Value) -> Reply {
        let request = json!({"protocol": 1, "installation": self.phone.id, "app": "test", "cursor": null,
            "made": 0, "waiting": 1, "mutations": [mutation]});
        let text = absurd::text_of(&json!({ "request": request }));
        self.server.post("push", &[("cookie", &self.cookie)], text.as_bytes())
    }

    /// The name of the verdict, the refusal or the error.
    fn verdict(&self, mutation: &Value) -> String {
        let reply = self.push(mutation);
        if reply.status != 200 {
            assert!(reply.status < 500 && reply.body.len() < ERROR_MAX_BYTES, "{}: {}", reply.status, reply.body.len());
            return reply.error();
        }
        let answer: Value = reply.json();
        let verdict = &answer["answers"][0]["verdict"];
        assert!(verdict.to_string().len() < ERROR_MAX_BYTES, "{} bytes", verdict.to_string().len());
        let named = |value: &Value| match value {
            Value::String(name) => name.clone(),
            value => value.as_object().and_then(|one| one.keys().next()).cloned().unwrap_or_default(),
        };
        match &verdict["refused"]["refusal"] {
            Value::Null => named(verdict),
            refusal => named(refusal),
        }
    }

    /// Units of both shops.
    fn stock(&self) -> (i64, i64) {
        let read = |shop: ShopId| {
            const STOCK: &str = "SELECT CAST(SUM(stock) AS BIGINT) FROM products WHERE shop_id = $1";
            use comptoir::server::db::Db;
            let found: (i64,) = self.server.block_on(async {
                match self.server.db() {
                    Db::Sqlite { readers, .. } => sqlx::query_as(STOCK).bind(shop.0).fetch_one(readers).await.unwrap(),
                    Db::Postgres(pool) => sqlx::query_as(STOCK).bind(shop.0).fetch_one(pool).await.unwrap(),
                }
            });
            found.0
        };
        (read(self.mine.id), read(self.theirs.id))
    }
}

/// A place in a sale, what is put there, and the word it is refused with.
fn absurd_sales(shops: &Shops) -> Vec<(&'static str, Value, &'static str)> {
    let (long, nil) = ("é".repeat(400_000), Uuid::nil());
    let hidden = ["riz\0", "riz\u{202e}lait", "riz\u{2066}", "riz\u{61c}", "riz\u{feff}", "a\u{1b}[2J", "riz\u{e0041}"];
    let line = "/body/sale/lines/0";
    let at = |field: &str| -> &'static str { Box::leak(format!("{line}/{field}").into_boxed_str()) };
    let mut all = vec![
        ("/body/sale/id", json!(nil), "invalid"),
        ("/body/sale/lines", json!([]), "invalid"),
        ("/body/sale/tenders", json!([]), "invalid"),
        ("/body/sale/tenders/0/cash/given", json!(999), "invalid"),
        ("/body/sale/tenders/0/cash/amount", json!(-1_000), "invalid"),
        ("/body/sale/receipt", json!("A-+00005"), "invalid"),
        (at("product"), json!(Uuid::now_v7()), "unknown"),
        (at("product"), json!(nil), "unknown"),
        (at("product"), json!(shops.their_rice), "unknown"),
        (at("name"), json!(long), "invalid"),
        (at("name"), json!(""), "invalid"),
        (at("name"), json!("@3"), "invalid"),
        ("/body", json!("@5"), "invalid"),
        ("/body", Value::Null, "invalid"),
        // Where a number should be, what every layer escapes once more.
        (at("quantity"), json!("\u{7f}".repeat(900_000)), "invalid"),
        ("/made/device_ms", json!("\u{7f}".repeat(900_000)), "bad_request"),
        ("/made/device_ms", json!(i64::MAX), "invalid"),
        ("/made/skew_ms", json!(i64::MIN), "invalid"),
        ("/origin/sequence", json!(0), "bad_request"),
        ("/origin/sequence", json!(u64::MAX), "bad_request"),
        ("/origin/sequence", json!(-1), "bad_request"),
        ("/origin/installation", json!(Uuid::now_v7()), "not_allowed"),
        ("/origin/installation", json!(shops.their_phone.id), "not_allowed"),
        ("/origin/actor", json!(shops.theirs.owner), "quarantined"),
        ("/origin/actor", json!(nil), "quarantined"),
        ("/key", json!(nil), "bad_request"),
        ("/key", json!("x"), "bad_request"),
        ("/kind", json!("a\0".repeat(1_000)), "upgrade"),
        ("/version", json!(u32::MAX), "upgrade"),
        ("/version", json!(0), "upgrade"),
        ("/version", json!(1.5), "bad_request"),
        ("/needs", json!([Uuid::new_v4()]), "blocked"),
        ("/needs", json!(vec![Uuid::new_v4(); 501]), "bad_request"),
    ];
    for wrong in
        [json!(0), json!(-1), json!(1_000_001), json!(i64::MIN), json!(u64::MAX), json!(2.5), json!("1"), json!("@1")]
    {
        all.push((at("quantity"), wrong, "invalid"));
    }
    for wrong in
        [json!(-1), json!(1_000_000_000_001_i64), json!(i64::MAX), json!(0.5), json!("@0"), json!("@2"), Value::Null]
    {
        all.push((at("unit_price"), wrong, "invalid"));
    }
    all.extend(hidden.map(|name| (at("name"), json!(name), "invalid")));
    all
}

fn each_absurd_value_is_refused_and_the_same_phone_sells_on(setting: Setting) {
    let server = setting.start();
    let mut shops = Shops::open(&server);
    let before = shops.stock();
    for (place, value, word) in absurd_sales(&shops) {
        let mut sale = shops.sale();
        match sale.pointer_mut(place) {
            Some(found) => *found = value,
            None => sale[place.trim_start_matches('/')] = value,
        }
        // A number beyond every type is no JSON for the envelope either, and fails the whole call.
        let (said, text) = (shops.verdict(&sale), sale.to_string());
        let beyond = ["@0", "@2"].iter().any(|raw| text.contains(raw)) && said == "bad_request";
        assert!(said == word || beyond, "{place}: {said}, not {word}: {}", text.chars().take(600).collect::<String>());
    }
    let mut long = shops.sale();
    let line = json!({"product": shops.rice, "name": "R", "quantity": 1, "unit_price": 1});
    long["body"]["sale"]["lines"] = json!(vec![line; 10_000]);
    assert_eq!(shops.verdict(&long), "invalid", "{} bytes", long.to_string().len());
    for (kind, body) in [
        ("receive_stock", json!({"lines": [{"product": shops.their_rice, "quantity": 1}], "note": ""})),
        ("adjust_stock", json!({"product": shops.their_rice, "delta": -1, "reason": "loss", "note": ""})),
        ("retire_product", json!({"product": shops.their_rice})),
        ("edit_product", json!({"product": shops.their_rice, "sale_price": {"seen": 1_000, "wanted": 1}})),
    ] {
        let mutation = shops.mutation(kind, body);
        assert_eq!(shops.verdict(&mutation), "unknown", "{kind}");
    }
    for (delta, word) in
        [(0, "invalid"), (i64::MIN, "invalid"), (1_000_000_000, "stock_too_large"), (-1_001, "insufficient_stock")]
    {
        let body = json!({"product": shops.rice, "delta": delta, "reason": "count", "note": ""});
        let mutation = shops.mutation("adjust_stock", body);
        assert_eq!(shops.verdict(&mutation), word, "{delta}");
    }
    assert_eq!(shops.stock(), before);
    let good = shops.sale();
    assert_eq!(shops.verdict(&good), "applied");
    assert_eq!(shops.stock(), (before.0 - 1, before.1));
    assert_eq!(server.block_on(check::check(server.db())).unwrap(), []);
}

fn any_bytes_at_any_address_are_answered_in_few_words(setting: Setting) {
    let server = setting.start();
    let mut shops = Shops::open(&server);
    let (before, mut chance) = (shops.stock(), ChaCha8Rng::seed_from_u64(3));
    let addresses = ["push", "pull", "enrol", "fork", "sign-in", "sign-out", "no-such-call", "", "../push"];
    let mut ids = absurd::Ids::default();
    for round in 0..200 {
        let mut data = vec![0; 120];
        chance.fill_bytes(&mut data);
        let mut draw = Draw::new(&data);
        let body = match round % 3 {
            0 => data.clone(),
            1 => {
                let mutation = absurd::mutation(&mut draw, &mut ids, "x", "y");
                let mut value = json!({"request": {"protocol": 1, "mutations": [mutation], "from": {}, "pin": "1"}});
                (0..3).for_each(|_| absurd::spoil(&mut value, &mut draw, &[]));
                absurd::text_of(&value).into_bytes()
            }
            _ => absurd::text_of(&json!({ "request": absurd::text(&mut draw) })).into_bytes(),
        };
        let address = draw.pick(&addresses);
        let cookie = if round % 2 == 0 { shops.cookie.as_str() } else { "comptoir_session=\u{7f}" };
        let reply = server.post(address, &[("cookie", cookie.trim_end_matches('\u{7f}'))], &body);
        assert!(reply.status < 500, "{address}: {} {}", reply.status, reply.text());
        assert!(reply.status == 200 || reply.body.len() < ERROR_MAX_BYTES, "{address}: {} bytes", reply.body.len());
    }
    assert_eq!(shops.stock(), before);
    // Somebody may have signed it out: that much a call with its cookie may.
    shops.cookie = server.sign_in(&shops.phone, shops.mine.owner, crate::server::OWNER_PIN).cookie();
    let good = shops.sale();
    assert_eq!(shops.verdict(&good), "applied");
}

fn addresses_cookies_and_headers_make_no_sense(setting: Setting) {
    let server = setting.start();
    let shops = Shops::open(&server);
    let long = "x".repeat(7_000);
    let nil = Uuid::nil();
    let paths = [
        "/recu?id=%00".to_owned(),
        "/recu?id=%ff%fe".to_owned(),
        format!("/recu?id={nil}&id={nil}"),
        format!("/vente?q={long}"),
        "/vente?q=%E2%80%AE%F0%9F%92%A9%00%1b".to_owned(),
        "/vente?%".to_owned(),
        "/%2e%2e/%2e%2e/etc/passwd".to_owned(),
        "/pkg/%00".to_owned(),
        format!("/{long}"),
        "/api/v1/events".to_owned(),
        "/api/v1/events?history=x&change=-1".to_owned(),
        "/api/v1/events?history=00000000-0000-0000-0000-000000000000&change=99999999999999999999999".to_owned(),
    ];
    let cookies =
        ["", "comptoir_session=", "comptoir_session=%00", "=;=;;", &format!("comptoir_session={}", "f".repeat(64))];
    for path in &paths {
        for cookie in cookies.iter().copied().chain([shops.cookie.as_str()]) {
            let reply =
                server.get(path, &[("cookie", cookie), ("last-event-id", "x"), ("accept-encoding", "br, br, *;q=x")]);
            assert!(reply.status < 500, "{path} {cookie}: {}", reply.status);
        }
    }
    // The nil UUID names no phone: the first to take it would take it from all other shops'.
    let nobody = EnrolRequest { installation: InstallationId(nil), ..enrol_request(&server.code(shops.mine.id)) };
    let reply = server.call("enrol", "", &nobody);
    assert_eq!((reply.status, reply.error().as_str()), (400, "bad_request"));
    let mut largest = vec![b' '; REQUEST_MAX_BYTES + 1];
    for address in ["push", "pull", "enrol", "fork", "sign-in", "sign-out"] {
        assert_eq!(server.post(address, &[], &largest).status, 413, "{address}");
    }
    largest.truncate(REQUEST_MAX_BYTES);
    largest.fill(b'[');
    assert_eq!(server.post("push", &[("cookie", &shops.cookie)], &largest).status, 400);
}
