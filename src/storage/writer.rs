//! The one thread that writes to SQLite.
//!
//! A commit costs a wait for the disk, whatever is in it. So the thread takes the deeds that
//! wait, runs each in its own savepoint within one transaction, commits, and answers each
//! only then (group commit). A deed that fails, or panics, takes back its own part alone.

use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use diesel::connection::TransactionManager as _;

use super::connection::Manager;
use super::database::{begin, commit, guarded};
use super::sqlite::Opener;
use super::{Connection, StorageError};

/// No more deeds than this share a commit,
const GROUP_AT_MOST: usize = 256;
/// and none joins one that has been open so long: the first must not wait for ever.
const OPEN_AT_MOST: Duration = Duration::from_millis(20);

/// The way to the writing thread. Dropping it waits until the thread has done what it took.
pub(super) struct Writer {
    deeds: Option<SyncSender<Box<dyn Deed>>>,
    thread: Option<JoinHandle<()>>,
}

/// Something to write, of which the thread need not know the types.
trait Deed: Send {
    /// Runs it; whether it is to be kept.
    fn run(&mut self, connection: &mut Connection) -> bool;
    /// Answers: with what it returned, or with `lost`, if it could not be kept.
    fn answer(self: Box<Self>, lost: Option<&str>);
}

/// A closure, what it returned, and who waits for that.
struct Submitted<F, T, E, A> {
    deed: Option<F>,
    result: Option<Result<T, E>>,
    answer: A,
}

impl<F, T, E, A> Deed for Submitted<F, T, E, A>
where
    F: FnOnce(&mut Connection) -> Result<T, E> + Send,
    T: Send,
    E: From<StorageError> + Send,
    A: FnOnce(Result<T, E>) + Send,
{
    fn run(&mut self, connection: &mut Connection) -> bool {
        self.result = self.deed.take().map(|deed| guarded(connection, deed));
        matches!(self.result, Some(Ok(_)))
    }

    fn answer(self: Box<Self>, lost: Option<&str>) {
        let result = match (self.result, lost) {
            // What failed by itself keeps its own error.
            (Some(Err(error)), _) => Err(error),
            (Some(Ok(value)), None) => Ok(value),
            (_, lost) => Err(StorageError::unavailable(lost.unwrap_or("not begun")).into()),
        };
        (self.answer)(result);
    }
}

impl Writer {
    /// Starts the thread on this connection; `waiting` deeds may wait for it.
    pub(super) fn start(
        connection: Connection,
        opener: Opener,
        waiting: usize,
    ) -> Result<Self, StorageError> {
        let (sender, receiver) = sync_channel(waiting);
        let desk = Desk { connection, opener, deeds: receiver };
        let thread = thread::Builder::new()
            .name("writer".to_owned())
            .spawn(move || desk.work())
            .map_err(StorageError::unavailable)?;
        Ok(Self { deeds: Some(sender), thread: Some(thread) })
    }

    /// Hands a deed over; `answer` is called, on the writing thread, once it is kept or lost.
    pub(super) fn submit<T, E, F, A>(&self, deed: F, answer: A) -> Result<(), StorageError>
    where
        F: FnOnce(&mut Connection) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StorageError> + Send + 'static,
        A: FnOnce(Result<T, E>) + Send + 'static,
    {
        let submitted = Box::new(Submitted { deed: Some(deed), result: None, answer });
        let Some(deeds) = &self.deeds else {
            return Err(StorageError::unavailable("the writer has stopped"));
        };
        deeds.try_send(submitted).map_err(|error| match error {
            TrySendError::Full(_) => StorageError::unavailable("too many deeds are waiting"),
            TrySendError::Disconnected(_) => StorageError::unavailable("the writer has stopped"),
        })
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        drop(self.deeds.take());
        let Some(thread) = self.thread.take() else {
            return;
        };
        // A deed may have held the last handle to the database.
        if thread.thread().id() != thread::current().id() && thread.join().is_err() {
            tracing::error!("the writing thread has panicked");
        }
    }
}

/// What the writing thread works with.
struct Desk {
    connection: Connection,
    opener: Opener,
    deeds: Receiver<Box<dyn Deed>>,
}

impl Desk {
    fn work(mut self) {
        while let Ok(first) = self.deeds.recv() {
            let (deeds, lost) = match self.begin() {
                Ok(()) => self.run_group(first),
                Err(error) => (self.all_that_wait(first), Some(error.to_string())),
            };
            if let Some(why) = &lost {
                tracing::error!(why, deeds = deeds.len(), "deeds could not be kept");
            }
            for deed in deeds {
                deed.answer(lost.as_deref());
            }
        }
    }

    fn begin(&mut self) -> Result<(), StorageError> {
        if self.connection.is_unusable() {
            self.connection = self.opener.connect()?;
        }
        begin(&mut self.connection, "BEGIN IMMEDIATE")
    }

    /// When a transaction cannot be begun, it cannot for anyone: nobody is kept waiting.
    fn all_that_wait(&self, first: Box<dyn Deed>) -> Vec<Box<dyn Deed>> {
        std::iter::once(first)
            .chain(self.deeds.try_iter())
            .collect()
    }

    /// Runs the deeds that wait and commits them; says why, if they are all lost.
    fn run_group(&mut self, first: Box<dyn Deed>) -> (Vec<Box<dyn Deed>>, Option<String>) {
        let opened = Instant::now();
        let mut done = Vec::new();
        let mut next = Some(first);
        while let Some(mut deed) = next {
            let ran = self.run(&mut *deed);
            done.push(deed);
            if let Err(error) = ran {
                return (done, Some(self.give_up(&error)));
            }
            next = if done.len() < GROUP_AT_MOST && opened.elapsed() < OPEN_AT_MOST {
                self.deeds.try_recv().ok()
            } else {
                None
            };
        }
        let lost = commit(&mut self.connection)
            .err()
            .map(|error| self.give_up(&error));
        (done, lost)
    }

    /// Runs one deed in its savepoint.
    fn run(&mut self, deed: &mut dyn Deed) -> Result<(), StorageError> {
        let connection = &mut self.connection;
        Manager::begin_transaction(connection)?;
        if deed.run(connection) && connection.depth()? == 2 {
            return Manager::commit_transaction(connection).map_err(StorageError::unavailable);
        }
        connection.roll_back_to(1)?;
        // SQLite undoes the whole transaction by itself when the disk is full or failing.
        if connection.depth()? == 1 {
            Ok(())
        } else {
            Err(StorageError::unavailable("the transaction was undone by the engine"))
        }
    }

    fn give_up(&mut self, error: &StorageError) -> String {
        if self.connection.roll_back_to(0).is_err() {
            // Unusable now; `begin` opens another.
            tracing::warn!("the writing connection is replaced");
        }
        error.to_string()
    }
}
