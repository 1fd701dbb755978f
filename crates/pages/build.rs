//! Builds the web assets before the crate that embeds them.
//!
//! npm runs only when the lock file differs from the one installed last, and cargo runs this script only when a
//! source has changed.

use std::{env, ffi::OsStr, fs, path::Path, process::Command};

const SOURCES: [&str; 6] = [
    "package.json",
    "package-lock.json",
    "build.mjs",
    "styles",
    "scripts",
    "images",
];

fn main() {
    if let Err(message) = build() {
        for line in message.lines() {
            println!("cargo::error={line}");
        }
    }
}

fn build() -> Result<(), String> {
    let crate_dir = variable("CARGO_MANIFEST_DIR")?;
    let out = Path::new(&variable("OUT_DIR")?).join("assets");
    let web = Path::new(&crate_dir).join("../../web");
    for source in SOURCES {
        println!("cargo::rerun-if-changed={}", web.join(source).display());
    }
    println!("cargo::rerun-if-changed={crate_dir}/../../content/help");
    println!("cargo::rerun-if-changed={crate_dir}/templates");
    install(&web)?;
    let names = run(
        "node",
        Command::new("node")
            .arg("build.mjs")
            .arg(&out)
            .current_dir(&web),
    )?;
    for line in names.lines() {
        if let Some((logical, name)) = line.split_once('=') {
            let variable = logical.replace(['.', '-'], "_").to_uppercase();
            println!("cargo::rustc-env=ASSET_{variable}={name}");
        }
    }
    Ok(())
}

/// Installs the packages of the lock file, unless they are installed already.
fn install(web: &Path) -> Result<(), String> {
    let stamp = web.join("node_modules/.installed-lock.json");
    let wanted = fs::read(web.join("package-lock.json"))
        .map_err(|error| format!("`web/package-lock.json` cannot be read: {error}"))?;
    if fs::read(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    println!(
        "cargo::warning=installed the packages that build the pages' styles and scripts (web/)"
    );
    let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let arguments = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"];
    run(npm, Command::new(npm).args(arguments).current_dir(web))?;
    fs::write(&stamp, wanted)
        .map_err(|error| format!("`{}` cannot be written: {error}", stamp.display()))
}

fn run(name: &str, command: &mut Command) -> Result<String, String> {
    let output = command.output().map_err(|error| {
        format!(
            "`{name}` could not be started ({error}).\n\
             The pages' styles and scripts are built with Node.js 20 or newer and npm.\n\
             Install them (Debian: `apt-get install nodejs npm`) and build again."
        )
    })?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if output.status.success() {
        return Ok(text(&output.stdout));
    }
    let report = text(&output.stderr) + &text(&output.stdout);
    let arguments: Vec<_> = command.get_args().map(OsStr::to_string_lossy).collect();
    Err(format!(
        "`{name} {}` in `web/` ended with {}:\n{report}",
        arguments.join(" "),
        output.status
    ))
}

fn variable(name: &str) -> Result<String, String> {
    env::var(name).map_err(|error| format!("{name}: {error}"))
}
