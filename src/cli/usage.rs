//! What is wrong with a command line, in German; the help itself is English.

use std::io::Write;

use clap::Error;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::failure::{Failure, Status};
use super::terminal::harmless;

/// Prints what clap has to say: the help that was asked for, or what is wrong with the arguments.
pub(super) fn answer(error: &Error) -> Result<Status, Failure> {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            // A reader that is gone needs no help.
            error.print().ok();
            Ok(Status::Done)
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            error.print().ok();
            Err(Failure::Usage(String::new()))
        }
        _ => {
            let message = message(error);
            let usage =
                error.get(ContextKind::Usage).map(|usage| usage.to_string().replace("Usage:", "Aufruf:"));
            let text = format!(
                "Fehler: {message}\n\n{}\n\nAlles Weitere: --help\n",
                usage.unwrap_or_else(|| "Aufruf: anlage [OPTIONS] <COMMAND>".into()).trim()
            );
            std::io::stderr().lock().write_all(harmless(&text).as_bytes()).ok();
            Err(Failure::Usage(message))
        }
    }
}

fn message(error: &Error) -> String {
    let one = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.clone()),
        Some(ContextValue::Strings(texts)) => Some(texts.join(", ")),
        _ => None,
    };
    let argument = one(ContextKind::InvalidArg).unwrap_or_default();
    // Of several suggestions the last is the likeliest.
    let likeliest = |kind| match error.get(kind) {
        Some(ContextValue::Strings(texts)) => texts.last().cloned(),
        _ => one(kind),
    };
    let meant = [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand, ContextKind::SuggestedValue]
        .into_iter()
        .find_map(likeliest)
        .map(|meant| format!(" Gemeint ist wohl {meant}."))
        .unwrap_or_default();
    match error.kind() {
        ErrorKind::UnknownArgument => format!("Das Argument {argument} gibt es hier nicht.{meant}"),
        ErrorKind::InvalidSubcommand => {
            let command = one(ContextKind::InvalidSubcommand).unwrap_or_default();
            format!("Den Befehl {command} gibt es nicht.{meant}")
        }
        ErrorKind::MissingSubcommand => "Es fehlt der Befehl.".into(),
        ErrorKind::MissingRequiredArgument => format!("Es fehlt: {argument}"),
        ErrorKind::ArgumentConflict => {
            let other = one(ContextKind::PriorArg).filter(|other| *other != argument);
            match other {
                Some(other) => format!("{argument} und {other} gehen nicht zusammen."),
                None => format!("{argument} steht mehr als einmal da."),
            }
        }
        ErrorKind::InvalidValue => {
            let value = one(ContextKind::InvalidValue).unwrap_or_default();
            let possible = one(ContextKind::ValidValue);
            match (value.is_empty(), possible) {
                (true, _) => format!("Hinter {argument} fehlt der Wert."),
                (false, Some(possible)) => {
                    format!("„{value}“ ist kein Wert für {argument}; möglich sind: {possible}.{meant}")
                }
                (false, None) => format!("„{value}“ ist kein Wert für {argument}."),
            }
        }
        ErrorKind::ValueValidation => {
            let value = one(ContextKind::InvalidValue).unwrap_or_default();
            let reason =
                std::error::Error::source(error).map(|reason| format!(": {reason}")).unwrap_or_default();
            format!("„{value}“ ist kein Wert für {argument}{reason}")
        }
        ErrorKind::InvalidUtf8 => "Ein Argument ist kein Text in UTF-8.".into(),
        ErrorKind::NoEquals => format!("Zwischen {argument} und dem Wert fehlt ein Gleichheitszeichen."),
        ErrorKind::TooManyValues | ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => {
            format!("Zu {argument} gehören mehr oder weniger Werte.")
        }
        _ => "So kann anlage nicht aufgerufen werden.".into(),
    }
}
