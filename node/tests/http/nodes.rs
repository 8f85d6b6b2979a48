//! Real nodes for tests, and requests to their routers.

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use comin_node::api::{ApiConfig, AppState, Trusted, router};
use comin_node::backup::Backups;
use comin_node::config::BackupSection;
use comin_node::datadir::DataDir;
use comin_node::helper::HelperCommand;
use comin_node::i18n::Lang;
use comin_node::net::NetConfig;
use comin_node::office::Office;
use comin_node::runtime::{Node, NodeConfig, NodeHandle};
use comin_node::store::{self, Store};
use comin_protocol::engine::Write;
use comin_protocol::identity::{DeviceSigner, PartnerSigner};
use comin_protocol::ids::PartnerId;
use comin_protocol::statement::{Rights, SignedStatement, Statement};
use http_body_util::BodyExt;
use serde_json::Value;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tower::ServiceExt;

/// How long a test waits for something that must happen.
pub const BOUND: Duration = Duration::from_secs(30);
/// The port that the guard expects; nothing listens on it.
pub const PORT: u16 = 8470;
/// The token of programs.
pub const TOKEN: &str = "a-token-for-tests";

/// A node with its router.
pub struct TestNode {
    pub app: AppState,
    pub handle: NodeHandle,
    pub router: Router,
    _running: Node,
}

/// An answer, read to its end.
pub struct Got {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Got {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|e| panic!("{e}: {}", self.text))
    }

    pub fn etag(&self) -> String {
        self.headers[header::ETAG].to_str().unwrap().to_owned()
    }
}

/// Starts a node of a partner of its own, with a store in memory.
pub fn start(secret: u8, name: &str, country: &str, net: bool) -> TestNode {
    start_with(secret, (name, country), net, |_, _| ())
}

/// The same, with what `fill` puts into the store beforehand.
pub fn start_with(
    secret: u8,
    (name, country): (&str, &str),
    net: bool,
    fill: impl FnOnce(&dyn Store, PartnerId),
) -> TestNode {
    let partner = PartnerSigner::from_secret(&[secret ^ 0xff; 32]);
    start_machine((secret, &partner), (name, country, "office"), net, fill)
}

/// A further machine of the partner that the node of `of` belongs to.
pub fn start_further(secret: u8, of: u8, (name, country): (&str, &str)) -> TestNode {
    let partner = PartnerSigner::from_secret(&[of ^ 0xff; 32]);
    start_machine((secret, &partner), (name, country, "laptop"), true, |_, _| ())
}

fn start_machine(
    (secret, partner): (u8, &PartnerSigner),
    (name, country, device): (&str, &str, &str),
    net: bool,
    fill: impl FnOnce(&dyn Store, PartnerId),
) -> TestNode {
    let signer = DeviceSigner::from_secret(&[secret; 32]);
    let certificate = SignedStatement::unsigned(&Statement::Certificate {
        partner: PartnerId::from_first_key(&partner.key()),
        partner_key: partner.key(),
        device: signer.key(),
        rights: Rights::ALL,
        partner_name: name.into(),
        country: country.into(),
        device_name: device.into(),
    })
    .sign_partner(partner);
    let store: Arc<dyn Store> = Arc::new(store::open_memory());
    store.commit(&[vec![Write::PutStatement(certificate.id(), certificate)]]).expect("an empty store takes it");
    fill(store.as_ref(), PartnerId::from_first_key(&partner.key()));
    let net = net.then(|| NetConfig { listen: vec!["/ip4/127.0.0.1/tcp/0".into()], ..NetConfig::default() });
    let helper = HelperCommand { program: env!("CARGO_BIN_EXE_comin").into(), args: vec!["helper".into()] };
    let (handle, running) = Node::start(NodeConfig { signer, net, helper }, store).expect("the node starts");
    // A directory without a node: whoever may ask for a backup is told that there is nothing to back up.
    let nowhere = DataDir::locate(Some("/nonexistent/node".into())).expect("a path");
    let backups = Some(Backups::new(nowhere, BackupSection::default()));
    let token = Some(TOKEN.into());
    let config = ApiConfig {
        port: Some(PORT),
        token,
        language: Lang::En,
        backups,
        office: Some(office()),
        ..ApiConfig::default()
    };
    let app = AppState::new(handle.clone(), config);
    TestNode { router: router(app.clone()), app, handle, _running: running }
}

/// The names of the nodes in their office, and the port; the same for all, since an authority takes time to make.
fn office() -> (Office, u16) {
    static OFFICE: OnceLock<Office> = OnceLock::new();
    let made = OFFICE.get_or_init(|| {
        let temp = tempfile::tempdir().expect("a directory");
        let dir = DataDir::locate(Some(temp.path().to_owned())).expect("a path");
        Office::make(&dir, &["comin.office.lan".to_owned()]).expect("is made")
    });
    (made.clone(), 8443)
}

/// One component of a query string or form.
pub fn escape(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02x}")).collect()
}

/// One request, as it comes from the network.
pub async fn send(router: &Router, request: Request<Body>) -> Got {
    let response = router.clone().oneshot(request).await.expect("a router answers");
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.expect("the body ends").to_bytes();
    Got { status: parts.status, headers: parts.headers, text: String::from_utf8_lossy(&bytes).into_owned() }
}

impl TestNode {
    /// A trusted JSON request, as the command line sends it.
    pub async fn call(&self, method: &str, path: &str, body: Option<Value>) -> Got {
        self.call_with(method, path, body, &[]).await
    }

    /// The same with headers.
    pub async fn call_with(&self, method: &str, path: &str, body: Option<Value>, headers: &[(&str, &str)]) -> Got {
        let mut request = Request::builder().method(method).uri(path).extension(Trusted);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = match body {
            Some(body) => request.header("content-type", "application/json").body(Body::from(body.to_string())),
            None => request.body(Body::empty()),
        };
        send(&self.router, request.unwrap()).await
    }

    /// A page, as a trusted caller reads it.
    pub async fn page(&self, path: &str) -> Got {
        self.call_with("GET", path, None, &[("accept", "text/html")]).await
    }

    /// A form, as a page sends it.
    pub async fn form(&self, path: &str, pairs: &[(&str, &str)]) -> Got {
        let body: Vec<String> = pairs.iter().map(|(k, v)| format!("{}={}", escape(k), escape(v))).collect();
        let request = Request::post(path)
            .extension(Trusted)
            .header("accept", "text/html")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from(body.join("&")));
        send(&self.router, request.unwrap()).await
    }

    /// Makes a record and gives its id.
    pub async fn add(&self, kind: &str, fields: Value) -> String {
        let got = self.call("POST", "/api/v1/records", Some(serde_json::json!({"kind": kind, "fields": fields}))).await;
        assert_eq!(got.status, StatusCode::CREATED, "the record is made: {}", got.text);
        got.json()["id"].as_str().unwrap().to_owned()
    }
}
