//! Several nodes over real sockets: what honest ones agree on, and that a lying one achieves nothing.

mod adopting;
mod chain;
mod claims;
mod closing;
mod content;
mod converging;
mod epochs;
mod forger;
mod identity;
mod inventing;
mod like_ours;
mod lying;
mod many;
mod nudging;
mod peers;
mod quota;
mod recovery;
mod serving;
mod swelling;
mod turns;
