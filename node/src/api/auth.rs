//! Who may call: programs with the token, people with a login cookie, and whoever holds the control socket.
//!
//! By loopback a login is made by a one-time link, which the command line gives to whoever may open the data directory.
//! Over the office network it is made by name and password, and worth what the user may do at the moment of each request.

use axum::http::{HeaderMap, header};
use comin_protocol::ids::{tagged_hash, to_hex};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::entrance::Entrance;
use super::limits::{
    ATTEMPTS_KEPT, LOGIN_CODE_VALID, LOGIN_CODES_MAX, LOGIN_VALID, LOGINS_MAX, SIGN_IN_FAILURES_MAX,
    SIGN_IN_FAILURES_OF_ADDRESS_MAX, SIGN_IN_WINDOW, USER_LOGINS_MAX,
};
use crate::users::{Role, SignedIn, Users};
use std::net::IpAddr;
use std::sync::Arc;

/// Put into a request's extensions by the server of the control socket, or by a caller in this process: the
/// file system has already decided who may do this. Never taken from anything that a client sends.
#[derive(Clone, Copy, Debug)]
pub struct Trusted;

/// How a request proved itself.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Caller {
    /// Control socket or this process.
    Trusted,
    /// Bearer token.
    Program,
    /// Login cookie of a one-time link: a browser, which must also show where its request comes from.
    Browser,
    /// Login cookie of a user, who signed in over the office network with a browser.
    User(User),
}

/// Who has signed in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct User {
    /// The name.
    pub name: String,
    /// What it may do now.
    pub role: Role,
}

impl Caller {
    /// Whether the request comes from a browser.
    pub fn is_browser(&self) -> bool {
        matches!(self, Self::Browser | Self::User(_))
    }
}

/// A browser that is signed in.
struct Login {
    since: Instant,
    /// The user, with the password of then; `None`: by a one-time link.
    user: Option<SignedIn>,
}

/// An address, and a name that was tried from it; the empty name stands for all of them together.
type Attempt = (IpAddr, String);

/// Tokens, one-time codes and logins. Codes and logins live in memory: a restart signs everyone out, and
/// `comin open` signs in again.
pub struct Access {
    token: Option<[u8; 32]>,
    port: u16,
    users: Arc<Users>,
    codes: Mutex<BTreeMap<[u8; 32], Instant>>,
    logins: Mutex<HashMap<[u8; 32], Login>>,
    /// Failed attempts, since when.
    failed: Mutex<HashMap<Attempt, (u32, Instant)>>,
}

/// The system gave no random bytes: nothing can be signed in safely.
#[derive(Debug, thiserror::Error)]
#[error("the system gave no random bytes")]
pub struct NoRandom;

/// So much of a name is remembered of an attempt, in characters.
const ATTEMPT_NAME_CHARS: usize = 64;

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

pub(crate) fn fresh_secret() -> Result<String, NoRandom> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|_| NoRandom)?;
    Ok(to_hex(&bytes))
}

impl Access {
    /// `port` keeps the cookies of several nodes on one machine apart: browsers share cookies between ports.
    pub fn new(token: Option<&str>, port: Option<u16>, users: Arc<Users>) -> Self {
        Self {
            token: token.filter(|token| !token.is_empty()).map(digest),
            port: port.unwrap_or(0),
            users,
            codes: Mutex::default(),
            logins: Mutex::default(),
            failed: Mutex::default(),
        }
    }

    fn cookie_name(&self, entrance: Entrance) -> String {
        match entrance {
            Entrance::Loopback => format!("comin_login_{}", self.port),
            // Browsers keep such a cookie for this host alone, and send it over TLS only.
            Entrance::Office => format!("__Host-comin_login_{}", self.port),
        }
    }

    /// Makes a code for one login.
    ///
    /// # Errors
    /// [`NoRandom`].
    pub fn make_code(&self) -> Result<String, NoRandom> {
        let code = fresh_secret()?;
        self.expect_code(&code);
        Ok(code)
    }

    /// Takes a code of somebody else's making for one login: whoever has set this machine up stays signed in.
    pub fn expect_code(&self, code: &str) {
        let now = Instant::now();
        let mut codes = lock(&self.codes);
        codes.retain(|_, made| now.duration_since(*made) < LOGIN_CODE_VALID);
        while codes.len() >= LOGIN_CODES_MAX {
            let Some(oldest) = codes.iter().min_by_key(|(_, made)| **made).map(|(code, _)| *code) else { break };
            codes.remove(&oldest);
        }
        codes.insert(digest(code), now);
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
        self.begin(Entrance::Loopback, None).map(Some)
    }

    /// Signs a user in whose password has been checked, and gives the `Set-Cookie` value of the login.
    ///
    /// # Errors
    /// [`NoRandom`].
    pub fn log_in_user(&self, user: SignedIn) -> Result<String, NoRandom> {
        self.begin(Entrance::Office, Some(user))
    }

    fn begin(&self, entrance: Entrance, user: Option<SignedIn>) -> Result<String, NoRandom> {
        let secret = fresh_secret()?;
        let now = Instant::now();
        let mut logins = lock(&self.logins);
        logins.retain(|_, login| now.duration_since(login.since) < LOGIN_VALID);
        // Nobody's login makes room for somebody else's.
        let name = |user: &Option<SignedIn>| user.as_ref().map(|user| user.name.clone());
        let max = if user.is_some() { USER_LOGINS_MAX } else { LOGINS_MAX };
        loop {
            let same = logins.iter().filter(|(_, login)| name(&login.user) == name(&user));
            let (count, oldest) = (same.clone().count(), same.min_by_key(|(_, login)| login.since));
            let Some(oldest) = oldest.filter(|_| count >= max).map(|(id, _)| *id) else { break };
            logins.remove(&oldest);
        }
        logins.insert(digest(&secret), Login { since: now, user });
        Ok(self.set_cookie(entrance, &secret, LOGIN_VALID))
    }

    /// Ends a browser's login and gives the `Set-Cookie` value that removes its cookie.
    pub fn log_out(&self, headers: &HeaderMap, entrance: Entrance) -> String {
        if let Some(secret) = cookie(headers, &self.cookie_name(entrance)) {
            lock(&self.logins).remove(&digest(secret));
        }
        self.set_cookie(entrance, "", Duration::ZERO)
    }

    fn set_cookie(&self, entrance: Entrance, value: &str, age: Duration) -> String {
        let secure = if entrance == Entrance::Office { "; Secure" } else { "" };
        let name = self.cookie_name(entrance);
        format!("{name}={value}; Path=/; HttpOnly; SameSite=Strict; Max-Age={}{secure}", age.as_secs())
    }

    /// Who sends these headers; `None`: nobody that we know. The token is for programs on this machine, and a one-time
    /// link for its people: neither opens anything from the office network, nor the other way round.
    pub fn caller(&self, headers: &HeaderMap, entrance: Entrance) -> Option<Caller> {
        if let Some(token) = bearer(headers) {
            let known = self.token.as_ref().is_some_and(|own| equal(own, &digest(token)));
            return (known && entrance == Entrance::Loopback).then_some(Caller::Program);
        }
        let secret = cookie(headers, &self.cookie_name(entrance))?;
        let user = {
            let logins = lock(&self.logins);
            let login = logins.get(&digest(secret)).filter(|login| login.since.elapsed() < LOGIN_VALID)?;
            login.user.clone()
        };
        match (user, entrance) {
            (None, Entrance::Loopback) => Some(Caller::Browser),
            // Whoever is gone, or has another password by now, is signed in no more.
            (Some(user), Entrance::Office) => {
                let role = self.users.role_of(&user)?;
                Some(Caller::User(User { name: user.name, role }))
            }
            _ => None,
        }
    }

    /// For how long an address is not listened to for a name, because of too many wrong passwords.
    pub fn held_off(&self, address: IpAddr, name: &str) -> Option<Duration> {
        let failed = lock(&self.failed);
        let of = |(attempt, max): (Attempt, u32)| {
            let (count, since) = failed.get(&attempt)?;
            let left = SIGN_IN_WINDOW.checked_sub(since.elapsed())?;
            (*count >= max).then_some(left)
        };
        attempts(address, name).into_iter().filter_map(of).max()
    }

    /// Notes whether an attempt has failed.
    pub fn note_attempt(&self, address: IpAddr, name: &str, failed: bool) {
        let mut known = lock(&self.failed);
        known.retain(|_, (_, since)| since.elapsed() < SIGN_IN_WINDOW);
        for (attempt, _) in attempts(address, name) {
            if !failed {
                // It was counted before it was known.
                known.entry(attempt).and_modify(|(count, _)| *count = count.saturating_sub(1));
                continue;
            }
            if known.len() >= ATTEMPTS_KEPT && !known.contains_key(&attempt) {
                let oldest = known.iter().min_by_key(|(_, (_, since))| *since).map(|(attempt, _)| attempt.clone());
                oldest.map(|oldest| known.remove(&oldest));
            }
            known.entry(attempt).or_insert((0, Instant::now())).0 += 1;
        }
        known.retain(|_, (count, _)| *count > 0);
    }
}

/// Under what an attempt is counted, each with how many may fail.
fn attempts(address: IpAddr, name: &str) -> [(Attempt, u32); 2] {
    // Of IPv6 whoever has one address has all of its network.
    let address = match address.to_canonical() {
        IpAddr::V6(ip) => IpAddr::from((ip.to_bits() & (u128::MAX << 64)).to_be_bytes()),
        ip => ip,
    };
    let name: String = name.trim().to_lowercase().chars().take(ATTEMPT_NAME_CHARS).collect();
    [((address, name), SIGN_IN_FAILURES_MAX), ((address, String::new()), SIGN_IN_FAILURES_OF_ADDRESS_MAX)]
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
        let access = Access::new(Some("secret"), Some(8470), Arc::default());
        let ask = |value| access.caller(&headers(header::AUTHORIZATION, value), Entrance::Loopback);
        assert_eq!(ask("Bearer secret"), Some(Caller::Program), "the token opens");
        assert_eq!(ask("bearer secret"), Some(Caller::Program), "the scheme's case does not matter");
        assert_eq!(ask("Bearer secre"), None, "a part of it does not");
        assert_eq!(ask("Bearer "), None, "nothing does not");
        assert_eq!(ask("Basic secret"), None, "another scheme does not");
        let office = access.caller(&headers(header::AUTHORIZATION, "Bearer secret"), Entrance::Office);
        assert_eq!(office, None, "it is for this machine");
        let closed = Access::new(Some(""), Some(8470), Arc::default());
        let empty = closed.caller(&headers(header::AUTHORIZATION, "Bearer "), Entrance::Loopback);
        assert_eq!(empty, None, "an empty token opens nothing");
    }

    #[test]
    fn a_code_signs_in_once() {
        let access = Access::new(None, Some(8470), Arc::default());
        let code = access.make_code().unwrap();
        let set = access.log_in(&code).unwrap().expect("a fresh code signs in");
        assert!(set.contains("HttpOnly; SameSite=Strict"), "scripts and foreign pages cannot use it: {set}");
        let pair = set.split(';').next().unwrap();
        let browser = headers(header::COOKIE, &format!("theme=dark; {pair}"));
        assert_eq!(access.caller(&browser, Entrance::Loopback), Some(Caller::Browser), "the cookie is a login");
        assert_eq!(access.caller(&browser, Entrance::Office), None, "on this machine");
        assert_eq!(access.log_in(&code).unwrap(), None, "the code has been used");
        access.log_out(&browser, Entrance::Loopback);
        let after = access.caller(&browser, Entrance::Loopback);
        assert_eq!(after, None, "after signing out the cookie is worth nothing");
    }

    fn signed_in(access: &Access, users: &Users, name: &str, password: &str) -> HeaderMap {
        let set = access.log_in_user(users.check(name, password).expect("they fit")).unwrap();
        assert!(set.starts_with("__Host-") && set.ends_with("; Secure"), "for this host, over TLS: {set}");
        headers(header::COOKIE, set.split(';').next().unwrap())
    }

    #[test]
    fn a_user_is_worth_what_it_may_do_now() {
        let users = Arc::new(Users::default());
        let password = users.add("ana", Role::Editor).expect("is added");
        let access = Access::new(None, Some(8470), users.clone());
        let checked = users.check("ana", &password).expect("they fit");
        let browser = signed_in(&access, &users, "ana", &password);
        let ana = Caller::User(User { name: "ana".into(), role: Role::Editor });
        assert_eq!(access.caller(&browser, Entrance::Office), Some(ana), "signed in");
        assert_eq!(access.caller(&browser, Entrance::Loopback), None, "not by another door");
        let password = users.reset(" ANA ").expect("is reset");
        assert_eq!(access.caller(&browser, Entrance::Office), None, "another password ends it");
        let late = headers(header::COOKIE, access.log_in_user(checked).unwrap().split(';').next().unwrap());
        assert_eq!(access.caller(&late, Entrance::Office), None, "also for one that was being checked meanwhile");
        let browser = signed_in(&access, &users, "ana", &password);
        users.remove("ana", true).expect("is removed");
        assert_eq!(access.caller(&browser, Entrance::Office), None, "nothing from that moment on");
        users.add("ana", Role::Admin).expect("another one of that name");
        assert_eq!(access.caller(&browser, Entrance::Office), None, "does not take over the login");
    }

    #[test]
    fn nobodys_login_makes_room_for_somebody_elses() {
        let users = Arc::new(Users::default());
        let (ana, bor) = (users.add("ana", Role::Editor).unwrap(), users.add("bor", Role::Editor).unwrap());
        let access = Access::new(None, Some(8470), users.clone());
        let link = access.log_in(&access.make_code().unwrap()).unwrap().expect("a link signs in");
        let (link, first) =
            (headers(header::COOKIE, link.split(';').next().unwrap()), signed_in(&access, &users, "ana", &ana));
        let checked = users.check("bor", &bor).expect("they fit");
        for _ in 0..=USER_LOGINS_MAX {
            access.log_in_user(checked.clone()).unwrap();
        }
        assert!(access.caller(&first, Entrance::Office).is_some(), "ana stays");
        assert!(access.caller(&link, Entrance::Loopback).is_some(), "and whoever came by a link");
        let of_bor = lock(&access.logins).values().filter(|l| l.user.as_ref().is_some_and(|u| u.name == "bor")).count();
        assert_eq!(of_bor, USER_LOGINS_MAX, "bor's oldest is gone");
    }

    #[test]
    fn whoever_guesses_is_held_off() {
        let access = Access::new(None, None, Arc::default());
        let (guesser, other): (IpAddr, IpAddr) = ([192, 168, 1, 2].into(), [192, 168, 1, 3].into());
        for _ in 0..SIGN_IN_FAILURES_MAX {
            assert_eq!(access.held_off(guesser, "ana"), None, "a few mistakes are human");
            access.note_attempt(guesser, "ana", true);
        }
        assert!(access.held_off(guesser, " Ana ").is_some_and(|left| left <= SIGN_IN_WINDOW), "for this name");
        assert_eq!(access.held_off(guesser, "bor"), None, "others behind the same address go on");
        assert_eq!(access.held_off(other, "ana"), None, "and the name from elsewhere");
        for number in 0..SIGN_IN_FAILURES_OF_ADDRESS_MAX {
            access.note_attempt(guesser, &format!("user{number}"), true);
        }
        assert!(access.held_off(guesser, "bor").is_some(), "until it is too much of an address");
        let (one, two): (IpAddr, IpAddr) = ("fd00::1".parse().unwrap(), "fd00::2:1".parse().unwrap());
        (0..SIGN_IN_FAILURES_MAX).for_each(|_| access.note_attempt(one, "ana", true));
        assert!(access.held_off(two, "ana").is_some(), "of IPv6 a network is one");
        access.note_attempt(other, "ana", true);
        access.note_attempt(other, "ana", false);
        assert!(!lock(&access.failed).contains_key(&(other, "ana".into())), "what was right counts for nothing");
        for number in 0..ATTEMPTS_KEPT as u32 + 10 {
            access.note_attempt(IpAddr::from(number.to_be_bytes()), "x", true);
        }
        assert!(lock(&access.failed).len() <= ATTEMPTS_KEPT, "the memory is bounded");
    }

    #[test]
    fn codes_stay_bounded() {
        let access = Access::new(None, None, Arc::default());
        let first = access.make_code().unwrap();
        for _ in 0..LOGIN_CODES_MAX {
            access.make_code().unwrap();
        }
        assert_eq!(lock(&access.codes).len(), LOGIN_CODES_MAX, "the oldest makes room");
        assert_eq!(access.log_in(&first).unwrap(), None, "and is worth nothing any more");
    }
}
