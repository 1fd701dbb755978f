//! Seeded choices, so that every run makes the same texts.

/// A generator of numbers (Knuth's multiplier, the upper bits).
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0xD1B5_4A32_D192_ED03)
    }

    pub(crate) fn below(&mut self, most: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }

    pub(crate) fn pick<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        let index = self.below(all.len() as u64);
        &all[usize::try_from(index).unwrap()]
    }

    pub(crate) fn digits(&mut self, count: usize) -> String {
        (0..count)
            .map(|_| char::from(b'0' + u8::try_from(self.below(10)).unwrap()))
            .collect()
    }

    /// Returns ten digits of which the last is right by modulus 11.
    pub(crate) fn checked(&mut self, first: &[char]) -> String {
        loop {
            let nine = format!("{}{}", self.pick(first), self.digits(8));
            let sum: u32 = nine
                .chars()
                .zip((2..=10).rev())
                .map(|(c, weight)| c.to_digit(10).unwrap() * weight)
                .sum();
            match (11 - sum % 11) % 11 {
                10 => {}
                last => return format!("{nine}{last}"),
            }
        }
    }

    /// Returns an NHS number as it is issued.
    pub(crate) fn nhs_number(&mut self) -> String {
        self.checked(&['3', '4', '6', '7'])
    }
}
