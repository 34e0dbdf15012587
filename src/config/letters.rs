//! The office's own letter templates.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::ConfigError;

/// The templates of a directory: file name → text; none where there is no directory.
///
/// # Errors
///
/// [`ConfigError`], naming the file that cannot be read.
pub fn load(directory: &Path) -> Result<BTreeMap<String, String>, ConfigError> {
    if !directory.is_dir() {
        return Ok(BTreeMap::new());
    }
    let unreadable = |path: &Path, why: std::io::Error| ConfigError::Unreadable {
        path: path.to_owned(),
        why: why.to_string(),
    };
    let mut templates = BTreeMap::new();
    for entry in fs::read_dir(directory).map_err(|why| unreadable(directory, why))? {
        let path = entry.map_err(|why| unreadable(directory, why))?.path();
        if path.extension().is_some_and(|ending| ending == "txt") {
            let text = fs::read_to_string(&path).map_err(|why| unreadable(&path, why))?;
            let name = path.file_name().unwrap_or_default();
            templates.insert(name.to_string_lossy().into_owned(), text);
        }
    }
    Ok(templates)
}
