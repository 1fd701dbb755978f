//! `import`: asks a person at a terminal when files may be documents of another folder already.

use std::{
    io::{self, IsTerminal as _},
    path::PathBuf,
};

use super::{absolute, arguments::ImportArguments, owner, terminal::Terminal};
use crate::commands::{command::Command, failure::Failure, output::Event};
use settings::load::Loaded;

/// Imports a folder.
pub(super) async fn run(
    loaded: &Loaded,
    arguments: ImportArguments,
    terminal: &Terminal,
) -> Result<u8, Failure> {
    let mut known_elsewhere = Vec::new();
    let ended = owner::run(loaded, command(&arguments)?, |event| match event {
        Event::KnownElsewhere { folders } => known_elsewhere = folders,
        event => terminal.show(event),
    })
    .await;
    let can_ask = !arguments.json && io::stdin().is_terminal() && io::stderr().is_terminal();
    let refusal = match ended {
        Err(refusal) if can_ask && !known_elsewhere.is_empty() => refusal,
        ended => return ended,
    };

    // Nothing was published yet. A person says what the files are, and the import begins again.
    let Some(answered) = ask(arguments, &known_elsewhere, &refusal, terminal)? else {
        return Err(Failure::failed("not imported"));
    };
    owner::run(loaded, command(&answered)?, |event| terminal.show(event)).await
}

/// Returns the command for the owner of the data directory.
pub(super) fn command(arguments: &ImportArguments) -> Result<Command, Failure> {
    let moved_from: Result<Vec<PathBuf>, Failure> = arguments
        .moved_from
        .iter()
        .map(|folder| absolute(folder))
        .collect();
    Ok(Command::Import {
        dir: absolute(&arguments.dir)?,
        prune: arguments.prune,
        moved_from: moved_from?,
        same_titles: arguments.same_titles,
        as_new: arguments.as_new,
        folder_is_public: arguments.folder_is_public,
        accept_warnings: arguments.accept_warnings.clone(),
        json: arguments.json,
    })
}

/// Asks what the files are; returns the arguments that say so, and `None` if the person stops.
fn ask(
    arguments: ImportArguments,
    folders: &[String],
    refusal: &Failure,
    terminal: &Terminal,
) -> Result<Option<ImportArguments>, Failure> {
    terminal.note(&refusal.text);
    terminal.note(&format!(
        "Type `moved` if these files continue the documents from {}, `new` to publish them as new documents, or anything else to stop:",
        folders.join(", ")
    ));
    let mut line = String::new();
    io::stdin().read_line(&mut line)?;
    Ok(match line.trim() {
        "moved" => Some(ImportArguments {
            moved_from: folders.iter().map(PathBuf::from).collect(),
            ..arguments
        }),
        "new" => Some(ImportArguments {
            as_new: true,
            ..arguments
        }),
        _ => None,
    })
}
