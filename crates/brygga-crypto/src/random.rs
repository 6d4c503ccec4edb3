//! The one place where our code takes randomness from the operating system.
//!
//! Everything but [`crate::seal()`] takes a generator as an argument, so that tests repeat.

use std::convert::Infallible;

use rand_core::{TryCryptoRng, TryRng};

/// The generator of the TLS library, seeded by the operating system.
///
/// It has no state of its own; make one wherever the binary needs one.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemRandom;

impl TryRng for SystemRandom {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        // AWS-LC stops the process itself when the system has no randomness, so
        // the error is never returned; going on without it would be worse still.
        aws_lc_rs::rand::fill(bytes).expect("randomness of the operating system");
        Ok(())
    }
}

impl TryCryptoRng for SystemRandom {}

#[cfg(test)]
mod tests {
    use rand_core::Rng;

    use super::*;

    #[test]
    fn two_draws_differ() {
        let mut first = [0; 32];
        let mut second = [0; 32];
        SystemRandom.fill_bytes(&mut first);
        SystemRandom.fill_bytes(&mut second);
        assert_ne!(first, second);
        assert_ne!(first, [0; 32]);
        assert_ne!(SystemRandom.next_u64(), SystemRandom.next_u64());
    }
}
