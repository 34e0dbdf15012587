//! A long history of cases, written by one statement.

use uuid::Uuid;
use yishen::domain::outcome::Outcome;

use super::database::Engine;

/// How many are open, where there are enough.
const OPEN: u32 = 5_000;

/// The statement that fills in ten years of cases, as many on each day, the last five thousand
/// of them open; one applicant has twenty cases, one channel in a thousand is the fax. None has
/// papers.
pub fn history(engine: Engine, cases: u32, agency: Uuid, clerk: Uuid) -> String {
    let (agency, clerk) = (literal(engine, agency), literal(engine, clerk));
    filled(engine, cases, (2016, 3650), &agency, &clerk)
}

/// [`history`] of two years, 2024 and 2025, spread over so many agencies, whose identities are
/// their numbers; nobody handles the cases.
pub fn history_of_many(engine: Engine, cases: u32, agencies: u32) -> String {
    let agency = match engine {
        Engine::Sqlite => format!("unhex(printf('%032x', i % {agencies}))"),
        Engine::Postgres => format!("lpad(to_hex(i % {agencies}), 32, '0')::uuid"),
    };
    let nobody = match engine {
        Engine::Sqlite => "NULL",
        Engine::Postgres => "NULL::uuid",
    };
    filled(engine, cases, (2024, 731), &agency, nobody)
}

/// Fills in cases from New Year of a year on, over so many days.
fn filled(
    engine: Engine,
    cases: u32,
    (first_year, days): (i32, u32),
    agency: &str,
    clerk: &str,
) -> String {
    let outcomes: Vec<_> = Outcome::ALL
        .iter()
        .enumerate()
        .map(|(n, outcome)| format!("({n}, '{}')", outcome.code()))
        .collect();
    let per_day = (cases / days).max(1);
    let first_open = cases - OPEN.min(cases / 10);
    let (numbers, id, name, received, closed, attention, year) = match engine {
        Engine::Sqlite => (
            format!("n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {cases} - 1)"),
            "CAST(printf('%016d', i) AS BLOB)",
            "CAST(printf('%032d', i % 50000) AS BLOB)",
            format!("date('{first_year}-01-01', '+' || (i / {per_day}) || ' days')"),
            "date(received, '+' || (i * 7919 % 47) || ' days')",
            "date('2025-12-01', '+' || (i % 60) || ' days')",
            "CAST(substr(@, 1, 4) AS INTEGER)",
        ),
        Engine::Postgres => (
            format!("n AS (SELECT i FROM generate_series(0, {cases} - 1) AS i)"),
            "lpad(to_hex(i), 32, '0')::uuid",
            "convert_to(lpad((i % 50000)::text, 32, '0'), 'UTF8')",
            format!("date '{first_year}-01-01' + (i / {per_day})"),
            "received + (i::bigint * 7919 % 47)::integer",
            "date '2025-12-01' + (i % 60)",
            "EXTRACT(YEAR FROM @)::integer",
        ),
    };
    let year = |of: &str| year.replace('@', of);
    format!(
        "WITH RECURSIVE {numbers},
            outcomes (n, code) AS (VALUES {outcomes}),
            days AS (SELECT i, {received} AS received FROM n),
            cases_of AS (
                SELECT i, received, i >= {first_open} AS open,
                    CASE WHEN i < {first_open} THEN {closed} END AS closed FROM days)
        INSERT INTO cases (id, agency_id, number, channel, applicant_kind, stage, state, filed_at,
            arrived_on, received_on, received_year, closed_on, closed_year, outcome, due_on,
            attention_on, handler_id, name_index, created_at, updated_at, unit)
        SELECT {id}, {agency}, 'LH-' || {received_year} || '-' || i,
            CASE WHEN i % 1000 = 0 THEN 'fax' ELSE 'online' END,
            CASE i % 7 WHEN 0 THEN 'business' WHEN 1 THEN 'research' ELSE 'natural' END,
            CASE WHEN open THEN 'handling' ELSE 'closed' END, '{{}}', '2026-01-01T00:00:00.000000Z',
            received, received, {received_year}, closed, {closed_year},
            CASE WHEN open THEN NULL ELSE code END,
            CASE WHEN open THEN {attention} END, CASE WHEN open THEN {attention} END,
            CASE WHEN i % 3 = 0 THEN {clerk} END, {name},
            '2026-01-01T00:00:00.000000Z', '2026-01-01T00:00:00.000000Z',
            (SELECT unit FROM agencies WHERE id = {agency})
        FROM cases_of JOIN outcomes ON outcomes.n = i % {of_all}",
        outcomes = outcomes.join(", "),
        of_all = outcomes.len(),
        received_year = year("received"),
        closed_year = year("closed"),
    )
}

fn literal(engine: Engine, id: Uuid) -> String {
    match engine {
        Engine::Sqlite => format!("x'{}'", id.simple()),
        Engine::Postgres => format!("'{id}'::uuid"),
    }
}
