//! The certificate of this node's own server: where it comes from, whether it fits, and what is shown to clients.
//!
//! Connections are accepted in `web`, within the limits of the server. Invariant: a certificate that is there is shown
//! until a better one is, whatever fails meanwhile.

mod acme;
mod authority;
mod checked;
mod kept;
mod own;
mod pair;
mod shown;
mod watched;

pub use acme::{Site, renew};
pub use checked::{check_authority, check_files};
pub use kept::{Failure, Kept};
pub use own::connect_to_self;
pub use pair::Pair;
pub use shown::{ACME, Shown};
pub use watched::{Files, keep};
