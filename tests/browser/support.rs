//! The spawned office, as the other suite knows it.

#[path = "../it/support/database.rs"]
pub mod database;
#[path = "../it/support/http.rs"]
pub mod http;
#[path = "../it/support/letters.rs"]
pub mod letters;
#[path = "../it/support/office.rs"]
pub mod office;
#[path = "../it/support/staff.rs"]
pub mod staff;
