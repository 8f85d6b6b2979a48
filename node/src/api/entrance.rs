//! Through which door a request comes: loopback, or the office network.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use std::net::SocketAddr;

/// The door. Put into a request's extensions by the server of a listener; a request without one has come by loopback.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Entrance {
    /// This machine: programs with the token, people with a link from the command line.
    #[default]
    Loopback,
    /// The office network, over TLS: people with name and password.
    Office,
}

impl Entrance {
    /// The scheme of its addresses.
    pub fn scheme(self) -> &'static str {
        match self {
            Self::Loopback => "http",
            Self::Office => "https",
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Entrance {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(parts.extensions.get().copied().unwrap_or_default())
    }
}

/// Where a connection of the office comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Remote(pub SocketAddr);
