//! All the ways that a run can take: each run follows one and notes where it could have turned.

use std::sync::Mutex;

/// The turns of one run, from the first on.
pub(crate) struct Trail {
    state: Mutex<State>,
}

#[derive(Clone)]
struct State {
    /// Which turn was taken, and of how many.
    turns: Vec<(usize, usize)>,
    /// How many of them this run has taken.
    at: usize,
    left: Misfortune,
}

/// How much may go wrong in one run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Misfortune {
    /// Sandboxes that die.
    pub crashes: usize,
    /// Calls and answers that a fault befalls.
    pub faults: usize,
    /// Batches that the function is invoked with twice at once.
    pub doubles: usize,
}

impl Trail {
    /// The first of all runs: nothing goes wrong, and every other turn is the first.
    pub(crate) fn first(left: Misfortune) -> Self {
        Trail { state: Mutex::new(State { turns: Vec::new(), at: 0, left }) }
    }

    /// The run after this one, which shares its beginning with it for as long as possible; `None`
    /// where there is no other.
    pub(crate) fn next(&self, left: Misfortune) -> Option<Self> {
        let State { mut turns, at, .. } = self.state.lock().unwrap().clone();
        assert!(at == turns.len(), "a run does not come by where the one before it came by");
        while let Some((turn, of)) = turns.pop() {
            if turn + 1 < of {
                turns.push((turn + 1, of));
                return Some(Trail { state: Mutex::new(State { turns, at: 0, left }) });
            }
        }
        None
    }

    /// One of so many turns.
    pub(crate) fn turn(&self, of: usize) -> usize {
        self.state.lock().unwrap().turn(of)
    }

    /// What of so many things goes wrong; 0 for none of them.
    pub(crate) fn mishap(&self, of: usize) -> usize {
        self.limited(of, |left| &mut left.faults)
    }

    /// Whether the sandbox that asks dies.
    pub(crate) fn dies(&self) -> bool {
        self.limited(2, |left| &mut left.crashes) > 0
    }

    /// Whether a batch goes to the function twice.
    pub(crate) fn doubles(&self) -> bool {
        self.limited(2, |left| &mut left.doubles) > 0
    }

    fn limited(&self, of: usize, left: impl Fn(&mut Misfortune) -> &mut usize) -> usize {
        let mut state = self.state.lock().unwrap();
        if *left(&mut state.left) == 0 {
            return 0;
        }
        let turn = state.turn(of);
        *left(&mut state.left) -= usize::from(turn > 0);
        turn
    }

    /// The turns, to find the run again.
    pub(crate) fn turns(&self) -> String {
        let state = self.state.lock().unwrap();
        let turns = state.turns.iter().take(state.at).map(|(turn, _)| turn.to_string());
        turns.collect::<Vec<_>>().join(" ")
    }
}

impl State {
    fn turn(&mut self, of: usize) -> usize {
        if of < 2 {
            return 0;
        }
        let turn = match self.turns.get(self.at) {
            Some((turn, _)) => *turn,
            None => {
                self.turns.push((0, of));
                0
            }
        };
        self.at += 1;
        turn
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: Misfortune = Misfortune { crashes: 0, faults: 1, doubles: 0 };

    #[test]
    fn every_way_is_taken_once() {
        let (mut trail, mut ways) = (Trail::first(ONE), Vec::new());
        loop {
            let way = [trail.turn(2), trail.mishap(3), trail.mishap(2), usize::from(trail.dies())];
            ways.push(way);
            match trail.next(ONE) {
                Some(next) => trail = next,
                None => break,
            }
        }
        let expected: Vec<[usize; 4]> = [0, 1]
            .into_iter()
            .flat_map(|turn| [[0, 0], [0, 1], [1, 0], [2, 0]].map(|[a, b]| [turn, a, b, 0]))
            .collect();
        assert_eq!(ways, expected);
    }
}
