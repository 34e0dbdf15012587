-- 年度报告: what people write, what the head sealed, and the tables that came from elsewhere.

CREATE TABLE annual_reports (
    agency_id BLOB NOT NULL REFERENCES agencies (id),
    year INTEGER NOT NULL,
    form TEXT NOT NULL,
    roll_up INTEGER NOT NULL,
    draft TEXT NOT NULL,
    version INTEGER NOT NULL,
    changed_at TEXT NOT NULL,
    PRIMARY KEY (agency_id, year)
) STRICT;

-- What was sealed never changes; it is published, or taken back before anybody saw it.
CREATE TABLE seals (
    agency_id BLOB NOT NULL REFERENCES agencies (id),
    year INTEGER NOT NULL,
    sealed_at TEXT NOT NULL,
    signer TEXT NOT NULL,
    roll_up INTEGER NOT NULL,
    report TEXT NOT NULL,
    own_table TEXT NOT NULL,
    cases TEXT NOT NULL,
    hash BLOB NOT NULL,
    published_at TEXT,
    PRIMARY KEY (agency_id, year),
    CONSTRAINT nothing_is_published_before_it_is_sealed
        CHECK (published_at IS NULL OR published_at >= sealed_at)
) STRICT;

-- Which reports the public may read.
CREATE INDEX published_seals ON seals (agency_id, year) WHERE published_at IS NOT NULL;
CREATE INDEX seals_by_year ON seals (year, agency_id);

-- The report as files, byte for byte as they were sealed.
CREATE TABLE seal_files (
    agency_id BLOB NOT NULL,
    year INTEGER NOT NULL,
    ending TEXT NOT NULL
        CONSTRAINT sealed_files_are_of_a_known_kind
        CHECK (ending IN ('html', 'pdf', 'docx', 'xlsx', 'json', 'csv')),
    content BLOB NOT NULL,
    sha256 BLOB NOT NULL,
    PRIMARY KEY (agency_id, year, ending),
    FOREIGN KEY (agency_id, year) REFERENCES seals (agency_id, year) ON DELETE CASCADE
) STRICT;

-- 更正: what the head published of a sealed year afterwards; the seal itself stays.
CREATE TABLE seal_corrections (
    agency_id BLOB NOT NULL,
    year INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    corrected_at TEXT NOT NULL,
    signer TEXT NOT NULL,
    note TEXT NOT NULL,
    own_table TEXT NOT NULL,
    PRIMARY KEY (agency_id, year, ordinal),
    FOREIGN KEY (agency_id, year) REFERENCES seals (agency_id, year)
) STRICT;

-- Tables of agencies that count elsewhere, as they handed them in.
CREATE TABLE handed_in_tables (
    agency_id BLOB NOT NULL REFERENCES agencies (id),
    year INTEGER NOT NULL,
    table_json TEXT NOT NULL,
    file_name TEXT NOT NULL,
    sha256 BLOB NOT NULL,
    handed_in_at TEXT NOT NULL,
    PRIMARY KEY (agency_id, year)
) STRICT;
CREATE INDEX handed_in_tables_by_year ON handed_in_tables (year, agency_id);

-- 结转下年度 that a report of before this system published: six numbers, by applicants' kind.
CREATE TABLE opening_balances (
    agency_id BLOB NOT NULL REFERENCES agencies (id),
    year INTEGER NOT NULL,
    numbers TEXT NOT NULL,
    PRIMARY KEY (agency_id, year)
) STRICT;

-- 信息处理费 that was paid, in whole yuan.
CREATE TABLE fee_payments (
    case_id BLOB NOT NULL REFERENCES cases (id),
    agency_id BLOB NOT NULL REFERENCES agencies (id),
    paid_on TEXT NOT NULL,
    yuan INTEGER NOT NULL CONSTRAINT fees_are_above_zero CHECK (yuan > 0),
    PRIMARY KEY (case_id, paid_on)
) STRICT;
CREATE INDEX fee_payments_by_agency ON fee_payments (agency_id, paid_on, yuan);

-- Section three of a whole tree: every agency's cases of a year side by side.
CREATE INDEX cases_of_all_by_year
    ON cases (received_year, applicant_kind, closed_year, outcome, agency_id);
CREATE INDEX cases_of_all_across_years
    ON cases (received_year, closed_year, applicant_kind, outcome, agency_id)
    WHERE closed_year IS NULL OR closed_year > received_year;

CREATE TRIGGER seals_are_never_changed BEFORE UPDATE ON seals
WHEN OLD.published_at IS NOT NULL OR NEW.published_at IS NULL
    OR (OLD.agency_id, OLD.year, OLD.sealed_at, OLD.signer, OLD.roll_up, OLD.report,
        OLD.own_table, OLD.cases, OLD.hash)
    IS NOT (NEW.agency_id, NEW.year, NEW.sealed_at, NEW.signer, NEW.roll_up, NEW.report,
        NEW.own_table, NEW.cases, NEW.hash)
BEGIN
    SELECT RAISE(ABORT, 'seals are never changed');
END;

CREATE TRIGGER published_seals_are_never_removed BEFORE DELETE ON seals
WHEN OLD.published_at IS NOT NULL
BEGIN
    SELECT RAISE(ABORT, 'published seals are never removed');
END;

CREATE TRIGGER sealed_files_are_never_changed BEFORE UPDATE ON seal_files
BEGIN
    SELECT RAISE(ABORT, 'sealed files are never changed');
END;
