//! Things by a small number that is given out anew once it is free, so that the numbers stay small.

/// Things by number.
#[derive(Clone, Debug)]
pub(super) struct Slots<T> {
    things: Vec<Option<T>>,
    free: Vec<u32>,
}

impl<T> Default for Slots<T> {
    fn default() -> Self {
        Self { things: Vec::new(), free: Vec::new() }
    }
}

impl<T> Slots<T> {
    /// Keeps a thing; returns its number.
    pub(super) fn put(&mut self, thing: T) -> u32 {
        let next = u32::try_from(self.things.len()).unwrap_or(u32::MAX);
        let number = self.free.pop().unwrap_or(next);
        match self.things.get_mut(number as usize) {
            Some(slot) => *slot = Some(thing),
            None => self.things.push(Some(thing)),
        }
        number
    }

    pub(super) fn take(&mut self, number: u32) -> Option<T> {
        let thing = self.things.get_mut(number as usize)?.take()?;
        self.free.push(number);
        Some(thing)
    }

    pub(super) fn find(&self, number: u32) -> Option<&T> {
        self.things.get(number as usize)?.as_ref()
    }

    pub(super) fn find_mut(&mut self, number: u32) -> Option<&mut T> {
        self.things.get_mut(number as usize)?.as_mut()
    }
}
