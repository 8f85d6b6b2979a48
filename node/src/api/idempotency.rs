//! Answers to requests that carry an idempotency key, so that a repeated request is carried out once.
//!
//! Kept in memory and bounded: after a restart, or once a key has made room for others, a repetition counts
//! as new. A program that must be certain reads the records before it repeats a request of yesterday.

use super::limits::IDEMPOTENCY_KEYS_MAX;
use super::problem::Problem;
use axum::http::StatusCode;
use serde_json::Value;
use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

/// What is known of a key.
#[derive(Clone)]
enum Known {
    /// A request with this body is being carried out.
    UnderWay([u8; 32]),
    /// A request with this body had this answer.
    Done([u8; 32], StatusCode, Value),
}

/// The answers kept.
#[derive(Default)]
pub struct Answers(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    known: HashMap<String, Known>,
    order: VecDeque<String>,
}

/// What to do with a request.
pub enum Turn<'a> {
    /// Carry it out, then [`Ticket::done`]; dropping the ticket forgets the key.
    Go(Ticket<'a>),
    /// It has been carried out: this was the answer.
    Repeat(StatusCode, Value),
}

/// The right to carry out the request of one key.
pub struct Ticket<'a> {
    answers: &'a Answers,
    key: Option<String>,
    body: [u8; 32],
}

impl Answers {
    /// Whether the request of `key` with a body of this hash is to be carried out.
    ///
    /// # Errors
    /// 409 while it is under way, 422 where the key came with another body before.
    pub fn begin(&self, key: &str, body: [u8; 32]) -> Result<Turn<'_>, Problem> {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match inner.known.get(key) {
            Some(Known::UnderWay(other) | Known::Done(other, ..)) if *other != body => {
                return Err(Problem::invalid("this idempotency key came with another request before")
                    .hint("make a new key for a new request"));
            }
            Some(Known::UnderWay(_)) => {
                return Err(Problem::new(StatusCode::CONFLICT, "under-way", "this request is being carried out"));
            }
            Some(Known::Done(_, status, answer)) => return Ok(Turn::Repeat(*status, answer.clone())),
            None => {}
        }
        while inner.order.len() >= IDEMPOTENCY_KEYS_MAX {
            let Some(oldest) = inner.order.pop_front() else { break };
            inner.known.remove(&oldest);
        }
        inner.known.insert(key.to_owned(), Known::UnderWay(body));
        inner.order.push_back(key.to_owned());
        Ok(Turn::Go(Ticket { answers: self, key: Some(key.to_owned()), body }))
    }

    fn end(&self, key: &str, known: Option<Known>) {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match known {
            Some(known) if inner.known.contains_key(key) => {
                inner.known.insert(key.to_owned(), known);
            }
            _ => {
                inner.known.remove(key);
                inner.order.retain(|other| other != key);
            }
        }
    }
}

impl Ticket<'_> {
    /// Keeps the answer.
    pub fn done(mut self, status: StatusCode, answer: &Value) {
        if let Some(key) = self.key.take() {
            self.answers.end(&key, Some(Known::Done(self.body, status, answer.clone())));
        }
    }
}

impl Drop for Ticket<'_> {
    fn drop(&mut self) {
        // Refused or broken off: the client may correct the request and send it again.
        if let Some(key) = self.key.take() {
            self.answers.end(&key, None);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repeated_request_gets_the_first_answer() {
        let answers = Answers::default();
        let Ok(Turn::Go(ticket)) = answers.begin("k", [1; 32]) else { panic!("the first request goes ahead") };
        assert!(answers.begin("k", [1; 32]).is_err_and(|p| p.status == StatusCode::CONFLICT), "still under way");
        ticket.done(StatusCode::CREATED, &serde_json::json!({"id": 1}));
        let Ok(Turn::Repeat(status, answer)) = answers.begin("k", [1; 32]) else { panic!("the answer is kept") };
        assert_eq!((status, &answer["id"]), (StatusCode::CREATED, &serde_json::json!(1)), "and is the same");
        assert!(answers.begin("k", [2; 32]).is_err(), "the key belongs to the first body");
    }

    #[test]
    fn a_refused_request_may_be_sent_again() {
        let answers = Answers::default();
        drop(answers.begin("k", [1; 32]));
        assert!(matches!(answers.begin("k", [2; 32]), Ok(Turn::Go(_))), "nothing was done under this key");
    }

    #[test]
    fn stays_bounded() {
        let answers = Answers::default();
        for n in 0..IDEMPOTENCY_KEYS_MAX + 3 {
            if let Ok(Turn::Go(ticket)) = answers.begin(&n.to_string(), [0; 32]) {
                ticket.done(StatusCode::OK, &Value::Null);
            }
        }
        let inner = answers.0.lock().unwrap();
        assert_eq!(inner.known.len(), IDEMPOTENCY_KEYS_MAX, "the oldest keys made room");
        assert_eq!(inner.order.len(), IDEMPOTENCY_KEYS_MAX, "in both collections");
    }
}
