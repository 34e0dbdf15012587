//! Which agency a verb is about.

use super::CliError;
use crate::domain::agency::Agency;

/// The agency with this code or name; without one, the only agency, or the only one that no
/// other stands above.
///
/// # Errors
///
/// Which agencies there are, if the choice is not clear.
pub(super) fn chosen<'a>(
    agencies: &'a [Agency],
    wanted: Option<&str>,
) -> Result<&'a Agency, CliError> {
    if let Some(wanted) = wanted {
        return agencies
            .iter()
            .find(|agency| agency.code.eq_ignore_ascii_case(wanted) || agency.name == wanted)
            .ok_or_else(|| {
                CliError::new(format!("没有代码为“{wanted}”的机关。现有机关：{}", told(agencies)))
            });
    }
    let mut tops = agencies.iter().filter(|agency| agency.parent.is_none());
    match (agencies, tops.next(), tops.next()) {
        ([only], ..) => Ok(only),
        (_, Some(top), None) => Ok(top),
        _ => Err(CliError::new(format!(
            "系统中有多个机关，请用 --agency 指定其一：{}",
            told(agencies)
        ))),
    }
}

fn told(agencies: &[Agency]) -> String {
    let each: Vec<String> = agencies
        .iter()
        .map(|agency| format!("{}（{}）", agency.code, agency.name))
        .collect();
    each.join("、")
}
