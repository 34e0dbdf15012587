//! What a page shows of a form: the words that were typed, and what is wrong with them.
//!
//! `templates/layout/form.html` draws it; see there for the questions there are.

use std::collections::BTreeMap;

/// A form on its way back to the person who filled it in; nothing typed is lost.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct View {
    values: BTreeMap<String, String>,
    faults: Vec<Fault>,
}

/// What is wrong with one field, in a Chinese sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The field's name, which is the identifier of its input.
    pub field: String,
    /// What is wrong, and how to mend it.
    pub message: String,
}

/// One of several answers to choose from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What the form sends.
    pub value: String,
    /// What people read.
    pub label: String,
    /// What more there is to say; may be empty.
    pub hint: String,
}

impl Choice {
    /// An answer that needs no explanation.
    #[must_use]
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into(), hint: String::new() }
    }

    /// The same answer, with an explanation below it.
    #[must_use]
    pub fn with_hint(self, hint: impl Into<String>) -> Self {
        Self { hint: hint.into(), ..self }
    }
}

impl View {
    /// A form with these values.
    #[must_use]
    pub fn filled<K, V>(values: impl IntoIterator<Item = (K, V)>) -> Self
    where
        K: Into<String>,
        V: Into<String>,
    {
        let values = values.into_iter();
        Self {
            values: values
                .map(|(name, value)| (name.into(), value.into()))
                .collect(),
            faults: Vec::new(),
        }
    }

    /// Fills in a field that nothing was typed into.
    pub fn fill(&mut self, field: &str, value: &str) {
        self.values
            .entry(field.to_owned())
            .or_insert_with(|| value.to_owned());
    }

    /// Puts a value into a field, whatever was typed into it.
    pub fn put(&mut self, field: &str, value: &str) {
        self.values.insert(field.to_owned(), value.to_owned());
    }

    /// Whether this box of several was ticked.
    #[must_use]
    pub fn is_ticked(&self, field: &str, value: &str) -> bool {
        self.is_chosen(&format!("{field}.{value}"), "yes")
    }

    /// Puts a fault on record, after those that are there.
    pub fn add_fault(&mut self, field: impl Into<String>, message: impl Into<String>) {
        self.faults
            .push(Fault { field: field.into(), message: message.into() });
    }

    /// What was typed into a field; empty if nothing was.
    #[must_use]
    pub fn value(&self, field: &str) -> &str {
        self.values.get(field).map_or("", String::as_str)
    }

    /// Whether this answer was chosen.
    #[must_use]
    pub fn is_chosen(&self, field: &str, value: &str) -> bool {
        self.values.get(field).is_some_and(|chosen| chosen == value)
    }

    /// What is wrong with a field: the first thing, if there are several.
    #[must_use]
    pub fn fault(&self, field: &str) -> Option<&str> {
        let mut faults = self.faults.iter();
        faults
            .find(|fault| fault.field == field)
            .map(|fault| fault.message.as_str())
    }

    /// Whether something is wrong with a field.
    #[must_use]
    pub fn is_wrong(&self, field: &str) -> bool {
        self.fault(field).is_some()
    }

    /// Whether anything is wrong.
    #[must_use]
    pub const fn has_faults(&self) -> bool {
        !self.faults.is_empty()
    }

    /// Everything that is wrong, in the order of the form.
    #[must_use]
    pub fn faults(&self) -> &[Fault] {
        &self.faults
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_comes_back_with_what_was_typed_and_what_is_wrong() {
        let mut form = View::filled([("name", "𠮷田·三"), ("kind", "natural")]);
        form.add_fault("name", "请核对姓名");
        assert_eq!(form.value("name"), "𠮷田·三");
        assert_eq!(form.value("absent"), "");
        assert!(form.is_chosen("kind", "natural") && !form.is_chosen("kind", "other"));
        assert_eq!(form.fault("name"), Some("请核对姓名"));
        assert!(form.has_faults() && !form.is_wrong("kind"));
    }
}
