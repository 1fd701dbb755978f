//! The executable; the code is in the library of this crate.

use std::process::ExitCode;

/// Returns memory to the system after a large import or pull, which the system's allocator does not.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    wardround::main()
}
