//! The tables as Diesel sees them. `tests/it/storage_schema.rs` compares every column with what
//! the migrations make, on both engines.

diesel::table! {
    meta (name) {
        name -> Text,
        value -> Text,
    }
}
