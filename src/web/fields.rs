//! Reads the fields of plain forms, to the letter or not at all.

use std::collections::BTreeMap;

use crate::web::error::WebError;

/// The fields of a form that came as a plain text.
///
/// # Errors
///
/// [`WebError::NotUtf8`] or [`WebError::NotAForm`].
pub fn fields(body: &[u8]) -> Result<BTreeMap<String, String>, WebError> {
    let mut fields = BTreeMap::new();
    for pair in body
        .split(|byte| *byte == b'&')
        .filter(|pair| !pair.is_empty())
    {
        let mut halves = pair.splitn(2, |byte| *byte == b'=');
        let name = decoded(halves.next().unwrap_or_default())?;
        // Browsers send line ends as CR LF; the rest of the house knows LF.
        let value = decoded(halves.next().unwrap_or_default())?.replace("\r\n", "\n");
        if fields.insert(name, value).is_some() {
            return Err(WebError::NotAForm("a field came twice"));
        }
    }
    Ok(fields)
}

/// A name or a value, as typed.
fn decoded(text: &[u8]) -> Result<String, WebError> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.iter().copied();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digits = rest.next().zip(rest.next());
                let value = digits.and_then(|(high, low)| {
                    let digit = |digit: u8| char::from(digit).to_digit(16);
                    u8::try_from(digit(high)? * 16 + digit(low)?).ok()
                });
                value.ok_or(WebError::NotAForm("a broken escape"))?
            }
            byte => byte,
        });
    }
    String::from_utf8(bytes).map_err(|_| WebError::NotUtf8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_comes_out_as_it_was() {
        let fields = fields(b"words=%E9%80%80%F0%A0%AE%B7+a%26b%0D%0Ac&to=&x").unwrap();
        assert_eq!(fields["words"], "退𠮷 a&b\nc");
        assert_eq!(fields["to"], "");
        assert_eq!(fields["x"], "");
    }

    #[test]
    fn what_is_no_form_of_ours_is_refused() {
        assert!(matches!(fields(b"words=%CD%CB"), Err(WebError::NotUtf8)));
        assert!(matches!(fields(b"words=%E"), Err(WebError::NotAForm(_))));
        assert!(matches!(fields(b"a=1&a=2"), Err(WebError::NotAForm(_))));
    }
}
