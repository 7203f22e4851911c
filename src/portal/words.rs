//! The words of the pages, in each language, and the choice of a language.

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

/// What the landing page says.
#[derive(Debug, Clone, Copy)]
pub struct Landing {
    /// The heading.
    pub heading: &'static str,
    /// What this place is for.
    pub lead: &'static str,
    /// The one primary button.
    pub sign_in: &'static str,
    /// For people without an account.
    pub new_here: &'static str,
    /// Why a second step is asked.
    pub second_step: &'static str,
    /// The label of the language list.
    pub languages: &'static str,
}

impl Landing {
    /// The words in a language.
    #[must_use]
    pub const fn of(language: Language) -> Self {
        match language {
            Language::English => Self {
                heading: "Your cloud account",
                lead: "Keep your contact details, your company and your sign-in in one place.",
                sign_in: "Go to my account",
                new_here: "New here? Choose Create account on the next page. It takes about three minutes.",
                second_step: "We ask for a code by SMS or e-mail each time you sign in, so that a stolen password alone opens nothing.",
                languages: "Language",
            },
            Language::Indonesian => Self {
                heading: "Akun cloud Anda",
                lead: "Data kontak, perusahaan, dan cara masuk Anda, semuanya di satu tempat.",
                sign_in: "Buka akun saya",
                new_here: "Baru di sini? Pilih Buat akun di halaman berikutnya. Hanya perlu sekitar tiga menit.",
                second_step: "Setiap kali masuk, kami meminta kode lewat SMS atau e-mail, agar kata sandi yang dicuri saja tidak bisa membuka apa pun.",
                languages: "Bahasa",
            },
            Language::Chinese => Self {
                heading: "您的云账户",
                lead: "联系方式、公司资料和登录设置，都在这里管理。",
                sign_in: "进入我的账户",
                new_here: "第一次来？请在下一页选择“创建账户”，大约三分钟即可完成。",
                second_step: "每次登录时，我们都会通过短信或电子邮件向您发送验证码。这样，即使密码被盗，别人也无法进入您的账户。",
                languages: "语言",
            },
            Language::Malay => Self {
                heading: "Akaun awan anda",
                lead: "Butiran hubungan, syarikat dan cara log masuk anda, semuanya di satu tempat.",
                sign_in: "Pergi ke akaun saya",
                new_here: "Baharu di sini? Pilih Cipta akaun pada halaman seterusnya. Ia mengambil masa kira-kira tiga minit.",
                second_step: "Setiap kali anda log masuk, kami meminta kod melalui SMS atau e-mel supaya kata laluan yang dicuri sahaja tidak dapat membuka apa-apa.",
                languages: "Bahasa",
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Language::{self, Chinese, English, Indonesian, Malay};

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
}
