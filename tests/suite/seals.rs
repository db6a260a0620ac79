//! What becomes of a form when an office seals it: what it claims holds on.

use std::process::Command;

use crate::conformance::veracheck;
use crate::examples::copy;
use crate::program::{Project, available, repository};

#[test]
fn a_sealed_annex_stays_pdf_a_2a_and_pdf_ua_1() {
    let packages = repository().join("target/pyhanko");
    let what = "sealing needs `pip install --target target/pyhanko pyhanko==0.31.0`";
    if !available(packages.join("pyhanko").is_dir(), what) {
        return;
    }
    let Some(veracheck) = veracheck() else { return };
    let project = Project::new();
    copy(&repository().join("examples/migrationsleitbild"), project.path());
    let run = project.run(&["render"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let annex = project.path().join(run.stdout.trim());
    let sealed = project.path().join("gesiegelt.pdf");
    let script = repository().join("tests/seals/sign.py");
    let signed = Command::new("python3")
        .arg(script)
        .args([&annex, &sealed])
        .env("PYTHONPATH", packages)
        .output()
        .unwrap();
    assert!(signed.status.success(), "{}", String::from_utf8_lossy(&signed.stderr));
    let judged = Command::new(veracheck).args(["-v", "2a,ua1"]).arg(&sealed).output().unwrap();
    let verdicts = String::from_utf8_lossy(&judged.stdout);
    assert_eq!(verdicts.lines().filter(|line| line.starts_with("PASS\t")).count(), 2, "{verdicts}");
}
