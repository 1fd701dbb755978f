//! Signing in: accounts, sessions, links, roles, and what other sites and strangers try.

mod auditing;
mod links;
mod lying;
mod mailing;
mod managing;
mod provider;
mod roles;
mod sessions;
mod staff_only;
