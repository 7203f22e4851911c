//! The sentences of the security notices, written in each language by sense.

use chrono::{DateTime, Datelike as _, TimeZone};

use super::security::{FactorName, Security};
use crate::platform::language::Language;

/// The sentences in one language.
pub(super) struct Words<'a> {
    pub(super) language: Language,
    pub(super) service: &'a str,
    pub(super) support: Option<&'a str>,
}

impl Words<'_> {
    /// One of four, in the order of [`Language::ALL`].
    fn one_of(&self, [english, indonesian, chinese, malay]: [&'static str; 4]) -> &'static str {
        match self.language {
            Language::English => english,
            Language::Indonesian => indonesian,
            Language::ChineseSimplified => chinese,
            Language::Malay => malay,
        }
    }

    /// Headline and sentence.
    pub(super) fn happened(&self, what: &Security) -> (String, String) {
        let said = self.one_of(sentence(what)).replace("{service}", self.service);
        (self.one_of(title(what)).to_owned(), said)
    }

    pub(super) fn text_message(&self, what: &Security) -> String {
        let title = self.one_of(title(what));
        let not_you = self.one_of([
            "Not you? Tell our support at once.",
            "Bukan Anda? Segera hubungi dukungan kami.",
            "如非本人操作，请立即联系客服。",
            "Bukan anda? Segera hubungi sokongan kami.",
        ]);
        match self.language {
            Language::ChineseSimplified => format!("【{}】{title}。{not_you}", self.service),
            _ => format!("{}: {title}. {not_you}", self.service),
        }
    }

    pub(super) fn time(&self) -> &'static str {
        self.one_of(["Time", "Waktu", "时间", "Masa"])
    }

    pub(super) fn device(&self) -> &'static str {
        self.one_of(["Device", "Perangkat", "设备", "Peranti"])
    }

    pub(super) fn new_address(&self) -> &'static str {
        self.one_of(["New address", "Alamat baru", "新邮箱", "Alamat baharu"])
    }

    pub(super) fn second_factor(&self) -> &'static str {
        self.one_of(["Second factor", "Faktor kedua", "第二重验证", "Faktor kedua"])
    }

    /// The factor by its name, with the masked destination.
    pub(super) fn factor(&self, factor: &FactorName) -> String {
        let name = match factor.channel.as_str() {
            "sms" => self.one_of(["Text message", "SMS", "短信", "SMS"]),
            "email" => self.one_of(["E-mail", "Email", "邮件", "E-mel"]),
            "totp" => self.one_of([
                "Authenticator app",
                "Aplikasi autentikator",
                "身份验证器应用",
                "Aplikasi pengesah",
            ]),
            "passkey" => self.one_of(["Passkey", "Passkey", "通行密钥", "Kunci laluan"]),
            "recovery-codes" => {
                self.one_of(["Recovery codes", "Kode pemulihan", "恢复代码", "Kod pemulihan"])
            }
            other => other,
        };
        match &factor.hint {
            Some(hint) => format!("{name} {hint}"),
            None => name.to_owned(),
        }
    }

    pub(super) fn my_account(&self) -> &'static str {
        self.one_of(["Go to my account", "Buka akun saya", "前往我的账户", "Pergi ke akaun saya"])
    }

    pub(super) fn was_you(&self) -> &'static str {
        self.one_of([
            "If this was you, there is nothing to do.",
            "Jika ini Anda, tidak ada yang perlu dilakukan.",
            "如果是您本人操作，则无需任何处理。",
            "Jika ini anda, tiada apa-apa yang perlu dibuat.",
        ])
    }

    pub(super) fn not_you(&self) -> &'static str {
        self.one_of([
            "If this was not you",
            "Jika ini bukan Anda",
            "如果不是您本人操作",
            "Jika ini bukan anda",
        ])
    }

    /// What to do. Who took over the sign-in address would also get the mail for a new password, so then
    /// the first thing is to speak up.
    pub(super) fn steps(&self, address_is_lost: bool) -> Vec<String> {
        let password = self.one_of([
            "Choose a new password now: “Forgot password?” on the sign-in page.",
            "Buat kata sandi baru sekarang: pilih “Lupa kata sandi?” di halaman login.",
            "立即设置新密码：在登录页面点击“忘记密码？”。",
            "Tetapkan kata laluan baharu sekarang: “Terlupa kata laluan?” pada halaman log masuk.",
        ]);
        let look = self.one_of([
            "Look through your account and remove every second factor that is not yours.",
            "Periksa akun Anda dan hapus setiap faktor kedua yang bukan milik Anda.",
            "检查您的账户，删除所有不属于您的第二重验证。",
            "Semak akaun anda dan buang setiap faktor kedua yang bukan milik anda.",
        ]);
        let tell = match (self.language, self.support) {
            (Language::English, Some(support)) => format!("Tell us: {support}."),
            (Language::English, None) => "Tell our support.".to_owned(),
            (Language::Indonesian, Some(support)) => format!("Beri tahu kami: {support}."),
            (Language::Indonesian, None) => "Beri tahu tim dukungan kami.".to_owned(),
            (Language::ChineseSimplified, Some(support)) => format!("请告知我们：{support}。"),
            (Language::ChineseSimplified, None) => "请联系我们的客服。".to_owned(),
            (Language::Malay, Some(support)) => format!("Beritahu kami: {support}."),
            (Language::Malay, None) => "Beritahu pasukan sokongan kami.".to_owned(),
        };
        if address_is_lost { vec![tell] } else { vec![password.to_owned(), look.to_owned(), tell] }
    }
}

const fn title(what: &Security) -> [&'static str; 4] {
    match what {
        Security::CodesFailed => [
            "Somebody may know your password",
            "Mungkin ada yang mengetahui kata sandi Anda",
            "可能有人知道您的密码",
            "Mungkin ada orang mengetahui kata laluan anda",
        ],
        Security::NewDevice { .. } => [
            "New sign-in to your account",
            "Login baru ke akun Anda",
            "您的账户有新的登录",
            "Log masuk baharu ke akaun anda",
        ],
        Security::PasswordChanged => [
            "Your password was changed",
            "Kata sandi Anda telah diubah",
            "您的密码已更改",
            "Kata laluan anda telah ditukar",
        ],
        Security::EmailChanged { .. } => [
            "Your sign-in address was changed",
            "Alamat login Anda telah diubah",
            "您的登录邮箱已更改",
            "Alamat log masuk anda telah ditukar",
        ],
        Security::FactorAdded { .. } => [
            "A second factor was added",
            "Faktor kedua telah ditambahkan",
            "已添加第二重验证",
            "Faktor kedua telah ditambah",
        ],
        Security::FactorChanged { .. } => [
            "A second factor was changed",
            "Faktor kedua telah diubah",
            "第二重验证已更改",
            "Faktor kedua telah ditukar",
        ],
        Security::FactorRemoved { .. } => [
            "A second factor was removed",
            "Faktor kedua telah dihapus",
            "第二重验证已删除",
            "Faktor kedua telah dibuang",
        ],
    }
}

const fn sentence(what: &Security) -> [&'static str; 4] {
    match what {
        Security::CodesFailed => [
            "Somebody entered the password of your {service} account correctly, and then a wrong code several \
             times. Without the right code nobody gets in.",
            "Seseorang memasukkan kata sandi akun {service} Anda dengan benar, lalu beberapa kali memasukkan \
             kode yang salah. Tanpa kode yang benar, tidak ada yang bisa masuk.",
            "有人输入了您 {service} 账户的正确密码，随后多次输入错误的验证码。没有正确的验证码，任何人都无法登录。",
            "Seseorang memasukkan kata laluan akaun {service} anda dengan betul, kemudian kod yang salah \
             beberapa kali. Tanpa kod yang betul, tiada sesiapa boleh masuk.",
        ],
        Security::NewDevice { .. } => [
            "Your {service} account was signed in to with a browser that you have not used here before.",
            "Akun {service} Anda baru saja dibuka dengan browser yang belum pernah Anda gunakan di sini.",
            "您的 {service} 账户在一个您此前未曾使用过的浏览器上登录。",
            "Akaun {service} anda telah dilog masuk dengan pelayar yang belum pernah anda gunakan di sini.",
        ],
        Security::PasswordChanged => [
            "The password of your {service} account was changed.",
            "Kata sandi akun {service} Anda telah diubah.",
            "您的 {service} 账户密码已更改。",
            "Kata laluan akaun {service} anda telah ditukar.",
        ],
        Security::EmailChanged { .. } => [
            "From now on another e-mail address is used to sign in to your {service} account.",
            "Mulai sekarang, alamat email lain digunakan untuk login ke akun {service} Anda.",
            "从现在起，您的 {service} 账户使用另一个邮箱登录。",
            "Mulai sekarang, alamat e-mel lain digunakan untuk log masuk ke akaun {service} anda.",
        ],
        Security::FactorAdded { .. } => [
            "From now on this can confirm a sign-in to your {service} account, beside the password.",
            "Mulai sekarang, ini dapat dipakai bersama kata sandi untuk login ke akun {service} Anda.",
            "从现在起，除密码外，还可以用它确认 {service} 账户的登录。",
            "Mulai sekarang, ini boleh digunakan bersama kata laluan untuk log masuk ke akaun {service} anda.",
        ],
        Security::FactorChanged { .. } => [
            "From now on this confirms sign-ins to your {service} account. What it replaces no longer works.",
            "Mulai sekarang, ini dipakai untuk login ke akun {service} Anda. Yang lama tidak berlaku lagi.",
            "从现在起，用它确认 {service} 账户的登录，原来的方式不再有效。",
            "Mulai sekarang, ini digunakan untuk log masuk ke akaun {service} anda. Yang lama tidak lagi sah.",
        ],
        Security::FactorRemoved { .. } => [
            "This no longer confirms sign-ins to your {service} account.",
            "Ini tidak dapat lagi dipakai untuk login ke akun {service} Anda.",
            "它不再用于确认 {service} 账户的登录。",
            "Ini tidak lagi boleh digunakan untuk log masuk ke akaun {service} anda.",
        ],
    }
}

/// A day and a time as people of the language write it, with the name of the zone.
pub(super) fn date_and_time<Z: TimeZone>(language: Language, at: &DateTime<Z>, zone: &str) -> String
where
    Z::Offset: std::fmt::Display,
{
    const ENGLISH: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    const INDONESIAN: [&str; 12] = [
        "Januari",
        "Februari",
        "Maret",
        "April",
        "Mei",
        "Juni",
        "Juli",
        "Agustus",
        "September",
        "Oktober",
        "November",
        "Desember",
    ];
    const MALAY: [&str; 12] = [
        "Januari",
        "Februari",
        "Mac",
        "April",
        "Mei",
        "Jun",
        "Julai",
        "Ogos",
        "September",
        "Oktober",
        "November",
        "Disember",
    ];
    let time = at.format("%H:%M");
    let month = at.month0() as usize;
    let months = match language {
        Language::ChineseSimplified => {
            return format!("{}年{}月{}日 {time} ({zone})", at.year(), at.month(), at.day());
        }
        Language::English => ENGLISH,
        Language::Indonesian => INDONESIAN,
        Language::Malay => MALAY,
    };
    format!("{} {} {}, {time} ({zone})", at.day(), months[month], at.year())
}
