//! The node's routes in this process, for verbs beside a stopped node: same engine, same store, no network.

use super::error::{CliError, CliResult};
use axum::{Extension, Router};
use comin_node::api::{self, ApiConfig, AppState, Trusted};
use comin_node::backup::Backups;
use comin_node::calendars::Calendars;
use comin_node::config::BackupSection;
use comin_node::datadir::DataDir;
use comin_node::helper::HelperCommand;
use comin_node::i18n::Lang;
use comin_node::runtime::{Node, NodeConfig, NodeHandle};
use comin_node::store::{self, Store};
use comin_node::users::Users;
use std::sync::Arc;
use std::time::Duration;

/// An opened store with its engine and routes.
pub struct Local {
    router: Option<Router>,
    handle: Option<NodeHandle>,
    node: Option<Node>,
}

/// Opens the store, waiting at most `wait` for another process, and starts the engine on it.
///
/// # Errors
/// Exit code 75 where the store is held by another process.
pub fn open(dir: &DataDir, wait: Duration) -> CliResult<Local> {
    let (settings, signer) = (dir.settings()?, dir.signer()?);
    dir.existing_store()?;
    let store: Arc<dyn Store> = Arc::new(store::open_node(dir, wait)?);
    let helper = HelperCommand::own().map_err(|error| CliError::new(error.to_string()))?;
    let (handle, node) = Node::start(NodeConfig { signer, net: None, helper }, store)?;
    let language = Lang::parse(&settings.language).unwrap_or_default();
    let (backups, users) = (Some(Backups::new(dir.clone(), BackupSection::default())), Arc::new(Users::read(dir)?));
    let calendars = Arc::new(Calendars::read(dir)?);
    let app = AppState::new(handle.clone(), ApiConfig { language, backups, users, calendars, ..ApiConfig::default() });
    let router = api::router(app).layer(Extension(Trusted));
    Ok(Local { router: Some(router), handle: Some(handle), node: Some(node) })
}

impl Local {
    /// The routes.
    pub fn router(&self) -> Router {
        // INVARIANT: taken by `drop` only.
        self.router.clone().unwrap_or_default()
    }
}

impl Drop for Local {
    fn drop(&mut self) {
        // Routes and handle keep the store open; only when they are gone does the node's end close it.
        self.router = None;
        self.handle = None;
        if let Some(node) = self.node.take() {
            node.stop();
        }
    }
}
