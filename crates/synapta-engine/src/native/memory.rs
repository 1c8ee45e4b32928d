//! Executable memory, and the jump into it.

use memmap2::{Mmap, MmapMut};

/// Finished code. The pages are written while they are writable only, then made executable, never both at once.
#[derive(Debug)]
pub(super) struct Code {
    pages: Mmap,
}

/// What made code looks like from outside: up to four arrays of doubles; the result is a bit for each lane.
type Entry = unsafe extern "sysv64" fn(*mut f64, *const f64, *mut f64, *mut f64) -> u32;

impl Code {
    /// Puts bytes into executable pages; `None` where the system allows none.
    pub fn new(bytes: &[u8]) -> Option<Code> {
        let mut pages = MmapMut::map_anon(bytes.len().max(1)).ok()?;
        pages[..bytes.len()].copy_from_slice(bytes);
        Some(Code { pages: pages.make_exec().ok()? })
    }

    /// Length in bytes.
    pub fn len(&self) -> usize {
        self.pages.len()
    }

    /// Runs the function at `entry`.
    ///
    /// # Safety
    /// `entry` is one that the assembler of these bytes gave, and the arrays are as long as that function's line says.
    pub unsafe fn run(&self, entry: usize, a: *mut f64, b: *const f64, c: *mut f64, d: *mut f64) -> u32 {
        let start = self.pages[entry..].as_ptr();
        // SAFETY: `start` is the first instruction of a function of this type, which keeps to the calling convention,
        // does not unwind, and touches the arrays inside the bounds the caller vouches for.
        unsafe {
            let entry: Entry = std::mem::transmute(start);
            entry(a, b, c, d)
        }
    }
}
