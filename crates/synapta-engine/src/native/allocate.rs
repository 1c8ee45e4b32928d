//! Vector registers as a cache of places.
//!
//! Every place has its home in memory, and a value that has to leave its register goes there: nothing else can stand
//! there while the value is still to be read. What is given up is the value read last of all (Belady 1966, IBM Syst. J.
//! 5:78, doi 10.1147/sj.52.0078). Values that memory must hold at the end are stored when they are made; the others
//! only if they have to leave.

use super::line::Place;
use super::liveness::NEVER;

/// What a register holds.
#[derive(Clone, Copy, Debug)]
struct Held {
    place: Place,
    /// The next step that reads it.
    next: u32,
    /// True if memory has an older value.
    dirty: bool,
}

/// Registers and what they hold.
pub(super) struct Registers {
    held: Vec<Option<Held>>,
    /// Register of each place, if it has one.
    at: Vec<Option<u8>>,
    /// Registers that the current step needs.
    pinned: u32,
    /// The next call, at which all registers are lost.
    call: u32,
}

/// A register to use, and what has to be stored from it before.
#[derive(Debug, PartialEq)]
pub(super) struct Granted {
    pub register: u8,
    pub store: Option<Place>,
}

impl Registers {
    pub fn new(count: usize, places: usize) -> Registers {
        Registers { held: vec![None; count], at: vec![None; places], pinned: 0, call: NEVER }
    }

    /// Begins a step.
    pub fn begin(&mut self, next_call: u32) {
        self.pinned = 0;
        self.call = next_call;
    }

    /// The register of a place, which the step then needs.
    pub fn find(&mut self, place: Place) -> Option<u8> {
        let register = self.at[place as usize]?;
        self.pinned |= 1 << register;
        Some(register)
    }

    /// A register free to be written: an empty one, or that of the value read last. `None` if the step needs all.
    pub fn grant(&mut self) -> Option<Granted> {
        let free = (0..self.held.len()).filter(|r| self.pinned >> r & 1 == 0);
        let register = free.max_by_key(|r| self.distance(*r))?;
        self.pinned |= 1 << register;
        let store = self.held[register].take().and_then(|h| {
            self.at[h.place as usize] = None;
            (h.dirty && h.next != NEVER).then_some(h.place)
        });
        Some(Granted { register: register as u8, store })
    }

    /// How far a register's next read is; what a call takes away is as good as never read, and an empty register best.
    fn distance(&self, register: usize) -> u64 {
        match self.held[register] {
            None => u64::from(NEVER) + 1,
            Some(h) if h.next > self.call => u64::from(NEVER),
            Some(h) => u64::from(h.next),
        }
    }

    /// True if a value in memory that is read again at `next` earns a register.
    pub fn earns(&self, next: u32) -> bool {
        next < self.call
            && (0..self.held.len()).any(|r| self.pinned >> r & 1 == 0 && self.distance(r) > u64::from(next))
    }

    /// Notes that a register got the value of a place from memory.
    pub fn loaded(&mut self, register: u8, place: Place) {
        self.put(register, Held { place, next: 0, dirty: false });
    }

    /// Notes when an argument is read next; its register is free if never. Returns that register.
    pub fn read(&mut self, place: Place, next: u32) {
        let Some(register) = self.at[place as usize] else { return };
        if next == NEVER {
            self.drop_place(place);
        } else if let Some(held) = &mut self.held[register as usize] {
            held.next = next;
        }
    }

    /// Notes that a place got a value, in a register.
    pub fn written(&mut self, register: u8, place: Place, next: u32, dirty: bool) {
        self.drop_place(place);
        if next == NEVER {
            self.clear(register);
        } else {
            self.put(register, Held { place, next, dirty });
        }
    }

    /// Forgets a place whose value is in memory or no longer needed.
    pub fn drop_place(&mut self, place: Place) {
        if let Some(register) = self.at[place as usize].take() {
            self.held[register as usize] = None;
        }
    }

    /// Empties all registers; gives those that must be stored first.
    pub fn flush(&mut self) -> Vec<(u8, Place)> {
        let mut stores = vec![];
        for register in 0..self.held.len() {
            if let Some(h) = self.held[register].take() {
                self.at[h.place as usize] = None;
                if h.dirty && h.next != NEVER {
                    stores.push((register as u8, h.place));
                }
            }
        }
        stores
    }

    fn put(&mut self, register: u8, held: Held) {
        self.clear(register);
        self.at[held.place as usize] = Some(register);
        self.held[register as usize] = Some(held);
    }

    fn clear(&mut self, register: u8) {
        if let Some(h) = self.held[register as usize].take() {
            self.at[h.place as usize] = None;
        }
    }
}
