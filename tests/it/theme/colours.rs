//! Contrast of the design tokens, light and dark, by the formula of WCAG 2.2 (relative luminance).

use std::{collections::BTreeMap, fs};

use super::{files, read};

const TOKENS: &str = "keycloak-theme/gatehouse/common/resources/css/tokens.css";

/// Text on what it may stand on: 4.5:1 at least (WCAG 1.4.3, AA).
const TEXT: [(&str, &str); 20] = [
    ("ink", "page"),
    ("ink", "surface"),
    ("ink", "sunken"),
    ("ink", "accent-soft"),
    ("ink", "warning-soft"),
    ("ink-soft", "page"),
    ("ink-soft", "surface"),
    ("ink-soft", "sunken"),
    ("accent", "page"),
    ("accent", "surface"),
    ("accent", "sunken"),
    ("accent-strong", "page"),
    ("accent-strong", "surface"),
    ("accent-strong", "accent-soft"),
    ("on-accent", "accent"),
    ("on-accent", "accent-strong"),
    ("danger", "surface"),
    ("danger", "danger-soft"),
    ("warning", "warning-soft"),
    ("success", "success-soft"),
];

/// Edges of controls and the focus ring: 3:1 at least (WCAG 1.4.11).
const EDGES: [(&str, &str); 6] = [
    ("edge", "surface"),
    ("edge", "sunken"),
    ("focus", "surface"),
    ("focus", "page"),
    ("focus", "sunken"),
    ("danger", "surface"),
];

type Palette = BTreeMap<String, String>;

/// The colours of one block of the token file: name without `--gh-` to `#rrggbb`.
fn palette(block: &str) -> Palette {
    block
        .lines()
        .filter_map(|line| line.trim().strip_prefix("--gh-")?.split_once(": "))
        .filter_map(|(name, value)| Some((name.to_owned(), value.strip_suffix(';')?.to_owned())))
        .filter(|(_, value)| value.starts_with('#'))
        .collect()
}

/// Light and dark.
fn palettes() -> [Palette; 2] {
    let tokens = read(TOKENS);
    let (light, dark) = tokens.split_once("prefers-color-scheme: dark").unwrap();
    let palettes = [palette(light), palette(dark)];
    assert!(palettes[0].len() > 15, "{} colours were found", palettes[0].len());
    palettes
}

/// Relative luminance of `#rrggbb`, 0 (black) to 1 (white).
fn luminance(colour: &str) -> f64 {
    assert!(colour.len() == 7 && colour.is_ascii(), "{colour} is not #rrggbb");
    let channel = |at: usize| {
        let value = f64::from(u8::from_str_radix(&colour[at..at + 2], 16).unwrap()) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
}

fn contrast(one: &str, other: &str) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[test]
fn contrast_is_computed_as_the_standard_does() {
    assert!((contrast("#000000", "#ffffff") - 21.0).abs() < 1e-9);
    assert!((contrast("#777777", "#ffffff") - 4.478).abs() < 1e-3);
}

#[test]
fn every_pair_of_colours_can_be_read() {
    for (scheme, palette) in ["light", "dark"].iter().zip(palettes()) {
        for (pairs, least) in [(&TEXT[..], 4.5), (&EDGES[..], 3.0)] {
            for (front, back) in pairs {
                let ratio = contrast(&palette[*front], &palette[*back]);
                assert!(ratio >= least, "{scheme}: {front} on {back} is {ratio:.2}:1, less than {least}:1");
            }
        }
    }
}

#[test]
fn light_and_dark_decide_the_same_colours() {
    let [light, dark] = palettes();
    assert!(light.keys().eq(dark.keys()), "{:?} and {:?}", light.keys(), dark.keys());
}

/// Mails and drawings cannot use the variables, so they repeat the colours; style sheets must not.
#[test]
fn no_colour_is_decided_elsewhere() {
    let known: Vec<String> =
        palettes().into_iter().flat_map(Palette::into_values).chain(["#fff".to_owned()]).collect();
    for ending in ["css", "svg", "ftl"] {
        for path in files("keycloak-theme", ending) {
            let text = fs::read_to_string(&path).unwrap();
            for (at, _) in text.match_indices('#') {
                let hex: String = text[at..]
                    .chars()
                    .take(1)
                    .chain(text[at + 1..].chars().take_while(char::is_ascii_alphanumeric))
                    .collect();
                let is_colour =
                    [4, 7].contains(&hex.len()) && hex[1..].chars().all(|c| c.is_ascii_hexdigit());
                let in_url = text[..at].ends_with("href=\"");
                assert!(
                    !is_colour || in_url || known.contains(&hex),
                    "{}: {hex} is no token",
                    path.display()
                );
            }
        }
    }
}
