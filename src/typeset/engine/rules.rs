//! Runs the rules of a form: evaluates their file and calls each of the functions. No page is laid out.

use std::sync::PoisonError;

use serde_bytes::ByteBuf;
use typst::comemo::{Track, Tracked};
use typst::diag::{SourceResult, bail};
use typst::engine::{Engine, Route, Sink, Traced};
use typst::foundations::{Array, Context, Func, Value};
use typst::introspection::EmptyIntrospector;
use typst::syntax::Span;
use typst::utils::Protected;
use typst::{World, WorldExt};

use super::findings::finding;
use super::world::JobWorld;
use crate::typeset::job::{Job, JobOutcome, Stage};

/// Runs the rules; what they find is a JSON list in the only file of the outcome, beside what went wrong with them.
pub(super) fn run(desk: &JobWorld<'_>, job: &Job) -> JobOutcome {
    let mut findings = Vec::new();
    let mut found = Array::new();
    let run = || -> SourceResult<Vec<SourceResult<Array>>> {
        let data = data(job)?;
        Ok(rules(desk, job)?.iter().map(|rule| list(desk, rule, call(desk, rule, &data)?)).collect())
    };
    let results = run().unwrap_or_else(|errors| vec![Err(errors)]);
    for result in results {
        match result {
            Ok(list) => found.extend(list),
            Err(errors) => findings.extend(errors.iter().map(|error| finding(desk, error, Stage::Rule))),
        }
    }
    match serde_json::to_vec(&found) {
        Ok(json) => JobOutcome { files: vec![ByteBuf::from(json)], findings, ..JobOutcome::default() },
        Err(_) => JobOutcome { findings, ..JobOutcome::default() },
    }
}

/// Returns the functions that the form exports as `rules`, evaluated once for many records.
fn rules(desk: &JobWorld<'_>, job: &Job) -> SourceResult<Vec<Func>> {
    let mut kept = desk.kept.rules.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, rules)) = kept.as_ref().filter(|(form, _)| *form == job.form) {
        return Ok(rules.clone());
    }
    let rules = evaluate(desk)?;
    *kept = Some((job.form.clone(), rules.clone()));
    Ok(rules)
}

fn evaluate(desk: &JobWorld<'_>) -> SourceResult<Vec<Func>> {
    let world: &dyn World = desk;
    let source = match world.source(desk.main) {
        Ok(source) => source,
        Err(error) => bail!(Span::detached(), "{error}"),
    };
    let (mut sink, traced) = (Sink::new(), Traced::default());
    let module = typst_eval::eval(
        world.track(),
        &desk.kept.library,
        traced.track(),
        sink.track_mut(),
        Route::default().track(),
        &source,
    )?;
    let start = source.root().span();
    let Some(binding) = module.scope().get("rules") else {
        return Ok(Vec::new());
    };
    match binding.read() {
        Value::Array(all) => all
            .iter()
            .map(|rule| match rule {
                Value::Func(rule) => Ok(rule.clone()),
                other => bail!(start, "`rules` holds {}, not only functions", other.ty()),
            })
            .collect(),
        other => bail!(start, "`rules` is {}, not an array of functions", other.ty()),
    }
}

fn call(desk: &JobWorld<'_>, rule: &Func, data: &Value) -> SourceResult<Value> {
    let world: &dyn World = desk;
    let (mut sink, traced) = (Sink::new(), Traced::default());
    let introspector: Tracked<'_, dyn typst::introspection::Introspector + '_> = EmptyIntrospector.track();
    let mut engine = Engine {
        library: &desk.kept.library,
        world: world.track(),
        introspector: Protected::new(introspector),
        traced: traced.track(),
        sink: sink.track_mut(),
        route: Route::default(),
    };
    rule.call(&mut engine, Context::none().track(), [data.clone()])
}

/// Makes a list of what a rule found, which may be nothing, one thing, or several; each gets the place of its rule.
fn list(desk: &JobWorld<'_>, rule: &Func, value: Value) -> SourceResult<Array> {
    let found = match value {
        Value::None => Array::new(),
        Value::Array(list) => list,
        Value::Dict(_) => [value].into_iter().collect(),
        other => bail!(rule.span(), "a rule gives {}, not findings", other.ty()),
    };
    let range = desk.range(rule.span()).unwrap_or_default();
    let place: Array = [range.start, range.end].map(|at| Value::Int(at as i64)).into_iter().collect();
    let placed = |value: Value| match value {
        Value::Dict(mut finding) => {
            finding.insert("rule".into(), Value::Array(place.clone()));
            Ok(Value::Dict(finding))
        }
        other => bail!(rule.span(), "a rule gives {} among its findings", other.ty()),
    };
    found.into_iter().map(placed).collect()
}

fn data(job: &Job) -> SourceResult<Value> {
    let bytes = job.files.get("/data.json").map(|bytes| bytes.as_slice()).unwrap_or_default();
    match serde_json::from_slice(bytes) {
        Ok(value) => Ok(value),
        Err(error) => bail!(Span::detached(), "{error}"),
    }
}
