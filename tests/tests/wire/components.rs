//! The components keep to themselves: loopback only, and gone when we are.

use std::collections::BTreeSet;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use distributary_tests::components::{self, Server};

/// The addresses on which a process listens, as the kernel writes them.
fn listening(process: u32) -> BTreeSet<String> {
    let sockets: BTreeSet<String> = fs::read_dir(format!("/proc/{process}/fd"))
        .unwrap()
        .filter_map(|file| fs::read_link(file.ok()?.path()).ok())
        .filter_map(|file| {
            let inode = file.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?;
            Some(inode.to_owned())
        })
        .collect();
    let tables = ["tcp", "tcp6"].map(|table| fs::read_to_string(format!("/proc/net/{table}")));
    let tables: String = tables.into_iter().flatten().collect();
    tables
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>())
        // Number, local address, remote address, state (0A listens), …, inode.
        .filter(|fields| fields.len() > 9 && fields[3] == "0A" && sockets.contains(fields[9]))
        .map(|fields| fields[1].split(':').next().unwrap().to_owned())
        .collect()
}

fn listens_on_loopback_until_dropped(server: Server) {
    let port: u16 = server.endpoint().rsplit(':').next().unwrap().parse().unwrap();
    // An answer says that everything is started that is going to be.
    let mut connection = TcpStream::connect(("127.0.0.1", port)).unwrap();
    connection.write_all(b"GET / HTTP/1.0\r\n\r\n").unwrap();
    connection.read_exact(&mut [0]).unwrap();
    if cfg!(target_os = "linux") {
        let addresses = listening(server.id());
        let loopback = ["0100007F", "0000000000000000FFFF00000100007F"];
        assert!(!addresses.is_empty());
        assert!(addresses.iter().all(|it| loopback.contains(&it.as_str())), "{addresses:?}");
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
