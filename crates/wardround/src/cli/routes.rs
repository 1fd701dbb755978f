//! `routes`: the table of routes, for auditors and tests.

use web::routes;

use super::{arguments::JsonArgument, terminal::Terminal};
use crate::commands::failure::{DONE, Failure};

/// Prints the table.
pub(super) fn run(form: &JsonArgument, terminal: &Terminal) -> Result<u8, Failure> {
    let table = routes::table();
    if form.json {
        terminal.line(&serde_json::to_string(&table)?);
        return Ok(DONE);
    }
    for route in table {
        let audience = format!("{:?}", route.audience).to_lowercase();
        let access = format!("{:?}", route.access).to_lowercase();
        let cost = route.cost.as_str();
        let (method, path) = (route.method(), route.path);
        terminal.line(&format!(
            "{:<5} {audience:<7} {access:<7} {cost:<9} {path}",
            method.as_str()
        ));
    }
    Ok(DONE)
}
