//! The sentences, written in each language by sense. Text messages keep to the GSM alphabet where
//! the language can: one segment then holds 160 signs instead of 70.

pub use crate::platform::language::Language;

use crate::otp::model::Purpose;

impl Language {
    pub(super) fn sms(self, service: &str, purpose: Purpose, code: &str) -> String {
        let to = self.purpose(purpose);
        match self {
            Self::English => format!("{service}: {code} is your code to {to}. Do not share it with anyone."),
            Self::Indonesian => {
                format!("{service}: {code} adalah kode Anda untuk {to}. Jangan berikan kepada siapa pun.")
            }
            Self::ChineseSimplified => format!("【{service}】{to}验证码{code}，勿告诉他人。"),
            Self::Malay => {
                format!("{service}: {code} ialah kod anda untuk {to}. Jangan kongsi dengan sesiapa.")
            }
        }
    }

    /// What the code lets the person do, to be put after "code to".
    const fn purpose(self, purpose: Purpose) -> &'static str {
        match (self, purpose) {
            (Self::English, Purpose::Login) => "sign in",
            (Self::English, Purpose::Enrol) => "set up sign-in codes",
            (Self::English, Purpose::Reset) => "reset your password",
            (Self::English, Purpose::StepUp) => "confirm it is you",
            (Self::English, Purpose::Contact) => "add this contact",
            (Self::English, Purpose::Billing) => "receive invoices here",
            (Self::English, Purpose::LoginAddress) => "sign in with this address",
            (Self::Indonesian, Purpose::Login) => "masuk",
            (Self::Indonesian, Purpose::Enrol) => "mengaktifkan kode masuk",
            (Self::Indonesian, Purpose::Reset) => "mengatur ulang kata sandi",
            (Self::Indonesian, Purpose::StepUp) => "memastikan ini Anda",
            (Self::Indonesian, Purpose::Contact) => "menambahkan kontak ini",
            (Self::Indonesian, Purpose::Billing) => "menerima tagihan di sini",
            (Self::Indonesian, Purpose::LoginAddress) => "masuk dengan alamat ini",
            (Self::ChineseSimplified, Purpose::Login) => "登录",
            (Self::ChineseSimplified, Purpose::Enrol) => "绑定",
            (Self::ChineseSimplified, Purpose::Reset) => "重置密码",
            (Self::ChineseSimplified, Purpose::StepUp) => "身份确认",
            (Self::ChineseSimplified, Purpose::Contact) => "添加联系",
            (Self::ChineseSimplified, Purpose::Billing) => "账单接收",
            (Self::ChineseSimplified, Purpose::LoginAddress) => "更换邮箱",
            (Self::Malay, Purpose::Login) => "log masuk",
            (Self::Malay, Purpose::Enrol) => "mengaktifkan kod log masuk",
            (Self::Malay, Purpose::Reset) => "menetapkan semula kata laluan",
            (Self::Malay, Purpose::StepUp) => "mengesahkan ini anda",
            (Self::Malay, Purpose::Contact) => "menambah hubungan ini",
            (Self::Malay, Purpose::Billing) => "menerima invois di sini",
            (Self::Malay, Purpose::LoginAddress) => "log masuk dengan alamat ini",
        }
    }

    pub(super) fn mail_title(self, service: &str, purpose: Purpose) -> String {
        let to = self.purpose(purpose);
        match self {
            Self::English => format!("Your {service} code to {to}"),
            Self::Indonesian => format!("Kode {service} Anda untuk {to}"),
            Self::ChineseSimplified => format!("您的 {service} {to}验证码"),
            Self::Malay => format!("Kod {service} anda untuk {to}"),
        }
    }

    pub(super) fn valid(self, minutes: u64) -> String {
        match (self, minutes) {
            (Self::English, 1) => "It is valid for 1 minute.".to_owned(),
            (Self::English, _) => format!("It is valid for {minutes} minutes."),
            (Self::Indonesian, _) => format!("Kode ini berlaku selama {minutes} menit."),
            (Self::ChineseSimplified, _) => format!("{minutes} 分钟内有效。"),
            (Self::Malay, _) => format!("Kod ini sah selama {minutes} minit."),
        }
    }

    /// The sentence against those who ask for codes on the phone.
    #[must_use]
    pub const fn do_not_share(self) -> &'static str {
        match self {
            Self::English => "Do not share it with anyone, not even with us.",
            Self::Indonesian => "Jangan berikan kepada siapa pun, termasuk kepada kami.",
            Self::ChineseSimplified => "请勿告诉任何人，包括我们的工作人员。",
            Self::Malay => "Jangan kongsi dengan sesiapa, termasuk kami.",
        }
    }

    /// What to do when somebody else asked for the code.
    pub(super) const fn not_you(self, purpose: Purpose) -> &'static str {
        // Whoever asks for a login code knows the password already.
        let knows_password = matches!(purpose, Purpose::Login | Purpose::StepUp);
        match (self, knows_password) {
            (Self::English, true) => {
                "If you did not ask for this code, change your password: somebody may know it."
            }
            (Self::English, false) => "If you did not ask for this code, you can ignore this message.",
            (Self::Indonesian, true) => {
                "Jika Anda tidak meminta kode ini, ubah kata sandi Anda: mungkin ada orang lain yang mengetahuinya."
            }
            (Self::Indonesian, false) => "Jika Anda tidak meminta kode ini, abaikan pesan ini.",
            (Self::ChineseSimplified, true) => "如果不是您本人操作，您的密码可能已泄露，请立即修改密码。",
            (Self::ChineseSimplified, false) => "如果不是您本人操作，请忽略此邮件。",
            (Self::Malay, true) => {
                "Jika anda tidak meminta kod ini, tukar kata laluan anda: mungkin ada orang lain mengetahuinya."
            }
            (Self::Malay, false) => "Jika anda tidak meminta kod ini, abaikan mesej ini.",
        }
    }

    /// The line that tells repeated messages apart.
    #[must_use]
    pub fn numbered(self, number: u32) -> String {
        match self {
            Self::English => format!("This is message {number}; the code is still the same."),
            Self::Indonesian => format!("Ini pesan ke-{number}; kodenya tetap sama."),
            Self::ChineseSimplified => format!("这是第 {number} 条消息，验证码不变。"),
            Self::Malay => format!("Ini mesej ke-{number}; kodnya masih sama."),
        }
    }
}
