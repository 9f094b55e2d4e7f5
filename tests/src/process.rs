//! A server run as a child process for as long as its handle lives.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::thread;

use anyhow::{Context as _, Result, bail};

/// A running server on a port of 127.0.0.1 that it chose itself.
///
/// The launchers under `tests/components/` keep two promises: the line
/// `port N` on standard output says that the server accepts connections, and
/// the process ends when its standard input does. The second holds however
/// this process ends, so that a killed test run leaves nothing behind.
#[derive(Debug)]
pub struct Server {
    child: Child,
    _lifeline: Option<ChildStdin>,
    endpoint: String,
}

impl Server {
    /// Starts `command` and waits until it accepts connections.
    ///
    /// # Errors
    /// When the program cannot be started or ends without naming its port; its
    /// standard error is not captured and tells why.
    pub(crate) fn start(name: &str, command: &mut Command) -> Result<Self> {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start {name}"))?;
        let lifeline = child.stdin.take();
        let mut lines = BufReader::new(child.stdout.take().context("no standard output")?).lines();
        let mut server = Self { child, _lifeline: lifeline, endpoint: String::new() };

        let Some(port) = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| line.strip_prefix("port ")?.parse::<u16>().ok())
        else {
            let status = server.child.wait()?;
            bail!("{name} ended with {status} before it accepted connections");
        };
        // A full pipe would stop the server.
        thread::spawn(move || lines.map_while(Result::ok).for_each(drop));

        server.endpoint = format!("http://127.0.0.1:{port}");
        Ok(server)
    }

    /// The process.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// The base URL, `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself, which is what is wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
