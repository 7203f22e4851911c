//! The sentences of the mails, written in each language by sense.

use crate::platform::language::Language;

/// The sentences in one language.
pub(super) struct Words<'a> {
    pub language: Language,
    pub service: &'a str,
}

impl Words<'_> {
    /// One of four, in the order of [`Language::ALL`].
    const fn one_of(&self, [english, indonesian, chinese, malay]: [&'static str; 4]) -> &'static str {
        match self.language {
            Language::English => english,
            Language::Indonesian => indonesian,
            Language::ChineseSimplified => chinese,
            Language::Malay => malay,
        }
    }

    pub(super) fn greeting(&self, name: Option<&str>) -> String {
        match name.map(str::trim).filter(|name| !name.is_empty()) {
            Some(name) => {
                self.one_of(["Hello {},", "Halo {},", "{}，您好：", "Helo {},"]).replace("{}", name)
            }
            None => self.one_of(["Hello,", "Halo,", "您好：", "Helo,"]).to_owned(),
        }
    }

    pub(super) const fn approved_title(&self) -> &'static str {
        self.one_of([
            "You can sign up now",
            "Anda dapat mendaftar sekarang",
            "您现在可以注册",
            "Anda boleh mendaftar sekarang",
        ])
    }

    pub(super) fn approved(&self) -> String {
        self.one_of([
            "Thank you for waiting. You can now create your {service} account. Please use the e-mail address that this letter came to.",
            "Terima kasih telah menunggu. Anda kini dapat membuat akun {service}. Gunakan alamat email tempat surat ini dikirim.",
            "感谢您的等待。您现在可以创建 {service} 账户。请使用收到此邮件的邮箱注册。",
            "Terima kasih kerana menunggu. Anda kini boleh membuat akaun {service}. Gunakan alamat e-mel yang menerima surat ini.",
        ])
        .replace("{service}", self.service)
    }

    pub(super) const fn sign_up(&self) -> &'static str {
        self.one_of(["Create your account", "Buat akun Anda", "创建账户", "Buat akaun anda"])
    }

    pub(super) fn good_for(&self, days: u32) -> String {
        self.one_of([
            "This is good for {} days.",
            "Ini berlaku selama {} hari.",
            "此邀请在 {} 天内有效。",
            "Ini sah selama {} hari.",
        ])
        .replace("{}", &days.to_string())
    }

    pub(super) const fn refused_title(&self) -> &'static str {
        self.one_of([
            "About your request to sign up",
            "Tentang permintaan pendaftaran Anda",
            "关于您的注册申请",
            "Tentang permohonan pendaftaran anda",
        ])
    }

    pub(super) fn refused(&self) -> String {
        self.one_of([
            "Thank you for your interest in {service}. We are sorry: we cannot offer you an account at present.",
            "Terima kasih atas minat Anda pada {service}. Mohon maaf, saat ini kami belum dapat menawarkan akun kepada Anda.",
            "感谢您对 {service} 的关注。很抱歉，目前我们暂时无法为您提供账户。",
            "Terima kasih atas minat anda terhadap {service}. Maaf, buat masa ini kami tidak dapat menawarkan akaun kepada anda.",
        ])
        .replace("{service}", self.service)
    }

    pub(super) fn support(&self, support: &str) -> String {
        self.one_of([
            "Questions? Write to us: {}",
            "Ada pertanyaan? Hubungi kami: {}",
            "如有疑问，请联系我们：{}",
            "Ada soalan? Hubungi kami: {}",
        ])
        .replace("{}", support)
    }
}
