//! Two people at the same form: what the second one is shown of what the first one kept.

use crate::casework::annual::was_shown;
use crate::web::form::View;
use crate::web::staff::form::DeskForm;

/// A field that does not hold what the person typed, or took over what somebody else kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Apart {
    /// What the field is called.
    pub label: String,
    /// What is kept now, line by line.
    pub now: Vec<String>,
    /// What the person typed; nothing, if they left the field as it was, which then holds what
    /// is kept now.
    pub typed: Option<Vec<String>>,
}

impl Apart {
    /// Whether it can be said in one line.
    #[must_use]
    pub(super) fn is_short(&self) -> bool {
        let length =
            |lines: &[String]| lines.iter().map(|line| line.chars().count()).sum::<usize>();
        length(&self.now) <= 40
            && self
                .typed
                .as_deref()
                .is_none_or(|typed| length(typed) <= 40)
    }
}

/// Puts into `view` what the fields hold now where the person left them as the page with the
/// mark `seen` showed them, and says of each field where the two differ.
///
/// `label` names a field, `words` says its value.
pub(super) fn meet(
    kept: &[(String, String)],
    form: &DeskForm,
    view: &mut View,
    label: impl Fn(&str) -> String,
    words: impl Fn(&str, &str) -> String,
) -> Vec<Apart> {
    let seen = form.text("seen");
    let lines = |field: &str, value: &str| -> Vec<String> {
        let said = words(field, value);
        let said = if said.is_empty() { "空白" } else { &said };
        said.lines().map(str::to_owned).collect()
    };
    let mut apart = Vec::new();
    for (field, now) in kept {
        let typed = form.text(field);
        let is_untouched = was_shown(seen, field, typed);
        if is_untouched {
            view.put(field, now);
        }
        if typed != now {
            apart.push(Apart {
                label: label(field),
                now: lines(field, now),
                typed: (!is_untouched).then(|| lines(field, typed)),
            });
        }
    }
    apart
}
