//! The sentences of the letters, written in each language by sense.

use crate::platform::language::Language;

/// The sentences in one language.
pub(super) struct Words<'a> {
    pub language: Language,
    pub service: &'a str,
    pub support: Option<&'a str>,
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

    fn with_service(&self, texts: [&'static str; 4]) -> String {
        self.one_of(texts).replace("{service}", self.service)
    }

    pub(super) const fn changed_title(&self) -> &'static str {
        self.one_of([
            "Your sign-in address was changed",
            "Alamat login Anda telah diubah",
            "您的登录邮箱已更改",
            "Alamat log masuk anda telah ditukar",
        ])
    }

    pub(super) fn changed(&self) -> String {
        self.with_service([
            "From now on another e-mail address is used to sign in to your {service} account. This one no longer is.",
            "Mulai sekarang, alamat email lain digunakan untuk login ke akun {service} Anda. Alamat ini tidak lagi.",
            "从现在起，您的 {service} 账户使用另一个邮箱登录，不再使用此邮箱。",
            "Mulai sekarang, alamat e-mel lain digunakan untuk log masuk ke akaun {service} anda. Alamat ini tidak lagi.",
        ])
    }

    pub(super) fn undo_until(&self, until: &str) -> String {
        let said = self.one_of([
            "If this was not you, you can undo it until {}. Everybody who is signed in to the account is then signed out.",
            "Jika ini bukan Anda, Anda dapat membatalkannya sampai {}. Semua yang sedang masuk ke akun akan dikeluarkan.",
            "如果不是您本人操作，您可以在 {} 之前撤销。届时，所有已登录该账户的会话都会退出。",
            "Jika ini bukan anda, anda boleh membatalkannya sehingga {}. Semua yang sedang log masuk ke akaun akan dilog keluar.",
        ]);
        said.replace("{}", until)
    }

    pub(super) const fn undo(&self) -> &'static str {
        self.one_of(["Undo this change", "Batalkan perubahan ini", "撤销此更改", "Batalkan perubahan ini"])
    }

    pub(super) const fn new_address(&self) -> &'static str {
        self.one_of(["New address", "Alamat baru", "新邮箱", "Alamat baharu"])
    }

    pub(super) const fn time(&self) -> &'static str {
        self.one_of(["Time", "Waktu", "时间", "Masa"])
    }

    pub(super) const fn not_you(&self) -> &'static str {
        self.one_of([
            "If this was not you",
            "Jika ini bukan Anda",
            "如果不是您本人操作",
            "Jika ini bukan anda",
        ])
    }

    pub(super) fn steps(&self) -> Vec<String> {
        let mut steps: Vec<String> = [
            self.one_of([
                "Undo the change with the button above.",
                "Batalkan perubahan dengan tombol di atas.",
                "点击上面的按钮撤销更改。",
                "Batalkan perubahan dengan butang di atas.",
            ]),
            self.one_of([
                "Then choose a new password: “Forgot password?” on the sign-in page.",
                "Lalu buat kata sandi baru: pilih “Lupa kata sandi?” di halaman login.",
                "然后设置新密码：在登录页面点击“忘记密码？”。",
                "Kemudian tetapkan kata laluan baharu: “Terlupa kata laluan?” pada halaman log masuk.",
            ]),
            self.one_of([
                "Look through your account and remove every second factor that is not yours.",
                "Periksa akun Anda dan hapus setiap faktor kedua yang bukan milik Anda.",
                "检查您的账户，删除所有不属于您的第二重验证。",
                "Semak akaun anda dan buang setiap faktor kedua yang bukan milik anda.",
            ]),
        ]
        .map(str::to_owned)
        .into();
        steps.extend(self.support.map(|support| {
            let turn = self.one_of([
                "Tell our support: {}",
                "Beri tahu dukungan kami: {}",
                "告知我们的客服：{}",
                "Beritahu sokongan kami: {}",
            ]);
            turn.replace("{}", support)
        }));
        steps
    }

    pub(super) const fn was_you(&self) -> &'static str {
        self.one_of([
            "If this was you, there is nothing to do.",
            "Jika ini Anda, tidak ada yang perlu dilakukan.",
            "如果是您本人操作，则无需任何处理。",
            "Jika ini anda, tiada apa-apa yang perlu dibuat.",
        ])
    }

    pub(super) const fn deleted_title(&self) -> &'static str {
        self.one_of([
            "Your account is being deleted",
            "Akun Anda sedang dihapus",
            "您的账户正在删除",
            "Akaun anda sedang dipadamkan",
        ])
    }

    pub(super) fn deleted(&self) -> String {
        self.with_service([
            "As you asked, your {service} account and what we held about you are deleted. Nobody can sign in with it any more.",
            "Sesuai permintaan Anda, akun {service} Anda dan data yang kami simpan tentang Anda dihapus. Tidak ada lagi yang bisa masuk dengannya.",
            "按照您的要求，您的 {service} 账户和我们保存的关于您的数据正在删除，任何人都无法再用它登录。",
            "Seperti yang anda minta, akaun {service} anda dan data yang kami simpan tentang anda dipadamkan. Tiada sesiapa boleh log masuk dengannya lagi.",
        ])
    }

    pub(super) const fn what_stays(&self) -> &'static str {
        self.one_of([
            "What invoices to your company rest on stays for as long as the law asks for, and the record of what was done, without your name.",
            "Dasar faktur untuk perusahaan Anda tetap disimpan selama diwajibkan hukum, begitu juga catatan tindakan, tanpa nama Anda.",
            "贵公司发票所依据的资料会按法律要求的期限保留，操作记录也会保留，但不含您的姓名。",
            "Asas invois kepada syarikat anda kekal disimpan selama dikehendaki undang-undang, begitu juga rekod tindakan, tanpa nama anda.",
        ])
    }

    pub(super) fn not_you_deleted(&self) -> String {
        let said = self.one_of([
            "If this was not you, tell our support at once",
            "Jika ini bukan Anda, segera beri tahu dukungan kami",
            "如果不是您本人操作，请立即联系客服",
            "Jika ini bukan anda, segera beritahu sokongan kami",
        ]);
        match (self.support, self.language) {
            (Some(support), Language::ChineseSimplified) => format!("{said}：{support}"),
            (Some(support), _) => format!("{said}: {support}"),
            (None, Language::ChineseSimplified) => format!("{said}。"),
            (None, _) => format!("{said}."),
        }
    }
}
