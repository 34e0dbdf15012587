//! Lays settings over one another, and says where a bad one stands.

use std::fs;
use std::path::Path;

use serde::Deserialize as _;
use toml::de::{DeTable, DeValue};
use toml::{Table, Value};

use super::{Config, ConfigError};

/// How an environment variable that is ours begins.
const PREFIX: &str = "YISHEN__";

/// A settings file, as read.
pub(super) struct Source {
    /// Its path, as the operator would write it.
    name: String,
    text: String,
}

impl Source {
    /// Reads a file.
    pub(super) fn read(path: &Path) -> Result<Self, ConfigError> {
        let text = fs::read_to_string(path).map_err(|error| ConfigError::Unreadable {
            path: path.to_owned(),
            why: error.to_string(),
        })?;
        Ok(Self { name: path.display().to_string(), text })
    }

    /// A file that was not read from disk.
    #[cfg(test)]
    pub(super) fn of(name: &str, text: &str) -> Self {
        Self { name: name.to_owned(), text: text.to_owned() }
    }

    fn parse(&self) -> Result<Table, ConfigError> {
        self.text
            .parse::<Table>()
            .map_err(|error| ConfigError::NotToml {
                place: self.place(error.span().map(|span| span.start)),
                why: error.message().to_owned(),
            })
    }

    /// File and line of a byte.
    fn place(&self, offset: Option<usize>) -> String {
        match offset.and_then(|offset| self.text.get(..offset)) {
            Some(before) => format!("{} 第 {} 行", self.name, before.matches('\n').count() + 1),
            None => self.name.clone(),
        }
    }

    /// File and line of a section or, in a section, of a key.
    fn place_of(&self, section: &str, key: Option<&str>) -> String {
        let offset = DeTable::parse(&self.text).ok().and_then(|document| {
            let (name, value) = document.get_ref().get_key_value(section)?;
            let Some(key) = key else {
                return Some(name.span().start);
            };
            match value.get_ref() {
                DeValue::Table(keys) => Some(keys.get_key_value(key)?.0.span().start),
                _ => None,
            }
        });
        self.place(offset)
    }
}

/// The settings so far; every key that there is stands in it.
pub(super) struct Layers(Table);

impl Layers {
    /// The documented defaults, under everything.
    pub(super) fn over(defaults: &str) -> Result<Self, ConfigError> {
        let source = Source { name: "config/default.toml".to_owned(), text: defaults.to_owned() };
        source.parse().map(Self)
    }

    /// Lays a file over what is there.
    pub(super) fn lay_file(&mut self, file: &Source) -> Result<(), ConfigError> {
        for (section, content) in file.parse()? {
            let Value::Table(keys) = content else {
                let place = file.place_of(&section, None);
                return Err(self.unknown(place, section));
            };
            if !self.0.contains_key(&section) {
                let place = file.place_of(&section, None);
                return Err(self.unknown(place, section));
            }
            for (key, value) in keys {
                let place = || file.place_of(&section, Some(&key));
                self.set(&section, &key, value, &place)?;
            }
        }
        Ok(())
    }

    /// Lays the variables that are ours over what is there.
    pub(super) fn lay_environment(
        &mut self,
        mut variables: Vec<(String, String)>,
    ) -> Result<(), ConfigError> {
        variables.sort();
        for (name, text) in variables {
            let Some(path) = name.strip_prefix(PREFIX) else {
                continue;
            };
            let place = || format!("环境变量 {name}");
            let path = path.to_lowercase();
            let Some((section, key)) = path.split_once("__") else {
                return Err(self.unknown(place(), path));
            };
            let Some(current) = self.current(section, key) else {
                return Err(self.unknown(place(), format!("{section}.{key}")));
            };
            let value = from_text(&text, current);
            self.set(section, key, value, &place)?;
        }
        Ok(())
    }

    /// The settings that came out.
    pub(super) fn finish(self) -> Result<Config, ConfigError> {
        let config = Config::deserialize(self.0).map_err(|error| ConfigError::NotToml {
            place: "config/default.toml".to_owned(),
            why: error.message().to_owned(),
        })?;
        config.check_together()?;
        Ok(config)
    }

    fn current(&self, section: &str, key: &str) -> Option<&Value> {
        self.0.get(section)?.get(key)
    }

    /// Gives one key a new value, if there is such a key and it can take the value.
    fn set(
        &mut self,
        section: &str,
        key: &str,
        value: Value,
        place: &dyn Fn() -> String,
    ) -> Result<(), ConfigError> {
        let name = format!("{section}.{key}");
        let Some(current) = self.0.get_mut(section).and_then(|keys| keys.get_mut(key)) else {
            return Err(self.unknown(place(), name));
        };
        let refused = |why: &str| ConfigError::BadValue {
            place: place(),
            key: name.clone(),
            why: why.to_owned(),
        };
        if !current.same_type(&value) {
            return Err(refused(kind_of(current)));
        }
        *current = value;
        // Each value is tried on its own, so that the guilty one is known by name.
        Config::deserialize(self.0.clone())
            .map(|_| ())
            .map_err(|error| refused(error.message()))
    }

    /// The error for a name that no setting has, with the names that there are.
    fn unknown(&self, place: String, key: String) -> ConfigError {
        let section = key.split('.').next().unwrap_or_default();
        let hint = match self.0.get(section) {
            Some(Value::Table(keys)) => format!("；[{section}] 节可用的有 {}", names(keys)),
            _ => format!("；可用的节有 {}", names(&self.0)),
        };
        ConfigError::UnknownKey { place, key, hint }
    }
}

fn names(table: &Table) -> String {
    table
        .keys()
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join("、")
}

/// What a setting wants, by the type of the value that it has.
const fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Integer(_) => "应为整数",
        Value::Boolean(_) => "应为 true 或 false",
        Value::Array(_) => "应为一列文字，如 [\"10.0.0.0/8\"]",
        _ => "应为加引号的文字",
    }
}

/// A variable's text as the type that the setting has; left a text where it is none.
fn from_text(text: &str, current: &Value) -> Value {
    let text = text.trim();
    let typed = match current {
        Value::Integer(_) => text.parse().ok().map(Value::Integer),
        Value::Boolean(_) => text.parse().ok().map(Value::Boolean),
        Value::Array(_) => Some(Value::Array(
            text.split(',')
                .map(str::trim)
                .filter(|part| !part.is_empty())
                .map(Value::from)
                .collect(),
        )),
        _ => None,
    };
    typed.unwrap_or_else(|| Value::from(text))
}
