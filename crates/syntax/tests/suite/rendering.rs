//! How a diagnostic looks, beyond what the files in `tests/diagnostics/` show.

use distributary_syntax::{Code, Diagnostic, FileId, Sources, Span, parse, render};

fn span(file: FileId, sources: &Sources, text: &str) -> Span {
    let start = sources.get(file).unwrap().text.find(text).unwrap();
    Span::new(file, start..start + text.len())
}

fn concise(text: &str) -> Vec<String> {
    let mut sources = Sources::new();
    sources.add("shop.rules", text);
    parse(&sources).diagnostics.iter().map(|d| render::concise(d, &sources)).collect()
}

#[test]
fn places_in_several_files_are_drawn() {
    let mut sources = Sources::new();
    let orders = sources.add("orders.rules", "// one\nrule paid {\n  on ANY\n  to bsu\n}\n");
    let routes = sources.add("routes.rules", "\nroute bus = sqs {}\nroute bug = sqs {}\n");
    let diagnostic =
        Diagnostic::warning(Code(214), "no route is called `bsu`", span(orders, &sources, "bsu"))
            .note("not declared")
            .label(span(routes, &sources, "bus"), "declared here")
            .label(span(orders, &sources, "paid"), "in this rule")
            .label(span(routes, &sources, "bug"), "and here")
            .help("did you mean `bus`?");
    let drawn = render::full(&diagnostic, &sources, false);
    assert_eq!(
        drawn,
        "\
warning[R214]: no route is called `bsu`
 --> orders.rules:4:6
  |
2 | rule paid {
  |      ---- in this rule
3 |   on ANY
4 |   to bsu
  |      ^^^ not declared
  |
 ::: routes.rules:2:7
  |
2 | route bus = sqs {}
  |       --- declared here
3 | route bug = sqs {}
  |       --- and here
  |
  = help: did you mean `bus`?",
    );
}

#[test]
fn colour_adds_nothing_but_colour() {
    let mut sources = Sources::new();
    let file = sources.add("a.rules", "let a = 1\n");
    let diagnostic = Diagnostic::error(Code(1), "wrong", span(file, &sources, "a")).help("mend it");
    let plain = render::full(&diagnostic, &sources, false);
    let colored = render::full(&diagnostic, &sources, true);
    assert!(!plain.contains('\u{1b}'));
    let stripped: String =
        colored.split('\u{1b}').map(|s| s.split_once('m').map_or(s, |(_, s)| s)).collect();
    assert_eq!(stripped, plain);
}

#[test]
fn line_ends_tabs_and_marks_do_not_move_places() {
    let line = "\tlet b = item.x && vip";
    for text in [
        format!("let a = 1\n{line}\n"),
        format!("let a = 1\r\n{line}\r\n"),
        format!("\u{FEFF}let a = 1\n{line}"),
    ] {
        assert_eq!(concise(&text), ["shop.rules:2:17: error[R108]: `&&` is written `and` here"]);
    }
    let text = "\u{FEFF}let größe = 1 let b = vip && vip";
    assert_eq!(concise(text)[1], "shop.rules:1:27: error[R108]: `&&` is written `and` here");
}

#[test]
fn windows_files_look_like_others() {
    let draw = |text: &str| {
        let mut sources = Sources::new();
        sources.add("shop.rules", text);
        let all = parse(&sources).diagnostics;
        all.iter().map(|d| render::full(d, &sources, false)).collect::<Vec<_>>().join("\n")
    };
    let text = "rule a {\n\ton ANY\n\twhen (item.x = 1\n\tto b\n}\n";
    assert_eq!(draw(&text.replace('\n', "\r\n")), draw(text));
    assert_eq!(draw(&format!("\u{FEFF}{text}")), draw(text));
}
