//! Sessions with secrets in them: what is secret, where it is at home, and where it is planted.

use super::leaf::Leaf;
use super::talk::{self, Secret};
use super::ways::{Right, WAYS, Way, Writer};
use super::within::secret_file;
use crate::dice::Dice;
use crate::packet_runs::{SESSION, head};
use crate::program::Project;

/// A secret that stands in something public.
pub(super) struct Planting {
    pub way: &'static str,
    pub right: Right,
    /// What is planted, or what the finding may call it by.
    pub secret: String,
    pub called: Vec<String>,
    /// What the finding names: the annex or the field of a record.
    pub place: String,
    /// The file that it is planted in, and what is there without it.
    path: String,
    clean: Vec<u8>,
    /// The line of the agenda that says it, if one does.
    line: String,
}

impl Planting {
    /// Puts back what was there before.
    pub(super) fn take_out(&self, project: &Project) {
        project.write(&self.path, &self.clean);
        if !self.line.is_empty() {
            let agenda = String::from_utf8(project.read("sitzung.toml")).unwrap();
            project.write("sitzung.toml", agenda.replacen(&self.line, "", 1));
        }
    }
}

/// What is at home in papers that are not public.
#[derive(Default)]
pub(super) struct NotPublic {
    /// The long texts of the form.
    fields: [String; 4],
    rows: Vec<String>,
    annexes: Vec<(String, String, Vec<u8>)>,
    subjects: Vec<String>,
    titles: Vec<String>,
}

impl NotPublic {
    /// Makes a secret and gives it a home.
    fn secret(&mut self, dice: &mut Dice) -> Secret {
        match dice.below(12) {
            0 => {
                let row = talk::secret_row(dice);
                self.rows.push(format!("| {} |", row.join(" | ")));
                Secret::plain(row.join(" "))
            }
            1 => {
                let subject = talk::secret_subject(dice);
                self.subjects.push(subject.clone());
                Secret::plain(subject)
            }
            2 => {
                let title = talk::secret_subject(dice);
                self.titles.push(title.clone());
                Secret::plain(title)
            }
            3 => {
                let (title, name) = (talk::secret_title(dice), talk::secret_file_name(dice));
                let file = secret_file(talk::common(dice), dice);
                let secret = if dice.one_in(2) { title.clone() } else { name.clone() };
                self.annexes.push((title, name, file));
                Secret::plain(secret)
            }
            4 => {
                let secret = Secret::plain(talk::secret_sentence(dice).printed);
                let file = secret_file(&secret.printed, dice);
                let name = format!("plan-{}", self.annexes.len() + 1);
                self.annex("Lageplan", &name, file);
                secret
            }
            _ => {
                let secret = talk::secret_sentence(dice);
                self.say(&secret.raw, dice);
                secret
            }
        }
    }

    /// Says something in one of the long texts, among what is said everywhere.
    pub(super) fn say(&mut self, text: &str, dice: &mut Dice) {
        let field = &mut self.fields[dice.below(4) as usize];
        let whole = text.ends_with('.');
        let common = talk::common(dice);
        field.push_str(if whole && common.ends_with('.') { common } else { "\n\n" });
        field.push_str(if dice.one_in(3) { "\n" } else { " " });
        field.push_str(text);
        field.push_str(if whole && dice.one_in(2) { " " } else { "\n\n" });
    }

    /// Adds an annex.
    pub(super) fn annex(&mut self, title: &str, name: &str, file: Vec<u8>) {
        self.annexes.push((title.to_owned(), name.to_owned(), file));
    }

    /// A file that is secret, as an annex.
    fn file(&mut self, dice: &mut Dice) -> (Vec<u8>, Vec<String>) {
        let text =
            if dice.one_in(2) { talk::secret_sentence(dice).printed } else { talk::common(dice).to_owned() };
        let (title, name) = (talk::secret_title(dice), talk::secret_file_name(dice));
        let bytes = secret_file(&text, dice);
        self.annexes.push((title.clone(), name.clone(), bytes.clone()));
        (bytes, vec![title, name, text])
    }

    /// Writes the records, and returns their items on the agenda.
    pub(super) fn write(mut self, project: &Project, dice: &mut Dice) -> String {
        if !self.rows.is_empty() {
            let table = format!("\n\n| Lage | Bieter | Summe |\n|---|---|---|\n{}\n\n", self.rows.join("\n"));
            self.fields[dice.below(4) as usize].push_str(&table);
        }
        let mut form = Fields { subject: talk::secret_subject(dice), ..Fields::default() };
        for (field, text) in form.texts().into_iter().zip(&self.fields) {
            *field = format!("{}\n\n{text}", talk::common(dice));
        }
        let mut record = form.toml("V/0901/2025", false);
        for (number, (title, name, bytes)) in (1..).zip(&self.annexes) {
            record += &format!(
                "\n[anlage.{number}]\ntitel = {}\ndatei = {}\n",
                quoted(title),
                quoted(&format!("{name}.pdf"))
            );
            project.write(&format!("n/{name}.pdf"), bytes);
        }
        project.write("n/geheim.toml", record);
        let mut agenda =
            "[[top]]\nnummer = '11'\nvorlage = 'n/geheim.toml'\noeffentlich = false\n".to_owned();
        for (number, subject) in (12..).zip(&self.subjects) {
            project.write(&format!("n/{number}.toml"), head(&format!("V/09{number}/2025"), subject, false));
            agenda +=
                &format!("[[top]]\nnummer = '{number}'\nvorlage = 'n/{number}.toml'\noeffentlich = false\n");
        }
        for (number, title) in (51..).zip(&self.titles) {
            agenda +=
                &format!("[[top]]\nnummer = '{number}'\ntitel = {}\noeffentlich = false\n", quoted(title));
        }
        agenda
    }
}

/// What a record with a form says.
#[derive(Clone)]
pub(super) struct Fields {
    pub subject: String,
    pub office: String,
    pub overview: String,
    pub aims: String,
    pub topics: String,
    pub reason: String,
    pub product: String,
    pub annex: String,
    pub item: Option<String>,
    pub comment: String,
}

impl Default for Fields {
    fn default() -> Self {
        let text = "Die Stadtbücherei wird saniert.".to_owned();
        Self {
            subject: "Sanierung der Stadtbücherei".into(),
            office: "Amt für Immobilienmanagement".into(),
            overview: text.clone(),
            aims: text.clone(),
            topics: text.clone(),
            reason: text,
            product: "Immobilienmanagement".into(),
            annex: "Raumprogramm".into(),
            item: None,
            comment: "Stand: Entwurf".into(),
        }
    }
}

impl Fields {
    pub(super) fn texts(&mut self) -> [&mut String; 4] {
        [&mut self.overview, &mut self.aims, &mut self.topics, &mut self.reason]
    }

    pub(super) fn toml(&self, number: &str, public: bool) -> String {
        let q = quoted;
        format!(
            "# {}\n[vorlage]\nnummer = '{number}'\nart = 'Beschlussvorlage'\nbetreff = {}\ndatum = 2025-01-20\n\
             oeffentlich = {public}\namt = {}\n\n[[vorlage.beratung]]\ndatum = 2025-02-12\ngremium = 'Rat'\n\
             rolle = 'Entscheidung'\n\n[anlage.A]\ntemplate = 'muenster-anlage-a'\nkurzueberblick = {}\nziele = {}\n\
             querschnittsthemen = {}\n\n[[anlage.A.finanzierung]]\nproduktgruppe = {{ nummer = '0111', name = {} }}\n\
             ergebnisplan = 'ja'\nfinanzplan = 'nein'\nhaushaltsplan = {{ jahr = 2025, enthalten = 'teilweise' }}\n\
             entwurf = {{ jahr = 2026, enthalten = 'nein' }}\nkuenftige_belastungen = 'nein'\n\n\
             [anlage.A.pflichtigkeit]\ngrad = 'überwiegend pflichtig'\nbegruendung = {}\n",
            self.comment,
            q(&self.subject),
            q(&self.office),
            q(&self.overview),
            q(&self.aims),
            q(&self.topics),
            q(&self.product),
            q(&self.reason),
        )
    }
}

/// A text as TOML and JSON write it.
pub(super) fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap()
}

/// Says a secret in a public record.
type RecordWriter = fn(&mut Fields, &Secret);

/// Ways to say a secret in a public record, with the word that the finding names the place by.
const RECORD_WAYS: [(&str, &str, RecordWriter); 14] = [
    ("overview", "Kurzüberblick", |fields, secret| fields.overview = secret.raw.clone()),
    ("overview in bold", "Kurzüberblick", |fields, secret| fields.overview = bold(&secret.printed)),
    ("aims", "", |fields, secret| fields.aims += &format!(" {}", secret.raw)),
    ("aims in a list", "", |fields, secret| fields.aims = format!("- {}\n- {}", "Ziel", secret.raw)),
    ("topics in a table", "", |fields, secret| {
        fields.topics = format!("| Thema | Text |\n|---|---|\n| Inklusion | {} |", secret.raw);
    }),
    ("topics", "", |fields, secret| fields.topics = format!("Text\n\n{}", secret.raw)),
    ("target of a link", "", |fields, secret| {
        let query = super::beside::percent_encoded(&secret.printed, false);
        fields.aims = format!("Siehe [die Seite](https://example.org/?q={query}) der Stadt.");
    }),
    ("reason", "", |fields, secret| fields.reason = secret.raw.clone()),
    ("reason, words apart", "", |fields, secret| fields.reason = secret.raw.replace(' ', "\n")),
    ("product", "", |fields, secret| fields.product = bold(&secret.printed)),
    ("subject", "", |fields, secret| fields.subject = secret.printed.clone()),
    ("title of an annex", "", |fields, secret| fields.annex = secret.printed.clone()),
    ("title of the item", "", |fields, secret| fields.item = Some(secret.printed.clone())),
    ("comment", "", |fields, secret| fields.comment = secret.printed.clone()),
];

/// Bold words, letter by letter as it may be.
fn bold(text: &str) -> String {
    let safe = text.replace('<', "\\<").replace('*', "\\*");
    let (first, rest) = safe.split_once(' ').unwrap_or((&safe, ""));
    format!("**{first}** {rest}")
}

const PER_SESSION: usize = 6;

/// Writes a session with its papers.
pub(super) fn write(seed: u64) -> (Project, Vec<Planting>) {
    let project = Project::new();
    let mut dice = Dice(seed);
    let mut not_public = NotPublic::default();
    let mut plantings = Vec::new();
    let mut record = head("V/0101/2025", "Sanierung der Stadtbücherei", true);
    // Every way has its turn.
    let first = seed as usize * PER_SESSION;
    for number in 1..=PER_SESSION {
        let way = &WAYS[(first + number) % WAYS.len()];
        let planting = annex(way, number, &mut not_public, &mut dice, &project);
        record += &format!("\n[anlage.{number}]\ntitel = 'Unterlage {number}'\ndatei = 'd{number}.pdf'\n");
        plantings.push(planting);
    }
    project.write("o/1.toml", record);
    let mut agenda = format!("{SESSION}[[top]]\nnummer = '1'\nvorlage = 'o/1.toml'\n");
    if seed.is_multiple_of(2) {
        let at = seed as usize / 2 % RECORD_WAYS.len();
        let (planting, item) = in_record(at, &mut not_public, &mut dice, &project);
        plantings.push(planting);
        agenda += &item;
    }
    agenda += &not_public.write(&project, &mut dice);
    project.write("sitzung.toml", agenda);
    (project, plantings)
}

fn annex(
    way: &'static Way,
    number: usize,
    home: &mut NotPublic,
    dice: &mut Dice,
    project: &Project,
) -> Planting {
    let (bytes, secret, called) = match way.writer {
        Writer::Page(write) => {
            let secret = home.secret(dice);
            (write(&secret.printed, dice).bytes(), secret.printed, Vec::new())
        }
        Writer::File(write) => {
            let secret = home.secret(dice);
            (write(&secret.printed, dice), secret.printed, Vec::new())
        }
        Writer::Copy(write) => {
            let (file, called) = home.file(dice);
            (write(&file, dice), called[0].clone(), called)
        }
    };
    let path = format!("o/d{number}.pdf");
    project.write(&path, bytes);
    let (name, right, place) = (way.name, way.right, format!("Anlage {number}"));
    Planting {
        way: name,
        right,
        secret,
        called,
        place,
        path,
        clean: Leaf::new(dice).bytes(),
        line: String::new(),
    }
}

fn in_record(at: usize, home: &mut NotPublic, dice: &mut Dice, project: &Project) -> (Planting, String) {
    let (way, _, write) = RECORD_WAYS[at];
    let secret = home.secret(dice);
    let mut fields = Fields::default();
    let annex = |fields: &Fields| {
        format!(
            "{}\n[anlage.1]\ntitel = {}\ndatei = 'raum.pdf'\n",
            fields.toml("V/0102/2025", true),
            quoted(&fields.annex)
        )
    };
    let clean = annex(&fields).into_bytes();
    write(&mut fields, &secret);
    let path = "o/2.toml".to_owned();
    project.write(&path, annex(&fields));
    project.write("o/raum.pdf", Leaf::new(dice).bytes());
    let title =
        fields.item.as_deref().map(|title| format!("titel = {}\n", quoted(title))).unwrap_or_default();
    let item = format!("[[top]]\nnummer = '2'\nvorlage = 'o/2.toml'\n{title}");
    let right = if way == "comment" { Right::FoundOrGone } else { Right::Found };
    // What the item is called stands on the agenda only.
    let place = if fields.item.is_some() { "Die Tagesordnung" } else { "V/0102/2025" }.to_owned();
    let planting =
        Planting { way, right, secret: secret.printed, called: Vec::new(), place, path, clean, line: title };
    (planting, item)
}
