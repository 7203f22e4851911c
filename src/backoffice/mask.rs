//! Personal data as staff see it before they ask.

/// `Siti` as `S•••`.
pub(super) fn name(name: &str) -> String {
    name.chars().take(1).chain("•••".chars()).collect()
}

/// `siti@example.com` as `s•••@example.com`.
pub(super) fn email(address: &str) -> String {
    match address.rsplit_once('@') {
        Some((local, domain)) => format!("{}@{domain}", name(local)),
        None => name(address),
    }
}

/// `+6281234567890` as `+62 ••• 90`.
pub(super) fn phone(number: &str) -> String {
    let ending: Vec<char> = number.chars().rev().take(2).collect();
    let beginning: String = number.chars().take(3).collect();
    format!("{beginning} ••• {}", ending.into_iter().rev().collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn enough_remains_to_recognise_and_no_more() {
        assert_eq!(name("Siti"), "S•••");
        assert_eq!(name("😀"), "😀•••");
        assert_eq!(email("siti@example.com"), "s•••@example.com");
        assert_eq!(phone("+6281234567890"), "+62 ••• 90");
    }
}
