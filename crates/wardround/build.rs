//! Finds the file in which git notes the commit that is checked out, for `main.rs`, which reads it when it is compiled.
//!
//! It notes no commit itself: then each commit would build the library and all tests again. The file is a part of the
//! executable's source only, so that a commit builds that one file again.

#![allow(clippy::print_stdout, reason = "this is how a build script answers")]

use std::{path::PathBuf, process::Command};

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-check-cfg=cfg(in_checkout)");
    // A folder that lies in another project's checkout is not of that project.
    let root = git(&["rev-parse", "--show-toplevel"]);
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    if root.is_none() || root.and_then(|root| root.canonicalize().ok()) != here.canonicalize().ok()
    {
        return;
    }
    // Without its configuration it is no checkout any more.
    if let Some(config) = git(&["rev-parse", "--git-path", "config"]) {
        println!("cargo::rerun-if-changed={}", config.display());
    }
    if let Some(log) = git(&["rev-parse", "--git-path", "logs/HEAD"]).filter(|log| log.is_file()) {
        // Cargo sets it for what it runs, too, and the program takes each name with its prefix for a setting.
        println!("cargo::rustc-env=CHECKOUT_LOG={}", log.display());
        println!("cargo::rustc-cfg=in_checkout");
    }
}

/// Returns the path that git answers with, as an absolute one.
fn git(arguments: &[&str]) -> Option<PathBuf> {
    let output = Command::new("git")
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(arguments)
        .output()
        .ok()?;
    let answer = String::from_utf8(output.stdout).ok()?;
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(answer.trim());
    output.status.success().then_some(path)
}
