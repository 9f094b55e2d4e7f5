//! Commands that mend something, as a shell takes them.

/// An `aws` command in a region. Flags whose value is empty have none.
pub(crate) fn aws(region: &str, operation: &str, flags: &[(&str, &str)]) -> String {
    let mut command = format!("aws {operation}");
    for (name, value) in flags {
        command += &format!(" --{name}");
        if !value.is_empty() {
            command.push(' ');
            command += &quoted(value);
        }
    }
    match region {
        "" => command,
        region => format!("{command} --region {}", quoted(region)),
    }
}

/// A text as one word of a shell.
#[must_use]
pub fn quoted(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./:=,@%+".contains(&byte);
    match text.is_empty() || !text.bytes().all(plain) {
        true => format!("'{}'", text.replace('\'', r"'\''")),
        false => text.to_owned(),
    }
}
