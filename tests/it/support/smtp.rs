//! A mail server that does as it is told: takes mail, refuses it, falls silent or hangs up at
//! any step. It speaks SMTP over real sockets and knows nothing of the code it tests.

use std::collections::VecDeque;
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::thread;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// A mail that the server took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    pub from: String,
    pub to: Vec<String>,
    pub data: String,
    /// Whether it came over an encrypted connection.
    pub encrypted: bool,
}

/// A step of the conversation, named after what the client has just said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum At {
    Greeting,
    Hello,
    Sender,
    Recipient,
    Data,
    Dot,
    Goodbye,
}

/// What the server does at a step instead of what it should.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trick {
    /// Answers this.
    Say(&'static str),
    /// Answers nothing, until the client goes away.
    Silence,
    /// Closes the connection.
    HangUp,
    /// Answers what it should, reads one line of what follows, and closes the connection.
    HangUpSoon,
}

/// Whether and how the server encrypts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    None,
    StartTls,
    Tls,
}

#[derive(Default)]
struct Notebook {
    /// One for each connection to come; a connection without one is a good one.
    tricks: VecDeque<(At, Trick)>,
    mails: Vec<Received>,
    connections: usize,
    silences: usize,
    passwords: Vec<String>,
}

/// The server. It lives as long as the test process.
pub struct SmtpServer {
    pub port: u16,
    notebook: Arc<Mutex<Notebook>>,
}

impl SmtpServer {
    pub fn start() -> Self {
        Self::secured(Security::None)
    }

    pub fn secured(security: Security) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let notebook = Arc::new(Mutex::new(Notebook::default()));
        let shared = Arc::clone(&notebook);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let notebook = Arc::clone(&shared);
                // A client that goes away in the middle is what the tests are about.
                thread::spawn(move || drop(serve(stream, security, &notebook)));
            }
        });
        Self { port, notebook }
    }

    /// A port on which nobody listens.
    pub fn nobody() -> u16 {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap().port()
    }

    /// Plays a trick on the next connection that has none yet.
    pub fn play(&self, at: At, trick: Trick) {
        self.notebook.lock().unwrap().tricks.push_back((at, trick));
    }

    pub fn mails(&self) -> Vec<Received> {
        self.notebook.lock().unwrap().mails.clone()
    }

    pub fn connections(&self) -> usize {
        self.notebook.lock().unwrap().connections
    }

    /// How often the server has fallen silent as it was told.
    pub fn silences(&self) -> usize {
        self.notebook.lock().unwrap().silences
    }

    /// What clients said to prove who they are, as they said it.
    pub fn passwords(&self) -> Vec<String> {
        self.notebook.lock().unwrap().passwords.clone()
    }
}

/// Where the server's certificate is, for clients that shall trust it.
pub fn certificate() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/smtp/certificate.pem")
}

fn tls() -> Arc<ServerConfig> {
    let key = certificate().with_file_name("key.pem");
    let config =
        ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(
                vec![CertificateDer::from_pem_file(certificate()).unwrap()],
                PrivateKeyDer::from_pem_file(key).unwrap(),
            );
    Arc::new(config.unwrap())
}

trait Wire: Read + Write {}
impl<T: Read + Write> Wire for T {}

/// One conversation.
struct Talk<'a> {
    wire: Box<dyn Wire>,
    trick: Option<(At, Trick)>,
    notebook: &'a Mutex<Notebook>,
}

/// The end of a conversation that the server brought about itself.
fn done<T>() -> io::Result<T> {
    Err(io::ErrorKind::ConnectionAborted.into())
}

impl Talk<'_> {
    fn line(&mut self) -> io::Result<String> {
        let mut line = Vec::new();
        let mut byte = [0];
        while !line.ends_with(b"\r\n") {
            self.wire.read_exact(&mut byte)?;
            line.push(byte[0]);
        }
        Ok(String::from_utf8_lossy(&line).trim_end().to_owned())
    }

    fn say(&mut self, text: &str) -> io::Result<()> {
        self.wire.write_all(format!("{text}\r\n").as_bytes())?;
        self.wire.flush()
    }

    /// Answers at a step, well or as the trick wants it; whether the step was passed.
    fn answer(&mut self, at: At, well: &str) -> io::Result<bool> {
        match self.trick {
            Some((place, trick)) if place == at => match trick {
                Trick::Say(text) => {
                    self.say(text)?;
                    // A client that thinks it was let through would go on.
                    Ok(false)
                }
                Trick::Silence => {
                    self.notebook.lock().unwrap().silences += 1;
                    let mut rest = Vec::new();
                    self.wire.read_to_end(&mut rest)?;
                    done()
                }
                Trick::HangUp => done(),
                Trick::HangUpSoon => {
                    self.say(well)?;
                    self.line()?;
                    done()
                }
            },
            _ => {
                self.say(well)?;
                Ok(true)
            }
        }
    }

    fn content(&mut self) -> io::Result<String> {
        let mut data = String::new();
        loop {
            let line = self.line()?;
            if line == "." {
                return Ok(data);
            }
            data.push_str(line.strip_prefix('.').unwrap_or(&line));
            data.push('\n');
        }
    }
}

fn serve(stream: TcpStream, security: Security, notebook: &Mutex<Notebook>) -> io::Result<()> {
    let trick = {
        let mut notebook = notebook.lock().unwrap();
        notebook.connections += 1;
        notebook.tricks.pop_front()
    };
    if security != Security::Tls {
        let wire = Box::new(stream.try_clone()?);
        let mut talk = Talk { wire, trick, notebook };
        if !talk.answer(At::Greeting, "220 test ESMTP")? {
            return done();
        }
        if !converse(&mut talk, security, false)? {
            return Ok(());
        }
        let wire = Box::new(encrypted(stream));
        let mut talk = Talk { wire, trick, notebook };
        return converse(&mut talk, security, true).map(|_| ());
    }
    let mut talk = Talk { wire: Box::new(encrypted(stream)), trick, notebook };
    talk.say("220 test ESMTP")?;
    converse(&mut talk, security, true).map(|_| ())
}

fn encrypted(stream: TcpStream) -> StreamOwned<ServerConnection, TcpStream> {
    StreamOwned::new(ServerConnection::new(tls()).unwrap(), stream)
}

/// Talks until the client leaves; true if it wants to go on encrypted.
fn converse(talk: &mut Talk<'_>, security: Security, encrypted: bool) -> io::Result<bool> {
    let mut from = String::new();
    let mut to = Vec::new();
    loop {
        let line = talk.line()?;
        let verb = line.get(..4).unwrap_or(&line).to_uppercase();
        match verb.as_str() {
            "EHLO" | "HELO" => {
                let offer = if security == Security::StartTls && !encrypted {
                    "250-test\r\n250-8BITMIME\r\n250 STARTTLS"
                } else {
                    "250-test\r\n250-8BITMIME\r\n250 AUTH PLAIN"
                };
                talk.answer(At::Hello, offer)?;
            }
            "STAR" if security == Security::StartTls && !encrypted => {
                talk.say("220 go on")?;
                return Ok(true);
            }
            "AUTH" => {
                talk.notebook.lock().unwrap().passwords.push(line);
                talk.say("235 welcome")?;
            }
            "MAIL" => {
                from.clone_from(&line);
                talk.answer(At::Sender, "250 ok")?;
            }
            "RCPT" => {
                to.push(line);
                talk.answer(At::Recipient, "250 ok")?;
            }
            "DATA" => {
                if talk.answer(At::Data, "354 go on")? {
                    let mail = Received {
                        from: std::mem::take(&mut from),
                        to: std::mem::take(&mut to),
                        data: talk.content()?,
                        encrypted,
                    };
                    // What is refused was not taken; who hangs up may well have taken it.
                    let refused = matches!(talk.trick, Some((At::Dot, Trick::Say(_))));
                    if !refused {
                        talk.notebook.lock().unwrap().mails.push(mail);
                    }
                    talk.answer(At::Dot, "250 taken")?;
                }
            }
            "NOOP" | "RSET" => talk.say("250 ok")?,
            "QUIT" => {
                talk.answer(At::Goodbye, "221 bye")?;
                return Ok(false);
            }
            _ => talk.say("502 what?")?,
        }
    }
}
