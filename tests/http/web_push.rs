//! Closed apps are told of a refused sale, and owners' of edits that clash: an endpoint of ours stands for the push service, and decrypts what it is sent.

use crate::server::{Shop, *};
use base64ct::{Base64UrlUnpadded, Encoding};
use comptoir::{
    domain::*,
    server::{
        catalogue,
        clock::now_ms,
        enrol,
        web_push::{PushKey, WebPush},
    },
    sync::{
        Body, Mutation,
        merge::Change,
        mutation::{Became, EditProduct, SettleRefusal},
        wire::*,
    },
};
use p256::{SecretKey, elliptic_curve::sec1::ToEncodedPoint};
use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpListener,
    sync::{
        Arc,
        mpsc::{Receiver, RecvTimeoutError, channel},
    },
    thread,
    time::Duration,
};

on_each_database!(
    a_closed_app_is_told_once_of_a_sale_that_came_to_be_decided,
    owners_alone_are_told_of_edits_that_clash,
    a_subscription_its_service_does_not_know_any_more_ends,
    a_server_without_a_key_sends_nothing,
);

const AUTH: [u8; 16] = [3; 16];
/// Longer than a server needs, and much shorter than its round.
const SOON: Duration = Duration::from_secs(5);

/// What came: headers by their names in lower case, and the body.
struct Came {
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Came {
    fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(is, _)| is == name).map_or("", |(_, value)| value)
    }
}

/// A push service on loopback that answers with that status, and a browser that listens there.
struct Service {
    endpoint: String,
    browser: SecretKey,
    came: Receiver<Came>,
}

impl Service {
    fn answering(status: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://{}/send/secret", listener.local_addr().unwrap());
        let (sender, came) = channel();
        thread::spawn(move || {
            // Ends with the test's process; a request that does not read is the test's to miss.
            for stream in listener.incoming().map_while(Result::ok) {
                let mut reader = BufReader::new(stream);
                let mut headers = Vec::new();
                let mut line = String::new();
                while reader.read_line(&mut line).is_ok_and(|read| read > 2) {
                    if let Some((name, value)) = line.trim_end().split_once(": ") {
                        headers.push((name.to_lowercase(), value.to_owned()));
                    }
                    line.clear();
                }
                let length = headers.iter().find(|(name, _)| name == "content-length").unwrap().1.parse().unwrap();
                let mut body = vec![0; length];
                reader.read_exact(&mut body).unwrap();
                let answer = format!("HTTP/1.1 {status} Said\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
                reader.into_inner().write_all(answer.as_bytes()).unwrap();
                if sender.send(Came { headers, body }).is_err() {
                    return;
                }
            }
        });
        Self { endpoint, browser: SecretKey::from_slice(&[5; 32]).unwrap(), came }
    }

    fn subscription(&self) -> Subscription {
        let public = self.browser.public_key().to_encoded_point(false);
        Subscription {
            endpoint: self.endpoint.clone(),
            p256dh: Base64UrlUnpadded::encode_string(public.as_bytes()),
            auth: Base64UrlUnpadded::encode_string(&AUTH),
        }
    }

    fn decrypted(&self, came: &Came) -> serde_json::Value {
        let text = web_push_native::decrypt(came.body.clone(), &self.browser, &AUTH.into()).unwrap();
        serde_json::from_slice(&text).unwrap()
    }
}

fn sends(mut setting: Setting) -> Setting {
    let key = PushKey::from_bytes(&[7; 32]).unwrap();
    let (contact, hosts) = ("mailto:owner@shop.example".to_owned(), vec!["127.0.0.1".to_owned()]);
    setting.web_push = Some(Arc::new(WebPush { key, contact, hosts }));
    setting
}

fn wish(phone: &Phone, wish: NotifyWish) -> NotifyRequest {
    NotifyRequest { protocol: PROTOCOL, installation: phone.id, wish }
}

/// A shop with a product there is one of, and two phones.
struct Scene {
    shop: Shop,
    rice: Product,
    phones: [(Phone, String); 2],
    sequence: u64,
}

impl Scene {
    fn new(server: &Server<'_>) -> Self {
        let (shop, rice) = (server.shop("Boutique"), product("Riz"));
        let opening = catalogue::Opening { product: rice.clone(), units: Units::new(1).unwrap() };
        server.block_on(catalogue::add(server.db(), shop.id, shop.owner, &[opening], now_ms())).unwrap();
        let phones = [(); 2].map(|()| {
            let phone = server.phone(&shop);
            let cookie = server.sign_in(&phone, shop.owner, OWNER_PIN).cookie();
            (phone, cookie)
        });
        Self { shop, rice, phones, sequence: 0 }
    }

    /// The second phone sells what is not there, and says that the goods have left.
    fn refused(&mut self, server: &Server<'_>) -> String {
        let sold = self.make(1, &too_many(&self.rice, "B", self.sequence + 1));
        let parked = Body::SettleRefusal(SettleRefusal { refused: sold.key, became: Became::Parked });
        let parked = self.make(2, &parked);
        self.send(server, vec![sold, parked]);
        format!("B-{:06}", self.sequence - 1)
    }

    /// The second phone gives one price twice, the second time as if it had not seen the first.
    fn clashed(&mut self, server: &Server<'_>, cost: bool) {
        let price = |gnf| Money::new(gnf).unwrap();
        let edit = |gnf| {
            let sale_price = Some(Change { seen: self.rice.sale_price, wanted: price(gnf) });
            let purchase_price = Some(Change { seen: self.rice.purchase_price, wanted: Some(price(gnf)) });
            Body::EditProduct(match cost {
                true => EditProduct { purchase_price, ..EditProduct::of(self.rice.id) },
                false => EditProduct { sale_price, ..EditProduct::of(self.rice.id) },
            })
        };
        let edits = vec![self.make(1, &edit(3_000)), self.make(2, &edit(4_000))];
        self.send(server, edits);
    }

    fn make(&self, nth: u64, body: &Body) -> Mutation {
        mutation(self.phones[1].0.id, self.sequence + nth, self.shop.owner, body)
    }

    fn send(&mut self, server: &Server<'_>, mutations: Vec<Mutation>) {
        let (phone, cookie) = &self.phones[1];
        self.sequence += mutations.len() as u64;
        let request = PushRequest {
            protocol: PROTOCOL,
            installation: phone.id,
            app: "test".into(),
            cursor: None,
            made: self.sequence,
            waiting: 2,
            mutations,
        };
        assert_eq!(server.call("push", cookie, &request).status, 200);
    }
}

fn a_closed_app_is_told_once_of_a_sale_that_came_to_be_decided(setting: Setting) {
    let setting = sends(setting);
    let server = setting.start();
    let mut scene = Scene::new(&server);
    let (services, mut public) = ([Service::answering(201), Service::answering(201)], String::new());
    for (service, (phone, cookie)) in services.iter().zip(&scene.phones) {
        let asked: NotifyAnswer = server.call("notify", cookie, &wish(phone, NotifyWish::Key)).json();
        public = asked.key.unwrap();
        assert_eq!(server.call("notify", cookie, &wish(phone, NotifyWish::Begin(service.subscription()))).status, 200);
    }
    let receipt = scene.refused(&server);
    let came = services[0].came.recv_timeout(SOON).unwrap();
    let told = services[0].decrypted(&came);
    assert_eq!(told, serde_json::json!({ "refused": receipt }));
    assert_eq!((came.header("content-encoding"), came.header("urgency")), ("aes128gcm", "high"));
    let authorization = came.header("authorization");
    assert!(authorization.starts_with("vapid t=") && authorization.ends_with(&format!(", k={public}")));
    assert!(!String::from_utf8_lossy(&came.body).contains("B-0"), "nobody on the way reads it");

    let next = scene.refused(&server);
    let told = services[0].decrypted(&services[0].came.recv_timeout(SOON).unwrap());
    assert_eq!(told["refused"].as_str(), Some(&*next), "each once");
    let (phone, cookie) = &scene.phones[0];
    assert_eq!(server.call("notify", cookie, &wish(phone, NotifyWish::End)).status, 200);
    scene.refused(&server);
    for service in &services {
        let nothing = service.came.recv_timeout(Duration::from_secs(1)).map(drop);
        assert_eq!(nothing, Err(RecvTimeoutError::Timeout), "ended, or its own sale");
    }
}

fn owners_alone_are_told_of_edits_that_clash(setting: Setting) {
    let setting = sends(setting);
    let server = setting.start();
    let mut scene = Scene::new(&server);
    let employees = server.phone(&scene.shop);
    let cookie = server.sign_in(&employees, scene.shop.employee, PIN_OF_EMPLOYEE).cookie();
    let request =
        enrol_request(&server.block_on(enrol::create_code(server.db(), scene.shop.id, false, now_ms())).unwrap());
    let enrolled: EnrolAnswer = server.call("enrol", "", &request).json();
    let without_costs = Phone { id: request.installation, secret: request.secret, enrolled };
    let owners = server.sign_in(&without_costs, scene.shop.owner, OWNER_PIN).cookie();
    let services = [(); 4].map(|()| Service::answering(201));
    let [others, own] = &scene.phones;
    let phones = [others, &(without_costs, owners), own, &(employees, cookie)];
    for (service, (phone, cookie)) in services.iter().zip(phones) {
        let begins = wish(phone, NotifyWish::Begin(service.subscription()));
        assert_eq!(server.call("notify", cookie, &begins).status, 200);
    }
    scene.clashed(&server, false);
    for service in &services[..2] {
        let told = service.decrypted(&service.came.recv_timeout(SOON).unwrap());
        assert_eq!(told, serde_json::json!({ "clash": "product" }));
    }
    // One about purchase prices is shown on the first of them alone.
    scene.clashed(&server, true);
    services[0].came.recv_timeout(SOON).unwrap();
    for service in &services {
        let nothing = service.came.recv_timeout(Duration::from_secs(1)).map(drop);
        assert_eq!(nothing, Err(RecvTimeoutError::Timeout), "once, and to no other");
    }
}

fn a_subscription_its_service_does_not_know_any_more_ends(setting: Setting) {
    let setting = sends(setting);
    let server = setting.start();
    let mut scene = Scene::new(&server);
    let service = Service::answering(410);
    let (phone, cookie) = &scene.phones[0];
    let begins = wish(phone, NotifyWish::Begin(service.subscription()));
    assert_eq!(server.call("notify", cookie, &begins).status, 200);
    scene.refused(&server);
    service.came.recv_timeout(SOON).unwrap();
    scene.refused(&server);
    assert!(service.came.recv_timeout(Duration::from_secs(1)).is_err());
}

fn a_server_without_a_key_sends_nothing(setting: Setting) {
    let server = setting.start();
    let scene = Scene::new(&server);
    let (phone, cookie) = &scene.phones[0];
    let asked: NotifyAnswer = server.call("notify", cookie, &wish(phone, NotifyWish::Key)).json();
    assert_eq!(asked.key, None);
    let begins = wish(phone, NotifyWish::Begin(Service::answering(201).subscription()));
    assert_eq!(server.call("notify", cookie, &begins).status, 403);
    let other = wish(&scene.phones[1].0, NotifyWish::Key);
    assert_eq!(server.call("notify", cookie, &other).status, 401, "another phone's session");
}
