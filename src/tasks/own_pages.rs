//! Sets the own pages of a session: the first pages of its packet, invitation, agenda, notice.
//!
//! Knows nothing of what stands on them, and of the terminal.

use crate::record::fonts::Fonts;
use crate::record::images;
use crate::record::project::Project;
use crate::run::Run;
use crate::typeset::guard::Guard;
use crate::typeset::{self, Engine, Front, FrontLogo, Job, Standard};

/// Makes the job that sets own pages of a session with a layout. An error says what is wrong with layouts or logo.
pub(super) fn front_job(
    project: &Project,
    layout: &str,
    front: &Front,
    standards: Vec<Standard>,
) -> Result<Job, String> {
    let layouts = project.templates.session.as_ref().map_err(|findings| {
        findings.iter().map(|finding| finding.message.clone()).collect::<Vec<_>>().join(" ")
    })?;
    let logo = match &project.settings.letterhead.logo {
        Some(logo) => {
            let image = images::load(&logo.path).map_err(|problem| format!("Das Logo: {problem}"))?;
            Some(FrontLogo { image, text: logo.text.clone() })
        }
        None => None,
    };
    Ok(typeset::front(layouts, layout, front, logo.as_ref(), standards))
}

/// Sets a job of a session's own pages: here, or in a process with limits if it could take any time.
pub(super) fn typeset_own(run: &Run, job: &Job, fonts: &Fonts) -> Result<Vec<u8>, String> {
    let apart = if job.untrusted { Guard::new(run.program()).run(job) } else { None };
    let outcome = apart.unwrap_or_else(|| Engine::default().run(job, fonts));
    match outcome.files.into_iter().next() {
        Some(pdf) => Ok(pdf.into_vec()),
        None => Err(outcome.findings.into_iter().map(|finding| finding.message).take(1).collect()),
    }
}
