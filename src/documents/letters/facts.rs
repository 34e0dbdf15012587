//! What a letter says that nobody has to fill in.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use minijinja::value::Value;

use crate::domain::agency::Agency;
use crate::domain::applicant::ApplicantKind;
use crate::domain::channel::Channel;
use crate::domain::letter::{
    LetterKind, LetterNumber, Particulars, Recipient, TOLD_NAME, in_chinese,
};
use crate::domain::remedy;

/// What the applicant asked for, as it is quoted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    /// 所需信息名称.
    pub title: String,
    /// 文号; may be empty.
    pub reference: String,
    /// 特征性描述.
    pub description: String,
}

/// The facts of a case that a letter states.
#[derive(Debug, Clone)]
pub struct Facts<'a> {
    /// Which letter it is.
    pub kind: LetterKind,
    /// 文号, where it has one.
    pub number: Option<LetterNumber>,
    /// The day of the letter.
    pub on: NaiveDate,
    /// Who writes.
    pub agency: &'a Agency,
    /// The applicant's name.
    pub applicant: &'a str,
    /// The column of the applicant: a person is addressed otherwise than an organisation.
    pub applicant_kind: ApplicantKind,
    /// 受理编号.
    pub case_number: &'a str,
    /// How the application came in.
    pub channel: Channel,
    /// 收到申请之日; the day of arrival while there is none.
    pub received_on: NaiveDate,
    /// What was asked for.
    pub asked: Asked,
    /// What happened since receipt and concerns the applicant, a sentence each.
    pub earlier: Vec<String>,
    /// Who is asked for an opinion, in words, where somebody is.
    pub party: &'a str,
    /// The last day for the answer before the act.
    pub due_before: Option<NaiveDate>,
    /// The last day for the answer after the act.
    pub due_on: Option<NaiveDate>,
    /// The applicant's own last day, or the new day that was set.
    pub until: Option<NaiveDate>,
    /// 延长的工作日.
    pub days: Option<u32>,
    /// 信息处理费, in yuan.
    pub yuan: Option<u32>,
    /// Where the applicant can look up the case.
    pub track_url: &'a str,
    /// What the officer filled in.
    pub particulars: &'a Particulars,
}

impl Facts<'_> {
    /// Whom the letter addresses.
    #[must_use]
    pub fn addressee(&self) -> String {
        match self.kind {
            // The third party sends the slip back to the agency.
            LetterKind::ReplySlip => self.agency.name.clone(),
            LetterKind::ToldThirdParty => self.particulars.text(TOLD_NAME).to_owned(),
            kind => match kind.recipient() {
                Recipient::Applicant => self.applicant.to_owned(),
                Recipient::ThirdParty | Recipient::Agency => {
                    self.particulars.text("party_name").to_owned()
                }
            },
        }
    }

    /// The names that a template knows: the facts, and every blank of the letter as it is
    /// printed (empty where it was left empty).
    #[must_use]
    pub fn context(&self) -> Value {
        let day = |day: Option<NaiveDate>| text(day.map(in_chinese).unwrap_or_default());
        let agency = self.agency;
        let remedy = remedy::clause(self.kind, self.on, &agency.review_authority, &agency.court);
        let facts = [
            ("you", text(self.you())),
            ("they", text("贵单位（您）")),
            ("party", text(self.party)),
            ("case_number", text(self.case_number)),
            ("brought", text(self.brought())),
            ("receipt_rule", text(self.channel.receipt_rule().label())),
            ("received_on", text(in_chinese(self.received_on))),
            ("asked", text(self.quoted())),
            ("on", text(in_chinese(self.on))),
            ("due_before", day(self.due_before)),
            ("due_on", day(self.due_on)),
            ("until", day(self.until)),
            ("days", text(self.days.map(|days| days.to_string()).unwrap_or_default())),
            ("yuan", text(self.yuan.map(|yuan| yuan.to_string()).unwrap_or_default())),
            ("track_url", text(self.track_url)),
            ("remedy", text(remedy.unwrap_or_default())),
            ("earlier", self.earlier.iter().map(text).collect()),
            ("agency", self.agency_values()),
        ];
        let blanks = self.kind.blanks();
        let filled = blanks
            .iter()
            .filter(|blank| blank.printed)
            .map(|blank| (blank.id, text(self.particulars.printed(blank))));
        let made_together = self.particulars.chose("joint", "joint");
        let joint_making = ("joint_making", Value::from(made_together));
        // The reply slip repeats what the letter it goes with says.
        let part = ("part", text(self.particulars.text("part")));
        let names: BTreeMap<&str, Value> = [part, joint_making, ("more", text(""))]
            .into_iter()
            .chain(facts)
            .chain(filled)
            .collect();
        Value::from(names)
    }

    fn agency_values(&self) -> Value {
        let agency = self.agency;
        let names = BTreeMap::from([
            ("name", text(&agency.name)),
            ("address", text(&agency.address)),
            ("postcode", text(&agency.postcode)),
            ("telephone", text(&agency.telephone)),
            ("hours", text(&agency.hours)),
            ("email", text(&agency.email)),
        ]);
        Value::from(names)
    }

    const fn you(&self) -> &'static str {
        if self.applicant_kind.is_organisation() {
            "贵单位"
        } else {
            "您"
        }
    }

    /// How the application came, as a sentence says it.
    const fn brought(&self) -> &'static str {
        match self.channel {
            Channel::InPerson => "当面提交的",
            Channel::RegisteredMail | Channel::OrdinaryMail => "邮寄的",
            Channel::Online => "通过互联网提出的",
            Channel::Fax => "通过传真提出的",
        }
    }

    /// The application in its own words.
    fn quoted(&self) -> String {
        let Asked { title, reference, description } = &self.asked;
        let mut lines = Vec::new();
        if !title.is_empty() {
            lines.push(format!("名称：{title}"));
        }
        if !reference.is_empty() {
            lines.push(format!("文号：{reference}"));
        }
        if lines.is_empty() {
            lines.push(description.clone());
        } else if !description.is_empty() {
            lines.push(format!("描述：{description}"));
        }
        lines.join("\n")
    }
}

fn text(text: impl Into<String>) -> Value {
    Value::from(text.into())
}
