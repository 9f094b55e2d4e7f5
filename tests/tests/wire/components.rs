//! The components keep to themselves: loopback only, and gone when we are.

use std::net::{TcpStream, UdpSocket};
use std::time::{Duration, Instant};

use distributary_tests::components::{self, Server};

fn port(server: &Server) -> u16 {
    server.endpoint().rsplit(':').next().unwrap().parse().unwrap()
}

/// The address that this machine has towards others, if it has one. Nothing is sent.
fn own_address() -> Option<String> {
    let socket = UdpSocket::bind("0.0.0.0:0").ok()?;
    socket.connect("192.0.2.1:9").ok()?;
    Some(socket.local_addr().ok()?.ip().to_string())
}

fn listens_on_loopback_until_dropped(server: Server) {
    let port = port(&server);
    TcpStream::connect(("127.0.0.1", port)).unwrap();
    if let Some(address) = own_address() {
        assert!(TcpStream::connect((address.as_str(), port)).is_err(), "{address} answers");
    }

    drop(server);

    let start = Instant::now();
    while TcpStream::connect(("127.0.0.1", port)).is_ok() {
        assert!(start.elapsed() < Duration::from_secs(5), "it still listens");
    }
}

#[test]
fn dynamodb_local_listens_on_loopback_until_dropped() {
    listens_on_loopback_until_dropped(components::start_dynamodb().unwrap());
}

#[test]
fn ministack_listens_on_loopback_until_dropped() {
    listens_on_loopback_until_dropped(components::start_ministack().unwrap());
}
