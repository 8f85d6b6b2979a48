//! Partners with running nodes, their pages, and data of every kind.

use super::driver::{BOUND, Browser};
use comin_node::api::{ApiConfig, AppState, serve_page};
use comin_node::helper::HelperCommand;
use comin_node::i18n::Lang;
use comin_node::net::NetConfig;
use comin_node::runtime::{Node, NodeConfig, NodeHandle};
use comin_node::store::{Store, open_memory};
use comin_protocol::engine::{Command, Edit, Reply, Target};
use comin_protocol::ids::{DeviceKey, PartnerId, RegisterId};
use comin_protocol::record::{FieldChange, FieldOp, Row, Scalar};
use comin_tests::federation::{Federation, first_batch};
use std::sync::Arc;
use tokio::sync::oneshot;
use tokio::time::timeout;

/// One partner's node and the address of its pages.
pub struct Office {
    pub origin: String,
    pub register: RegisterId,
    pub partner: PartnerId,
    pub device: DeviceKey,
    handle: NodeHandle,
    app: AppState,
    node: Option<Node>,
    store: Arc<dyn Store>,
    stop: Option<oneshot::Sender<()>>,
}

/// Partners who know and have met one another: `Partner 1`, `Partner 2` …
pub async fn federation(partners: usize) -> Vec<Office> {
    let mut number = 0u8;
    let federation = Federation::found(partners, || {
        number += 1;
        [number; 32]
    });
    let mut offices = Vec::new();
    for number in 0..partners {
        offices.push(Office::start(&federation, number).await);
    }
    for pair in offices.windows(2) {
        pair[1].handle.add_contact(&pair[0].address().await).expect("an address");
    }
    offices
}

/// Two machines of one partner that know one another.
pub async fn machines() -> (Office, Office) {
    let mut federation = Federation::found(1, || [1; 32]);
    federation.further([2; 32]);
    let (office, laptop) = (Office::start(&federation, 0).await, Office::start(&federation, 1).await);
    laptop.handle.add_contact(&office.address().await).expect("an address");
    (office, laptop)
}

impl Office {
    async fn start(federation: &Federation, number: usize) -> Self {
        let store: Arc<dyn Store> = Arc::new(open_memory());
        store.commit(&[first_batch(&federation.statements)]).expect("memory takes it");
        let helper = HelperCommand { program: env!("CARGO_BIN_EXE_bench-peer").into(), args: vec!["helper".into()] };
        let net = NetConfig { listen: vec!["/ip4/127.0.0.1/tcp/0".to_owned()], ..NetConfig::default() };
        let signer = federation.devices[number].clone();
        let device = signer.key();
        let (handle, node) =
            Node::start(NodeConfig { signer, net: Some(net), helper }, store.clone()).expect("the node starts");
        let partner = handle.status().await.expect("it runs").partner;
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let config = ApiConfig { port: Some(port), language: Lang::En, ..ApiConfig::default() };
        let app = AppState::new(handle.clone(), config);
        let (stop, stopped) = oneshot::channel();
        tokio::spawn(serve_page(listener, app.clone(), async {
            let _ = stopped.await;
        }));
        let origin = format!("http://localhost:{port}");
        let register = federation.register;
        Self { origin, register, partner, device, handle, app, node: Some(node), store, stop: Some(stop) }
    }

    async fn address(&self) -> String {
        let mut listening = self.handle.listening();
        let bound = timeout(BOUND, listening.wait_for(|addresses| !addresses.is_empty()));
        bound.await.expect("it listens").expect("it runs")[0].clone()
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }

    /// A link that signs one browser in.
    pub fn link(&self) -> String {
        self.url(&format!("/login?code={}", self.app.access().make_code().expect("random bytes")))
    }

    /// A browser that is signed in here.
    pub async fn browser(&self) -> Browser {
        let browser = Browser::start().await;
        browser.open(&self.link()).await;
        browser
    }

    pub async fn command(&self, command: Command) -> Reply {
        timeout(BOUND, self.handle.command(command)).await.expect("it answers").expect("it is done")
    }

    /// Makes a record in the shared register.
    pub async fn add(&self, kind: &str, fields: &[(&str, &str)]) -> Row {
        let target = Target::New { register: Some(self.register), kind: kind.into() };
        self.write(target, fields).await
    }

    /// Makes a record in this partner's own register.
    pub async fn add_own(&self, kind: &str, fields: &[(&str, &str)]) -> Row {
        self.write(Target::New { register: None, kind: kind.into() }, fields).await
    }

    /// Ties an organisation to a network, in the shared register.
    pub async fn member(&self, organisation: &str, network: &str) -> Row {
        membership(self, organisation, network).await
    }

    pub async fn edit(&self, row: &Row, fields: &[(&str, &str)]) -> Row {
        self.write(Target::Record { doc: row.doc, key: row.key.clone() }, fields).await
    }

    pub async fn delete(&self, row: &Row) {
        let change = FieldChange { key: "deleted".into(), op: FieldOp::Put(Scalar::Bool(true)) };
        let target = Target::Record { doc: row.doc, key: row.key.clone() };
        self.command(Command::Edit(vec![Edit { target, changes: vec![change], if_version: None }])).await;
    }

    /// `a/b` adds to a set, everything else is a text.
    async fn write(&self, target: Target, fields: &[(&str, &str)]) -> Row {
        let change = |(key, value): &(&str, &str)| {
            let op = if key.contains('/') { FieldOp::Add } else { FieldOp::Put((*value).into()) };
            FieldChange { key: (*key).into(), op }
        };
        let changes = fields.iter().map(change).collect();
        match self.command(Command::Edit(vec![Edit { target, changes, if_version: None }])).await {
            Reply::Edited(mut rows) => rows.remove(0),
            other => panic!("an edit is answered by {other:?}"),
        }
    }

    /// Waits until this node's store says so.
    pub async fn until(&self, what: &str, seen: impl Fn(&dyn Store) -> bool) {
        let mut events = self.handle.subscribe();
        let look = async {
            while !seen(self.store.as_ref()) {
                let _ = events.recv().await;
            }
        };
        if timeout(BOUND, look).await.is_err() {
            panic!("{what}: {:?}", self.handle.status().await);
        }
    }

    /// Waits until this node has the row as it was written elsewhere.
    pub async fn until_has(&self, row: &Row) {
        let wanted = row.version();
        let has = |store: &dyn Store| {
            store.row(&row.key, &row.doc).expect("memory reads").is_some_and(|own| own.version() == wanted)
        };
        self.until("the record should come", has).await;
    }

    pub async fn pause(&self, paused: bool) {
        self.command(Command::SetPaused(paused)).await;
    }
}

impl Drop for Office {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(node) = self.node.take() {
            // Stopping waits for threads; the runtime of this test must not wait for it.
            std::thread::spawn(move || node.stop());
        }
    }
}

/// Fields with what every record begins with.
fn with<'a>(fields: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    [&[("original_language", "en"), ("visibility", "federation")][..], fields].concat()
}

/// A contact person, and a spreadsheet that waits to be imported: the paths of their pages.
const MAKE: &str = "
  const fields = {given_name: '§ Ana', family_name: '§ Kos', purpose: '§', legal_basis: 'consent', retain_until: '2030-01-01'};
  const headers = {'content-type': 'application/json'};
  const sheet = new FormData();
  sheet.append('kind', 'organisation');
  sheet.append('file', new File(['name,city,country\\n§ Nova,§ Koper,SI\\n§ Druga,§ Piran,QQ\\n'], '§.csv'));
  return Promise.all([
    fetch('/api/v1/persons', {method: 'POST', headers, body: JSON.stringify({fields, scope: 'all'})})
      .then(answer => answer.json()).then(person => '/people/' + person.id),
    fetch('/import', {method: 'POST', body: sheet}).then(answer => new URL(answer.url).pathname),
  ]);
";

/// Two partners with a record of every kind and two conflicts, as a coordinator finds them on a Monday.
pub struct Scene {
    pub here: Office,
    pub there: Office,
    pub network: Row,
    pub organisation: Row,
    pub event: Row,
    /// What the other partner keeps, and this one can only propose to change.
    pub foreign: Row,
}

impl Scene {
    pub async fn set() -> Self {
        let mut offices = federation(2).await;
        let (there, here) = (offices.remove(1), offices.remove(0));
        let network = with(&[("name@en", "§ Net"), ("name@it", "§ Net"), ("levels/local", ""), ("country", "SI")]);
        let network = here.add("network", &network).await;
        let net = network.key.to_string();
        let organisation = with(&[
            ("name", "§ Zavod"),
            ("country", "SI"),
            ("city", "§ Koper"),
            ("target_groups/youth", ""),
            ("email", "office@zavod.example"),
            ("website", "https://zavod.example"),
            ("last_verified", "2026-02-09"),
        ]);
        let organisation = here.add("organisation", &organisation).await;
        let zavod = organisation.key.to_string();
        let event = with(&[
            ("title@en", "§ Forum"),
            ("title@it", "§ Forum"),
            ("type", "conference"),
            ("when", "2026-02-11T09:00/2026-02-11T12:00[Europe/Ljubljana]"),
            ("place", "§ Koper"),
            ("organiser", &zavod),
            ("state", "planned"),
        ]);
        let event = here.add("event", &event).await;
        let (membership, practice) = (membership(&here, &zavod, &net).await, practice(&here, &net).await);
        for row in [&network, &organisation, &event, &membership, &practice] {
            there.until_has(row).await;
        }
        let foreign = there.add_own("organisation", &with(&[("name", "§ Drugod"), ("country", "IT")])).await;
        here.until_has(&foreign).await;
        let scene = Self { here, there, network, organisation, event, foreign };
        scene.disagree().await;
        scene.here.command(Command::Invite { name: "§ Drugi".into(), country: "SI".into(), valid_ms: 60_000 }).await;
        scene
    }

    /// Both sides change the event's place, and one deletes the organisation that the other changes.
    async fn disagree(&self) {
        self.there.pause(true).await;
        self.here.edit(&self.event, &[("place", "§ Trst")]).await;
        self.there.edit(&self.event, &[("place", "§ Lyon")]).await;
        self.here.edit(&self.organisation, &[("phone", "+386 1")]).await;
        self.there.delete(&self.organisation).await;
        self.there.pause(false).await;
        let both = |store: &dyn Store| store.count_conflicts().expect("memory reads") == 2;
        self.here.until("two conflicts should show here", both).await;
        self.there.until("two conflicts should show there", both).await;
    }

    /// The path of every page, with something on it and with nothing. What needs a form first, `browser` sends.
    pub async fn paths(&self, browser: &Browser) -> Vec<String> {
        let register = self.here.register;
        let mut paths = vec!["/organisations?q=zzz".to_owned()];
        paths.push(format!("/partners/{}/remove", self.there.partner));
        paths.push(format!("/devices/{}/revoke", self.here.device));
        paths.push(format!("/registers/{register}/writers"));
        for row in [&self.network, &self.organisation, &self.event] {
            paths.push(format!("/records/{}", row.key));
            paths.push(format!("/records/{}/edit?register={register}", row.key));
        }
        // A proposal is made on the record that it is about.
        for kind in comin_protocol::schema::KINDS.iter().filter(|kind| kind.name != "proposal") {
            paths.push(format!("/records/new?kind={}", kind.name));
        }
        paths.push(format!("/records/{}/propose", self.foreign.key));
        paths.push(format!("/records/{}/history", self.event.key));
        browser.open(&self.here.url("/")).await;
        let made = browser.run(MAKE).await;
        paths.extend(made.as_array().expect("paths").iter().filter_map(|path| path.as_str().map(str::to_owned)));
        comin_tests::pages::every(paths)
    }
}

async fn membership(office: &Office, organisation: &str, network: &str) -> Row {
    let ends = [organisation, network].map(|end| comin_protocol::ids::RecordKey::parse(end).expect("an id"));
    let key = comin_protocol::ids::RecordKey::derived("membership", &[&ends[0], &ends[1]]);
    let target = Target::Link { register: Some(office.register), key };
    office.write(target, &[("organisation", organisation), ("network", network), ("role", "member")]).await
}

async fn practice(office: &Office, network: &str) -> Row {
    let fields = [("title@en", "§ Most"), ("title@it", "§ Most"), ("network", network), ("state", "draft")];
    office.add("practice", &fields).await
}
