//! The program; see the library beside it.

use std::process::ExitCode;

/// The system's allocator keeps what a large import or pull took; this one gives it back.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    wardround::cli::main()
}
