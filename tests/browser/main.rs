//! The flows that people click, in a real browser: with a phone, with a desk, and by the
//! keyboard alone. That no script is needed is seen in the other suite, whose browser has none.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]
#![expect(
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod acts;
mod citizen;
mod desk;
mod driver;
mod looks;
mod state_machine;
mod supervisor;

#[expect(
    dead_code,
    unused_macros,
    unused_imports,
    reason = "shared with the other suite"
)]
mod support;
