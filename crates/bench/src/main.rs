//! `bench`: measures this machine, in figures that can be repeated.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::Context as _;
use bench::report;
use clap::Parser;

/// As in the program that is measured.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// Measure the search library and whole nodes on this machine
#[derive(Debug, Parser)]
#[command(
    version,
    after_help = "Examples:\n  bench --documents 10000\n  bench --documents 100000 --library --json"
)]
struct Arguments {
    /// How many documents
    #[arg(long, default_value_t = 10_000)]
    documents: u64,
    /// Measure the search library only, without whole nodes
    #[arg(long = "library")]
    only_library: bool,
    /// Write the files of the documents to a directory and measure nothing
    #[arg(long, value_name = "DIRECTORY")]
    files: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// The program to measure [default: `wardround` in the directory of this program]
    #[arg(long, value_name = "FILE")]
    program: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(&Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("bench: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: &Arguments) -> anyhow::Result<()> {
    if let Some(files) = &arguments.files {
        return bench::write_files(files, arguments.documents);
    }
    let program = match &arguments.program {
        Some(program) => program.clone(),
        None => std::env::current_exe()?.with_file_name("wardround"),
    };
    if !arguments.only_library && !program.is_file() {
        anyhow::bail!(
            "`{}` is not there; build it with `cargo build --release --workspace`, or name it with `--program`",
            program.display()
        );
    }
    let scratch = std::env::temp_dir().join(format!("wardround-bench-{}", std::process::id()));
    create_scratch(&scratch).with_context(|| format!("`{}`", scratch.display()))?;
    let measured = measure(&scratch, &program, arguments).await;
    std::fs::remove_dir_all(&scratch)?;
    print(measured?.trim_end());
    Ok(())
}

/// Creates the directory of this run. One that is there belongs to someone else: it is neither used nor removed.
fn create_scratch(path: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Returns the text to print.
async fn measure(scratch: &Path, program: &Path, arguments: &Arguments) -> anyhow::Result<String> {
    let mut figures = bench::library(scratch, arguments.documents).await?;
    if !arguments.only_library {
        figures.extend(bench::nodes(scratch, program, arguments.documents, say).await?);
    }
    if arguments.json {
        return Ok(serde_json::to_string(&figures)?);
    }
    Ok(report::markdown(&figures))
}

#[expect(clippy::print_stdout, reason = "the result of this program")]
fn print(text: &str) {
    println!("{text}");
}

#[expect(clippy::print_stderr, reason = "progress is for the person who waits")]
fn say(text: &str) {
    eprintln!("{text}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_that_is_there_is_not_taken() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("scratch");
        create_scratch(&path).unwrap();
        std::fs::write(path.join("kept"), "x").unwrap();
        assert!(create_scratch(&path).is_err());
        assert!(path.join("kept").exists());
    }
}
