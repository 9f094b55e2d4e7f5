//! From what a scan found to the rules that may fire.

use aho_corasick::{AhoCorasick, MatchKind};
use distributary_scan::{NumberKey, Scan};
use hashbrown::HashMap;

use crate::anchor::Anchor;
use crate::question::Bound;
use crate::seen::Seen;

/// The rules of one source, by their anchors. Rules are numbers.
#[derive(Debug, Clone, Default)]
pub(crate) struct Index {
    /// Rules without an anchor.
    always: Vec<u32>,
    /// By the attribute's number.
    attributes: Vec<Option<Box<Attribute>>>,
}

/// The rules that one attribute leads to.
#[derive(Debug, Clone, Default)]
struct Attribute {
    present: Vec<u32>,
    values: HashMap<Seen<'static>, Vec<u32>>,
    /// By the number that must be reached from below or passed, ascending.
    above: Vec<(NumberKey, u32)>,
    below: Vec<(NumberKey, u32)>,
    parts: HashMap<Box<[u8]>, Vec<u32>>,
    texts: Option<Texts>,
}

/// Finds all parts of a text in one pass.
#[derive(Debug, Clone)]
struct Texts {
    automaton: AhoCorasick,
    rules: Vec<Vec<u32>>,
}

impl Index {
    /// Enters a rule that is found by any of these; always, where there is none.
    pub(crate) fn enter(&mut self, rule: u32, anchors: Option<&[Anchor]>) {
        let Some(anchors) = anchors else { return self.always.push(rule) };
        for anchor in anchors.iter().cloned() {
            match anchor {
                Anchor::Value(slot, value) => {
                    self.attribute(slot, |at| at.values.entry(value).or_default().push(rule));
                }
                Anchor::Part(slot, part) => {
                    self.attribute(slot, |at| at.parts.entry(part).or_default().push(rule));
                }
                Anchor::Beyond(slot, Bound::Above, than) => {
                    self.attribute(slot, |at| at.above.push((than, rule)));
                }
                Anchor::Beyond(slot, Bound::Below, than) => {
                    self.attribute(slot, |at| at.below.push((than, rule)));
                }
                Anchor::Present(slot) => self.attribute(slot, |at| at.present.push(rule)),
            }
        }
    }

    fn attribute(&mut self, slot: u32, enter: impl FnOnce(&mut Attribute)) {
        let places = self.attributes.len().max(slot as usize + 1);
        self.attributes.resize(places, None);
        if let Some(place) = self.attributes.get_mut(slot as usize) {
            enter(place.get_or_insert_default());
        }
    }

    /// Sorts what is looked up by order, and builds what looks for parts of texts.
    pub(crate) fn finish(&mut self) {
        for attribute in self.attributes.iter_mut().flatten() {
            attribute.above.sort_unstable();
            attribute.below.sort_unstable();
            let (parts, rules): (Vec<_>, Vec<_>) =
                std::mem::take(&mut attribute.parts).into_iter().unzip();
            let automaton = AhoCorasick::builder().match_kind(MatchKind::Standard).build(&parts);
            match automaton {
                Ok(automaton) if !parts.is_empty() => {
                    attribute.texts = Some(Texts { automaton, rules });
                }
                // Too many parts for one automaton: their rules are asked whenever there is a text.
                _ => attribute.present.extend(rules.into_iter().flatten()),
            }
        }
    }

    /// Adds the rules that may fire, each once, ascending.
    pub(crate) fn candidates(&self, scan: &Scan, bytes: &[u8], out: &mut Vec<u32>) {
        out.extend(&self.always);
        for slot in scan.present() {
            if let Some(Some(attribute)) = self.attributes.get(*slot as usize) {
                out.extend(&attribute.present);
                if let Some(seen) = Seen::of(scan.found(*slot), bytes) {
                    attribute.lead(&seen, out);
                }
            }
        }
        out.sort_unstable();
        out.dedup();
    }
}

impl Attribute {
    fn lead(&self, seen: &Seen<'_>, out: &mut Vec<u32>) {
        if let Some(rules) = self.values.get(seen) {
            out.extend(rules);
        }
        match seen {
            Seen::Number(key) => {
                let reached = self.above.partition_point(|(than, _)| than <= key);
                out.extend(self.above.iter().take(reached).map(|(_, rule)| rule));
                let passed = self.below.partition_point(|(than, _)| than < key);
                out.extend(self.below.iter().skip(passed).map(|(_, rule)| rule));
            }
            Seen::Text(text) => {
                let Some(Texts { automaton, rules }) = &self.texts else { return };
                for found in automaton.find_overlapping_iter(text.as_ref()) {
                    out.extend(rules.get(found.pattern().as_usize()).into_iter().flatten());
                }
            }
            Seen::Null | Seen::Bool(_) => {}
        }
    }
}
