//! The languages that people are spoken to in.

use serde::{Deserialize, Serialize};

/// A language that mails, text messages and pages are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Language {
    /// English, also for every language we do not have.
    #[serde(rename = "en")]
    English,
    /// Bahasa Indonesia.
    #[serde(rename = "id")]
    Indonesian,
    /// Simplified Chinese.
    #[serde(rename = "zh-Hans")]
    ChineseSimplified,
    /// Bahasa Melayu.
    #[serde(rename = "ms")]
    Malay,
}

impl Language {
    /// Every language, for tables and tests.
    pub const ALL: [Self; 4] = [Self::English, Self::Indonesian, Self::ChineseSimplified, Self::Malay];

    /// The language of a locale as Keycloak and browsers write it (`id`, `zh-CN`, `zh_Hans_SG`, `ms`).
    #[must_use]
    pub fn of(locale: &str) -> Self {
        let primary = locale.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
        match primary.as_str() {
            // `in` is what Java called Indonesian before version 17.
            "id" | "in" => Self::Indonesian,
            "zh" => Self::ChineseSimplified,
            "ms" => Self::Malay,
            _ => Self::English,
        }
    }

    /// What belongs to this language, of what stands side by side for all.
    #[must_use]
    pub const fn pick<T: Copy>(self, english: T, indonesian: T, chinese: T, malay: T) -> T {
        match self {
            Self::English => english,
            Self::Indonesian => indonesian,
            Self::ChineseSimplified => chinese,
            Self::Malay => malay,
        }
    }

    /// The BCP 47 tag.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        self.pick("en", "id", "zh-Hans", "ms")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locale_finds_its_language_and_an_unknown_one_is_english() {
        for (locale, language) in [
            ("en", Language::English),
            ("id", Language::Indonesian),
            ("in_ID", Language::Indonesian),
            ("zh-CN", Language::ChineseSimplified),
            ("zh-Hans", Language::ChineseSimplified),
            ("ZH_Hans_SG", Language::ChineseSimplified),
            ("ms-MY", Language::Malay),
            ("de", Language::English),
            ("", Language::English),
        ] {
            assert_eq!(Language::of(locale), language, "{locale}");
        }
    }

    #[test]
    fn a_language_is_kept_by_its_tag() {
        for language in Language::ALL {
            assert_eq!(serde_json::to_value(language).unwrap(), language.tag());
        }
    }
}
