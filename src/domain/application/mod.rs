//! 申请: what is asked, by whom and how it is to be given; parsed, or every fault at once.

mod draft;
mod field;
mod provision;
mod reading;
#[cfg(test)]
mod tests;

pub use draft::Draft;
pub use field::{Fault, Field};
pub use provision::{DeliveryRoute, Provision, ProvisionForm};

use crate::domain::applicant::ApplicantKind;
use crate::domain::credit_code::CreditCode;
use crate::domain::identity::IdentityDocument;

/// An application that has everything art. 29(2) asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Application {
    /// Who asks.
    pub applicant: Applicant,
    /// What is asked for.
    pub wanted: Wanted,
    /// How it is to be given.
    pub provision: Provision,
}

/// 申请人, with what proves and reaches them (art. 29(2)1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applicant {
    /// The column of section three.
    pub kind: ApplicantKind,
    /// 姓名或者名称.
    pub name: String,
    /// 身份证明.
    pub proof: Proof,
    /// 联系方式.
    pub contact: Contact,
    /// 代理人, who files for the applicant.
    pub representative: Option<String>,
    /// 必要的帮助 for people with difficulty in reading, sight or hearing (art. 43).
    pub assistance: Option<String>,
}

/// What proves who the applicant is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proof {
    /// A natural person's paper.
    Person(IdentityDocument),
    /// An organisation's number and people.
    Organisation {
        /// 统一社会信用代码.
        credit_code: CreditCode,
        /// 法定代表人或者负责人.
        legal_representative: String,
        /// 联系人.
        contact_person: String,
    },
}

/// 联系方式.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// 联系电话.
    pub telephone: String,
    /// 电子邮箱, without which nothing can be mailed.
    pub email: Option<String>,
    /// 联系地址.
    pub address: String,
    /// 邮政编码.
    pub postcode: Option<String>,
}

/// What information is wanted (art. 29(2)2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// 名称.
    pub title: String,
    /// 文号.
    pub reference: Option<String>,
    /// 其他特征性描述.
    pub description: String,
}
