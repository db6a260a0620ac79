//! The job ticket in the words of large machines: XJDF 2.1 of CIP4.

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, Event};

use super::layout::points;
use super::ticket::{Stapling, Ticket};

const NAMESPACE: &str = "http://www.CIP4.org/JDFSchema_2_0";

/// Writes a ticket.
pub fn xjdf(ticket: &Ticket) -> Vec<u8> {
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    // A vector takes everything.
    write(&mut writer, ticket).ok();
    let mut bytes = writer.into_inner();
    bytes.push(b'\n');
    bytes
}

fn write(writer: &mut Writer<Vec<u8>>, ticket: &Ticket) -> std::io::Result<()> {
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let mut types = vec!["DigitalPrinting"];
    types.extend(ticket.layout().is_folded().then_some("Folding"));
    types.push("Stitching");
    types.extend(ticket.is_punched().then_some("HoleMaking"));
    writer
        .create_element("XJDF")
        .with_attribute(("xmlns", NAMESPACE))
        .with_attribute(("JobID", token(&ticket.job).as_str()))
        .with_attribute(("DescriptiveName", ticket.title.as_str()))
        .with_attribute(("Types", types.join(" ").as_str()))
        .with_attribute(("Version", "2.1"))
        .write_inner_content(|writer| {
            recipients(writer, ticket)?;
            components(writer, ticket)?;
            printing(writer, ticket)?;
            media(writer, ticket)?;
            run_list(writer, ticket)?;
            stitching(writer, ticket)?;
            if ticket.is_punched() {
                holes(writer)?;
            }
            Ok(())
        })?;
    Ok(())
}

/// A name as XML takes it for a token: no spaces, and nothing that is not a letter, a digit, or a dash.
fn token(name: &str) -> String {
    name.chars()
        .map(|letter| if letter.is_ascii_alphanumeric() || letter == '-' { letter } else { '_' })
        .collect()
}

fn recipients(writer: &mut Writer<Vec<u8>>, ticket: &Ticket) -> std::io::Result<()> {
    for one in &ticket.recipients {
        let text = format!("{}: {}", one.name, one.copies);
        let text = quick_xml::events::BytesText::new(&text).into_owned();
        writer.create_element("Comment").with_attribute(("Type", "Recipient")).write_text_content(text)?;
    }
    Ok(())
}

/// A set of resources that goes in or comes out.
fn set(
    writer: &mut Writer<Vec<u8>>,
    name: &str,
    usage: &str,
    inner: impl FnOnce(&mut Writer<Vec<u8>>) -> std::io::Result<()>,
) -> std::io::Result<()> {
    writer
        .create_element("ResourceSet")
        .with_attribute(("Name", name))
        .with_attribute(("Usage", usage))
        .write_inner_content(inner)?;
    Ok(())
}

fn resource(
    writer: &mut Writer<Vec<u8>>,
    inner: impl FnOnce(&mut Writer<Vec<u8>>) -> std::io::Result<()>,
) -> std::io::Result<()> {
    writer.create_element("Resource").write_inner_content(inner)?;
    Ok(())
}

fn components(writer: &mut Writer<Vec<u8>>, ticket: &Ticket) -> std::io::Result<()> {
    set(writer, "Component", "Output", |writer| {
        resource(writer, |writer| {
            writer.create_element("AmountPool").write_inner_content(|writer| {
                let copies = ticket.copies().to_string();
                writer
                    .create_element("PartAmount")
                    .with_attribute(("Amount", copies.as_str()))
                    .write_empty()?;
                Ok(())
            })?;
            let kind = if ticket.layout().is_folded() { "Booklet" } else { "Stack" };
            let surfaces = ticket.plan.sides().to_string();
            writer
                .create_element("Component")
                .with_attribute(("ProductType", kind))
                .with_attribute(("SurfaceCount", surfaces.as_str()))
                .write_empty()?;
            Ok(())
        })
    })
}

fn printing(writer: &mut Writer<Vec<u8>>, ticket: &Ticket) -> std::io::Result<()> {
    let sides = if ticket.layout().is_two_sided() { "TwoSided" } else { "OneSidedFront" };
    set(writer, "DigitalPrintingParams", "Input", |writer| {
        resource(writer, |writer| {
            writer
                .create_element("DigitalPrintingParams")
                .with_attribute(("Collate", "Sheet"))
                .with_attribute(("Sides", sides))
                .write_empty()?;
            Ok(())
        })
    })
}

fn media(writer: &mut Writer<Vec<u8>>, ticket: &Ticket) -> std::io::Result<()> {
    let (width, height) = ticket.layout().paper();
    let size = format!("{:.3} {:.3}", points(width), points(height));
    // In thousandths of a millimetre.
    let thickness = (ticket.plan.wish.thickness * 1000.0).round().to_string();
    set(writer, "Media", "Input", |writer| {
        resource(writer, |writer| {
            writer
                .create_element("Media")
                .with_attribute(("Dimension", size.as_str()))
                .with_attribute(("MediaType", "Paper"))
                .with_attribute(("Thickness", thickness.as_str()))
                .write_empty()?;
            Ok(())
        })
    })
}

fn run_list(writer: &mut Writer<Vec<u8>>, ticket: &Ticket) -> std::io::Result<()> {
    set(writer, "RunList", "Input", |writer| {
        for file in &ticket.files {
            let colour = if file.in_colour { "Farbe" } else { "Schwarzweiß" };
            writer
                .create_element("Resource")
                .with_attribute(("DescriptiveName", colour))
                .write_inner_content(|writer| {
                    let pages = file.sides.to_string();
                    let range = format!("0 {}", file.sides.saturating_sub(1));
                    writer
                        .create_element("RunList")
                        .with_attribute(("NPage", pages.as_str()))
                        .with_attribute(("Pages", range.as_str()))
                        .write_inner_content(|writer| {
                            writer
                                .create_element("FileSpec")
                                .with_attribute(("MimeType", "application/pdf"))
                                .with_attribute(("URL", url(&file.name).as_str()))
                                .write_empty()?;
                            Ok(())
                        })?;
                    Ok(())
                })?;
        }
        Ok(())
    })
}

fn url(name: &str) -> String {
    percent_encoding::utf8_percent_encode(name, percent_encoding::NON_ALPHANUMERIC)
        .to_string()
        .replace("%2D", "-")
        .replace("%2E", ".")
}

fn stitching(writer: &mut Writer<Vec<u8>>, ticket: &Ticket) -> std::io::Result<()> {
    let (kind, count) = match ticket.stapling() {
        Stapling::Corner => ("Corner", "1"),
        Stapling::Saddle => ("Saddle", "2"),
    };
    set(writer, "StitchingParams", "Input", |writer| {
        resource(writer, |writer| {
            writer
                .create_element("StitchingParams")
                .with_attribute(("NumberOfStitches", count))
                .with_attribute(("StitchType", kind))
                .write_empty()?;
            Ok(())
        })
    })
}

fn holes(writer: &mut Writer<Vec<u8>>) -> std::io::Result<()> {
    set(writer, "HoleMakingParams", "Input", |writer| {
        resource(writer, |writer| {
            writer.create_element("HoleMakingParams").write_inner_content(|writer| {
                writer.create_element("HolePattern").with_attribute(("Pattern", "R2m-DIN")).write_empty()?;
                Ok(())
            })?;
            Ok(())
        })
    })
}
