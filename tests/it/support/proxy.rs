//! A TCP proxy that can be cut, for what happens when a part is away.

use std::sync::Arc;

use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    sync::watch,
};

/// Forwards to a server until it is cut, and again once it is mended.
pub struct Proxy {
    pub port: u16,
    open: Arc<watch::Sender<bool>>,
}

impl Proxy {
    pub async fn to(server: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let open = Arc::new(watch::channel(true).0);
        let (server, switch) = (server.to_owned(), open.clone());
        tokio::spawn(async move {
            while let Ok((mut inbound, _)) = listener.accept().await {
                let (server, mut switch) = (server.clone(), switch.subscribe());
                tokio::spawn(async move {
                    if !*switch.borrow_and_update() {
                        return;
                    }
                    let Ok(mut outbound) = TcpStream::connect(&server).await else { return };
                    tokio::select! {
                        _ = copy_bidirectional(&mut inbound, &mut outbound) => {}
                        _ = switch.wait_for(|open| !open) => {}
                    }
                });
            }
        });
        Self { port, open }
    }

    /// Ends every connection and takes no other.
    pub fn cut(&self) {
        self.open.send_replace(false);
    }

    pub fn mend(&self) {
        self.open.send_replace(true);
    }
}
