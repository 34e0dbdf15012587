//! What a report stands on, gathered from cases, seals and handed-in tables.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use uuid::Uuid;

use crate::app::App;
use crate::casework::import::layout_of;
use crate::domain::agency::Agency;
use crate::domain::applicant::ApplicantKind;
use crate::report::annual::checks::{self, Circumstances};
use crate::report::annual::form::Form;
use crate::report::annual::{AnnualReport, Basis, Reporter};
use crate::report::layout::Layout;
use crate::report::line::{Column, Line};
use crate::report::lint::Finding;
use crate::report::published::PublishedReport;
use crate::report::section_four::SectionFour;
use crate::report::section_three::SectionThree;
use crate::report::table::Table;
use crate::storage::annual::Written;
use crate::storage::seals::Seal;
use crate::storage::unit_tables::Opening;
use crate::storage::{
    Connection, StorageError, agencies, annual, fees, redress, report_images, seals, unit_tables,
    yearly,
};

/// Where an agency's table comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// Counted from its cases at this moment.
    Live,
    /// Handed in as a file.
    HandedIn,
    /// Sealed, and not published yet.
    Sealed,
    /// Sealed and published.
    Published,
}

/// Everything about one report.
#[derive(Debug, Clone)]
pub struct Gathered {
    /// Who reports.
    pub agency: Agency,
    /// What was written.
    pub written: Written,
    /// The form it is written in.
    pub form: Form,
    /// What it stands on.
    pub basis: Basis,
    /// Section three of the agency's own cases.
    pub own_table: Table,
    /// What the checks look at besides.
    pub around: Circumstances,
    /// What was published for the year before, as far as it is known.
    pub last_year: Option<PublishedReport>,
    /// How many agencies stand below.
    pub below: usize,
    /// The seal, if it is sealed.
    pub seal: Option<Seal>,
}

impl Gathered {
    /// The report as it stands: the sealed one, if it is sealed.
    #[must_use]
    pub fn report(&self) -> AnnualReport {
        self.seal.as_ref().map_or_else(
            || AnnualReport::compose(&self.form, &self.written.draft, &self.basis),
            |seal| seal.report.clone(),
        )
    }

    /// What is to be said of it before it is sealed, the hard findings first.
    #[must_use]
    pub fn findings(&self) -> Vec<Finding> {
        let (draft, last_year) = (&self.written.draft, self.last_year.as_ref());
        checks::findings(&self.form, draft, &self.basis, last_year, &self.around)
    }
}

/// The form that a report of `year` is written in, if nobody chose one.
#[must_use]
pub fn default_form(app: &App, year: i32) -> &'static str {
    layout_of(app.settings.report.layout)
        .unwrap_or_else(|| Layout::of_year(year))
        .code()
}

/// Gathers the report of an agency and year.
///
/// # Errors
///
/// [`StorageError`].
pub fn gather(
    conn: &mut Connection,
    app: &App,
    agency: Uuid,
    year: i32,
    today: NaiveDate,
) -> Result<Gathered, StorageError> {
    let agency = agencies::find(conn, agency)?;
    let before = annual::find(conn, agency.id, year - 1)?;
    let written = match annual::find(conn, agency.id, year)? {
        Some(written) => written,
        None => Written {
            form: before
                .as_ref()
                .map_or_else(|| default_form(app, year).to_owned(), |before| before.form.clone()),
            roll_up: before.as_ref().is_some_and(|before| before.roll_up),
            draft: crate::report::annual::Draft::default(),
            version: 0,
        },
    };
    let form = form(app, &written.form, year)?;
    let all = agencies::subtree(conn, agency.id)?;
    let below = all.len().saturating_sub(1);
    let ids = if written.roll_up {
        all
    } else {
        vec![agency.id]
    };
    let own = own_section(conn, agency.id, year)?;
    let (section, sources) = if written.roll_up {
        section_of(conn, &ids, year)?
    } else {
        (own.clone(), Vec::new())
    };
    let unsealed = sources
        .iter()
        .filter(|(id, source)| *id != agency.id && *source == Source::Live)
        .count();
    let around = Circumstances {
        today,
        roll_up: written.roll_up,
        unconfirmed: yearly::unconfirmed(conn, &ids, year)?,
        unsealed: u64::try_from(unsealed).unwrap_or_default(),
        undivided: section.undivided(Column::Total),
    };
    let basis = Basis {
        agency: reporter(&agency),
        table: section.table(&*agency.name, form.section_three),
        section_four: SectionFour::count(year, redress::groups(conn, &ids, year)?),
        fees: fees::of_year(conn, &ids, year)?,
        figures: written.draft.figures(&form),
        pictures: report_images::pictures(conn, agency.id, year)?,
    };
    Ok(Gathered {
        own_table: own.table(&*agency.name, form.section_three),
        last_year: last_year(conn, agency.id, year, written.roll_up)?,
        seal: seals::find(conn, agency.id, year)?,
        agency,
        written,
        form,
        basis,
        around,
        below,
    })
}

/// The form with this code; one that the office took away since is replaced by the official one.
fn form(app: &App, code: &str, year: i32) -> Result<Form, StorageError> {
    let find = |code: &str| app.forms.iter().find(|form| form.code == code);
    find(code)
        .or_else(|| find(default_form(app, year)))
        .cloned()
        .ok_or(StorageError::NotFound("form"))
}

fn reporter(agency: &Agency) -> Reporter {
    Reporter {
        name: agency.name.clone(),
        address: agency.address.clone(),
        postcode: agency.postcode.clone(),
        telephone: agency.telephone.clone(),
        email: agency.email.clone(),
    }
}

/// The agency's own cases, with 上年结转 as it was published.
pub(super) fn own_section(
    conn: &mut Connection,
    agency: Uuid,
    year: i32,
) -> Result<SectionThree, StorageError> {
    let mut section = SectionThree::of(year, yearly::tallies(conn, &[agency], year)?);
    if let Some(before) = published_before(conn, agency, year)? {
        section.carry_in(&before);
    }
    Ok(section)
}

/// The agency's own table of the year before: sealed, handed in, or its last line alone.
fn published_before(
    conn: &mut Connection,
    agency: Uuid,
    year: i32,
) -> Result<Option<Table>, StorageError> {
    if let Some(seal) = seals::find(conn, agency, year - 1)? {
        return Ok(Some(seals::standing_table(conn, &seal)?));
    }
    if let Some(handed) = unit_tables::handed_in(conn, &[agency], year - 1)?.pop() {
        return Ok(Some(handed.table));
    }
    let opening = unit_tables::opening(conn, agency, year)?;
    Ok(opening.map(|numbers| opening_table(&numbers, year)))
}

/// A table of the year before `year` of which the last line alone is known.
fn opening_table(numbers: &Opening, year: i32) -> Table {
    let of = |kind: ApplicantKind| {
        let place = ApplicantKind::ALL.iter().position(|other| *other == kind);
        place
            .and_then(|place| numbers.get(place).copied())
            .unwrap_or_default()
    };
    Table::fill("", year - 1, Layout::of_year(year - 1), |line, column| match (line, column) {
        (Line::CarriedOut, Column::Kind(kind)) => of(kind),
        (Line::CarriedOut, Column::Total) => numbers.iter().sum(),
        _ => 0,
    })
}

/// What was published for the year before, of the same scope.
fn last_year(
    conn: &mut Connection,
    agency: Uuid,
    year: i32,
    roll_up: bool,
) -> Result<Option<PublishedReport>, StorageError> {
    if let Some(seal) = seals::find(conn, agency, year - 1)?
        && seal.roll_up == roll_up
    {
        let mut report = PublishedReport::from(&seal.report);
        report.section_three = Some(seals::standing_report(conn, &seal)?);
        return Ok(Some(report));
    }
    if roll_up {
        return Ok(None);
    }
    let table = published_before(conn, agency, year)?;
    Ok(table.map(|table| PublishedReport {
        year: Some(year - 1),
        section_three: Some(table),
        is_table_alone: true,
        ..PublishedReport::default()
    }))
}

/// Section three of several agencies together: what was sealed, corrected or handed in as it
/// stands, the rest from the cases; and where each agency's numbers come from.
///
/// # Errors
///
/// [`StorageError`].
pub fn section_of(
    conn: &mut Connection,
    agencies: &[Uuid],
    year: i32,
) -> Result<(SectionThree, Vec<(Uuid, Source)>), StorageError> {
    let tables = fixed_tables(conn, agencies, year)?;
    let live: Vec<Uuid> = agencies
        .iter()
        .copied()
        .filter(|agency| !tables.contains_key(agency))
        .collect();
    let mut section = live_section(conn, &live, year)?;
    section.add_all(tables.values().map(|(_, table)| table));
    let sources = agencies
        .iter()
        .map(|agency| {
            let source = tables
                .get(agency)
                .map_or(Source::Live, |(source, _)| *source);
            (*agency, source)
        })
        .collect();
    Ok((section, sources))
}

/// The tables of those of these agencies that do not count their cases any more.
fn fixed_tables(
    conn: &mut Connection,
    agencies: &[Uuid],
    year: i32,
) -> Result<BTreeMap<Uuid, (Source, Table)>, StorageError> {
    let mut tables: BTreeMap<Uuid, (Source, Table)> = BTreeMap::new();
    for handed in unit_tables::handed_in(conn, agencies, year)? {
        tables.insert(handed.agency, (Source::HandedIn, handed.table));
    }
    for (agency, table, is_published) in seals::own_tables(conn, agencies, year)? {
        let source = if is_published {
            Source::Published
        } else {
            Source::Sealed
        };
        tables.insert(agency, (source, table));
    }
    Ok(tables)
}

/// Section three from the cases of several agencies, with 上年结转 as each of them published it,
/// as [`own_section`] has it for one.
fn live_section(
    conn: &mut Connection,
    agencies: &[Uuid],
    year: i32,
) -> Result<SectionThree, StorageError> {
    let mut before: BTreeMap<Uuid, Table> = BTreeMap::new();
    for (agency, numbers) in unit_tables::openings(conn, agencies, year)? {
        before.insert(agency, opening_table(&numbers, year));
    }
    let fixed = fixed_tables(conn, agencies, year - 1)?;
    before.extend(
        fixed
            .into_iter()
            .map(|(agency, (_, table))| (agency, table)),
    );
    let (known, unknown): (Vec<Uuid>, Vec<Uuid>) = agencies
        .iter()
        .copied()
        .partition(|agency| before.contains_key(agency));
    let mut section = SectionThree::of(year, yearly::tallies(conn, &unknown, year)?);
    if !known.is_empty() {
        let mut carrying = SectionThree::of(year, yearly::tallies(conn, &known, year)?);
        let mut handed_over = SectionThree::of(year - 1, []);
        handed_over.add_all(before.values());
        carrying.carry_in(&handed_over.table("", Layout::Form2021));
        section.add_section(&carrying);
    }
    Ok(section)
}

/// The table of each of several agencies, wherever it comes from.
pub(super) fn tables_of_each(
    conn: &mut Connection,
    agencies: &[Uuid],
    year: i32,
) -> Result<BTreeMap<Uuid, Table>, StorageError> {
    let mut tables: BTreeMap<Uuid, Table> = fixed_tables(conn, agencies, year)?
        .into_iter()
        .map(|(agency, (_, table))| (agency, table))
        .collect();
    for agency in agencies {
        if !tables.contains_key(agency) {
            let section = own_section(conn, *agency, year)?;
            tables.insert(*agency, section.table("", Layout::of_year(year)));
        }
    }
    Ok(tables)
}

/// The table of a tree as it would be published now: the agency's own from its cases, those below
/// as they stand.
pub(super) fn tree_now(
    conn: &mut Connection,
    agency: Uuid,
    year: i32,
) -> Result<SectionThree, StorageError> {
    let below = below(conn, agency)?;
    let (mut section, _) = section_of(conn, &below, year)?;
    section.add_section(&own_section(conn, agency, year)?);
    Ok(section)
}

/// The agencies below this one.
pub(super) fn below(conn: &mut Connection, agency: Uuid) -> Result<Vec<Uuid>, StorageError> {
    let mut below = agencies::subtree(conn, agency)?;
    below.retain(|other| *other != agency);
    Ok(below)
}
