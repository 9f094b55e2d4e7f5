//! `distributary conformance`, as far as it goes without an account.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::thread;

use crate::{command, distributary, folder};

#[test]
fn a_profile_is_the_account_whatever_the_environment_has() {
    let profile = "[profile sandbox]\naws_access_key_id = OF-PROFILE\naws_secret_access_key = s\n";
    let config = folder("profile", &[("config", profile)]).join("config");
    let service = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", service.local_addr().unwrap());
    let asked = thread::spawn(move || {
        let (mut stream, _) = service.accept().unwrap();
        let mut request = Vec::new();
        while !request.windows(4).any(|four| four == b"\r\n\r\n") {
            let mut some = [0; 4096];
            let read = stream.read(&mut some).unwrap();
            request.extend_from_slice(&some[..read]);
        }
        stream.write_all(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n").unwrap();
        String::from_utf8_lossy(&request).into_owned()
    });
    let stderr_of = |profile: &str| {
        let output = command(&["conformance", "--profile", profile, "--endpoint-url", &endpoint])
            .env("AWS_CONFIG_FILE", &config)
            .env("AWS_ACCESS_KEY_ID", "OF-ENVIRONMENT")
            .env("AWS_SECRET_ACCESS_KEY", "s")
            .env("AWS_REGION", "eu-central-1")
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(2));
        String::from_utf8(output.stderr).unwrap()
    };

    let stderr = stderr_of("sandpit");
    assert!(stderr.contains("the profile `sandpit` gives no AWS credentials"), "{stderr}");
    stderr_of("sandbox");
    let request = asked.join().unwrap();
    assert!(request.contains("Credential=OF-PROFILE/"), "{request}");
}

#[test]
fn what_cannot_be_tested_is_refused_before_an_account_is_asked() {
    let said = |arguments: &[&str]| {
        let ran = distributary(arguments);
        assert_eq!(ran.code, 2, "{ran:?}");
        ran.stderr
    };
    let stderr = said(&["conformance", "--only", "s3-if-mach"]);
    assert!(
        stderr.contains("no assumption `s3-if-mach`: did you mean `s3-if-match`? `distributary")
    );
    let stderr = said(&["conformance", "--package", "nowhere.zip"]);
    assert_eq!(stderr, "error: cannot read `nowhere.zip`: there is no such file or directory\n");
    let stderr = said(&["conformance", "--package", "README.md"]);
    let expected = "`README.md`: it is no zip; `cargo xtask package` writes one\n";
    assert_eq!(stderr, format!("error: cannot use the function {expected}"));
}
