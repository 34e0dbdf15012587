//! The yearly arrangements: those that the program brings along, and those of the office.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use chrono::{Datelike, NaiveDate, Weekday};
use serde::Deserialize;

use super::ConfigError;
use crate::domain::calendar::{Arrangement, WorkingCalendar};

/// The arrangements known when the program was built: file name and text.
const BUILT_IN: [(&str, &str); 8] = [
    ("2019.toml", include_str!("../../config/calendar/2019.toml")),
    ("2020.toml", include_str!("../../config/calendar/2020.toml")),
    ("2021.toml", include_str!("../../config/calendar/2021.toml")),
    ("2022.toml", include_str!("../../config/calendar/2022.toml")),
    ("2023.toml", include_str!("../../config/calendar/2023.toml")),
    ("2024.toml", include_str!("../../config/calendar/2024.toml")),
    ("2025.toml", include_str!("../../config/calendar/2025.toml")),
    ("2026.toml", include_str!("../../config/calendar/2026.toml")),
];

/// A file of `config/calendar`, as written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct YearFile {
    year: i32,
    notice: String,
    holidays: BTreeMap<String, String>,
    makeup_workdays: BTreeMap<String, String>,
}

/// The calendar in force: the built-in years, over which the folder `calendar` in `directory`
/// adds or replaces whole years.
///
/// # Errors
///
/// [`ConfigError`], naming the file and what is wrong in it.
pub fn load(directory: &Path) -> Result<WorkingCalendar, ConfigError> {
    let mut arrangements = built_in()?;
    for path in year_files(&directory.join("calendar"))? {
        let text = fs::read_to_string(&path).map_err(|error| unreadable(&path, &error))?;
        arrangements.push(parse(&path.display().to_string(), &text)?);
    }
    Ok(WorkingCalendar::new(arrangements))
}

/// Keeps the text of a year's arrangement in the folder `calendar` of `directory`, whole or not
/// at all; where it lies then.
///
/// # Errors
///
/// [`ConfigError::Unwritable`].
pub fn keep(directory: &Path, year: i32, text: &str) -> Result<PathBuf, ConfigError> {
    let folder = directory.join("calendar");
    let path = folder.join(format!("{year}.toml"));
    let unfinished = folder.join(format!("{year}.toml.new"));
    let written = fs::create_dir_all(&folder)
        .and_then(|()| fs::write(&unfinished, text))
        .and_then(|()| fs::File::open(&unfinished)?.sync_all())
        .and_then(|()| fs::rename(&unfinished, &path));
    written
        .map_err(|error| ConfigError::Unwritable { path: path.clone(), why: error.to_string() })?;
    Ok(path)
}

/// The arrangements that the program brings along, oldest first.
fn built_in() -> Result<Vec<Arrangement>, ConfigError> {
    BUILT_IN
        .iter()
        .map(|(name, text)| parse(&format!("config/calendar/{name}"), text))
        .collect()
}

/// The TOML files of a folder, in order; none where there is no folder.
fn year_files(folder: &Path) -> Result<Vec<PathBuf>, ConfigError> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(|error| unreadable(folder, &error))? {
        let path = entry.map_err(|error| unreadable(folder, &error))?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "toml")
        {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn unreadable(path: &Path, error: &std::io::Error) -> ConfigError {
    ConfigError::Unreadable { path: path.to_owned(), why: error.to_string() }
}

/// Reads the arrangement of one year, and refuses what cannot be one.
///
/// # Errors
///
/// [`ConfigError`], naming `place` and the day.
pub fn parse(place: &str, text: &str) -> Result<Arrangement, ConfigError> {
    let file: YearFile = toml::from_str(text).map_err(|error| ConfigError::NotToml {
        place: place.to_owned(),
        why: error.message().to_owned(),
    })?;
    let refused = |key: &str, why: &str| ConfigError::BadValue {
        place: place.to_owned(),
        key: key.to_owned(),
        why: why.to_owned(),
    };
    if file.notice.trim().is_empty() {
        return Err(refused("notice", "应写明放假通知的文号"));
    }
    let holidays = days(file.year, file.holidays, &refused)?;
    let makeup_workdays = days(file.year, file.makeup_workdays, &refused)?;
    if holidays.is_empty() {
        return Err(refused("holidays", "不能为空"));
    }
    for day in makeup_workdays.keys() {
        if !matches!(day.weekday(), Weekday::Sat | Weekday::Sun) {
            return Err(refused(&day.to_string(), "调休上班的日子应是周六或周日"));
        }
        if holidays.contains_key(day) {
            return Err(refused(&day.to_string(), "同一天不能既放假又上班"));
        }
    }
    Ok(Arrangement { year: file.year, notice: file.notice, holidays, makeup_workdays })
}

/// The days of a list, all of the one year, each with the name of its holiday.
fn days(
    year: i32,
    written: BTreeMap<String, String>,
    refused: &dyn Fn(&str, &str) -> ConfigError,
) -> Result<BTreeMap<NaiveDate, String>, ConfigError> {
    let mut days = BTreeMap::new();
    for (key, name) in written {
        let day: NaiveDate = key
            .parse()
            .map_err(|_| refused(&key, "应写成 2026-01-01 样式的日期"))?;
        if day.year() != year {
            return Err(refused(&key, "不在本文件所写的年份之内"));
        }
        if name.trim().is_empty() {
            return Err(refused(&key, "应写明节日名称"));
        }
        days.insert(day, name);
    }
    Ok(days)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2019 to 2026 as two other calendars have them.
    const ELSEWHERE: &str = include_str!("../../tests/data/workdays.json");

    fn calendar() -> WorkingCalendar {
        WorkingCalendar::new(built_in().unwrap())
    }

    fn days_of(year: i32) -> impl Iterator<Item = NaiveDate> {
        NaiveDate::from_ymd_opt(year, 1, 1)
            .unwrap()
            .iter_days()
            .take_while(move |day| day.year() == year)
    }

    #[test]
    fn every_file_of_the_folder_is_built_in() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/calendar");
        let names: Vec<_> = year_files(&folder)
            .unwrap()
            .iter()
            .map(|path| path.file_name().unwrap().to_string_lossy().into_owned())
            .collect();
        assert_eq!(names, BUILT_IN.map(|(name, _)| name));
    }

    #[test]
    fn each_year_has_as_many_working_days_as_the_state_council_left_it() {
        let calendar = calendar();
        let counted: Vec<_> = calendar
            .years()
            .map(|year| {
                (
                    year,
                    days_of(year)
                        .filter(|day| calendar.is_working(*day))
                        .count(),
                )
            })
            .collect();
        let known = [250, 249, 250, 249, 249, 251, 248, 248];
        assert_eq!(counted, (2019..=2026).zip(known).collect::<Vec<_>>());
    }

    #[test]
    fn every_day_is_as_another_calendar_has_it() {
        let elsewhere: BTreeMap<String, BTreeMap<String, Vec<NaiveDate>>> = dates(ELSEWHERE);
        for (year, lists) in elsewhere {
            let calendar = calendar();
            let ours = calendar.arrangement(year.parse().unwrap()).unwrap();
            assert!(ours.holidays.keys().eq(&lists["holidays"]), "{year}");
            assert!(ours.makeup_workdays.keys().eq(&lists["makeup_workdays"]), "{year}");
        }
    }

    fn dates(json: &str) -> BTreeMap<String, BTreeMap<String, Vec<NaiveDate>>> {
        let texts: BTreeMap<String, BTreeMap<String, Vec<String>>> =
            serde_json::from_str(json).unwrap();
        let parsed = |days: Vec<String>| days.iter().map(|day| day.parse().unwrap()).collect();
        texts
            .into_iter()
            .map(|(year, lists)| {
                let lists = lists.into_iter().map(|(name, days)| (name, parsed(days)));
                (year, lists.collect())
            })
            .collect()
    }

    #[test]
    fn every_notice_is_of_the_year_or_the_year_before() {
        for arrangement in built_in().unwrap() {
            for notice in arrangement.notice.split('、') {
                let years = [arrangement.year - 1, arrangement.year];
                let fits = years
                    .iter()
                    .any(|year| notice.starts_with(&format!("国办发明电〔{year}〕")));
                assert!(fits && notice.ends_with('号'), "{notice}");
            }
        }
    }

    #[test]
    fn every_weekday_off_belongs_to_a_holiday_of_its_season() {
        let seasons: [(&str, &[u32]); 7] = [
            ("元旦", &[1, 12]),
            ("春节", &[1, 2]),
            ("清明节", &[4]),
            ("劳动节", &[4, 5]),
            ("端午节", &[5, 6]),
            ("中秋节", &[9, 10]),
            ("国庆节", &[9, 10]),
        ];
        for arrangement in built_in().unwrap() {
            for (day, name) in &arrangement.holidays {
                for part in name.split('、') {
                    let (_, months) = seasons.iter().find(|(known, _)| *known == part).unwrap();
                    assert!(months.contains(&day.month()), "{day} {name}");
                }
            }
            for (name, _) in seasons {
                assert!(arrangement.holidays.values().any(|is| is.contains(name)), "{name}");
            }
        }
    }

    #[test]
    fn a_folder_of_the_office_adds_and_replaces_years() {
        let directory = tempfile::tempdir().unwrap();
        let folder = directory.path().join("calendar");
        fs::create_dir(&folder).unwrap();
        let text = "year = 2027\nnotice = \"国办发明电〔2026〕1号\"\n\
                    [holidays]\n2027-01-01 = \"元旦\"\n[makeup_workdays]\n";
        fs::write(folder.join("2027.toml"), text).unwrap();
        let replaced = text.replace("2027", "2026").replace("1号", "2号");
        fs::write(folder.join("2026.toml"), replaced).unwrap();
        let calendar = load(directory.path()).unwrap();
        assert_eq!(calendar.last_year(), Some(2027));
        assert_eq!(calendar.arrangement(2026).unwrap().holidays.len(), 1);
        assert_eq!(calendar.arrangement(2025), self::calendar().arrangement(2025));
    }

    #[test]
    fn what_cannot_be_an_arrangement_is_refused_with_the_day() {
        let file = |holiday: &str, makeup: &str| {
            format!(
                "year = 2026\nnotice = \"n\"\n[holidays]\n{holiday} = \"元旦\"\n\
                 [makeup_workdays]\n{makeup} = \"元旦\"\n"
            )
        };
        for (holiday, makeup, day) in [
            ("2025-01-01", "2026-01-04", "2025-01-01"),
            ("2026-01-01", "2026-01-05", "2026-01-05"),
            ("2026-01-04", "2026-01-04", "2026-01-04"),
            ("2026-02-30", "2026-01-04", "2026-02-30"),
        ] {
            let error = parse("2026.toml", &file(holiday, makeup))
                .unwrap_err()
                .to_string();
            assert!(error.contains(day) && error.contains("2026.toml"), "{error}");
        }
        assert!(parse("2026.toml", &file("2026-01-01", "2026-01-04")).is_ok());
    }
}
