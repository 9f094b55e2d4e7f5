//! How much may be spent on proofs.

/// A limit on the work, in steps. It is counted, not timed, so that the same rules have the same
/// findings everywhere; a step takes some ten nanoseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fuel {
    /// For one question about one rule or a pair of rules.
    pub question: u64,
    /// For pairs of rules, per rule of the program; a hundred questions come on top.
    pub rule: u64,
}

impl Default for Fuel {
    fn default() -> Self {
        Fuel { question: 200_000, rule: 10_000 }
    }
}

/// What is left.
#[derive(Debug)]
pub(crate) struct Tank {
    question: u64,
    pairs: u64,
}

impl Fuel {
    pub(crate) fn for_rules(self, rules: usize) -> Tank {
        let questions = self.question.saturating_mul(100);
        let pairs = self.rule.saturating_mul(rules as u64).saturating_add(questions);
        Tank { question: self.question, pairs }
    }
}

impl Tank {
    /// For one question about one rule.
    pub(crate) fn question(&self) -> u64 {
        self.question
    }

    /// For one question about a pair of rules.
    pub(crate) fn pair(&self) -> u64 {
        self.question.min(self.pairs)
    }

    /// Takes what pairs have cost. Says whether there was enough.
    pub(crate) fn take(&mut self, spent: u64) -> bool {
        let enough = self.pairs >= spent;
        self.pairs = self.pairs.saturating_sub(spent);
        enough
    }
}
