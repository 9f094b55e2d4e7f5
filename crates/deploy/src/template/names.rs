//! Logical ids, which have letters and digits alone.

/// The logical id of something with a name of the rules: `order_events` and `Queue` make
/// `OrderEventsQueue`.
pub(super) fn logical_id(name: &str, suffix: &str) -> String {
    let mut id = String::new();
    for word in name.split(|c: char| !c.is_ascii_alphanumeric()) {
        let mut letters = word.chars();
        id.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        id.push_str(letters.as_str());
    }
    id + suffix
}
