//! The counter at which browsers are served: a socket, connections with limits, a clean end.
//!
//! Knows nothing of pages.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_io_timeout::TimeoutStream;
use tower::ServiceExt as _;

use super::admission::{Doorkeeper, Guests, Peer};
use super::own_names::OwnNames;
use super::people::People;
use super::project_folder::ProjectFolder;
use super::routes;
use super::tls::Encryption;
use super::trusted_proxy::TrustedProxy;
use crate::diagnostics::Diagnostic;
use crate::files;
use crate::record::project::ProjectError;
use crate::run::Run;
use crate::toml_tree::MAX_BYTES;

/// The most connections at a time; more wait to be accepted.
const MAX_CONNECTIONS: usize = 512;
/// The time in which the head of a request has to arrive, and how long a connection may be idle.
const HEAD_TIME: Duration = Duration::from_secs(15);
/// How long a browser may take nothing of an answer.
const TAKING_TIME: Duration = Duration::from_secs(30);
/// The most bytes of the head of a request.
const MAX_HEAD: usize = 32 << 10;
/// The most fields in the head of a request.
const MAX_FIELDS: usize = 64;
/// How often it is looked whether the user wants to stop.
const GLANCE: Duration = Duration::from_millis(100);
/// How long requests under way may take to end after that.
const LAST_TIME: Duration = Duration::from_secs(5);
/// The most pieces of work that may block, such as typesetting, at a time.
const MAX_BLOCKING: usize = 32;

/// What is served, and where.
#[derive(Debug, Clone)]
pub struct CounterSettings {
    /// The folder of the project.
    pub project: PathBuf,
    /// The address to listen at.
    pub listen: SocketAddr,
    /// The names by which browsers come, besides the address.
    pub hosts: Vec<String>,
    /// A certificate and its key, to encrypt what is sent.
    pub certificate: Option<(PathBuf, PathBuf)>,
    /// The people who may sign in; none to let in the one browser that opens the address.
    pub people: Option<PeopleSettings>,
    /// This program, for what is done in processes of their own.
    pub program: PathBuf,
    /// The folder for what this program keeps of the user who began it, if there is one.
    pub state: Option<PathBuf>,
    /// Set from outside to end.
    pub stop: Arc<AtomicBool>,
}

/// Who may sign in, and who says that they did.
#[derive(Debug, Clone)]
pub struct PeopleSettings {
    /// The file of the people.
    pub file: PathBuf,
    /// The header field with which a program in front of this one names somebody, and the addresses that it may send from,
    /// none for this machine; without it people sign in here.
    pub proxy: Option<(String, Vec<IpAddr>)>,
}

/// Why nothing can be served.
#[derive(Debug, thiserror::Error)]
pub enum CounterError {
    /// The project cannot be used.
    #[error(transparent)]
    Project(#[from] ProjectError),
    /// The file of the people has mistakes.
    #[error("die Datei der Personen hat Fehler")]
    People(Vec<Diagnostic>),
    /// A setting cannot be used.
    #[error("{0}")]
    Setting(String),
    /// The address cannot be listened at, or the system has no chance to give.
    #[error("{0}")]
    System(String),
}

/// A socket that is open, and what will be served at it.
pub struct Counter {
    runtime: Runtime,
    listener: TcpListener,
    encryption: Option<Encryption>,
    way_in: String,
    pages: Router,
    stop: Arc<AtomicBool>,
}

impl Counter {
    /// Opens the project and the socket; from now on browsers wait until they are served.
    pub fn open(settings: CounterSettings) -> Result<Self, CounterError> {
        let system = |error: std::io::Error| CounterError::System(files::in_german(&error));
        let run = Run::new(settings.program, None, Arc::clone(&settings.stop)).with_state(settings.state);
        let folder = ProjectFolder::open(&settings.project, run)?;
        let encryption = settings.certificate.map(|(certificate, key)| Encryption::read(&certificate, &key));
        let encryption = encryption.transpose().map_err(CounterError::Setting)?;
        let guests = settings.people.map_or(Ok(Guests::OneBrowser), guests)?;
        let runtime = Builder::new_multi_thread()
            .worker_threads(2)
            .max_blocking_threads(MAX_BLOCKING)
            .enable_io()
            .enable_time()
            .build()
            .map_err(system)?;
        let listener = runtime.block_on(TcpListener::bind(settings.listen)).map_err(|error| {
            CounterError::System(format!("{}: {}", settings.listen, files::in_german(&error)))
        })?;
        let address = listener.local_addr().map_err(system)?;
        let names = OwnNames::of(address, encryption.is_some(), &settings.hosts);
        let names = names.map_err(CounterError::Setting)?;
        let doorkeeper = Doorkeeper::at(names, address.port(), guests).map_err(CounterError::System)?;
        let way_in = doorkeeper.way_in();
        let pages = routes::routes(folder, doorkeeper);
        Ok(Self { runtime, listener, encryption, way_in, pages, stop: settings.stop })
    }

    /// Gives the address to open; if nobody signs in, it lets one browser in, once.
    pub fn address(&self) -> &str {
        &self.way_in
    }

    /// Serves until the user wants to stop, and then lets what is under way come to its end.
    pub fn serve(self) {
        let Self { runtime, listener, encryption, pages, stop, .. } = self;
        runtime.block_on(serve(listener, encryption, pages, &stop));
        // What still blocks ends with the process.
        runtime.shutdown_background();
    }
}

fn guests(settings: PeopleSettings) -> Result<Guests, CounterError> {
    let name = settings.file.display().to_string();
    let bytes =
        files::read(&settings.file, MAX_BYTES).map_err(|error| CounterError::System(error.to_string()))?;
    let people = People::read(&name, &bytes, settings.proxy.is_none()).map_err(CounterError::People)?;
    match settings.proxy {
        None => Ok(Guests::People(people)),
        Some((header, addresses)) => {
            TrustedProxy::new(people, &header, addresses).map(Guests::Named).map_err(CounterError::Setting)
        }
    }
}

async fn serve(listener: TcpListener, encryption: Option<Encryption>, pages: Router, stop: &AtomicBool) {
    let room = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let ending = GracefulShutdown::new();
    let mut glance = tokio::time::interval(GLANCE);
    let mut connection = http1::Builder::new();
    connection
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIME)
        .max_buf_size(MAX_HEAD)
        .max_headers(MAX_FIELDS);
    while !stop.load(Ordering::Relaxed) {
        let accepted = tokio::select! {
            accepted = accept(&listener, &room) => accepted,
            _ = glance.tick() => continue,
        };
        let Some((stream, from, place)) = accepted else {
            // Too many open files, say: others may be closed in a moment.
            tokio::time::sleep(GLANCE).await;
            continue;
        };
        stream.set_nodelay(true).ok();
        let mut stream = TimeoutStream::new(stream);
        stream.set_write_timeout(Some(TAKING_TIME));
        let stream = Box::pin(stream);
        let service =
            TowerToHyperService::new(pages.clone().map_request(move |mut request: Request<Incoming>| {
                request.extensions_mut().insert(Peer(from));
                request
            }));
        let (connection, watcher, encryption) = (connection.clone(), ending.watcher(), encryption.clone());
        tokio::spawn(async move {
            // A browser that goes away is no failure.
            match encryption {
                None => {
                    watcher.watch(connection.serve_connection(TokioIo::new(stream), service)).await.ok();
                }
                Some(encryption) => {
                    if let Some(stream) = encryption.begin(stream).await {
                        watcher.watch(connection.serve_connection(TokioIo::new(stream), service)).await.ok();
                    }
                }
            }
            drop(place);
        });
    }
    drop(listener);
    tokio::time::timeout(LAST_TIME, ending.shutdown()).await.ok();
}

async fn accept(
    listener: &TcpListener,
    room: &Arc<Semaphore>,
) -> Option<(TcpStream, IpAddr, OwnedSemaphorePermit)> {
    let place = Arc::clone(room).acquire_owned().await.ok()?;
    let (stream, from) = listener.accept().await.ok()?;
    Some((stream, from.ip(), place))
}
