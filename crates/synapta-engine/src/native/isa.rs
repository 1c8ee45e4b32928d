//! Instruction sets: which there are, which is used, and how to compile work on lanes for each.

use thiserror::Error;

/// An instruction set this machine has. Values exist only of sets that were found, so holding one is proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Isa(Level);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Portable,
    Avx2,
    Avx512,
}

/// `SYNAPTA_ISA` asks for something that cannot be had.
#[derive(Debug, Clone, Error, PartialEq)]
pub enum IsaError {
    /// The word is not one of the known ones.
    #[error("SYNAPTA_ISA is `{0}`; expected portable, avx2 or avx512, or leave it unset")]
    Unknown(String),
    /// The word is known, the machine cannot.
    #[error("SYNAPTA_ISA asks for {0}, which this machine does not have; leave it unset")]
    Missing(String),
}

/// Work on lanes that can be compiled for several instruction sets.
///
/// [`Isa::run`] puts `run` into a function compiled for the set. Mark `run` and everything it calls on lanes
/// `#[inline(always)]`: what is called, not inlined, is compiled for the portable set. The compiler never joins a
/// product and a sum by itself, and `f64::mul_add` is rounded once on every set, so the numbers are the same.
pub(crate) trait Work {
    /// What the work gives.
    type Output;
    /// Does it.
    fn run(self) -> Self::Output;
}

impl Isa {
    /// No more than the target's base.
    pub const PORTABLE: Isa = Isa(Level::Portable);

    /// All sets of this machine, the best last.
    pub fn available() -> Vec<Isa> {
        #[cfg(target_arch = "x86_64")]
        let (avx2, avx512) = (
            is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma"),
            is_x86_feature_detected!("avx512f")
                && is_x86_feature_detected!("avx512dq")
                && is_x86_feature_detected!("avx512vl"),
        );
        #[cfg(not(target_arch = "x86_64"))]
        let (avx2, avx512) = (false, false);
        let found = [(Level::Portable, true), (Level::Avx2, avx2), (Level::Avx512, avx2 && avx512)];
        found.into_iter().filter(|(_, there)| *there).map(|(level, _)| Isa(level)).collect()
    }

    /// The best set of this machine.
    pub fn best() -> Isa {
        Isa::available().into_iter().max().unwrap_or(Isa::PORTABLE)
    }

    /// The set that the environment variable `SYNAPTA_ISA` names, else the best.
    pub fn chosen() -> Result<Isa, IsaError> {
        match std::env::var_os("SYNAPTA_ISA") {
            None => Ok(Isa::best()),
            Some(word) => Isa::named(&word.to_string_lossy()),
        }
    }

    /// The set of a name, if the machine has it.
    pub fn named(word: &str) -> Result<Isa, IsaError> {
        let level = match word {
            "portable" => Level::Portable,
            "avx2" => Level::Avx2,
            "avx512" => Level::Avx512,
            _ => return Err(IsaError::Unknown(word.to_string())),
        };
        let known = Isa::available().contains(&Isa(level));
        known.then_some(Isa(level)).ok_or_else(|| IsaError::Missing(word.to_string()))
    }

    /// Number of sets.
    pub const COUNT: usize = 3;

    /// A number below [`Isa::COUNT`].
    pub fn index(self) -> usize {
        self.0 as usize
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self.0 {
            Level::Portable => "portable",
            Level::Avx2 => "avx2",
            Level::Avx512 => "avx512",
        }
    }

    /// True if code can be made for it.
    #[cfg(target_arch = "x86_64")]
    pub fn has_vectors(self) -> bool {
        self.0 != Level::Portable
    }

    /// True for the set with 32 registers of 512 bits and masks.
    #[cfg(target_arch = "x86_64")]
    pub fn is_wide(self) -> bool {
        self.0 == Level::Avx512
    }

    /// Does work compiled for this set.
    #[inline]
    pub fn run<T: Work>(self, work: T) -> T::Output {
        #[cfg(target_arch = "x86_64")]
        match self.0 {
            Level::Portable => work.run(),
            // SAFETY: a value of these levels exists only where the machine has the set.
            Level::Avx2 => unsafe { with_avx2(work) },
            // SAFETY: as above.
            Level::Avx512 => unsafe { with_avx512(work) },
        }
        #[cfg(not(target_arch = "x86_64"))]
        work.run()
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn with_avx2<T: Work>(work: T) -> T::Output {
    work.run()
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512dq,avx512vl,fma")]
fn with_avx512<T: Work>(work: T) -> T::Output {
    work.run()
}
