//! Who may call: programs with the token, people with a login cookie, and whoever holds the control socket.

use axum::http::{HeaderMap, header};
use comin_protocol::ids::{tagged_hash, to_hex};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::limits::{LOGIN_CODE_VALID, LOGIN_CODES_MAX, LOGIN_VALID, LOGINS_MAX};

/// Put into a request's extensions by the server of the control socket, or by a caller in this process: the
/// file system has already decided who may do this. Never taken from anything that a client sends.
#[derive(Clone, Copy, Debug)]
pub struct Trusted;

/// How a request proved itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Caller {
    /// Control socket or this process.
    Trusted,
    /// Bearer token.
    Program,
    /// Login cookie: a browser, which must also show where its request comes from.
    Browser,
}

/// Tokens, one-time codes and logins. Codes and logins live in memory: a restart signs everyone out, and
/// `comin open` signs in again.
pub struct Access {
    token: Option<[u8; 32]>,
    cookie: String,
    codes: Mutex<BTreeMap<[u8; 32], Instant>>,
    logins: Mutex<HashMap<[u8; 32], Instant>>,
}

/// The system gave no random bytes: nothing can be signed in safely.
#[derive(Debug, thiserror::Error)]
#[error("the system gave no random bytes")]
pub struct NoRandom;

fn digest(secret: &str) -> [u8; 32] {
    tagged_hash("comin/access/1", &[secret.as_bytes()])
}

/// Compares without telling by its duration where the two differ.
fn equal(left: &[u8; 32], right: &[u8; 32]) -> bool {
    left.iter().zip(right).fold(0, |acc, (a, b)| acc | (a ^ b)) == 0
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // The maps are valid after every single operation, so a panic elsewhere leaves them usable.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn fresh_secret() -> Result<String, NoRandom> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|_| NoRandom)?;
    Ok(to_hex(&bytes))
}

impl Access {
    /// `port` keeps the cookies of several nodes on one machine apart: browsers share cookies between ports.
    pub fn new(token: Option<&str>, port: Option<u16>) -> Self {
        Self {
            token: token.filter(|token| !token.is_empty()).map(digest),
            cookie: format!("comin_login_{}", port.unwrap_or(0)),
            codes: Mutex::default(),
            logins: Mutex::default(),
        }
    }

    /// Makes a code for one login.
    ///
    /// # Errors
    /// [`NoRandom`].
    pub fn make_code(&self) -> Result<String, NoRandom> {
        let code = fresh_secret()?;
        let now = Instant::now();
        let mut codes = lock(&self.codes);
        codes.retain(|_, made| now.duration_since(*made) < LOGIN_CODE_VALID);
        while codes.len() >= LOGIN_CODES_MAX {
            let Some(oldest) = codes.iter().min_by_key(|(_, made)| **made).map(|(code, _)| *code) else { break };
            codes.remove(&oldest);
        }
        codes.insert(digest(&code), now);
        Ok(code)
    }

    /// Takes a code, once, and gives the `Set-Cookie` value of a new login; `None`: used, expired or unknown.
    ///
    /// # Errors
    /// [`NoRandom`].
    pub fn log_in(&self, code: &str) -> Result<Option<String>, NoRandom> {
        let made = lock(&self.codes).remove(&digest(code));
        if made.is_none_or(|made| made.elapsed() >= LOGIN_CODE_VALID) {
            return Ok(None);
        }
        let secret = fresh_secret()?;
        let now = Instant::now();
        let mut logins = lock(&self.logins);
        logins.retain(|_, since| now.duration_since(*since) < LOGIN_VALID);
        while logins.len() >= LOGINS_MAX {
            let Some(oldest) = logins.iter().min_by_key(|(_, since)| **since).map(|(id, _)| *id) else { break };
            logins.remove(&oldest);
        }
        logins.insert(digest(&secret), now);
        Ok(Some(self.set_cookie(&secret, LOGIN_VALID)))
    }

    /// Ends a browser's login and gives the `Set-Cookie` value that removes its cookie.
    pub fn log_out(&self, headers: &HeaderMap) -> String {
        if let Some(secret) = cookie(headers, &self.cookie) {
            lock(&self.logins).remove(&digest(secret));
        }
        self.set_cookie("", Duration::ZERO)
    }

    fn set_cookie(&self, value: &str, age: Duration) -> String {
        format!("{}={value}; Path=/; HttpOnly; SameSite=Strict; Max-Age={}", self.cookie, age.as_secs())
    }

    /// Who sends these headers; `None`: nobody that we know.
    pub fn caller(&self, headers: &HeaderMap) -> Option<Caller> {
        if let Some(token) = bearer(headers) {
            let known = self.token.as_ref().is_some_and(|own| equal(own, &digest(token)));
            return known.then_some(Caller::Program);
        }
        let secret = cookie(headers, &self.cookie)?;
        let since = lock(&self.logins).get(&digest(secret)).copied()?;
        (since.elapsed() < LOGIN_VALID).then_some(Caller::Browser)
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// The value of a cookie.
pub fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .find_map(|pair| pair.trim().split_once('=').filter(|(key, _)| *key == name).map(|(_, value)| value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: header::HeaderName, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name, value.parse().unwrap())])
    }

    #[test]
    fn only_the_right_token_is_a_program() {
        let access = Access::new(Some("secret"), Some(8470));
        let ask = |value| access.caller(&headers(header::AUTHORIZATION, value));
        assert_eq!(ask("Bearer secret"), Some(Caller::Program), "the token opens");
        assert_eq!(ask("bearer secret"), Some(Caller::Program), "the scheme's case does not matter");
        assert_eq!(ask("Bearer secre"), None, "a part of it does not");
        assert_eq!(ask("Bearer "), None, "nothing does not");
        assert_eq!(ask("Basic secret"), None, "another scheme does not");
        let closed = Access::new(Some(""), Some(8470));
        assert_eq!(closed.caller(&headers(header::AUTHORIZATION, "Bearer ")), None, "an empty token opens nothing");
    }

    #[test]
    fn a_code_signs_in_once() {
        let access = Access::new(None, Some(8470));
        let code = access.make_code().unwrap();
        let set = access.log_in(&code).unwrap().expect("a fresh code signs in");
        assert!(set.contains("HttpOnly; SameSite=Strict"), "scripts and foreign pages cannot use it: {set}");
        let pair = set.split(';').next().unwrap();
        let browser = headers(header::COOKIE, &format!("theme=dark; {pair}"));
        assert_eq!(access.caller(&browser), Some(Caller::Browser), "the cookie is a login");
        assert_eq!(access.log_in(&code).unwrap(), None, "the code has been used");
        access.log_out(&browser);
        assert_eq!(access.caller(&browser), None, "after signing out the cookie is worth nothing");
    }

    #[test]
    fn codes_stay_bounded() {
        let access = Access::new(None, None);
        let first = access.make_code().unwrap();
        for _ in 0..LOGIN_CODES_MAX {
            access.make_code().unwrap();
        }
        assert_eq!(lock(&access.codes).len(), LOGIN_CODES_MAX, "the oldest makes room");
        assert_eq!(access.log_in(&first).unwrap(), None, "and is worth nothing any more");
    }
}
