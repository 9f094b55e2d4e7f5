//! A route's retry tokens: when nearly everything fails, trying again makes it worse.

/// The figures of the SDKs' standard retry mode: what a bucket holds, what a retry takes, and what a
/// request that gets through at once gives back.
const CAPACITY: u32 = 500;
const RETRY: u32 = 5;
const SUCCESS: u32 = 1;

/// Tokens that every retry of a route takes and every success gives back. It stays with its lane
/// from run to run.
#[derive(Debug)]
pub(crate) struct Bucket(u32);

impl Default for Bucket {
    fn default() -> Self {
        Bucket(CAPACITY)
    }
}

impl Bucket {
    /// Pays for the retry of a request; `false` where nothing is left.
    pub(crate) fn take(&mut self) -> bool {
        let left = self.0.checked_sub(RETRY);
        self.0 = left.unwrap_or(self.0);
        left.is_some()
    }

    /// A request got something through; a retry gets its price back.
    pub(crate) fn give_back(&mut self, retried: bool) {
        self.0 = CAPACITY.min(self.0 + if retried { RETRY } else { SUCCESS });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn retries(bucket: &mut Bucket) -> usize {
        std::iter::from_fn(|| bucket.take().then_some(())).count()
    }

    #[test]
    fn a_hundred_retries_in_vain_empty_it() {
        assert_eq!(retries(&mut Bucket::default()), 100);
    }

    #[test]
    fn what_gets_through_fills_it_up_to_its_capacity() {
        let mut bucket = Bucket::default();
        retries(&mut bucket);
        (0..9).for_each(|_| bucket.give_back(false));
        assert_eq!(retries(&mut bucket), 1);
        bucket.give_back(true);
        assert_eq!(retries(&mut bucket), 1);
        (0..1_000).for_each(|_| bucket.give_back(true));
        assert_eq!(retries(&mut bucket), 100);
    }
}
