//! `anlage man`: the manual page, with a section for each command.

use clap::Command;
use clap_mangen::Man;

use super::failure::{Failure, Status};
use super::terminal::Terminal;

pub(super) fn run(mut command: Command, terminal: &mut Terminal) -> Result<Status, Failure> {
    command.build();
    let mut page = Vec::new();
    Man::new(command.clone()).render(&mut page)?;
    for sub in command.get_subcommands().filter(|sub| !sub.is_hide_set() && sub.get_name() != "help") {
        let section = Man::new(sub.clone());
        page.extend(format!(".SH \"{}\"\n", sub.get_name().to_uppercase()).into_bytes());
        section.render_synopsis_section(&mut page)?;
        section.render_options_section(&mut page)?;
    }
    terminal.bytes(&page)?;
    Ok(Status::Done)
}
