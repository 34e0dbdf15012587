//! How mail leaves: to a server, into a folder, or into memory.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use lettre::Address;
use lettre::address::Envelope;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message as Letter, MultiPart};
use thiserror::Error;
use uuid::Uuid;

use super::Mail;
use super::post::Post;
use crate::config::SmtpSettings;

/// Why mail cannot leave as it is set up.
#[derive(Debug, Error)]
pub enum MailerError {
    /// The sender is no address.
    #[error("设置项 smtp.from 不是有效的发件人地址")]
    Sender,
    /// Where answers are to go is no address.
    #[error("设置项 smtp.reply_to 不是有效的邮箱地址")]
    ReplyTo,
    /// No secure connection can be made from here.
    #[error("无法使用加密连接发送邮件，请检查系统是否装有根证书（ca-certificates）：{0}")]
    Tls(String),
    /// The folder for mail cannot be made.
    #[error("无法建立邮件文件夹 {path}：{why}")]
    Folder {
        /// The folder.
        path: String,
        /// What the system said.
        why: std::io::Error,
    },
}

/// Why a mail was not sent. What the server said is left out but for its number, since servers
/// repeat the address.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NotSent {
    /// It may be sent later.
    #[error("{0}")]
    Yet(String),
    /// It will never be.
    #[error("{0}")]
    Ever(String),
}

/// A mail on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// Its Message-ID: however often it is sent, it is the same mail to the recipient's server.
    pub message_id: String,
    /// The recipient's address.
    pub to: String,
    /// When it was written.
    pub written_at: DateTime<Utc>,
    /// What it says.
    pub mail: Mail,
}

/// The way by which mail leaves. Clones share it.
#[derive(Clone)]
pub enum Mailer {
    /// To a mail server.
    Smtp(Post),
    /// Into a folder, one file each, where no server is set up. The recipient's address is
    /// left out: the folder lies unsealed beside the database.
    Folder(Folder),
    /// Into memory, for tests.
    Memory(Arc<Mutex<Vec<Outgoing>>>),
}

/// A folder of mails.
#[derive(Debug, Clone)]
pub struct Folder {
    path: PathBuf,
    office: Office,
}

/// Who writes, and where answers go.
#[derive(Debug, Clone)]
pub(super) struct Office {
    pub(super) from: Mailbox,
    reply_to: Option<Mailbox>,
}

impl Office {
    fn of_settings(settings: &SmtpSettings) -> Result<Self, MailerError> {
        let reply_to = settings.reply_to.as_deref().map(str::parse).transpose();
        Ok(Self {
            from: settings.from.parse().map_err(|_| MailerError::Sender)?,
            reply_to: reply_to.map_err(|_| MailerError::ReplyTo)?,
        })
    }
}

impl Mailer {
    /// The way that the settings say: a server, or else the folder.
    ///
    /// # Errors
    ///
    /// [`MailerError`].
    pub fn of_settings(settings: &SmtpSettings, folder: &Path) -> Result<Self, MailerError> {
        let office = Office::of_settings(settings)?;
        if settings.host.is_empty() {
            make_folder(folder)?;
            return Ok(Self::Folder(Folder { path: folder.to_owned(), office }));
        }
        Post::new(settings, office).map(Self::Smtp)
    }

    /// A mailer that keeps everything in memory.
    #[must_use]
    pub fn memory() -> Self {
        Self::Memory(Arc::default())
    }

    /// Whether mail really leaves the house.
    #[must_use]
    pub const fn leaves_the_house(&self) -> bool {
        matches!(self, Self::Smtp(_))
    }

    /// What [`memory`](Self::memory) has taken so far.
    #[must_use]
    pub fn taken(&self) -> Vec<Outgoing> {
        match self {
            Self::Memory(taken) => taken.lock().unwrap_or_else(PoisonError::into_inner).clone(),
            Self::Smtp(_) | Self::Folder(_) => Vec::new(),
        }
    }

    /// The Message-ID for a mail with this identity.
    #[must_use]
    pub fn message_id(&self, id: Uuid) -> String {
        let domain = match self {
            Self::Smtp(Post { office, .. }) | Self::Folder(Folder { office, .. }) => {
                office.from.email.domain()
            }
            Self::Memory(_) => "localhost",
        };
        format!("{id}@{domain}")
    }

    /// Sends one mail. When this is `Ok`, the server has taken it over, or it is on disk.
    ///
    /// # Errors
    ///
    /// [`NotSent`], which says whether to try again.
    pub async fn send(&self, mail: &Outgoing) -> Result<(), NotSent> {
        match self {
            Self::Smtp(post) => {
                let address = mail.to.trim().parse();
                let address =
                    address.map_err(|_| NotSent::Ever("收件人的邮箱地址无效".to_owned()))?;
                post.send(&letter(mail, &post.office, address, false)?)
                    .await
            }
            Self::Folder(folder) => folder.keep(mail),
            Self::Memory(taken) => {
                taken
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .push(mail.clone());
                Ok(())
            }
        }
    }

    /// Makes sure that mail can be handed over right now: the server answers and lets us in,
    /// or the folder can be written to.
    ///
    /// # Errors
    ///
    /// [`NotSent`], with the reason.
    pub async fn check(&self) -> Result<(), NotSent> {
        match self {
            Self::Smtp(post) => post.check().await,
            Self::Folder(folder) => folder.check(),
            Self::Memory(_) => Ok(()),
        }
    }
}

impl Folder {
    /// Writes the mail to a file of its own. The same mail overwrites itself.
    fn keep(&self, mail: &Outgoing) -> Result<(), NotSent> {
        // RFC 5322 wants an envelope even where nobody carries it.
        let letter = letter(mail, &self.office, self.office.from.email.clone(), true)?;
        let name = file_name(mail);
        self.write(&name, &letter.formatted())
            .map_err(|error| NotSent::Yet(format!("无法写入邮件文件夹：{}", error.kind())))
    }

    fn write(&self, name: &str, content: &[u8]) -> std::io::Result<()> {
        let draft = self.path.join(format!(".{name}.new"));
        let mut options = fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&draft)?;
        file.write_all(content)?;
        file.sync_all()?;
        fs::rename(&draft, self.path.join(name))?;
        fs::File::open(&self.path)?.sync_all()
    }

    fn check(&self) -> Result<(), NotSent> {
        let probe = "check";
        self.write(probe, b"")
            .and_then(|()| fs::remove_file(self.path.join(probe)))
            .map_err(|error| NotSent::Yet(format!("无法写入邮件文件夹：{}", error.kind())))
    }
}

/// A name that sorts by time and is the same for the same mail.
fn file_name(mail: &Outgoing) -> String {
    let identity: String = mail
        .message_id
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || "-.@".contains(c) {
                c
            } else {
                '_'
            }
        })
        .collect();
    format!("{}-{identity}.eml", mail.written_at.format("%Y%m%d-%H%M%S"))
}

fn make_folder(folder: &Path) -> Result<(), MailerError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
        .create(folder)
        .map_err(|why| MailerError::Folder { path: folder.display().to_string(), why })
}

/// The mail as it stands on the wire.
fn letter(
    mail: &Outgoing,
    office: &Office,
    to: Address,
    hide_recipient: bool,
) -> Result<Letter, NotSent> {
    let unwritable = |_| NotSent::Ever("邮件无法生成".to_owned());
    let envelope =
        Envelope::new(Some(office.from.email.clone()), vec![to.clone()]).map_err(unwritable)?;
    let builder = Letter::builder()
        .from(office.from.clone())
        .envelope(envelope)
        .date(mail.written_at.into())
        .message_id(Some(format!("<{}>", mail.message_id)))
        .subject(&mail.mail.subject)
        // RFC 3834: nobody's out-of-office answers to this.
        .raw_header(plain("Auto-Submitted", "auto-generated"));
    let builder = match &office.reply_to {
        Some(reply_to) => builder.reply_to(reply_to.clone()),
        None => builder,
    };
    let builder = if hide_recipient {
        builder.raw_header(plain("To", "undisclosed-recipients:;"))
    } else {
        builder.to(Mailbox::new(None, to))
    };
    let parts = MultiPart::alternative_plain_html(mail.mail.text.clone(), mail.mail.html.clone());
    builder.multipart(parts).map_err(unwritable)
}

fn plain(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Secret, SmtpSecurity};

    fn settings(host: &str, from: &str) -> SmtpSettings {
        SmtpSettings {
            host: host.to_owned(),
            port: 0,
            security: SmtpSecurity::None,
            username: String::new(),
            password: Secret::default(),
            from: from.to_owned(),
            reply_to: Some("窗口 <office@example.com>".to_owned()),
            timeout_seconds: 5,
        }
    }

    fn outgoing() -> Outgoing {
        Outgoing {
            message_id: format!("{}@example.com", Uuid::from_u128(7)),
            to: "zhang.san@example.com".to_owned(),
            written_at: "2026-11-23T01:02:03Z".parse().unwrap(),
            mail: Mail {
                subject: "您的政府信息公开申请已收到（LHJD-2026-0007）".to_owned(),
                text: "张**，您好：\n".to_owned(),
                html: "<p>张**，您好：</p>".to_owned(),
            },
        }
    }

    #[tokio::test]
    async fn without_a_server_each_mail_becomes_one_file_without_the_address() {
        let directory = tempfile::tempdir().unwrap();
        let folder = directory.path().join("data/mail");
        let mailer = Mailer::of_settings(&settings("", "依申 <ysq@example.com>"), &folder).unwrap();
        assert!(!mailer.leaves_the_house());
        mailer.check().await.unwrap();
        mailer.send(&outgoing()).await.unwrap();
        mailer.send(&outgoing()).await.unwrap();
        let files: Vec<_> = fs::read_dir(&folder)
            .unwrap()
            .map(|file| file.unwrap())
            .collect();
        assert_eq!(files.len(), 1);
        let name = files[0].file_name().into_string().unwrap();
        assert_eq!(name, format!("20261123-010203-{}@example.com.eml", Uuid::from_u128(7)));
        let text = fs::read_to_string(files[0].path()).unwrap();
        assert!(!text.contains("zhang.san"), "{text}");
        assert!(text.contains("To: undisclosed-recipients:;"), "{text}");
        assert!(text.contains(&format!("Message-ID: <{}@example.com>", Uuid::from_u128(7))));
        assert!(text.contains("<office@example.com>") && text.contains("Reply-To: "), "{text}");
        assert!(text.contains("Auto-Submitted: auto-generated"), "{text}");
        assert!(text.contains("Date: Mon, 23 Nov 2026 01:02:03 +0000"), "{text}");
    }

    #[tokio::test]
    async fn a_folder_that_cannot_be_written_to_is_tried_again_later() {
        let directory = tempfile::tempdir().unwrap();
        let folder = directory.path().join("mail");
        let mailer = Mailer::of_settings(&settings("", "a@example.com"), &folder).unwrap();
        fs::remove_dir(&folder).unwrap();
        assert!(matches!(mailer.send(&outgoing()).await, Err(NotSent::Yet(_))));
        assert!(mailer.check().await.is_err());
        fs::write(&folder, b"a file").unwrap();
        assert!(Mailer::of_settings(&settings("", "a@example.com"), &folder).is_err());
    }

    #[test]
    fn a_sender_that_is_no_address_is_refused() {
        for from in ["", "office", "a@b@c", "a@b\r\nBcc: x@y"] {
            let mailer = Mailer::of_settings(&settings("mail.example.com", from), Path::new("x"));
            assert!(matches!(mailer, Err(MailerError::Sender)), "{from}");
        }
        let mut local = settings("mail.example.com", "yishen@localhost");
        assert!(Mailer::of_settings(&local, Path::new("x")).is_ok());
        local.reply_to = Some("office@".to_owned());
        let mailer = Mailer::of_settings(&local, Path::new("x"));
        assert!(matches!(mailer, Err(MailerError::ReplyTo)));
    }

    #[tokio::test]
    async fn memory_keeps_what_it_took() {
        let mailer = Mailer::memory();
        mailer.clone().send(&outgoing()).await.unwrap();
        assert_eq!(mailer.taken(), [outgoing()]);
    }
}
