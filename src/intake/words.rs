//! What the mails to people say, in each language.

use crate::platform::language::Language;

/// The words of the mails.
#[derive(Debug, Clone, Copy)]
pub struct Words {
    pub greeting: &'static str,
    pub welcome: &'static str,
    pub welcome_body: &'static str,
    pub link_comes: &'static str,
    pub account: &'static str,
    pub project_label: &'static str,
    pub sign_in: &'static str,
    pub terms: &'static str,
    pub start: &'static str,
    pub forgotten: &'static str,
    pub project: &'static str,
    pub project_body: &'static str,
    pub quota: &'static str,
    pub quota_body: &'static str,
    pub unlimited: &'static str,
    pub default: &'static str,
    pub rejected: &'static str,
    pub rejected_body: &'static str,
    pub ending: &'static str,
    pub ending_body: &'static str,
    pub support: &'static str,
}

impl Words {
    /// The words in a language.
    #[must_use]
    pub const fn of(language: Language) -> Self {
        language.pick(ENGLISH, INDONESIAN, CHINESE, MALAY)
    }
}

const ENGLISH: Words = Words {
    greeting: "Hello {name},",
    welcome: "Welcome to the cloud",
    welcome_body: "your account is ready.",
    link_comes: "A second mail brings the link by which you set your password. Keep the PIN at hand that you chose.",
    account: "User name",
    project_label: "Project",
    sign_in: "Sign in",
    terms: "Terms of use",
    start: "Getting started",
    forgotten: "Password forgotten",
    project: "Your new project is ready",
    project_body: "the project {project} has been made. You answer for it, and others can be given a place in it.",
    quota: "The quotas of your project have changed",
    quota_body: "these are the quotas of {project}, before and now.",
    unlimited: "unlimited",
    default: "default",
    rejected: "Your request was not approved",
    rejected_body: "what you asked for about {project} was not approved.",
    ending: "Your project ends soon",
    ending_body: "the project {project} ends on {date}. Save what you need, or ask for more time before then.",
    support: "Questions? Write to {address}.",
};

const INDONESIAN: Words = Words {
    greeting: "Halo {name},",
    welcome: "Selamat datang di cloud",
    welcome_body: "akun Anda sudah siap.",
    link_comes: "E-mail kedua membawa tautan untuk mengatur kata sandi Anda. Siapkan PIN yang Anda pilih.",
    account: "Nama pengguna",
    project_label: "Proyek",
    sign_in: "Masuk",
    terms: "Ketentuan penggunaan",
    start: "Panduan memulai",
    forgotten: "Lupa kata sandi",
    project: "Proyek baru Anda sudah siap",
    project_body: "proyek {project} sudah dibuat. Anda penanggung jawabnya, dan orang lain dapat diberi akses ke dalamnya.",
    quota: "Kuota proyek Anda berubah",
    quota_body: "berikut kuota {project}, sebelum dan sesudahnya.",
    unlimited: "tanpa batas",
    default: "bawaan",
    rejected: "Permintaan Anda tidak disetujui",
    rejected_body: "permintaan Anda mengenai {project} tidak disetujui.",
    ending: "Proyek Anda segera berakhir",
    ending_body: "proyek {project} berakhir pada {date}. Simpan yang Anda perlukan, atau mintalah perpanjangan sebelum itu.",
    support: "Ada pertanyaan? Tulis ke {address}.",
};

const CHINESE: Words = Words {
    greeting: "{name}，您好！",
    welcome: "欢迎使用云平台",
    welcome_body: "您的账户已开通。",
    link_comes: "我们会另发一封邮件，其中有设置密码的链接。请准备好您自己选择的 PIN。",
    account: "用户名",
    project_label: "项目",
    sign_in: "登录",
    terms: "使用条款",
    start: "入门指南",
    forgotten: "忘记密码",
    project: "您的新项目已就绪",
    project_body: "项目 {project} 已创建。您是该项目的负责人，其他人也可以加入。",
    quota: "您项目的配额已更改",
    quota_body: "以下是 {project} 更改前后的配额。",
    unlimited: "不限",
    default: "默认值",
    rejected: "您的申请未获批准",
    rejected_body: "您关于 {project} 的申请未获批准。",
    ending: "您的项目即将到期",
    ending_body: "项目 {project} 将于 {date} 到期。请保存所需内容，或在此之前申请延期。",
    support: "有疑问？请写信至 {address}。",
};

const MALAY: Words = Words {
    greeting: "Salam {name},",
    welcome: "Selamat datang ke awan",
    welcome_body: "akaun anda sudah sedia.",
    link_comes: "E-mel kedua membawa pautan untuk menetapkan kata laluan anda. Sediakan PIN yang anda pilih.",
    account: "Nama pengguna",
    project_label: "Projek",
    sign_in: "Log masuk",
    terms: "Terma penggunaan",
    start: "Panduan bermula",
    forgotten: "Terlupa kata laluan",
    project: "Projek baharu anda sudah sedia",
    project_body: "projek {project} telah dibuat. Anda bertanggungjawab atasnya, dan orang lain boleh diberi tempat di dalamnya.",
    quota: "Kuota projek anda telah berubah",
    quota_body: "berikut ialah kuota {project}, sebelum dan sekarang.",
    unlimited: "tanpa had",
    default: "lalai",
    rejected: "Permohonan anda tidak diluluskan",
    rejected_body: "permohonan anda tentang {project} tidak diluluskan.",
    ending: "Projek anda akan tamat tidak lama lagi",
    ending_body: "projek {project} tamat pada {date}. Simpan apa yang anda perlukan, atau mohon lanjutan sebelum itu.",
    support: "Ada soalan? Tulis kepada {address}.",
};
