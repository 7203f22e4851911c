//! The page for who is not signed in.

super::words! {
    /// What the landing page says.
    pub struct Landing {
        heading: "Your cloud account", "Akun cloud Anda", "您的云账户", "Akaun awan anda";
        lead: "Keep your contact details, your company and your sign-in in one place.",
            "Data kontak, perusahaan, dan cara masuk Anda, semuanya di satu tempat.",
            "联系方式、公司资料和登录设置，都在这里管理。",
            "Butiran hubungan, syarikat dan cara log masuk anda, semuanya di satu tempat.";
        sign_in: "Go to my account", "Buka akun saya", "进入我的账户", "Pergi ke akaun saya";
        new_here: "New here? Choose Create account on the next page. It takes about three minutes.",
            "Baru di sini? Pilih Buat akun di halaman berikutnya. Hanya perlu sekitar tiga menit.",
            "第一次来？请在下一页选择“创建账户”，大约三分钟即可完成。",
            "Baharu di sini? Pilih Cipta akaun pada halaman seterusnya. Ia mengambil masa kira-kira tiga minit.";
        second_step: "We ask for a code by SMS or e-mail each time you sign in, so that a stolen password alone opens nothing.",
            "Setiap kali masuk, kami meminta kode lewat SMS atau e-mail, agar kata sandi yang dicuri saja tidak bisa membuka apa pun.",
            "每次登录时，我们都会通过短信或电子邮件向您发送验证码。这样，即使密码被盗，别人也无法进入您的账户。",
            "Setiap kali anda log masuk, kami meminta kod melalui SMS atau e-mel supaya kata laluan yang dicuri sahaja tidak dapat membuka apa-apa.";
        languages: "Language", "Bahasa", "语言", "Bahasa";
        signed_out: "You have signed out.", "Anda telah keluar.", "您已退出登录。", "Anda telah log keluar.";
        deleted: "Your account is being deleted. You get a last mail about it.",
            "Akun Anda sedang dihapus. Anda akan menerima satu e-mail terakhir tentang ini.",
            "您的账户正在删除，您会收到最后一封相关邮件。",
            "Akaun anda sedang dipadamkan. Anda akan menerima satu e-mel terakhir mengenainya.";
        not_signed_in: "You were not signed in. Please try again.", "Anda belum berhasil masuk. Silakan coba lagi.",
            "登录没有完成，请再试一次。", "Anda belum dilog masuk. Sila cuba lagi.";
        setting_up: "Your account is still being set up. Please try again in a moment.",
            "Akun Anda masih disiapkan. Silakan coba lagi sebentar lagi.",
            "您的账户正在准备中，请稍后再试。", "Akaun anda masih disediakan. Sila cuba lagi sebentar lagi.";
        unavailable: "Sign-in is not available just now. Please try again in a few minutes.",
            "Masuk belum bisa dilakukan saat ini. Silakan coba lagi beberapa menit lagi.",
            "目前无法登录，请几分钟后再试。", "Log masuk tidak tersedia buat masa ini. Sila cuba lagi dalam beberapa minit.";
    }
}
