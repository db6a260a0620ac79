//! What nobody may read in a packet for the public, and whether it is in it.

use super::business::Business;
use super::content::PaperContent;
use super::papers::Paper;
use crate::bind::{Leak, Part, Secrets};
use crate::toml_tree::{Node, Value};

/// Looks in a finished file for everything that the public edition of a session must not have. `own` are the parts that
/// this program drew itself for this packet.
pub fn leaks(
    business: &Business<'_>,
    papers: &[Paper<'_>],
    contents: &[PaperContent],
    own: [&Part; 2],
    bytes: &[u8],
) -> Vec<Leak> {
    let mut secrets = secrets(business, papers, contents);
    // What this program draws itself may look like what it draws elsewhere.
    own.iter().for_each(|part| secrets.public_paper(part));
    // What cannot be read cannot be vouched for.
    secrets.search(bytes).unwrap_or_else(|error| {
        vec![Leak { secret: error.to_string(), place: "etwas, das sich nicht prüfen lässt".into() }]
    })
}

/// What nobody may read in the public edition of a session.
fn secrets(business: &Business<'_>, papers: &[Paper<'_>], contents: &[PaperContent]) -> Secrets {
    let mut secrets = Secrets::default();
    let mut texts = Secrets::default();
    let mut public_texts = Vec::new();
    let mut public_titles = Vec::new();
    for item in &business.items {
        let title = item.item.title(item.proposal).to_owned();
        let strings = item.proposal.map(|proposal| strings(&proposal.tree)).unwrap_or_default();
        if item.publicity().is_public() {
            public_titles.push(title);
            public_titles.extend(item.proposal_number());
            public_texts.extend(strings);
            continue;
        }
        match item.proposal {
            // Without a paper of its own an item has hardly a title of its own.
            None => secrets.name(&title),
            Some(_) => secrets.title(&title),
        }
        for text in &strings {
            texts.text(text);
        }
        if let Some(proposal) = item.proposal {
            secrets.title(&proposal.subject);
            item.proposal_number().iter().for_each(|number| secrets.title(number));
        }
    }
    for paper in papers.iter().filter(|paper| !paper.publicity.is_public()) {
        // The title of a proposal is its subject.
        if !paper.title.is_empty() {
            texts.title(&paper.title);
        }
        if !paper.file_name().is_empty() {
            texts.title(&paper.file_name());
        }
    }
    for paper in papers.iter().filter(|paper| paper.publicity.is_public()) {
        public_texts.push(paper.title.clone());
    }
    let mut secrets = secrets.without(&public_titles);
    secrets.add(texts.without(&public_texts));
    let of_papers = || papers.iter().zip(contents).filter(|(_, content)| content.refusal.is_none());
    of_papers()
        .filter(|(paper, _)| !paper.publicity.is_public())
        .for_each(|(_, content)| secrets.paper(&content.part));
    of_papers()
        .filter(|(paper, _)| paper.publicity.is_public())
        .for_each(|(_, content)| secrets.public_paper(&content.part));
    secrets
}

/// All texts in a record, without the marks of emphasis.
fn strings(node: &Node) -> Vec<String> {
    match &node.value {
        Value::String(text) => vec![text.replace(['*', '_'], "")],
        Value::Array(items) => items.iter().flat_map(strings).collect(),
        Value::Table(table) => table.0.iter().flat_map(|entry| strings(&entry.node)).collect(),
        _ => Vec::new(),
    }
}
