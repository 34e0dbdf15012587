//! What an application for rectification has to say, at the desk and on the web alike.

use crate::casework::rectify::RectificationPapers;
use crate::web::form::View;

/// A text of a form, without blanks around it, with its faults put on the form.
pub fn text(
    back: &mut View,
    id: &'static str,
    label: &str,
    (required, at_most): (bool, usize),
    typed: &str,
) -> String {
    let text = typed.trim().to_owned();
    let length = text.chars().count();
    if required && length == 0 {
        back.add_fault(id, format!("请填写{label}"));
    } else if length > at_most {
        back.add_fault(id, format!("{label}不能超过{at_most}字，现有{length}字"));
    } else if text.contains('\0') {
        back.add_fault(id, format!("{label}含有无法识别的控制字符，请删除后重新填写"));
    }
    text
}

/// What was written, with its faults put on the form; `typed` tells what stands in a field.
pub fn papers<'a>(typed: impl Fn(&str) -> &'a str, back: &mut View) -> RectificationPapers {
    let mut read = |id, label, at_most| text(back, id, label, (true, at_most), typed(id));
    RectificationPapers {
        name: read("name", "申请人姓名或者名称", 100),
        document: read("document", "身份证明", 100),
        contact: read("contact", "联系方式", 200),
        record: read("record", "要求更正的政府信息", 1000),
        wrong: read("wrong", "不准确之处", 2000),
        evidence: read("evidence", "证据", 2000),
        ..RectificationPapers::default()
    }
}
