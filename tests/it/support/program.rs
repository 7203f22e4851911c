//! The program itself, as operators run it.

use std::{io::Write as _, net::TcpListener, process::Stdio};

use tempfile::NamedTempFile;
use tokio::process::{Child, Command};

/// A service that runs as a process of its own. Dropping it kills it.
pub struct Program {
    /// The address of its public port.
    pub public: String,
    /// The address of its operations port.
    pub operations: String,
    process: Child,
    _config: NamedTempFile,
}

impl Program {
    /// Serves with this configuration in these roles, comma-separated, on addresses of its own. It may not answer yet.
    pub fn serve(config: &str, roles: &str) -> Self {
        let [public, operations] = free_addresses();
        let mut file = tempfile::Builder::new().suffix(".toml").tempfile().unwrap();
        write!(file, "http.listen = \"{public}\"\nhttp.operations_listen = \"{operations}\"\n{config}")
            .unwrap();
        let process = Command::new(env!("CARGO_BIN_EXE_gatehouse"))
            .arg("--config")
            .arg(file.path())
            .args(["serve", "--roles", roles])
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        Self { public, operations, process, _config: file }
    }

    /// Ends it as a power cut would.
    pub async fn kill(&mut self) {
        self.process.kill().await.unwrap();
    }
}

/// Two addresses that nobody listens on.
fn free_addresses() -> [String; 2] {
    let listeners = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
    listeners.map(|listener| listener.local_addr().unwrap().to_string())
}
