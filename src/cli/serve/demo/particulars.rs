//! What the demonstration's officers fill in for their letters.

use crate::domain::letter::{Blank, LetterKind, NOT_ASKED, Particulars, Shape};
use crate::domain::outcome::{Disposition, Exemption};

/// Every blank of these letters that has to be filled in.
pub(super) fn of(kinds: &[LetterKind]) -> Particulars {
    let blanks = kinds.iter().flat_map(|kind| kind.blanks());
    let refusal = LetterKind::Answer(Disposition::Withheld(Exemption::ThirdParty));
    let was_not_asked = kinds.contains(&refusal);
    let wanted = blanks.filter(|blank| {
        blank.required || blank.id == "defect_content" || (was_not_asked && blank.id == NOT_ASKED)
    });
    wanted
        .map(|blank| (blank.id.to_owned(), text(&blank)))
        .collect()
}

fn text(blank: &Blank) -> String {
    match blank.shape {
        Shape::Day => "2024-03-15".to_owned(),
        Shape::Many(_) if blank.id == "grounds" => "process".to_owned(),
        Shape::One(choices) | Shape::Many(choices) => {
            choices.first().map_or("", |(code, _)| *code).to_owned()
        }
        Shape::Line | Shape::Text => words(blank.id).to_owned(),
    }
}

fn words(id: &str) -> &'static str {
    match id {
        "defect_content" => "没有写明所需信息的年度和项目名称，无法确定是哪一项信息",
        "guidance" => "可以补充项目名称、批复文号或者大致时间",
        "reason" => "所涉档案较多，且形成时间较早，需要逐卷核对",
        "party_name" | "told_name" => "西峡县某某建筑工程有限公司",
        "part" => "合同中的单价构成和技术方案部分",
        "given" => "《关于下达辖区道路维修项目预算的批复》电子版1份，共6页",
        "given_how" => "电子文件，可在查询页下载",
        "public_where" => "西峡县人民政府网站“政府信息公开”专栏，栏目“财政信息”",
        "withheld" => "会议讨论中的个人意见",
        "law" => "《不动产登记暂行条例》第二十七条",
        "apply_where" => "西峡县不动产登记中心窗口，凭身份证明申请查询",
        "search_where" => "党政办档案室、城建办、财政所",
        "search_how" => "以项目名称、年份和关键词检索纸质台账和电子档案系统",
        "search_by" => "王芳、刘强",
        "opinion" => "按登记的住所和电话均无法联系第三方",
        "not_asked" => "按登记的住所和电话均无法联系该企业",
        "weighing" => "不公开不会对公共利益造成重大影响",
        "nature" => "申请内容为要求查处并答复处理结果",
        "channel_told" => "西峡县信访局，或者拨打12345政务服务便民热线",
        "earlier_number" => "莲办依申答〔2024〕1号",
        "payment" => "凭缴款码在任一银行网点或者手机银行缴纳",
        "working" => "按量计收：共100页，第31至100页，70页×10元＝700元，合计700元。",
        "disclosed" => "合同总价和履行期限",
        "disclosed_why" => "涉及财政资金使用，不公开将对公共利益造成重大影响",
        _ => "见本机关存档的有关材料",
    }
}
