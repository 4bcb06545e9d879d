//! The demo: a site with mailed sign-in links, a mailbox with scanners in it, and the gate between them, or not.

pub mod args;
pub mod auth;
mod client;
mod climb;
mod html;
mod inbox;
pub mod mailbox;
mod pressers;
mod scanners;
mod server;
mod site;
mod store;
mod terminal;

use std::error::Error;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use tokio::net::TcpListener;

pub use self::client::{BaseUrl, NotABaseUrl};
pub use self::store::TokenState;
pub use self::terminal::Terminal;
use crate::tasks::Tasks;
use crate::time::Clock;

/// How long requests in flight may take once the demo is told to end.
const GRACE: Duration = Duration::from_secs(5);

/// What the demo is told.
#[derive(Clone, Debug)]
pub struct Options {
    /// Whether the site stands open, so that its links are lost.
    pub without_gate: bool,
    /// Where people reach the site: the gate's address, or without it the site's own.
    pub listen: SocketAddr,
    /// Where people reach the mailbox.
    pub mail: SocketAddr,
    /// When it is.
    pub clock: Clock,
    /// Where to say what happens.
    pub terminal: Terminal,
}

/// The gate that the demo wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GatePlan {
    /// Where it listens; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The site and auth API behind it.
    pub upstream: SocketAddr,
    /// The link it keeps shut, as it stands in the mail.
    pub link: &'static str,
}

/// Where the demo is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Running {
    /// The site, through the gate if there is one.
    pub site: SocketAddr,
    /// The mailbox.
    pub mailbox: SocketAddr,
}

/// Why the demo did not start.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// An address can't be had.
    #[error(
        "can't listen on {address} for the {what}: {reason}\n\
         help: end the program that uses this port, or choose another: `{flag} 127.0.0.1:0` takes a free one"
    )]
    Listen {
        /// What was to listen.
        what: &'static str,
        /// Where.
        address: SocketAddr,
        /// The option that names the address.
        flag: &'static str,
        /// What the system said; not the error's source, or it would be told once more behind the help.
        reason: io::Error,
    },
    /// The gate did not start.
    #[error(transparent)]
    Gate(Box<dyn Error + Send + Sync>),
    /// Signals can't be awaited.
    #[error("can't wait for signals: {0}")]
    Signals(io::Error),
}

/// Starts the demo's services, runs `gate` before the site unless there is none, and says where all are reached.
///
/// `gate` starts a gate and gives back the address that it listens on.
pub async fn start<E>(
    options: &Options,
    gate: impl AsyncFnOnce(GatePlan) -> Result<SocketAddr, E>,
    tasks: &Tasks,
) -> Result<Running, DemoError>
where
    E: Into<Box<dyn Error + Send + Sync>>,
{
    let loopback = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let (mail, mailbox) = bind(options.mail, "mailbox", "--mail").await?;
    let (internal, auth_internal) = bind(loopback, "auth API's internal address", "--listen").await?;
    let own = if options.without_gate { options.listen } else { loopback };
    let (public, upstream) = bind(own, "site", "--listen").await?;
    let site = if options.without_gate {
        upstream
    } else {
        let plan = GatePlan {
            listen: options.listen,
            upstream,
            link: auth::LINK,
        };
        gate(plan).await.map_err(|error| DemoError::Gate(error.into()))?
    };

    let (site_url, mail_url) = (BaseUrl::local(site), BaseUrl::local(mailbox));
    let (clock, terminal) = (options.clock.clone(), options.terminal.clone());
    let auth = auth::Settings {
        public_url: site_url.clone(),
        mailbox: mail_url.clone(),
        mailbox_page: mail_url.clone(),
        clock: clock.clone(),
        terminal: terminal.clone(),
    };
    tasks.spawn(auth::serve(public, internal, auth, tasks.clone()));
    let inbox = mailbox::Settings {
        site: site_url.clone(),
        reach: site_url,
        auth_internal: BaseUrl::local(auth_internal),
        page: mail_url,
        clock,
        terminal,
    };
    tasks.spawn(mailbox::serve(mail, inbox, tasks.clone()));
    Ok(Running { site, mailbox })
}

/// Starts the demo, says which addresses to open, and runs until Ctrl-C or until the tasks are stopped.
pub async fn run<E>(
    options: Options,
    gate: impl AsyncFnOnce(GatePlan) -> Result<SocketAddr, E>,
    tasks: Tasks,
) -> Result<(), DemoError>
where
    E: Into<Box<dyn Error + Send + Sync>>,
{
    let Running { site, mailbox } = start(&options, gate, &tasks).await?;
    let (site, mailbox) = (BaseUrl::local(site), BaseUrl::local(mailbox));
    let terminal = &options.terminal;
    terminal.line(format_args!("Ask for a link   {site}   any mail address will do"));
    terminal.line(format_args!(
        "Read the mail    {mailbox}   scanners open each link before you do"
    ));
    terminal.line(if options.without_gate {
        "No gate stands before the site, so the scanners spend the links. Ctrl-C ends the demo."
    } else {
        "The gate stands before the site and keeps the links shut. Ctrl-C ends the demo."
    });
    until_told(&tasks).await
}

/// Waits for Ctrl-C, a termination signal or the tasks' stop; then lets what is in flight end.
async fn until_told(tasks: &Tasks) -> Result<(), DemoError> {
    let told = tokio::select! {
        told = signalled() => told,
        () = tasks.stopped() => Ok(()),
    };
    tasks.stop();
    tasks.drain(GRACE).await;
    told.map_err(DemoError::Signals)
}

#[cfg(unix)]
async fn signalled() -> io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted,
        _ = terminate.recv() => Ok(()),
    }
}

#[cfg(not(unix))]
async fn signalled() -> io::Result<()> {
    tokio::signal::ctrl_c().await
}

/// Listens, and says where: port 0 becomes a real one.
async fn bind(
    address: SocketAddr,
    what: &'static str,
    flag: &'static str,
) -> Result<(TcpListener, SocketAddr), DemoError> {
    let failed = |reason| DemoError::Listen {
        what,
        address,
        flag,
        reason,
    };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    Ok((listener, bound))
}

#[cfg(test)]
mod tests;
