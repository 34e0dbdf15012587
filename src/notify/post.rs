//! A mail server, and one conversation with it for each mail.
//!
//! Steps are told apart: what the server says about this mail and its recipient may be final,
//! what it says before that is about us, and the operator's to mend.

use std::time::Duration;

use lettre::message::Message as Letter;
use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::ClientId;

use super::mailer::{MailerError, NotSent, Office};
use crate::config::{SmtpSecurity, SmtpSettings};

/// How long to wait for the goodbye of a server that has taken the mail.
const GOODBYE: Duration = Duration::from_secs(2);
/// The ways to prove who we are, the best first.
const MECHANISMS: [Mechanism; 2] = [Mechanism::Plain, Mechanism::Login];

/// A mail server, and who we are to it.
#[derive(Clone)]
pub struct Post {
    pub(super) office: Office,
    server: (String, u16),
    security: Security,
    credentials: Option<Credentials>,
    /// How long handing over one mail may take.
    patience: Duration,
}

#[derive(Clone)]
enum Security {
    None,
    StartTls(TlsParameters),
    Tls(TlsParameters),
}

impl Post {
    pub(super) fn new(settings: &SmtpSettings, office: Office) -> Result<Self, MailerError> {
        let certificates = || {
            TlsParameters::new_rustls(settings.host.clone())
                .map_err(|error| MailerError::Tls(error.to_string()))
        };
        let username = &settings.username;
        Ok(Self {
            office,
            server: (settings.host.clone(), settings.effective_port()),
            security: match settings.security {
                SmtpSecurity::None => Security::None,
                SmtpSecurity::StartTls => Security::StartTls(certificates()?),
                SmtpSecurity::Tls => Security::Tls(certificates()?),
            },
            credentials: (!username.is_empty())
                .then(|| Credentials::new(username.clone(), settings.password.expose().to_owned())),
            patience: Duration::from_secs(settings.timeout_seconds),
        })
    }

    /// Hands the mail over. Once the server has taken it, nothing that follows counts.
    pub(super) async fn send(&self, letter: &Letter) -> Result<(), NotSent> {
        let handover = async {
            let mut connection = self.connect().await?;
            let given = give(&mut connection, letter).await;
            Ok((connection, given))
        };
        let (mut connection, given) = self.in_time(handover).await?;
        // A goodbye that does not come changes nothing.
        let _ = tokio::time::timeout(GOODBYE, connection.abort()).await;
        given
    }

    /// Makes sure that the server answers and lets us in.
    pub(super) async fn check(&self) -> Result<(), NotSent> {
        let mut connection = self.in_time(self.connect()).await?;
        let _ = tokio::time::timeout(GOODBYE, connection.abort()).await;
        Ok(())
    }

    /// A connection, encrypted as it is set up, on which we are let in.
    async fn connect(&self) -> Result<AsyncSmtpConnection, NotSent> {
        let us = ClientId::default();
        let (host, port) = (self.server.0.as_str(), self.server.1);
        let wrapped = match &self.security {
            Security::Tls(certificates) => Some(certificates.clone()),
            Security::None | Security::StartTls(_) => None,
        };
        let mut connection =
            AsyncSmtpConnection::connect_tokio1((host, port), None, &us, wrapped, None)
                .await
                .map_err(not_let_in)?;
        if let Security::StartTls(certificates) = &self.security {
            connection
                .starttls(certificates.clone(), &us)
                .await
                .map_err(not_let_in)?;
        }
        if let Some(credentials) = &self.credentials {
            connection
                .auth(&MECHANISMS, credentials)
                .await
                .map_err(not_let_in)?;
        }
        Ok(connection)
    }

    /// What comes of it, unless the server takes too long.
    async fn in_time<T>(
        &self,
        handover: impl Future<Output = Result<T, NotSent>>,
    ) -> Result<T, NotSent> {
        tokio::time::timeout(self.patience, handover)
            .await
            .unwrap_or_else(|_| Err(NotSent::Yet("邮件服务器没有应答".to_owned())))
    }
}

/// Gives the mail to a server that has let us in.
async fn give(connection: &mut AsyncSmtpConnection, letter: &Letter) -> Result<(), NotSent> {
    let envelope = letter.envelope();
    let sender = Mail::new(envelope.from().cloned(), vec![]);
    connection.command(sender).await.map_err(not_let_in)?;
    for recipient in envelope.to() {
        let recipient = Rcpt::new(recipient.clone(), vec![]);
        connection.command(recipient).await.map_err(refused)?;
    }
    connection.command(Data).await.map_err(refused)?;
    connection
        .message(&letter.formatted())
        .await
        .map_err(refused)?;
    Ok(())
}

/// The server said no before it heard of the recipient: the mail may be sent later.
#[expect(clippy::needless_pass_by_value, reason = "it is handed to map_err")]
fn not_let_in(error: SmtpError) -> NotSent {
    NotSent::Yet(match error.status() {
        Some(status) if error.is_permanent() => {
            format!("邮件服务器不接受本系统发信（{status}），请检查邮件设置")
        }
        _ => passing(&error),
    })
}

/// The server said no to this mail: for good, if it says so.
#[expect(clippy::needless_pass_by_value, reason = "it is handed to map_err")]
fn refused(error: SmtpError) -> NotSent {
    match error.status() {
        Some(status) if error.is_permanent() => {
            NotSent::Ever(format!("邮件服务器拒收（{status}）"))
        }
        _ => NotSent::Yet(passing(&error)),
    }
}

/// What went wrong, in words that repeat nothing of the mail: servers like to quote the
/// recipient's address.
fn passing(error: &SmtpError) -> String {
    match error.status() {
        Some(status) => format!("邮件服务器暂不接收（{status}）"),
        None if error.is_tls() || is_garbled(error) => {
            "无法与邮件服务器建立加密连接，请检查加密方式和服务器证书".to_owned()
        }
        None if error.is_client() => "邮件服务器不支持所设的加密或登录方式".to_owned(),
        None if error.is_response() => "邮件服务器的应答无法识别".to_owned(),
        None => "无法连接邮件服务器，或者连接中断".to_owned(),
    }
}

/// Whether what came over the connection could not be understood or not be trusted: this is
/// how a handshake fails.
fn is_garbled(error: &SmtpError) -> bool {
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref::<std::io::Error>() {
            return error.kind() == std::io::ErrorKind::InvalidData;
        }
        cause = error.source();
    }
    false
}
