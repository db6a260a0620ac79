//! The `anlage` program.

fn main() {}
