//! The demo's command line: all in one process, or auth API and mailbox as services of their own.

use std::error::Error;
use std::net::SocketAddr;

use clap::{Args, Subcommand};

use super::{BaseUrl, DemoError, GatePlan, Options, Terminal, auth, bind, mailbox, run, until_told};
use crate::tasks::Tasks;
use crate::time::Clock;

/// Try it: a site that mails sign-in links, a mailbox full of scanners, and the gate between them.
#[derive(Args, Clone, Debug)]
#[command(args_conflicts_with_subcommands = true)]
pub struct DemoArgs {
    /// Leave the gate out, and see the links being lost
    #[arg(long)]
    pub without_gate: bool,
    /// Where the site is reached; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// Where the mailbox is reached; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8025")]
    pub mail: SocketAddr,
    /// One service alone, for containers
    #[command(subcommand)]
    pub service: Option<Service>,
}

/// One service of the demo.
#[derive(Subcommand, Clone, Debug)]
pub enum Service {
    /// The site and its auth API alone
    Auth(AuthArgs),
    /// The mailbox and its scanners alone
    Mailbox(MailboxArgs),
}

/// The site and its auth API alone.
#[derive(Args, Clone, Debug)]
pub struct AuthArgs {
    /// Where the site and its API listen
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:3000")]
    pub listen: SocketAddr,
    /// Where the mailbox may ask how a token stands; let nobody else reach it
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:3001")]
    pub internal: SocketAddr,
    /// The site's address as people know it; it stands in the mailed links
    #[arg(long, value_name = "URL")]
    pub public_url: BaseUrl,
    /// Where mail is handed in
    #[arg(long, value_name = "URL")]
    pub mailbox: BaseUrl,
    /// The mailbox's address as people know it [default: that of --mailbox]
    #[arg(long, value_name = "URL")]
    pub mailbox_page: Option<BaseUrl>,
}

/// The mailbox and its scanners alone.
#[derive(Args, Clone, Debug)]
pub struct MailboxArgs {
    /// Where the mailbox listens
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8025")]
    pub listen: SocketAddr,
    /// The auth API's internal address
    #[arg(long, value_name = "URL")]
    pub auth_internal: BaseUrl,
    /// The site's address as people know it; links that lead elsewhere are not taken
    #[arg(long, value_name = "URL")]
    pub public_url: BaseUrl,
    /// Where scanners connect to reach the site [default: that of --public-url]
    #[arg(long, value_name = "URL")]
    pub reach: Option<BaseUrl>,
    /// The mailbox's address as people know it [default: where it listens]
    #[arg(long, value_name = "URL")]
    pub page: Option<BaseUrl>,
}

impl DemoArgs {
    /// Runs what was asked for until Ctrl-C or until the tasks are stopped.
    pub async fn run<E>(
        self,
        gate: impl AsyncFnOnce(GatePlan) -> Result<SocketAddr, E>,
        tasks: Tasks,
    ) -> Result<(), DemoError>
    where
        E: Into<Box<dyn Error + Send + Sync>>,
    {
        let (clock, terminal) = (Clock::System, Terminal::stdout());
        match self.service {
            None => {
                let Self {
                    without_gate,
                    listen,
                    mail,
                    ..
                } = self;
                run(
                    Options {
                        without_gate,
                        listen,
                        mail,
                        clock,
                        terminal,
                    },
                    gate,
                    tasks,
                )
                .await
            }
            Some(Service::Auth(args)) => args.run(clock, terminal, tasks).await,
            Some(Service::Mailbox(args)) => args.run(clock, terminal, tasks).await,
        }
    }
}

impl AuthArgs {
    async fn run(self, clock: Clock, terminal: Terminal, tasks: Tasks) -> Result<(), DemoError> {
        let (listener, bound) = bind(self.listen, "site", "--listen").await?;
        let (internal, inside) = bind(self.internal, "auth API's internal address", "--internal").await?;
        terminal.line(format_args!(
            "auth API and site listen on {bound}, for the mailbox on {inside}"
        ));
        let settings = auth::Settings {
            public_url: self.public_url,
            mailbox_page: self.mailbox_page.unwrap_or_else(|| self.mailbox.clone()),
            mailbox: self.mailbox,
            clock,
            terminal,
        };
        tasks.spawn(auth::serve(listener, internal, settings, tasks.clone()));
        until_told(&tasks).await
    }
}

impl MailboxArgs {
    async fn run(self, clock: Clock, terminal: Terminal, tasks: Tasks) -> Result<(), DemoError> {
        let (listener, bound) = bind(self.listen, "mailbox", "--listen").await?;
        terminal.line(format_args!("mailbox listens on {bound}"));
        let settings = mailbox::Settings {
            reach: self.reach.unwrap_or_else(|| self.public_url.clone()),
            site: self.public_url,
            auth_internal: self.auth_internal,
            page: self.page.unwrap_or_else(|| BaseUrl::local(bound)),
            clock,
            terminal,
        };
        tasks.spawn(mailbox::serve(listener, settings, tasks.clone()));
        until_told(&tasks).await
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        demo: DemoArgs,
    }

    #[test]
    fn the_command_line_is_sound() {
        <Line as clap::CommandFactory>::command().debug_assert();
        let line = Line::try_parse_from(["demo"]).unwrap();
        assert!(line.demo.service.is_none());
        let mailbox = [
            "demo",
            "mailbox",
            "--auth-internal",
            "http://auth:3001",
            "--public-url",
            "http://localhost:8080",
        ];
        let line = Line::try_parse_from(mailbox).unwrap();
        assert!(matches!(line.demo.service, Some(Service::Mailbox(_))));
        assert!(Line::try_parse_from(["demo", "auth", "--public-url", "nowhere", "--mailbox", "http://m:1"]).is_err());
    }
}
