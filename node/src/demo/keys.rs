//! Single keys from the terminal, without the return key.

use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use std::io::Read;
use std::sync::mpsc::Sender;
use std::sync::{Mutex, PoisonError};

/// The terminal as it was, while it is changed.
static BEFORE: Mutex<Option<Termios>> = Mutex::new(None);

/// Sends each key pressed; where the input is no terminal, each character of it.
pub fn read(to: Sender<char>) {
    let stdin = std::io::stdin();
    if let Ok(before) = tcgetattr(&stdin) {
        let mut single = before.clone();
        // Signals stay: Ctrl-C must end the demonstration whatever happens here.
        single.local_modes.remove(LocalModes::ICANON | LocalModes::ECHO);
        if tcsetattr(&stdin, OptionalActions::Now, &single).is_ok() {
            *BEFORE.lock().unwrap_or_else(PoisonError::into_inner) = Some(before);
        }
    }
    std::thread::spawn(move || {
        for byte in std::io::stdin().lock().bytes() {
            let Ok(byte) = byte else { break };
            if to.send(byte.to_ascii_lowercase() as char).is_err() {
                break;
            }
        }
    });
}

/// Gives the terminal back as it was.
pub fn restore() {
    if let Some(before) = BEFORE.lock().unwrap_or_else(PoisonError::into_inner).take() {
        // Nothing can be done about a terminal that has gone.
        let _ = tcsetattr(std::io::stdin(), OptionalActions::Now, &before);
    }
}
