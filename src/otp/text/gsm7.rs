//! How long a text is to a mobile network (3GPP TS 23.038, 6.2.1).

/// The basic alphabet: one septet a sign.
const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?\
¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
/// The extension: an escape and a sign, two septets.
const EXTENSION: &str = "^{}\\[~]|€";

/// The size of a text in the alphabet that it needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Segment {
    /// Every sign is in the GSM 7-bit alphabet.
    Gsm7 {
        /// Septets; one message holds 160.
        septets: usize,
    },
    /// Some sign is not.
    Ucs2 {
        /// UTF-16 units; one message holds 70.
        units: usize,
    },
}

impl Segment {
    /// Whether the text is one message on the bill.
    #[must_use]
    pub const fn is_one(self) -> bool {
        match self {
            Self::Gsm7 { septets } => septets <= 160,
            Self::Ucs2 { units } => units <= 70,
        }
    }
}

/// Measures a text.
#[must_use]
pub fn segment(text: &str) -> Segment {
    let septets = text.chars().try_fold(0, |sum, sign| {
        if BASIC.contains(sign) { Some(sum + 1) } else { EXTENSION.contains(sign).then_some(sum + 2) }
    });
    septets.map_or_else(
        || Segment::Ucs2 { units: text.encode_utf16().count() },
        |septets| Segment::Gsm7 { septets },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_are_counted_as_the_network_counts_them() {
        assert_eq!(BASIC.chars().count(), 127, "128 places, one of them the escape");
        assert_eq!(segment("a€"), Segment::Gsm7 { septets: 3 });
        assert_eq!(segment("码😀"), Segment::Ucs2 { units: 3 });
        assert!(segment(&"a".repeat(160)).is_one() && !segment(&"a".repeat(161)).is_one());
        assert!(segment(&"码".repeat(70)).is_one() && !segment(&"码".repeat(71)).is_one());
    }
}
