//! The program at its edges: sockets, limits, a calm end, the demonstration, and the data of earlier versions.

mod authority;
mod backups;
mod demo;
mod figures;
mod formats;
mod secure;
mod server;
mod upgrade;
