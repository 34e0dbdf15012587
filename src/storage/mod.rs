//! See the module's items.
