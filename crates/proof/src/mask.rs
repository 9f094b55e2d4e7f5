//! Sets of truths: all that a condition may still turn out to be.

use std::ops::{BitOr, Not};

use distributary_rules::Truth;

/// Any of the three truths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Mask(u8);

impl Mask {
    pub(crate) const NONE: Mask = Mask(0);
    pub(crate) const FALSE: Mask = Mask(1);
    pub(crate) const UNKNOWN: Mask = Mask(2);
    pub(crate) const TRUE: Mask = Mask(4);
    pub(crate) const NOT_TRUE: Mask = Mask(3);
    pub(crate) const NOT_FALSE: Mask = Mask(6);
    pub(crate) const ANY: Mask = Mask(7);

    /// What `and` makes of one of these and one of those.
    pub(crate) fn and(self, other: Mask) -> Mask {
        if self == Mask::NONE || other == Mask::NONE {
            return Mask::NONE;
        }
        let falsehood = (self | other).0 & Mask::FALSE.0;
        let truth = self.0 & other.0 & Mask::TRUE.0;
        let unknown = self.meets(Mask::UNKNOWN) && other.meets(Mask::NOT_FALSE)
            || other.meets(Mask::UNKNOWN) && self.meets(Mask::NOT_FALSE);
        Mask(falsehood | truth | if unknown { Mask::UNKNOWN.0 } else { 0 })
    }

    /// What `or` makes of one of these and one of those.
    pub(crate) fn or(self, other: Mask) -> Mask {
        !(!self).and(!other)
    }

    /// Whether they have a truth in common.
    pub(crate) fn meets(self, other: Mask) -> bool {
        self.0 & other.0 != 0
    }

    /// Whether there is nothing in it that is not in the other.
    pub(crate) fn within(self, other: Mask) -> bool {
        self.0 & !other.0 == 0
    }
}

impl From<Truth> for Mask {
    fn from(truth: Truth) -> Self {
        match truth {
            Truth::False => Mask::FALSE,
            Truth::Unknown => Mask::UNKNOWN,
            Truth::True => Mask::TRUE,
        }
    }
}

impl BitOr for Mask {
    type Output = Mask;

    fn bitor(self, other: Mask) -> Mask {
        Mask(self.0 | other.0)
    }
}

/// What `not` makes of each.
impl Not for Mask {
    type Output = Mask;

    fn not(self) -> Mask {
        Mask(self.0 >> 2 & 1 | self.0 & 2 | (self.0 & 1) << 2)
    }
}

#[cfg(test)]
mod tests {
    use super::Mask;
    use distributary_rules::Truth;

    const TRUTHS: [Truth; 3] = [Truth::False, Truth::Unknown, Truth::True];

    fn of(bits: u8) -> Vec<Truth> {
        TRUTHS.into_iter().filter(|truth| Mask::from(*truth).within(Mask(bits))).collect()
    }

    #[test]
    fn sets_of_truths_follow_the_logic_of_single_ones() {
        for (a, b) in (0..8).flat_map(|a| (0..8).map(move |b| (a, b))) {
            let pairs = || of(a).into_iter().flat_map(|x| of(b).into_iter().map(move |y| (x, y)));
            let all = |truths: &mut dyn Iterator<Item = Truth>| {
                truths.fold(Mask::NONE, |mask, truth| mask | truth.into())
            };
            assert_eq!(Mask(a).and(Mask(b)), all(&mut pairs().map(|(x, y)| x.and(y))));
            assert_eq!(Mask(a).or(Mask(b)), all(&mut pairs().map(|(x, y)| x.or(y))));
            assert_eq!(!Mask(a), all(&mut of(a).into_iter().map(|x| !x)));
        }
    }
}
