//! `anlage password`: what stands for a password in the file of the people who may sign in at `serve`.

use std::io::{self, BufRead, IsTerminal, Read};

use super::failure::{Failure, Status};
use super::terminal::Terminal;
use crate::serve::hash_of;

/// The most bytes of a password.
const MAX_PASSWORD: u64 = 1000;
/// The fewest letters of one.
const MIN_PASSWORD: usize = 12;

pub(super) fn run(terminal: &mut Terminal) -> Result<Status, Failure> {
    terminal.summary("Das Passwort eingeben, dann die Eingabetaste drücken.")?;
    let password = if io::stdin().is_terminal() { typed(terminal)? } else { piped()? };
    if password.len() as u64 > MAX_PASSWORD || password.chars().count() < MIN_PASSWORD {
        let message =
            format!("ein Passwort hat mindestens {MIN_PASSWORD} und höchstens {MAX_PASSWORD} Zeichen");
        return Err(Failure::Usage(message));
    }
    terminal.line(&hash_of(&password).map_err(Failure::Environment)?)?;
    Ok(Status::Done)
}

/// Reads a password at a terminal, which does not show it; so it is asked for twice.
fn typed(terminal: &mut Terminal) -> Result<String, Failure> {
    let password = rpassword::read_password()?;
    terminal.summary("Das Passwort noch einmal eingeben.")?;
    if rpassword::read_password()? == password {
        Ok(password)
    } else {
        Err(Failure::Usage("das Passwort war beim zweiten Mal ein anderes".into()))
    }
}

/// Reads the password that another program or a file gives.
fn piped() -> Result<String, Failure> {
    let mut line = Vec::new();
    io::stdin().lock().take(MAX_PASSWORD + 2).read_until(b'\n', &mut line)?;
    let password =
        String::from_utf8(line).map_err(|_| Failure::Usage("das Passwort ist kein UTF-8".into()))?;
    Ok(password.trim_end_matches(['\r', '\n']).to_owned())
}
