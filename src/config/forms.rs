//! 年度报告的格式: those that the program brings along, and those of the office.

use std::fs;
use std::path::Path;

use super::ConfigError;
use crate::report::annual::form::Form;

/// The forms known when the program was built: file name and text.
const BUILT_IN: [(&str, &str); 3] = [
    ("2021.toml", include_str!("../../config/report/2021.toml")),
    ("2019.toml", include_str!("../../config/report/2019.toml")),
    ("street.toml", include_str!("../../config/report/street.toml")),
];

/// The forms in force: the built-in ones, over which the files of `directory` add others or
/// replace those of the same code.
///
/// # Errors
///
/// [`ConfigError`], naming the file and what is wrong in it.
pub fn load(directory: &Path) -> Result<Vec<Form>, ConfigError> {
    let mut forms = Vec::new();
    for (name, text) in BUILT_IN {
        forms.push(parse(&format!("config/report/{name}"), text)?);
    }
    for (place, text) in files(directory)? {
        let form = parse(&place, &text)?;
        forms.retain(|known| known.code != form.code);
        forms.push(form);
    }
    Ok(forms)
}

/// The TOML files of a folder, in order; none where there is no folder.
fn files(directory: &Path) -> Result<Vec<(String, String)>, ConfigError> {
    if !directory.is_dir() {
        return Ok(Vec::new());
    }
    let unreadable = |path: &Path, why: std::io::Error| ConfigError::Unreadable {
        path: path.to_owned(),
        why: why.to_string(),
    };
    let mut files = Vec::new();
    for entry in fs::read_dir(directory).map_err(|why| unreadable(directory, why))? {
        let path = entry.map_err(|why| unreadable(directory, why))?.path();
        if path.extension().is_some_and(|ending| ending == "toml") {
            let text = fs::read_to_string(&path).map_err(|why| unreadable(&path, why))?;
            files.push((path.display().to_string(), text));
        }
    }
    files.sort();
    Ok(files)
}

/// Reads a form, and refuses what cannot be one.
fn parse(place: &str, text: &str) -> Result<Form, ConfigError> {
    let form: Form = toml::from_str(text).map_err(|error| ConfigError::NotToml {
        place: place.to_owned(),
        why: error.message().to_owned(),
    })?;
    form.check().map_err(|fault| ConfigError::BadValue {
        place: place.to_owned(),
        key: "part".to_owned(),
        why: fault.to_string(),
    })?;
    Ok(form)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_of_the_office_stands_beside_those_that_come_along_or_in_their_place() {
        let directory = tempfile::tempdir().unwrap();
        assert_eq!(load(directory.path()).unwrap().len(), 3);
        let own = BUILT_IN[0]
            .1
            .replace("code = \"2021\"", "code = \"county\"");
        fs::write(directory.path().join("county.toml"), &own).unwrap();
        let again = BUILT_IN[1].1.replace("试行格式", "格式");
        fs::write(directory.path().join("old.toml"), again).unwrap();
        let forms = load(directory.path()).unwrap();
        let codes: Vec<&str> = forms.iter().map(|form| form.code.as_str()).collect();
        assert_eq!(codes, ["2021", "street", "county", "2019"]);
        assert!(forms[3].name.starts_with("2019年格式"));
    }

    #[test]
    fn a_form_that_cannot_be_used_is_refused_with_its_file() {
        let directory = tempfile::tempdir().unwrap();
        let broken = BUILT_IN[0].1.replace("{本年新收}", "{新收}");
        fs::write(directory.path().join("own.toml"), broken).unwrap();
        let told = load(directory.path()).unwrap_err().to_string();
        assert!(told.contains("own.toml") && told.contains("{新收}"), "{told}");
        fs::write(directory.path().join("own.toml"), "code = 1").unwrap();
        assert!(
            load(directory.path())
                .unwrap_err()
                .to_string()
                .contains("own.toml")
        );
    }
}
