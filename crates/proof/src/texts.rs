//! Texts that stand for all texts, where only some boundaries, beginnings, ends and parts matter.
//!
//! The boundaries cut all texts, in the order of their bytes, into intervals. Within an interval
//! only the end and the parts can make a difference. Every text in it either is a beginning of the
//! upper boundary, or has a *stem*: a beginning after which anything may follow without leaving the
//! interval. Behind a stem the parts and the end are put together with characters between them
//! that no literal has, so that nothing is contained by accident.

use std::collections::BTreeSet;

/// So many parts are combined in every way.
const MOST_PARTS: usize = 4;

/// What is asked of a text.
#[derive(Debug, Clone, Default)]
pub(crate) struct Texts {
    /// It is equal to these, before them, after them.
    pub(crate) boundaries: BTreeSet<String>,
    pub(crate) beginnings: BTreeSet<String>,
    pub(crate) ends: BTreeSet<String>,
    pub(crate) parts: BTreeSet<String>,
}

impl Texts {
    /// For every combination of answers as many texts as are asked for, or all that there are.
    /// `None` where that takes too many.
    pub(crate) fn around(&self, copies: usize) -> Option<Vec<String>> {
        if self.parts.len() > MOST_PARTS {
            return None;
        }
        let mut boundaries = self.boundaries.clone();
        boundaries.insert(String::new());
        boundaries.extend(self.beginnings.iter().cloned());
        boundaries.extend(self.beginnings.iter().filter_map(|beginning| after_all(beginning)));
        let boundaries: Vec<String> = boundaries.into_iter().collect();
        let alphabet = self.alphabet(&boundaries);
        let tails = self.tails(&alphabet, copies)?;

        let mut texts = boundaries.clone();
        let upper = boundaries.iter().skip(1).map(|text| Some(text.as_str())).chain([None]);
        for (low, high) in boundaries.iter().zip(upper) {
            texts.extend(beginnings_between(low, high).into_iter().map(str::to_owned));
            // Where nothing inside matters, one is like another.
            let most = if self.parts.is_empty() { 1 } else { usize::MAX };
            for stem in stems(low, high, &alphabet, most) {
                texts.extend(tails.iter().map(|tail| format!("{stem}{tail}")));
            }
        }
        Some(texts)
    }

    /// The characters of all literals.
    fn alphabet(&self, boundaries: &[String]) -> BTreeSet<char> {
        let literals = boundaries.iter().chain(&self.ends).chain(&self.parts);
        literals.flat_map(|literal| literal.chars()).collect()
    }

    /// What may follow a stem: every set of parts, each end, none, and different fillers.
    fn tails(&self, alphabet: &BTreeSet<char>, copies: usize) -> Option<Vec<String>> {
        let fresh = fresh(None, None, alphabet)?;
        let mut tails = Vec::new();
        for chosen in 0..1_usize << self.parts.len() {
            let parts = self.parts.iter().enumerate();
            let parts = parts.filter(|(place, _)| chosen >> place & 1 == 1);
            let inside: String = parts.map(|(_, part)| format!("{part}{fresh}")).collect();
            for copy in 0..copies {
                let filler = fresh.to_string().repeat(copy);
                tails.push(format!("{filler}{inside}"));
                tails.extend(self.ends.iter().map(|end| format!("{filler}{inside}{end}")));
            }
        }
        Some(tails)
    }
}

/// The first text after all that begin with this one. `None` where there is none.
fn after_all(beginning: &str) -> Option<String> {
    let mut kept = beginning.to_owned();
    while let Some(last) = kept.pop() {
        if let Some(next) = (last..=char::MAX).nth(1) {
            kept.push(next);
            return Some(kept);
        }
    }
    None
}

/// The beginnings of the upper boundary that are above the lower one. There are more of them than
/// stems can stand for only where the boundaries are that close.
fn beginnings_between<'t>(low: &str, high: Option<&'t str>) -> Vec<&'t str> {
    let high = high.unwrap_or_default();
    let beginnings = high.char_indices().filter_map(|(place, _)| high.get(..place));
    beginnings.filter(|beginning| *beginning > low).collect()
}

/// Up to so many texts after which anything may follow between these boundaries. Each ends with a
/// character that no literal has, unless there is none in its place.
fn stems(low: &str, high: Option<&str>, alphabet: &BTreeSet<char>, most: usize) -> Vec<String> {
    let mut stems = Vec::new();
    let inside = |text: &str| low < text && high.is_none_or(|h| text < h && !h.starts_with(text));
    let mut grow = |kept: &str, above: Option<char>| {
        let mut push = |stem: String| {
            if stems.len() < most && inside(&stem) {
                stems.push(stem);
            }
        };
        let below = high.and_then(|high| high.strip_prefix(kept)?.chars().next());
        if let Some(next) = fresh(above, below, alphabet) {
            push(format!("{kept}{next}"));
        } else {
            let spacer = fresh(None, None, alphabet);
            let known = alphabet.iter().filter(|c| {
                above.is_none_or(|above| **c > above) && below.is_none_or(|below| **c < below)
            });
            for next in known {
                push(format!("{kept}{next}"));
                spacer.into_iter().for_each(|spacer| push(format!("{kept}{next}{spacer}")));
            }
        }
        stems.len() < most
    };
    let after = low.char_indices().rev();
    let after = after.map(|(place, next)| (low.get(..place).unwrap_or_default(), Some(next)));
    let starts = std::iter::once((low, None)).chain(after);
    let before = beginnings_between(low, high).into_iter().map(|beginning| (beginning, None));
    let _ = starts.chain(before).all(|(kept, above)| grow(kept, above));
    stems
}

/// A character between two others that no literal has, rather a letter.
fn fresh(above: Option<char>, below: Option<char>, alphabet: &BTreeSet<char>) -> Option<char> {
    let fits = |c: &char| {
        above.is_none_or(|above| *c > above)
            && below.is_none_or(|below| *c < below)
            && !alphabet.contains(c)
    };
    let readable = "xyzabcdefghijklmnopqrstuvwXYZABCDEFGHIJKLMNOPQRSTUVW0123456789".chars();
    let first = above.unwrap_or('\0');
    let last = below.unwrap_or(char::MAX);
    readable.chain('!'..='~').chain(first..=last).find(fits)
}

#[cfg(test)]
mod tests {
    use super::Texts;

    fn set(texts: &[&str]) -> std::collections::BTreeSet<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    /// All texts of up to so many of a few characters give no answers that the chosen ones do not.
    #[test]
    fn every_combination_of_answers_is_there() {
        let characters = ['\0', '#', 'a', 'b', 'c', 'x'];
        let mut all = vec![String::new()];
        let mut longest = all.clone();
        for _ in 0..5 {
            longest = longest
                .iter()
                .flat_map(|text| characters.iter().map(move |c| format!("{text}{c}")))
                .collect();
            all.extend(longest.iter().cloned());
        }
        let worlds = [
            (set(&[]), set(&[]), set(&[]), set(&[])),
            (set(&["a", "b"]), set(&[]), set(&[]), set(&[])),
            (set(&["a", "a\0"]), set(&[]), set(&[]), set(&[])),
            (set(&["a", "a\0\0b"]), set(&["a"]), set(&["b"]), set(&["ab"])),
            (set(&["b"]), set(&["ab", "a"]), set(&["bc", "c"]), set(&["b", "bb"])),
            (set(&["a", "c"]), set(&["ab"]), set(&["ab"]), set(&["ba"])),
            (set(&["abc"]), set(&["a"]), set(&["a#"]), set(&["bc", "c#"])),
        ];
        for (boundaries, beginnings, ends, parts) in worlds {
            let texts = Texts { boundaries, beginnings, ends, parts };
            let answers = |text: &String| {
                let order: Vec<_> = texts.boundaries.iter().map(|b| text.cmp(b)).collect();
                let yes = |asked: &std::collections::BTreeSet<String>,
                           ask: &dyn Fn(&str) -> bool| {
                    asked.iter().map(|part| ask(part)).collect::<Vec<_>>()
                };
                let beginnings = yes(&texts.beginnings, &|part| text.starts_with(part));
                let ends = yes(&texts.ends, &|part| text.ends_with(part));
                (order, beginnings, ends, yes(&texts.parts, &|part| text.contains(part)))
            };
            let chosen: Vec<String> = texts.around(1).unwrap();
            let found: std::collections::HashSet<_> = chosen.iter().map(answers).collect();
            for text in &all {
                assert!(found.contains(&answers(text)), "{text:?} is like none of {chosen:?}");
            }
        }
    }

    #[test]
    fn copies_are_different_texts() {
        let texts = Texts { beginnings: set(&["P#"]), ..Texts::default() };
        let mut all = texts.around(3).unwrap();
        all.sort();
        all.dedup();
        let within = all.iter().filter(|text| text.starts_with("P#") && text.len() > 2);
        assert!(within.count() >= 3, "{all:?}");
    }
}
