//! Reads from the source which file uses which, without compiling it.
//!
//! A *use* is a name that a file writes and another file defines: `use crate::a::Thing`, `super::Thing`, `self::child::f`,
//! `crate::a::f()` in running code, in a macro, or in a `{…}` group. It counts for the file that defines the name; what
//! another file only hands on (`pub use`) is looked up there. Hence:
//!
//! - To declare a child (`mod child;`), or to name a module on the way to something (`use crate::a;`), is no use.
//! - To hand on what a file below defines (`pub use child::Thing`) is none either: it hangs a sign on the door. It is
//!   one if the file itself writes `Thing` too.
//! - A child that names what its `mod.rs` defines uses `mod.rs`. If that uses the child as well, this is a circle.
//! - Code that is compiled for tests only does not count, wherever it stands; what stands behind it does.
//!
//! Names are compared as they are written. Methods are not seen: who calls one has a value whose type came from somewhere.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};

type Path = Vec<String>;

/// The words that a type or a trait is defined with.
const DEFINES: [&str; 4] = ["struct", "enum", "trait", "type"];

/// A crate as it is written.
pub(super) struct Sources {
    files: BTreeMap<String, File>,
    /// The file of each module.
    modules: BTreeMap<Path, String>,
}

/// What a file names outside of its tests.
#[derive(Default)]
struct File {
    imports: Vec<Import>,
    /// Each path in running code, with the module where it stands.
    paths: Vec<(Path, Path)>,
    /// The modules that are compiled for tests only.
    tests: Vec<Path>,
    /// The names of the types and traits that it defines.
    types: Vec<String>,
}

/// A name that a `use` brings into a module.
struct Import {
    module: Path,
    name: String,
    path: Path,
    is_public: bool,
}

/// What a path leads to.
struct Target {
    file: String,
    is_module: bool,
}

impl Sources {
    /// Reads the files of a crate: the path of each below `src`, and its text.
    pub(super) fn read<Text: AsRef<str>>(files: impl IntoIterator<Item = (String, Text)>) -> Self {
        let mut read: BTreeMap<String, File> = BTreeMap::new();
        for (path, text) in files {
            let tokens: TokenStream =
                text.as_ref().parse().unwrap_or_else(|error| panic!("{path} is no Rust: {error}"));
            let mut file = File::default();
            file.walk(tokens, &module(&path));
            read.insert(path, file);
        }
        let tests: Vec<Path> = read.values().flat_map(|file| file.tests.clone()).collect();
        read.retain(|path, _| !tests.iter().any(|test| module(path).starts_with(test)));
        let modules = read.keys().map(|path| (module(path), path.clone())).collect();
        Self { files: read, modules }
    }

    /// The files with code that is not for tests only.
    pub(super) fn files(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    /// Every path that a file writes, imports among them: `std::fs::write`, `println!`.
    pub(super) fn named(&self, file: &str) -> impl Iterator<Item = String> {
        let file = &self.files[file];
        let imports = file.imports.iter().map(|import| &import.path);
        imports.chain(file.paths.iter().map(|(_, path)| path)).map(|path| path.join("::"))
    }

    /// The names of the types and traits that a file defines, private ones too.
    pub(super) fn types(&self, file: &str) -> &[String] {
        &self.files[file].types
    }

    /// The files that a file uses.
    pub(super) fn uses(&self, file: &str) -> BTreeSet<String> {
        self.leads(file, |import, target| {
            let hangs_a_sign = import
                .is_some_and(|import| import.is_public && module(&target.file).starts_with(&module(file)));
            import.is_some_and(|import| import.name == "*") || !target.is_module && !hangs_a_sign
        })
    }

    /// The files that a file names in any way.
    pub(super) fn knows(&self, file: &str) -> BTreeSet<String> {
        self.leads(file, |_, _| true)
    }

    /// The files that use each other, directly or through others; each circle in order.
    pub(super) fn circles(&self) -> Vec<BTreeSet<String>> {
        let uses: BTreeMap<&str, BTreeSet<String>> =
            self.files().map(|file| (file, self.uses(file))).collect();
        let reached = |from: &str| {
            let mut reached = BTreeSet::new();
            let mut open: Vec<&String> = uses[from].iter().collect();
            while let Some(file) = open.pop() {
                if reached.insert(file.clone()) {
                    open.extend(&uses[file.as_str()]);
                }
            }
            reached
        };
        let reach: BTreeMap<&str, BTreeSet<String>> =
            uses.keys().map(|file| (*file, reached(file))).collect();
        let back = |from: &str| {
            let mutual = reach[from].iter().filter(|to| reach[to.as_str()].contains(from));
            mutual.cloned().collect::<BTreeSet<_>>()
        };
        let circles: BTreeSet<BTreeSet<String>> = reach.keys().map(|file| back(file)).collect();
        circles.into_iter().filter(|circle| !circle.is_empty()).collect()
    }

    /// The other files that names in a file lead to, as far as these count.
    fn leads(&self, file: &str, counts: impl Fn(Option<&Import>, &Target) -> bool) -> BTreeSet<String> {
        let own = &self.files[file];
        let imports = own.imports.iter().map(|import| (Some(import), &import.module, &import.path));
        let paths = own.paths.iter().map(|(module, path)| (None, module, path));
        let targets = imports.chain(paths).filter_map(|(import, module, path)| {
            let target = self.resolve(module, path)?;
            counts(import, &target).then_some(target.file)
        });
        targets.filter(|target| target != file).collect()
    }

    /// What a path leads to that is written in this module; none if it leads out of the crate or to the module itself.
    fn resolve(&self, from: &[String], path: &[String]) -> Option<Target> {
        let (first, rest) = path.split_first()?;
        match first.as_str() {
            "crate" | "anlage" => self.descend(&[], rest),
            "self" => self.descend(from, rest),
            "super" if rest.first().is_some_and(|next| next == "super") => {
                self.resolve(&from[..from.len() - 1], rest)
            }
            "super" => self.descend(&from[..from.len() - 1], rest),
            _ => self.is_known(from, path).then(|| self.descend(from, path))?,
        }
    }

    /// Follows a path that begins in a module.
    fn descend(&self, module: &[String], path: &[String]) -> Option<Target> {
        let path = path.strip_suffix(&["self".to_owned()]).unwrap_or(path);
        let here = |is_module| Some(Target { file: self.file_of(module)?, is_module });
        let Some((first, rest)) = path.split_first() else { return here(true) };
        let child = [module, std::slice::from_ref(first)].concat();
        // A module and a function may have one name; what goes on is the module.
        let is_way = !rest.is_empty() && self.modules.contains_key(&child);
        let import = self.import(module, first).filter(|_| !is_way);
        if let Some(import) = import {
            return self.resolve(&import.module, &[&import.path, rest].concat());
        }
        if self.modules.contains_key(&child) {
            return self.descend(&child, rest);
        }
        here(first == "*")
    }

    /// Whether a path that is written in a module begins with something that stands there: an import or a child.
    fn is_known(&self, module: &[String], path: &[String]) -> bool {
        self.import(module, &path[0]).is_some() || path.len() > 1 && self.is_child(module, &path[0])
    }

    fn is_child(&self, module: &[String], name: &String) -> bool {
        self.modules.contains_key(&[module, std::slice::from_ref(name)].concat())
    }

    /// The import that brings a name of this crate into a module.
    fn import(&self, module: &[String], name: &str) -> Option<&Import> {
        let imports = &self.files[&self.file_of(module)?].imports;
        let here = || imports.iter().filter(|import| import.module == module);
        let begins_here = |import: &&Import| {
            let first = &import.path[0];
            ["crate", "anlage", "self", "super"].contains(&first.as_str()) || self.is_child(module, first)
        };
        let is_ours = |import: &&Import| {
            let first = &import.path[0];
            begins_here(import) || here().any(|other| other.name == *first && begins_here(&other))
        };
        here().filter(|import| import.name == name).find(is_ours)
    }

    /// The file that a module stands in.
    fn file_of(&self, module: &[String]) -> Option<String> {
        (0..=module.len()).rev().find_map(|end| self.modules.get(&module[..end])).cloned()
    }
}

/// The module of a file: `a::b` of `a/b.rs` and of `a/b/mod.rs`.
fn module(path: &str) -> Path {
    let path = path.trim_end_matches(".rs").trim_end_matches("/mod");
    path.split('/').filter(|name| !["lib", "mod"].contains(name)).map(str::to_owned).collect()
}

impl File {
    fn walk(&mut self, tokens: TokenStream, module: &[String]) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut at = 0;
        let mut is_public = false;
        while at < tokens.len() {
            let was_public = std::mem::take(&mut is_public);
            match &tokens[at] {
                TokenTree::Punct(mark) if mark.as_char() == '#' && is_for_tests(tokens.get(at + 1)) => {
                    let end = end_of_item(&tokens, at + 2);
                    let names = ident(&tokens, end.saturating_sub(2));
                    let is_file = ident(&tokens, end.saturating_sub(3)).is_some_and(|word| word == "mod");
                    self.tests.extend(names.filter(|_| is_file).map(|name| [module, &[name]].concat()));
                    at = end;
                }
                TokenTree::Ident(word) if word == "pub" => {
                    is_public = true;
                    let scope = matches!(tokens.get(at + 1), Some(TokenTree::Group(_)));
                    at += 1 + usize::from(scope);
                }
                TokenTree::Ident(word) if word == "use" && !is_mark(&tokens, at + 1, '<') => {
                    let end = end_of_item(&tokens, at);
                    self.import(&tokens[at + 1..end - 1], &[], module, was_public);
                    at = end;
                }
                TokenTree::Ident(word) if word == "mod" && ident(&tokens, at + 1).is_some() => {
                    if let (Some(name), Some(TokenTree::Group(body))) =
                        (ident(&tokens, at + 1), tokens.get(at + 2))
                    {
                        self.walk(body.stream(), &[module, &[name]].concat());
                    }
                    at += 3;
                }
                TokenTree::Ident(word) if DEFINES.iter().any(|defines| word == defines) => {
                    self.types.extend(ident(&tokens, at + 1));
                    at += 2;
                }
                TokenTree::Ident(_) => {
                    let (path, end) = path(&tokens, at);
                    if !is_member(&tokens, at) {
                        self.paths.push((module.to_vec(), path));
                    }
                    at = end;
                }
                TokenTree::Group(group) => {
                    self.walk(group.stream(), module);
                    at += 1;
                }
                _ => at += 1,
            }
        }
    }

    /// Reads what stands between `use` and its end, below a path.
    fn import(&mut self, tree: &[TokenTree], above: &[String], module: &[String], is_public: bool) {
        let is_comma = |token: &TokenTree| matches!(token, TokenTree::Punct(mark) if mark.as_char() == ',');
        for branch in tree.split(is_comma).filter(|branch| !branch.is_empty()) {
            let mut names = above.to_vec();
            let words =
                branch.iter().take_while(|token| !matches!(token, TokenTree::Ident(word) if word == "as"));
            for token in words {
                match token {
                    TokenTree::Ident(word) => names.push(word.to_string()),
                    TokenTree::Punct(mark) if mark.as_char() == '*' => names.push("*".to_owned()),
                    _ => {}
                }
            }
            if let Some(TokenTree::Group(group)) = branch.last() {
                let group: Vec<TokenTree> = group.stream().into_iter().collect();
                self.import(&group, &names, module, is_public);
                continue;
            }
            let renamed =
                branch.len() > 2 && ident(branch, branch.len() - 2).is_some_and(|word| word == "as");
            let own = names.iter().rev().find(|name| *name != "self").cloned();
            let name = ident(branch, branch.len() - 1).filter(|_| renamed).or(own).unwrap_or_default();
            self.imports.push(Import { module: module.to_vec(), name, path: names, is_public });
        }
    }
}

fn is_for_tests(attribute: Option<&TokenTree>) -> bool {
    matches!(attribute, Some(TokenTree::Group(group)) if group.stream().to_string().replace(' ', "") == "cfg(test)")
}

/// Where the item ends that goes on at this token: behind its body or its semicolon.
fn end_of_item(tokens: &[TokenTree], from: usize) -> usize {
    let is_use = (from..tokens.len()).find_map(|at| ident(tokens, at)).is_some_and(|word| word == "use");
    let is_end = |token: &TokenTree| match token {
        TokenTree::Punct(mark) => mark.as_char() == ';',
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace && !is_use,
        _ => false,
    };
    tokens[from..].iter().position(is_end).map_or(tokens.len(), |length| from + length + 1)
}

/// The path that begins with this word, and where it ends. The name of a macro ends in `!`.
fn path(tokens: &[TokenTree], from: usize) -> (Path, usize) {
    let mut path: Path = ident(tokens, from).into_iter().collect();
    let mut end = from + 1;
    while is_mark(tokens, end, ':')
        && is_mark(tokens, end + 1, ':')
        && let Some(word) = ident(tokens, end + 2)
    {
        path.push(word);
        end += 3;
    }
    if is_mark(tokens, end, '!')
        && matches!(tokens.get(end + 1), Some(TokenTree::Group(_)))
        && let Some(last) = path.last_mut()
    {
        last.push('!');
    }
    (path, end)
}

/// Whether a word is the name of a method, a field or a lifetime.
fn is_member(tokens: &[TokenTree], at: usize) -> bool {
    let mark = |back: usize| match at.checked_sub(back).map(|at| &tokens[at]) {
        Some(TokenTree::Punct(mark)) => Some((mark.as_char(), mark.spacing())),
        _ => None,
    };
    match mark(1) {
        Some(('.', _)) => mark(2) != Some(('.', Spacing::Joint)),
        Some(('\'', _)) => true,
        _ => false,
    }
}

fn ident(tokens: &[TokenTree], at: usize) -> Option<String> {
    match tokens.get(at)? {
        TokenTree::Ident(word) => Some(word.to_string()),
        _ => None,
    }
}

fn is_mark(tokens: &[TokenTree], at: usize, wanted: char) -> bool {
    matches!(tokens.get(at), Some(TokenTree::Punct(mark)) if mark.as_char() == wanted)
}
