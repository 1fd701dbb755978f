//! The program; see the library beside it.

use std::process::ExitCode;

/// The system's allocator keeps what a large import or pull took; this one gives it back.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    wardround::cli::main()
}
