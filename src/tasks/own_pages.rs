//! What the own pages of a session are set from: layouts and logo of its project, and what stands on them.
//!
//! Knows nothing of what that is, and of the terminal.

use crate::record::images;
use crate::record::project::Project;
use crate::typeset::{self, Front, FrontLogo, Job, Standard};

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
