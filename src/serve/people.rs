//! The people who may sign in, what each of them may do, and the hashes of their passwords: a TOML file.
//!
//! Knows nothing of requests.

use std::collections::BTreeSet;
use std::sync::Arc;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use serde_json::json;
use unicode_normalization::UnicodeNormalization;

use super::secrets::chances;
use super::visitor::{PersonRole, Visitor};
use crate::diagnostics::{Diagnostic, Source, codes};
use crate::record::schema::Schema;
use crate::toml_tree::{Node, Table, TomlFile};

/// The most people that a file names.
const MAX_PEOPLE: usize = 1000;
/// The most letters of a name: it stands in the log of what was saved.
const MAX_NAME: usize = 100;
/// The most memory that looking at one password may take, in KiB.
const MAX_MEMORY: u32 = 256 << 10;
/// The most passes over it.
const MAX_PASSES: u32 = 20;
/// The most lanes of it.
const MAX_LANES: u32 = 16;

/// Somebody who may sign in.
#[derive(Debug)]
pub(super) struct Person {
    name: Arc<str>,
    role: PersonRole,
    password: Option<PasswordHash>,
}

impl Person {
    /// Somebody as who asks for pages.
    pub(super) fn visitor(&self, signed_in_here: bool) -> Visitor {
        Visitor { name: Some(Arc::clone(&self.name)), role: self.role, signed_in_here }
    }

    /// Tells whether a password is theirs. Takes as long as their hash says, on purpose.
    fn has(&self, password: &str) -> bool {
        let is_it = |hash| Argon2::default().verify_password(password.as_bytes(), hash).is_ok();
        self.password.as_ref().is_some_and(is_it)
    }
}

/// The people who may sign in.
#[derive(Debug)]
pub(super) struct People(Vec<Person>);

impl People {
    /// Reads the file of the people. If somebody else looks at passwords, nobody needs one here. Gives all mistakes.
    pub(super) fn read(name: &str, bytes: &[u8], with_passwords: bool) -> Result<Self, Vec<Diagnostic>> {
        let file = TomlFile::read(name, bytes).map_err(|finding| vec![*finding])?;
        let source = &file.text.source;
        if !file.syntax.is_empty() {
            return Err(file.syntax);
        }
        let mut findings = schema(source, with_passwords)?.check(source, &file.tree);
        let all = file.tree.as_table().and_then(|table| table.get("person")?.as_array()).unwrap_or_default();
        let mut names = BTreeSet::new();
        let people = all.iter().filter_map(Node::as_table);
        let people = people.filter_map(|table| person(source, table, &mut names, &mut findings)).collect();
        if findings.is_empty() { Ok(Self(people)) } else { Err(findings) }
    }

    /// Finds somebody by name, however it is capitalised.
    pub(super) fn named(&self, name: &str) -> Option<&Person> {
        let wanted = plain(name);
        self.0.iter().find(|person| plain(&person.name) == wanted)
    }

    /// Finds somebody by name and password. It takes as long for a name that nobody has.
    pub(super) fn known(&self, name: &str, password: &str) -> Option<&Person> {
        match self.named(name) {
            Some(person) => person.has(password).then_some(person),
            None => {
                // The answer is thrown away, the work is not.
                let somebody = self.0.get(number_of(&plain(name)) % self.0.len().max(1));
                std::hint::black_box(somebody.map(|somebody| somebody.has(password)));
                None
            }
        }
    }
}

/// Gives a number that a name always has.
fn number_of(name: &str) -> usize {
    usize::from(blake3::hash(name.as_bytes()).as_bytes()[0])
}

/// A name as it is compared.
pub(super) fn plain(name: &str) -> String {
    let words: Vec<&str> = name.split_whitespace().collect();
    words.join(" ").nfc().collect::<String>().to_lowercase()
}

/// Makes the text that stands for a password in the file of the people; the error says why there is none.
pub fn hash_of(password: &str) -> Result<String, String> {
    let salt = chances::<16>()?;
    let hash = Argon2::default().hash_password_with_salt(password.as_bytes(), &salt);
    hash.map(|hash| hash.to_string())
        .map_err(|error| format!("Das Passwort lässt sich nicht verwenden ({error})."))
}

fn schema(source: &Arc<Source>, with_passwords: bool) -> Result<Schema, Vec<Diagnostic>> {
    let text = |title: &str| json!({ "title": title, "type": "string", "minLength": 1 });
    let mut required = vec!["name", "rolle"];
    if with_passwords {
        required.push("passwort");
    }
    let roles = PersonRole::ALL.map(|(word, _)| word);
    let schema = json!({
        "type": "object", "additionalProperties": false, "required": ["person"],
        "properties": { "person": {
            "title": "Person", "type": "array", "minItems": 1, "maxItems": MAX_PEOPLE,
            "items": {
                "type": "object", "additionalProperties": false, "required": required,
                "properties": {
                    "name": text("Name"),
                    "passwort": text("Passwort"),
                    "rolle": { "title": "Rolle", "enum": roles },
                },
            },
        } },
    });
    Schema::new("", &schema.to_string())
        .map_err(|error| vec![Diagnostic::new(&codes::WRONG_FORMAT, source, 0..0, error.message)])
}

fn person(
    source: &Arc<Source>,
    table: &Table,
    names: &mut BTreeSet<String>,
    findings: &mut Vec<Diagnostic>,
) -> Option<Person> {
    let text = |key: &str| table.get(key).and_then(|node| Some((node, node.as_str()?)));
    let mut wrong = |node: &Node, message: &str, hint: &str| {
        let finding = Diagnostic::new(&codes::WRONG_FORMAT, source, node.span.clone(), message);
        findings.push(finding.hint(hint));
    };
    let password = text("passwort").filter(|(_, text)| !text.is_empty()).and_then(|(node, text)| {
        let hash = hash(text);
        if let Err(message) = hash {
            wrong(node, message, "„anlage password“ schreibt zu einem Passwort, was hier stehen kann.");
        }
        hash.ok()
    });
    let (node, name) = text("name").filter(|(_, text)| !text.is_empty())?;
    let is_clean = name.trim() == name && !name.chars().any(char::is_control);
    if !is_clean || name.chars().count() > MAX_NAME {
        let hint = format!("Ein Name steht in einer Zeile und hat höchstens {MAX_NAME} Zeichen.");
        wrong(node, "Das ist kein Name, wie er hier stehen kann.", &hint);
    } else if !names.insert(plain(name)) {
        wrong(node, "Diesen Namen hat schon jemand.", "Wer sich anmeldet, wird am Namen erkannt.");
    }
    let (_, role) = text("rolle")?;
    let (_, role) = PersonRole::ALL.into_iter().find(|(word, _)| *word == role)?;
    Some(Person { name: name.into(), role, password })
}

/// Reads a hash; it must not cost more than the program can give.
fn hash(text: &str) -> Result<PasswordHash, &'static str> {
    let hash = PasswordHash::new(text).map_err(|_| "Das ist kein Hash eines Passworts.")?;
    if Algorithm::new(hash.algorithm.as_str()) != Ok(Algorithm::Argon2id) {
        return Err("Dieser Hash ist nicht mit Argon2id gemacht.");
    }
    let params = Params::try_from(&hash).ok().filter(|_| hash.salt.is_some() && hash.hash.is_some());
    let is_known = hash.version.is_none_or(|version| Version::try_from(version).is_ok());
    let params = params.filter(|_| is_known).ok_or("Diesem Hash fehlt ein Teil.")?;
    let is_small =
        params.m_cost() <= MAX_MEMORY && params.t_cost() <= MAX_PASSES && params.p_cost() <= MAX_LANES;
    if is_small {
        Ok(hash)
    } else {
        Err("Diesen Hash nachzurechnen, dauert zu lange oder braucht zu viel Speicher.")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A hash that costs next to nothing.
    pub(super) fn cheap(password: &str) -> String {
        let argon2 = Argon2::from(Params::new(64, 1, 1, None).unwrap());
        argon2.hash_password_with_salt(password.as_bytes(), b"0123456789abcdef").unwrap().to_string()
    }

    fn read(text: &str) -> Result<People, Vec<(usize, String)>> {
        let said = |finding: &Diagnostic| (finding.line(), finding.message.clone());
        People::read("leute.toml", text.as_bytes(), true).map_err(|all| all.iter().map(said).collect())
    }

    #[test]
    fn people_are_known_by_name_and_password() {
        let hash = cheap("geheim");
        let people = read(&format!(
            "[[person]]\nname = \"Anna Muster\"\nrolle = \"schreiben\"\npasswort = \"{hash}\"\n"
        ));
        let people = people.unwrap();
        let known = people.known(" anna  MUSTER ", "geheim").unwrap();
        assert_eq!((&*known.name, known.role), ("Anna Muster", PersonRole::Write));
        for (name, password) in [("Anna Muster", "Geheim"), ("Anna Muster", ""), ("Anna", "geheim"), ("", "")]
        {
            assert!(people.known(name, password).is_none(), "{name} {password}");
        }
    }

    #[test]
    fn a_name_that_nobody_has_takes_as_long() {
        let argon2 = Argon2::from(Params::new(8192, 1, 1, None).unwrap());
        let hash = argon2.hash_password_with_salt(b"geheim", b"0123456789abcdef").unwrap();
        let people =
            read(&format!("[[person]]\nname = \"Anna\"\nrolle = \"lesen\"\npasswort = \"{hash}\"\n"))
                .unwrap();
        let time = |name: &str| {
            let begun = std::time::Instant::now();
            assert!(people.known(name, "falsch").is_none());
            begun.elapsed()
        };
        // In turns, and the fastest of many: other work on the machine shall not decide.
        let times: Vec<_> = (0..25).map(|_| (time("Anna"), time("Niemand"))).collect();
        let known = times.iter().map(|(known, _)| *known).min().unwrap();
        let unknown = times.iter().map(|(_, unknown)| *unknown).min().unwrap();
        assert!(unknown * 3 > known && known * 3 > unknown, "{known:?} {unknown:?}");
    }

    #[test]
    fn all_mistakes_of_the_file_are_said_with_their_lines() {
        let hash = cheap("geheim");
        let dear = hash.replace("m=64", "m=999999");
        let other = hash.replace("argon2id", "argon2i");
        let text = format!(
            "[[person]]\nname = \"A\"\nrolle = \"chef\"\npasswort = \"{hash}\"\n\
             [[person]]\nname = \"B\"\nrolle = \"lesen\"\n\
             [[person]]\nname = \"C\"\nrolle = \"lesen\"\npasswort = \"geheim\"\n\
             [[person]]\nname = \"c\"\nrolle = \"lesen\"\npasswort = \"{dear}\"\n\
             [[person]]\nname = \"D\\n\"\nrolle = \"lesen\"\npasswort = \"{other}\"\nmail = 1\n"
        );
        let lines: Vec<usize> = read(&text).unwrap_err().into_iter().map(|(line, _)| line).collect();
        for line in [3, 5, 11, 13, 15, 17, 19, 20] {
            assert!(lines.contains(&line), "{line}: {:?}", read(&text).unwrap_err());
        }
        assert_eq!(read("").unwrap_err().len(), 1);
        assert_eq!(read("[[person]\n").unwrap_err().len(), 1);
        assert!(People::read("x", b"[[person]]\nname = \"B\"\nrolle = \"lesen\"\n", false).is_ok());
    }

    #[test]
    fn what_is_made_of_a_password_is_taken() {
        let made = hash_of("geheim").unwrap();
        assert!(made.starts_with("$argon2id$v=19$m="), "{made}");
        assert_ne!(made, hash_of("geheim").unwrap());
        assert!(hash(&made).is_ok());
    }
}
