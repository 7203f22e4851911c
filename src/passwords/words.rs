//! What pages and mails about passwords say, in each language. The English words for outcomes are those that programs
//! of operators look for.

use super::Refusal;
use crate::platform::language::Language;

/// What the pages say.
#[derive(Debug, Clone, Copy)]
pub struct PageWords {
    pub title: &'static str,
    pub lead: &'static str,
    pub pin: &'static str,
    pub pin_help: &'static str,
    pub password: &'static str,
    pub password_help: &'static str,
    pub confirm: &'static str,
    pub set: &'static str,
    pub is_set: &'static str,
    pub is_set_help: &'static str,
    pub problem: &'static str,
    pub forgotten: &'static str,
    pub reset_title: &'static str,
    pub reset_lead: &'static str,
    pub name: &'static str,
    pub email: &'static str,
    pub email_help: &'static str,
    pub confirm_email: &'static str,
    pub new_pin: &'static str,
    pub new_pin_help: &'static str,
    pub ask: &'static str,
    pub is_asked: &'static str,
    pub is_asked_help: &'static str,
    pub languages: &'static str,
}

impl PageWords {
    /// The words in a language.
    #[must_use]
    pub const fn of(language: Language) -> Self {
        language.pick(ENGLISH, INDONESIAN, CHINESE, MALAY)
    }
}

const ENGLISH: PageWords = PageWords {
    title: "Set your password",
    lead: "Enter the PIN you chose when you asked for your account, then the password you want.",
    pin: "PIN",
    pin_help: "Four digits",
    password: "New password",
    password_help: "Long is strong: several words that only you put together are a good choice.",
    confirm: "New password again",
    set: "Set password",
    is_set: "Password set.",
    is_set_help: "You can sign in with it now. The link has done its work and opens nothing any more.",
    problem: "Please check this",
    forgotten: "PIN forgotten or link too old? Ask for a new one",
    reset_title: "Ask for a new password",
    reset_lead: "The help desk checks your request, which can take up to one business day. Then a link comes to the address of your account.",
    name: "Your name",
    email: "E-mail address",
    email_help: "It must be the address of your account.",
    confirm_email: "E-mail address again",
    new_pin: "A new PIN",
    new_pin_help: "Four digits of your choice. You will need them when the link comes; nobody else gets to see them.",
    ask: "Ask for a link",
    is_asked: "The request has been forwarded to the helpdesk.",
    is_asked_help: "If there is an account with this address, a link comes there. Keep your PIN in mind.",
    languages: "Language",
};

const INDONESIAN: PageWords = PageWords {
    title: "Atur kata sandi Anda",
    lead: "Masukkan PIN yang Anda pilih saat meminta akun, lalu kata sandi yang Anda inginkan.",
    pin: "PIN",
    pin_help: "Empat angka",
    password: "Kata sandi baru",
    password_help: "Makin panjang makin kuat: rangkaian beberapa kata yang hanya Anda yang tahu adalah pilihan yang baik.",
    confirm: "Ulangi kata sandi baru",
    set: "Simpan kata sandi",
    is_set: "Kata sandi tersimpan.",
    is_set_help: "Anda sudah bisa masuk dengan kata sandi ini. Tautannya sudah terpakai dan tidak bisa membuka apa pun lagi.",
    problem: "Mohon periksa ini",
    forgotten: "Lupa PIN atau tautan sudah lama? Minta yang baru",
    reset_title: "Minta kata sandi baru",
    reset_lead: "Tim bantuan memeriksa permintaan Anda paling lama satu hari kerja. Setelah itu tautan dikirim ke alamat akun Anda.",
    name: "Nama Anda",
    email: "Alamat e-mail",
    email_help: "Harus alamat akun Anda.",
    confirm_email: "Ulangi alamat e-mail",
    new_pin: "PIN baru",
    new_pin_help: "Empat angka pilihan Anda. Anda membutuhkannya saat tautan datang; tidak ada orang lain yang melihatnya.",
    ask: "Minta tautan",
    is_asked: "Permintaan sudah diteruskan ke tim bantuan.",
    is_asked_help: "Jika ada akun dengan alamat ini, tautan akan dikirim ke sana. Ingat PIN Anda.",
    languages: "Bahasa",
};

const CHINESE: PageWords = PageWords {
    title: "设置密码",
    lead: "请输入您申请账户时选择的 PIN，再输入您想用的密码。",
    pin: "PIN",
    pin_help: "四位数字",
    password: "新密码",
    password_help: "越长越安全：用几个只有您会放在一起的词组成密码，是个好办法。",
    confirm: "再次输入新密码",
    set: "设置密码",
    is_set: "密码已设置。",
    is_set_help: "现在可以用它登录了。这个链接已经用过，不会再打开任何内容。",
    problem: "请检查以下内容",
    forgotten: "忘记 PIN，或链接已过期？重新申请",
    reset_title: "申请新密码",
    reset_lead: "服务台会核实您的申请，最长需要一个工作日。之后，链接会发送到您账户的电子邮箱。",
    name: "您的姓名",
    email: "电子邮箱",
    email_help: "必须是您账户的邮箱地址。",
    confirm_email: "再次输入电子邮箱",
    new_pin: "新的 PIN",
    new_pin_help: "由您选择的四位数字。收到链接后需要用到；其他人都看不到它。",
    ask: "申请链接",
    is_asked: "申请已转交服务台。",
    is_asked_help: "如果该地址有对应的账户，链接会发送到那里。请记住您的 PIN。",
    languages: "语言",
};

const MALAY: PageWords = PageWords {
    title: "Tetapkan kata laluan anda",
    lead: "Masukkan PIN yang anda pilih semasa memohon akaun, kemudian kata laluan yang anda mahu.",
    pin: "PIN",
    pin_help: "Empat digit",
    password: "Kata laluan baharu",
    password_help: "Lebih panjang lebih kukuh: gabungan beberapa perkataan yang hanya anda tahu ialah pilihan yang baik.",
    confirm: "Kata laluan baharu sekali lagi",
    set: "Tetapkan kata laluan",
    is_set: "Kata laluan telah ditetapkan.",
    is_set_help: "Anda boleh log masuk dengannya sekarang. Pautan ini sudah digunakan dan tidak membuka apa-apa lagi.",
    problem: "Sila semak perkara ini",
    forgotten: "Terlupa PIN atau pautan sudah lama? Mohon yang baharu",
    reset_title: "Mohon kata laluan baharu",
    reset_lead: "Meja bantuan menyemak permohonan anda dalam masa satu hari bekerja. Selepas itu pautan dihantar ke alamat akaun anda.",
    name: "Nama anda",
    email: "Alamat e-mel",
    email_help: "Mestilah alamat akaun anda.",
    confirm_email: "Alamat e-mel sekali lagi",
    new_pin: "PIN baharu",
    new_pin_help: "Empat digit pilihan anda. Anda memerlukannya apabila pautan tiba; tiada orang lain dapat melihatnya.",
    ask: "Mohon pautan",
    is_asked: "Permohonan telah dimajukan kepada meja bantuan.",
    is_asked_help: "Jika ada akaun dengan alamat ini, pautan akan dihantar ke sana. Ingat PIN anda.",
    languages: "Bahasa",
};

/// What a person is told when it did not work.
#[must_use]
pub fn refused(language: Language, refusal: Refusal) -> &'static str {
    use Refusal as R;
    let texts: [&'static str; 4] = match refusal {
        R::MissingField => [
            "Missing required field!",
            "Ada isian yang masih kosong.",
            "有必填项还没有填写。",
            "Ada medan wajib yang belum diisi.",
        ],
        R::PasswordsDiffer => [
            "Passwords do not match",
            "Kedua kata sandi tidak sama.",
            "两次输入的密码不一致。",
            "Kedua-dua kata laluan tidak sama.",
        ],
        R::AddressesDiffer => [
            "Email addresses do not match.",
            "Kedua alamat e-mail tidak sama.",
            "两次输入的电子邮箱不一致。",
            "Kedua-dua alamat e-mel tidak sama.",
        ],
        R::PinMalformed => [
            "Pin should be 4-digit number",
            "PIN harus berupa empat angka.",
            "PIN 必须是四位数字。",
            "PIN mestilah empat digit.",
        ],
        R::UnknownToken => {
            ["Token not found", "Tautan ini tidak dikenal.", "找不到这个链接。", "Pautan ini tidak ditemui."]
        }
        R::Locked => [
            "Account locked, too many wrong attempts!",
            "Terlalu banyak percobaan yang salah: tautan ini terkunci.",
            "错误次数过多，此链接已锁定。",
            "Terlalu banyak cubaan yang salah: pautan ini dikunci.",
        ],
        R::WrongPin => ["Wrong pin", "PIN salah.", "PIN 不正确。", "PIN salah."],
        R::Expired => [
            "Token expired",
            "Masa berlaku tautan ini sudah habis.",
            "此链接已过期。",
            "Pautan ini telah tamat tempoh.",
        ],
        R::PasswordRefused => [
            "The password does not meet the rules of the cloud: choose a longer one.",
            "Kata sandi belum memenuhi aturan cloud: pilih yang lebih panjang.",
            "密码不符合云平台的规则，请换一个更长的密码。",
            "Kata laluan tidak memenuhi peraturan awan: pilih yang lebih panjang.",
        ],
        R::Unauthorized | R::Forbidden | R::Incomplete | R::KeeperFailed | R::Unavailable => [
            "The password could not be set just now. The link stays good: please try again in a few minutes.",
            "Kata sandi belum bisa disimpan saat ini. Tautan tetap berlaku: coba lagi beberapa menit lagi.",
            "暂时无法设置密码。链接仍然有效，请过几分钟再试。",
            "Kata laluan tidak dapat ditetapkan buat masa ini. Pautan masih sah: cuba lagi dalam beberapa minit.",
        ],
    };
    match language {
        Language::English => texts[0],
        Language::Indonesian => texts[1],
        Language::ChineseSimplified => texts[2],
        Language::Malay => texts[3],
    }
}

/// What the mails say.
#[derive(Debug, Clone, Copy)]
pub struct LetterWords {
    pub first_title: &'static str,
    pub first_opening: &'static str,
    pub reset_title: &'static str,
    pub reset_opening: &'static str,
    pub greeting: &'static str,
    pub pin: &'static str,
    pub button: &'static str,
    pub valid: &'static str,
    pub not_you: &'static str,
}

impl LetterWords {
    /// The words in a language.
    #[must_use]
    pub const fn of(language: Language) -> Self {
        match language {
            Language::English => Self {
                first_title: "Set the password of your cloud account",
                first_opening: "your cloud account is ready. Set its password by the link below.",
                reset_title: "Set a new password for your cloud account",
                reset_opening: "you asked for a new password. Set it by the link below.",
                greeting: "Hello {},",
                pin: "You need the PIN that you chose. Nobody, not even we, can tell it to you, and nobody will ask you for it.",
                button: "Set password",
                valid: "The link is good for {} and works once.",
                not_you: "If you did not ask for this, do nothing: without your PIN the link opens nothing.",
            },
            Language::Indonesian => Self {
                first_title: "Atur kata sandi akun cloud Anda",
                first_opening: "akun cloud Anda sudah siap. Atur kata sandinya lewat tautan di bawah.",
                reset_title: "Atur kata sandi baru untuk akun cloud Anda",
                reset_opening: "Anda meminta kata sandi baru. Aturlah lewat tautan di bawah.",
                greeting: "Halo {},",
                pin: "Anda membutuhkan PIN yang Anda pilih. Tidak ada yang dapat memberitahukannya kepada Anda, kami pun tidak, dan tidak ada yang akan menanyakannya.",
                button: "Atur kata sandi",
                valid: "Tautan ini berlaku {} dan hanya untuk sekali pakai.",
                not_you: "Jika Anda tidak memintanya, abaikan saja: tanpa PIN Anda, tautan ini tidak membuka apa pun.",
            },
            Language::ChineseSimplified => Self {
                first_title: "请设置您的云账户密码",
                first_opening: "您的云账户已开通。请点击下面的链接设置密码。",
                reset_title: "请为您的云账户设置新密码",
                reset_opening: "您申请了新密码。请点击下面的链接进行设置。",
                greeting: "{}，您好！",
                pin: "设置时需要您自己选择的 PIN。任何人（包括我们）都无法告诉您这个 PIN，也不会有人向您索要。",
                button: "设置密码",
                valid: "链接有效期为{}，只能使用一次。",
                not_you: "如果这不是您本人申请的，请不必理会：没有您的 PIN，这个链接打不开任何内容。",
            },
            Language::Malay => Self {
                first_title: "Tetapkan kata laluan akaun awan anda",
                first_opening: "akaun awan anda sudah sedia. Tetapkan kata laluannya melalui pautan di bawah.",
                reset_title: "Tetapkan kata laluan baharu untuk akaun awan anda",
                reset_opening: "anda memohon kata laluan baharu. Tetapkannya melalui pautan di bawah.",
                greeting: "Salam {},",
                pin: "Anda memerlukan PIN yang anda pilih. Tiada sesiapa, termasuk kami, dapat memberitahunya kepada anda, dan tiada sesiapa akan memintanya.",
                button: "Tetapkan kata laluan",
                valid: "Pautan ini sah selama {} dan boleh digunakan sekali sahaja.",
                not_you: "Jika anda tidak memohonnya, abaikan sahaja: tanpa PIN anda, pautan ini tidak membuka apa-apa.",
            },
        }
    }
}

/// A time in whole hours, or minutes when it is not so many hours.
#[must_use]
pub fn duration(language: Language, seconds: u32) -> String {
    let (number, is_hours) =
        if seconds.is_multiple_of(3600) { (seconds / 3600, true) } else { (seconds / 60, false) };
    let unit = match (language, is_hours, number) {
        (Language::English, true, 1) => " hour",
        (Language::English, true, _) => " hours",
        (Language::English, false, 1) => " minute",
        (Language::English, false, _) => " minutes",
        (Language::Indonesian | Language::Malay, true, _) => " jam",
        (Language::Indonesian, false, _) => " menit",
        (Language::Malay, false, _) => " minit",
        (Language::ChineseSimplified, true, _) => " 小时",
        (Language::ChineseSimplified, false, _) => " 分钟",
    };
    format!("{number}{unit}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_said_as_people_say_it() {
        assert_eq!(duration(Language::English, 86_400), "24 hours");
        assert_eq!(duration(Language::English, 3600), "1 hour");
        assert_eq!(duration(Language::Malay, 300), "5 minit");
        assert_eq!(duration(Language::ChineseSimplified, 7200), "2 小时");
    }
}
