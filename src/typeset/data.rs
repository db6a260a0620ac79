//! The JSON that layouts and rules get. Nowhere else does a typed value of a record become JSON for typst.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};

use super::columns;
use super::options::Options;
use crate::record::fonts::Fonts;
use crate::record::names;
use crate::record::proposal::rich_text::{Block, words};
use crate::record::proposal::{Annex, FieldValue, FormAnnex, Proposal};
use crate::record::publicity::{self, Publicity, Soundness};
use crate::record::schema::{Field, FieldKind};

/// What a document says of itself. It does not go through typst's styles, which are part of the key of everything that
/// typst remembers.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Metadata {
    /// The title.
    pub title: String,
    /// Who made it.
    pub author: Vec<String>,
    /// What it is, in a sentence.
    pub description: Option<String>,
    /// The words by which it is found.
    pub keywords: Vec<String>,
}

/// Says what the document of an annex says of itself.
pub(super) fn metadata(proposal: &Proposal, annex: &FormAnnex, number: &str) -> Metadata {
    let template = &annex.template;
    let joined = if annex.label == names::OWN_LABEL { " " } else { " zur " };
    let name = [template.title.as_str(), number].join(joined);
    let title = match proposal.subject.as_str() {
        "" => name.clone(),
        subject => format!("{name}: {subject}"),
    };
    let keywords = [Some(number), Some(template.title.as_str()), proposal.kind.as_deref()];
    Metadata {
        title,
        author: Some(proposal.office.clone()).filter(|office| !office.is_empty()).into_iter().collect(),
        description: Some(format!("{name}. {}", template.description)),
        keywords: keywords.into_iter().flatten().map(str::to_owned).collect(),
    }
}

/// Makes the data of a layout: the document, its form, the proposal and the annex, each long text as a tree.
pub(super) fn of_document(
    proposal: &Proposal,
    annex: &FormAnnex,
    options: &Options,
    metadata: &Metadata,
    number: &str,
    record: Option<&str>,
    images: Vec<Json>,
) -> Json {
    let template = &annex.template;
    let fonts = &proposal.project.fonts;
    let tree = |blocks: &[Block]| tree(blocks, fonts);
    let language: Vec<&str> = template.language.split('-').collect();
    json!({
        "meta": metadata,
        "template": { "name": template.name, "title": template.title, "version": template.version, "language": language },
        "fonts": fonts.families,
        "municipality": proposal.project.settings.municipality,
        "draft": options.draft,
        "record": record,
        "number": number,
        "label": annex.label,
        "proposal": json(&proposal.fields, &tree),
        "annex": json(&annex.fields, &tree),
        "images": images,
        "annexes": others(proposal),
    })
}

/// Lists the annexes, but for the proposal itself. The title of one that fewer people may see than the proposal is left out.
fn others(proposal: &Proposal) -> Vec<Json> {
    // Who does not say is read as public: of a public proposal fewer titles are shown.
    let own = if proposal.public == Some(false) { Publicity::NonPublic } else { Publicity::Public };
    let annexes = proposal.annexes.iter().filter(|annex| annex.label() != names::OWN_LABEL);
    let other = |annex: &Annex| {
        let title = match annex {
            Annex::Form(form) => &form.template.title,
            Annex::File(file) => &file.title,
        };
        let is_shown = publicity::annex(annex, own, Soundness::Sound) >= own;
        json!({ "label": names::annex(annex.label()), "title": is_shown.then_some(title) })
    };
    annexes.map(other).collect()
}

/// Makes the data of rules: the proposal and the annex, each long text as its words alone.
pub(super) fn of_rules(proposal: &Proposal, annex: &FormAnnex) -> Json {
    let in_words = |blocks: &[Block]| words(blocks).into();
    json!({
        "label": annex.label,
        "proposal": json(&proposal.fields, &in_words),
        "annex": json(&annex.fields, &in_words),
    })
}

/// Makes the nodes of a long text, each table with what its columns need.
fn tree(blocks: &[Block], fonts: &Fonts) -> Json {
    let mut nodes = serde_json::to_value(blocks).unwrap_or_default();
    add_columns(blocks, &mut nodes, fonts);
    nodes
}

fn add_columns(blocks: &[Block], nodes: &mut Json, fonts: &Fonts) {
    for (block, node) in blocks.iter().zip(nodes.as_array_mut().into_iter().flatten()) {
        match block {
            Block::Table { header, rows, .. } => node["columns"] = json!(columns::needs(header, rows, fonts)),
            Block::List { items, .. } => {
                let nodes = node["items"].as_array_mut().into_iter().flatten();
                items.iter().zip(nodes).for_each(|(item, nodes)| add_columns(item, nodes, fonts));
            }
            _ => {}
        }
    }
}

/// Converts a value to JSON, its long texts by `rich_text`.
fn json(value: &FieldValue, rich_text: &impl Fn(&[Block]) -> Json) -> Json {
    match value {
        FieldValue::Nothing => Json::Null,
        FieldValue::Text(text) => text.as_str().into(),
        FieldValue::RichText(blocks) => rich_text(blocks),
        FieldValue::Integer(number) => (*number).into(),
        FieldValue::Number(number) => (*number).into(),
        FieldValue::Amount(amount) => json!({ "cents": amount.cents, "text": amount.to_string() }),
        FieldValue::Boolean(truth) => (*truth).into(),
        FieldValue::Day(day) => day.to_string().into(),
        FieldValue::Time(time) => time.to_string().into(),
        FieldValue::Table(fields) => {
            fields.iter().map(|(key, value)| (key.clone(), json(value, rich_text))).collect()
        }
        FieldValue::List(items) => items.iter().map(|item| json(item, rich_text)).collect(),
    }
}

/// Collects the labels and answers of the fields by their keys. Help texts are left out: no form prints them, and
/// this data is hashed over and over while a page is laid out.
pub(super) fn labels(all: &[Field]) -> Json {
    let one = |field: &Field| {
        let kind = match &field.kind {
            FieldKind::List(item) => &item.kind,
            kind => kind,
        };
        let choices: Vec<Json> = match kind {
            FieldKind::Choice(choices) => {
                choices.iter().map(|choice| json!({ "value": choice.value, "title": choice.title })).collect()
            }
            _ => Vec::new(),
        };
        json!({
            "title": field.title,
            "choices": choices,
            "list": matches!(field.kind, FieldKind::List(_)),
            "fields": labels(field.fields()),
        })
    };
    Json::Object(all.iter().map(|field| (field.key.clone(), one(field))).collect::<Map<_, _>>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::proposal::rich_text::Inline;

    #[test]
    fn values_become_json_of_their_kind() {
        let body = vec![Inline::Text { text: "Wort".into() }];
        let table = FieldValue::Table(vec![
            ("z".into(), FieldValue::RichText(vec![Block::Paragraph { body }])),
            ("a".into(), FieldValue::Nothing),
            ("tag".into(), FieldValue::Day("2025-02-12".parse().unwrap())),
            ("uhr".into(), FieldValue::Time("17:15:00".parse().unwrap())),
            ("liste".into(), FieldValue::List(vec![FieldValue::Integer(1), FieldValue::Number(f64::NAN)])),
        ]);
        let rest = r#""a":null,"tag":"2025-02-12","uhr":"17:15:00","liste":[1,null]}"#;
        let paragraph = r#"[{"kind":"paragraph","body":[{"kind":"text","text":"Wort"}]}]"#;
        assert_eq!(
            json(&table, &|blocks: &[Block]| tree(blocks, &Fonts::built_in())).to_string(),
            format!("{{\"z\":{paragraph},{rest}")
        );
        let in_words = json(&table, &|blocks: &[Block]| words(blocks).into());
        assert_eq!(in_words.to_string(), format!("{{\"z\":\"Wort\",{rest}"));
    }
}
