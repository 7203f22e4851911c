//! The words of the pages, in each language, and the choice of a language.
//!
//! Each page has a struct of its words, made by [`words!`]: the four languages stand side by side, and
//! a word that lacks one, or its blank, does not compile.

pub use actions::action;
pub use backoffice::BackOffice;
pub use billing::Billing;
pub use cloud::Cloud;
pub use company_contacts::CompanyContacts;
pub use contacts::Contacts;
pub use deletion::Deletion;
pub use email::{Email, Undo};
pub use landing::Landing;
pub use layout::Layout;
pub use people::{Company, People};
pub use permissions::Permissions;
pub use profile::Profile;
pub use requests::Requests;
pub use security::{Data, Security};
pub use sessions::Sessions;
pub use sign_ups::SignUps;
pub use systems::Systems;

/// A language that the pages are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// English, also when nothing else fits.
    English,
    /// Bahasa Indonesia.
    Indonesian,
    /// Chinese in simplified characters.
    Chinese,
    /// Bahasa Melayu.
    Malay,
}

/// All languages in the order in which the page offers them.
pub const LANGUAGES: [Language; 4] =
    [Language::English, Language::Indonesian, Language::Chinese, Language::Malay];

impl Language {
    /// The language tag (BCP 47).
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Indonesian => "id",
            Self::Chinese => "zh-Hans",
            Self::Malay => "ms",
        }
    }

    /// The tag by which Keycloak knows the language.
    #[must_use]
    pub const fn keycloak_tag(self) -> &'static str {
        match self {
            Self::Chinese => "zh-CN",
            other => other.tag(),
        }
    }

    /// The language's name in itself.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::Indonesian => "Bahasa Indonesia",
            Self::Chinese => "简体中文",
            Self::Malay => "Bahasa Melayu",
        }
    }

    /// The language of a tag such as `id-ID`, by its first subtag (RFC 4647, 3.4 Lookup).
    fn of_tag(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
        LANGUAGES.into_iter().find(|language| language.tag().split('-').next() == Some(primary.as_str()))
    }

    /// The language of a person's locale; English when it is none of ours.
    #[must_use]
    pub fn of_locale(locale: Option<&str>) -> Self {
        locale.and_then(Self::of_tag).unwrap_or(Self::English)
    }

    /// The best language for a page: the one asked for in the address, else the first that both the
    /// browser and we speak (RFC 9110, 12.5.4), else English.
    #[must_use]
    pub fn choose(asked: Option<&str>, accept_language: Option<&str>) -> Self {
        asked
            .and_then(Self::of_tag)
            .or_else(|| by_weight(accept_language.unwrap_or_default()).into_iter().find_map(Self::of_tag))
            .unwrap_or(Self::English)
    }
}

/// The tags of an `Accept-Language` header, heaviest first; at most ten are looked at.
fn by_weight(header: &str) -> Vec<&str> {
    let mut tags: Vec<(&str, f32)> = header
        .split(',')
        .take(10)
        .filter_map(|item| {
            let mut parts = item.split(';').map(str::trim);
            let tag = parts.next()?;
            let weight =
                parts.find_map(|part| part.strip_prefix("q=")).map_or(Some(1.0), |q| q.parse().ok())?;
            (weight > 0.0).then_some((tag, weight))
        })
        .collect();
    tags.sort_by(|a, b| b.1.total_cmp(&a.1));
    tags.into_iter().map(|(tag, _)| tag).collect()
}

/// How many blanks (`{}`) a text has.
#[must_use]
pub const fn blanks(text: &str) -> usize {
    let bytes = text.as_bytes();
    let (mut count, mut at) = (0, 0);
    while at + 1 < bytes.len() {
        if bytes[at] == b'{' && bytes[at + 1] == b'}' {
            count += 1;
        }
        at += 1;
    }
    count
}

/// The text with its blank filled in.
#[must_use]
pub fn fill(text: &str, value: impl std::fmt::Display) -> String {
    text.replacen("{}", &value.to_string(), 1)
}

/// Declares the words of a page: a struct of texts, and its value in each language.
///
/// Each line is a name and the text in English, Indonesian, Chinese and Malay. A text may hold one
/// blank, `{}`, to be filled with [`fill`]; then it does so in each language.
macro_rules! words {
    ($(#[$meta:meta])* pub struct $name:ident {
        $($word:ident: $en:literal, $id:literal, $zh:literal, $ms:literal;)*
    }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy)]
        #[expect(missing_docs, reason = "the English text says it")]
        pub struct $name {
            $(pub $word: &'static str,)*
        }

        impl $name {
            const ENGLISH: Self = Self { $($word: $en,)* };
            const INDONESIAN: Self = Self { $($word: $id,)* };
            const CHINESE: Self = Self { $($word: $zh,)* };
            const MALAY: Self = Self { $($word: $ms,)* };

            /// The words in a language.
            #[must_use]
            pub const fn of(language: $crate::portal::words::Language) -> &'static Self {
                match language {
                    $crate::portal::words::Language::English => &Self::ENGLISH,
                    $crate::portal::words::Language::Indonesian => &Self::INDONESIAN,
                    $crate::portal::words::Language::Chinese => &Self::CHINESE,
                    $crate::portal::words::Language::Malay => &Self::MALAY,
                }
            }
        }

        $(const _: () = {
            use $crate::portal::words::blanks;
            let expected = blanks($en);
            assert!(expected <= 1 && !$en.is_empty() && !$id.is_empty() && !$zh.is_empty() && !$ms.is_empty());
            assert!(blanks($id) == expected && blanks($zh) == expected && blanks($ms) == expected);
        };)*
    };
}
pub(crate) use words;

mod actions;
mod backoffice;
mod billing;
mod cloud;
mod company_contacts;
mod contacts;
mod deletion;
mod email;
mod landing;
mod layout;
mod people;
mod permissions;
mod profile;
mod requests;
mod security;
mod sessions;
mod sign_ups;
mod systems;

#[cfg(test)]
mod tests {
    use super::{
        Language::{self, Chinese, English, Indonesian, Malay},
        blanks, fill,
    };

    #[test]
    fn the_page_speaks_what_the_person_asks_for_then_what_the_browser_does() {
        for (asked, accepted, expected) in [
            (None, None, English),
            (None, Some("id-ID,id;q=0.9,en;q=0.8"), Indonesian),
            (None, Some("fr,zh-CN;q=0.7,ms;q=0.9"), Malay),
            (None, Some("fr;q=1,de"), English),
            (Some("zh-CN"), Some("id"), Chinese),
            (Some("xx"), Some("ms-MY"), Malay),
            (None, Some("id;q=0,en"), English),
            (None, Some(";;;,q=,id;q=x"), English),
        ] {
            assert_eq!(Language::choose(asked, accepted), expected, "{asked:?} {accepted:?}");
        }
    }
    #[test]
    fn a_blank_is_filled_with_the_value_as_it_is() {
        assert_eq!(fill("{} left", 3), "3 left");
        assert_eq!(fill("Hello {}", "{}"), "Hello {}");
        assert_eq!((blanks("{} of {}"), blanks("{"), blanks("")), (2, 0, 0));
    }
}
