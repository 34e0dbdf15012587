//! One connection type over both engines: Diesel's derive, alone with the imports it needs.

use diesel::{PgConnection, SqliteConnection};

/// A connection to either engine. Every repository function takes one.
///
/// (Diesel's derive has a trait called `Connection` in its sight; outside of this file it is
/// [`Connection`](crate::storage::Connection).)
#[derive(diesel::MultiConnection)]
pub enum Engines {
    /// To a PostgreSQL server.
    Pg(PgConnection),
    /// To a SQLite file.
    Sqlite(SqliteConnection),
}
