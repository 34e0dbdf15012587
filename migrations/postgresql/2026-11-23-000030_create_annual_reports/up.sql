-- 年度报告: what people write, what the head sealed, and the tables that came from elsewhere.

CREATE TABLE annual_reports (
    agency_id UUID NOT NULL REFERENCES agencies (id),
    year INTEGER NOT NULL,
    form TEXT NOT NULL,
    roll_up BOOLEAN NOT NULL,
    draft TEXT NOT NULL,
    version INTEGER NOT NULL,
    changed_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (agency_id, year)
);

-- What was sealed never changes; it is published, or taken back before anybody saw it.
CREATE TABLE seals (
    agency_id UUID NOT NULL REFERENCES agencies (id),
    year INTEGER NOT NULL,
    sealed_at TIMESTAMPTZ NOT NULL,
    signer TEXT NOT NULL,
    roll_up BOOLEAN NOT NULL,
    report TEXT NOT NULL,
    own_table TEXT NOT NULL,
    cases TEXT NOT NULL,
    hash BYTEA NOT NULL,
    published_at TIMESTAMPTZ,
    PRIMARY KEY (agency_id, year),
    CONSTRAINT nothing_is_published_before_it_is_sealed
        CHECK (published_at IS NULL OR published_at >= sealed_at)
);

-- Which reports the public may read.
CREATE INDEX published_seals ON seals (agency_id, year) WHERE published_at IS NOT NULL;
CREATE INDEX seals_by_year ON seals (year, agency_id);

-- The report as files, byte for byte as they were sealed.
CREATE TABLE seal_files (
    agency_id UUID NOT NULL,
    year INTEGER NOT NULL,
    ending TEXT NOT NULL
        CONSTRAINT sealed_files_are_of_a_known_kind
        CHECK (ending IN ('html', 'pdf', 'docx', 'xlsx', 'json', 'csv')),
    content BYTEA NOT NULL,
    sha256 BYTEA NOT NULL,
    PRIMARY KEY (agency_id, year, ending),
    FOREIGN KEY (agency_id, year) REFERENCES seals (agency_id, year) ON DELETE CASCADE
);

-- 更正: what the head published of a sealed year afterwards; the seal itself stays.
CREATE TABLE seal_corrections (
    agency_id UUID NOT NULL,
    year INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    corrected_at TIMESTAMPTZ NOT NULL,
    signer TEXT NOT NULL,
    note TEXT NOT NULL,
    own_table TEXT NOT NULL,
    PRIMARY KEY (agency_id, year, ordinal),
    FOREIGN KEY (agency_id, year) REFERENCES seals (agency_id, year)
);

-- Tables of agencies that count elsewhere, as they handed them in.
CREATE TABLE handed_in_tables (
    agency_id UUID NOT NULL REFERENCES agencies (id),
    year INTEGER NOT NULL,
    table_json TEXT NOT NULL,
    file_name TEXT NOT NULL,
    sha256 BYTEA NOT NULL,
    handed_in_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (agency_id, year)
);
CREATE INDEX handed_in_tables_by_year ON handed_in_tables (year, agency_id);

-- 结转下年度 that a report of before this system published: six numbers, by applicants' kind.
CREATE TABLE opening_balances (
    agency_id UUID NOT NULL REFERENCES agencies (id),
    year INTEGER NOT NULL,
    numbers TEXT NOT NULL,
    PRIMARY KEY (agency_id, year)
);

-- 信息处理费 that was paid, in whole yuan.
CREATE TABLE fee_payments (
    case_id UUID NOT NULL REFERENCES cases (id),
    agency_id UUID NOT NULL REFERENCES agencies (id),
    paid_on DATE NOT NULL,
    yuan BIGINT NOT NULL CONSTRAINT fees_are_above_zero CHECK (yuan > 0),
    PRIMARY KEY (case_id, paid_on)
);
CREATE INDEX fee_payments_by_agency ON fee_payments (agency_id, paid_on, yuan);

-- Section three of a whole tree: every agency's cases of a year side by side.
CREATE INDEX cases_of_all_by_year
    ON cases (received_year, applicant_kind, closed_year, outcome, agency_id);
CREATE INDEX cases_of_all_across_years
    ON cases (received_year, closed_year, applicant_kind, outcome, agency_id)
    WHERE closed_year IS NULL OR closed_year > received_year;

CREATE FUNCTION refuse_to_change_seals() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.published_at IS NOT NULL THEN
            RAISE EXCEPTION 'published seals are never removed';
        END IF;
        RETURN OLD;
    END IF;
    IF OLD.published_at IS NOT NULL OR NEW.published_at IS NULL
        OR (OLD.agency_id, OLD.year, OLD.sealed_at, OLD.signer, OLD.roll_up, OLD.report,
            OLD.own_table, OLD.cases, OLD.hash)
        IS DISTINCT FROM (NEW.agency_id, NEW.year, NEW.sealed_at, NEW.signer, NEW.roll_up,
            NEW.report, NEW.own_table, NEW.cases, NEW.hash) THEN
        RAISE EXCEPTION 'seals are never changed';
    END IF;
    RETURN NEW;
END;
$$;

CREATE TRIGGER seals_are_never_changed BEFORE UPDATE OR DELETE ON seals
    FOR EACH ROW EXECUTE FUNCTION refuse_to_change_seals();

CREATE FUNCTION refuse_to_change_sealed_files() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'sealed files are never changed';
END;
$$;

CREATE TRIGGER sealed_files_are_never_changed BEFORE UPDATE ON seal_files
    FOR EACH ROW EXECUTE FUNCTION refuse_to_change_sealed_files();
