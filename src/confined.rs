//! Files of strangers are read by a child process of our own, with limits on time and memory.
//!
//! The child is this program again, with the hidden verb `confined TASK`: it limits itself
//! first, then reads the file from its standard input, and answers on its standard output. A
//! file that would fill the memory or never end takes the child down, and nothing else.

use std::io::{self, Read as _, Write as _};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use thiserror::Error;

/// The verb under which the program is its own child.
pub const VERB: &str = "confined";

/// What a child may use up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// How long it may take.
    pub time: Duration,
    /// How much memory it may have, in bytes.
    pub memory: u64,
    /// How much it may answer, in bytes.
    pub answer: u64,
}

impl Limits {
    /// Enough for any honest report or letter.
    pub const ORDINARY: Self =
        Self { time: Duration::from_secs(20), memory: 768 << 20, answer: 16 << 20 };
}

/// Why a file was not read.
#[derive(Debug, Error)]
pub enum ConfinedError {
    /// The child could not be started or spoken to.
    #[error("无法启动读取文件的子进程：{0}")]
    Start(#[from] io::Error),
    /// It took too long.
    #[error("读取文件用时过长（超过 {0} 秒），已停止；文件可能已损坏，或是特意制作的")]
    TooLong(u64),
    /// It wanted too much memory, or fell over the file.
    #[error("读取文件所需内存过多或文件有误，已停止；文件可能已损坏，或是特意制作的")]
    Fell,
    /// It answered too much.
    #[error("文件内容过多，无法读取")]
    TooMuch,
    /// What the child itself says about the file.
    #[error("{0}")]
    Refused(String),
}

/// A program that can be its own child.
#[derive(Debug, Clone)]
pub struct Confined {
    program: PathBuf,
    limits: Limits,
}

impl Confined {
    /// This very program.
    ///
    /// # Errors
    ///
    /// What the system says, if it does not know where the program lies.
    pub fn own(limits: Limits) -> io::Result<Self> {
        Ok(Self::of(std::env::current_exe()?, limits))
    }

    /// The program that lies there.
    #[must_use]
    pub const fn of(program: PathBuf, limits: Limits) -> Self {
        Self { program, limits }
    }

    /// Has a child do `task` with `input`, and returns what it answers.
    ///
    /// # Errors
    ///
    /// [`ConfinedError`].
    pub fn run(&self, task: &str, input: Vec<u8>) -> Result<Vec<u8>, ConfinedError> {
        let mut child = Command::new(&self.program)
            .args([VERB, task, "--memory", &self.limits.memory.to_string()])
            .args(["--seconds", &self.limits.time.as_secs().max(1).to_string()])
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let answer = self.converse(&mut child, input);
        // It may be over already; and a child that is waited for leaves nothing behind.
        let _ = child.kill();
        let status = child.wait()?;
        let (output, complaint) = answer?;
        judge(status, output, &complaint)
    }

    /// Writes the input and reads the answer until both ends are closed or the time is over.
    fn converse(
        &self,
        child: &mut Child,
        input: Vec<u8>,
    ) -> Result<(Vec<u8>, Vec<u8>), ConfinedError> {
        let gone = || io::Error::other("pipe");
        let mut stdin = child.stdin.take().ok_or_else(gone)?;
        let stdout = child.stdout.take().ok_or_else(gone)?;
        let stderr = child.stderr.take().ok_or_else(gone)?;
        // A child that dies while it is written to is told by its exit, not by this pipe.
        thread::spawn(move || stdin.write_all(&input));
        let (sender, receiver) = mpsc::channel();
        let at_most = self.limits.answer;
        thread::spawn(move || {
            let (mut output, mut complaint) = (Vec::new(), Vec::new());
            let read = stdout
                .take(at_most.saturating_add(1))
                .read_to_end(&mut output)
                .and_then(|_| stderr.take(4096).read_to_end(&mut complaint));
            sender.send(read.map(|_| (output, complaint)))
        });
        match receiver.recv_timeout(self.limits.time) {
            Ok(read) => {
                let (output, complaint) = read?;
                if u64::try_from(output.len()).unwrap_or(u64::MAX) > at_most {
                    return Err(ConfinedError::TooMuch);
                }
                // Both pipes are closed: the child is at its end, which is waited for.
                child.wait()?;
                Ok((output, complaint))
            }
            Err(RecvTimeoutError::Timeout) => {
                Err(ConfinedError::TooLong(self.limits.time.as_secs()))
            }
            Err(RecvTimeoutError::Disconnected) => Err(ConfinedError::Fell),
        }
    }
}

/// What the child's end means: its own refusal has exit code 1, all else is a fall.
fn judge(status: ExitStatus, output: Vec<u8>, complaint: &[u8]) -> Result<Vec<u8>, ConfinedError> {
    match status.code() {
        Some(0) => Ok(output),
        Some(1) => {
            Err(ConfinedError::Refused(String::from_utf8_lossy(complaint).trim().to_owned()))
        }
        _ => Err(ConfinedError::Fell),
    }
}

/// Limits this very process, before it looks at anything of a stranger's.
///
/// # Errors
///
/// What the system says.
#[cfg(unix)]
pub fn limit(memory: u64, seconds: u64) -> io::Result<()> {
    use rustix::process::{Resource, Rlimit, setrlimit};
    let only = |most| Rlimit { current: Some(most), maximum: Some(most) };
    setrlimit(Resource::As, only(memory))?;
    setrlimit(Resource::Cpu, only(seconds))?;
    setrlimit(Resource::Fsize, only(0))?;
    setrlimit(Resource::Core, only(0))?;
    Ok(())
}

/// Limits this very process, where the system knows how.
///
/// # Errors
///
/// None.
#[cfg(not(unix))]
pub fn limit(_memory: u64, _seconds: u64) -> io::Result<()> {
    Ok(())
}
