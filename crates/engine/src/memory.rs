//! Resume tokens in this process: what makes retries exact where there is no ledger, or where it is
//! out of reach.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use distributary_router::{Token, TokenKey};

/// So many records and deliveries are remembered, about 10 MB of them.
const CAPACITY: usize = 100_000;

/// The latest tokens, oldest first.
#[derive(Default)]
pub(crate) struct Memory {
    tokens: Mutex<VecDeque<(TokenKey, Token)>>,
}

impl Memory {
    pub(crate) fn read(&self, key: &TokenKey) -> Option<Token> {
        let tokens = self.tokens();
        tokens.iter().find(|(other, _)| other == key).map(|(_, token)| token.clone())
    }

    /// Keeps a token in the place of the one with this key, and forgets the oldest ones that it
    /// leaves no room for.
    pub(crate) fn write(&self, key: TokenKey, token: Token) {
        self.forget(&key);
        let mut tokens = self.tokens();
        tokens.push_back((key, token));
        let mut taken: usize = tokens.iter().map(|(_, token)| weight(token)).sum();
        while taken > CAPACITY
            && let Some((_, oldest)) = tokens.pop_front()
        {
            taken -= weight(&oldest);
        }
    }

    pub(crate) fn forget(&self, key: &TokenKey) {
        self.tokens().retain(|(other, _)| other != key);
    }

    fn tokens(&self) -> MutexGuard<'_, VecDeque<(TokenKey, Token)>> {
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn weight(token: &Token) -> usize {
    token.records.iter().map(|record| 1 + record.deliveries.len()).sum()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use distributary_router::Settled;

    use super::*;

    fn key(sequence: usize) -> TokenKey {
        TokenKey { stream: "arn".to_owned(), sequence: sequence.to_string() }
    }

    fn token(records: usize) -> Token {
        let record = |n: usize| Settled { sequence: n.to_string(), deliveries: BTreeSet::new() };
        Token { rules: "hash".to_owned(), records: (0..records).map(record).collect() }
    }

    #[test]
    fn the_oldest_are_forgotten_when_there_is_no_room() {
        let memory = Memory::default();
        for at in 0..12 {
            memory.write(key(at), token(10_000));
        }
        let kept: Vec<_> = (0..12).filter(|at| memory.read(&key(*at)).is_some()).collect();
        assert_eq!(kept, (2..12).collect::<Vec<_>>());
        memory.write(key(12), token(35_000));
        let kept: Vec<_> = (0..13).filter(|at| memory.read(&key(*at)).is_some()).collect();
        assert_eq!(kept, (6..13).collect::<Vec<_>>(), "several make room for a large one");
    }

    #[test]
    fn a_key_has_one_token_until_it_is_forgotten() {
        let memory = Memory::default();
        memory.write(key(1), token(3));
        memory.write(key(1), token(5));
        assert_eq!(memory.read(&key(1)), Some(token(5)));
        memory.forget(&key(1));
        assert_eq!(memory.read(&key(1)), None);
    }
}
