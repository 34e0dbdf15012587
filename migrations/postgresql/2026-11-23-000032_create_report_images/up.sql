-- Pictures in the text of an annual report; the seal keeps those it was sealed with.

CREATE TABLE report_images (
    id UUID NOT NULL PRIMARY KEY,
    agency_id UUID NOT NULL REFERENCES agencies (id),
    year INTEGER NOT NULL,
    part TEXT NOT NULL,
    caption TEXT NOT NULL,
    media_type TEXT NOT NULL
        CONSTRAINT pictures_are_of_a_known_kind CHECK (media_type IN ('image/png', 'image/jpeg')),
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    content BYTEA NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT pictures_have_a_size CHECK (width > 0 AND height > 0)
);

CREATE INDEX report_images_by_report ON report_images (agency_id, year, created_at, id);
