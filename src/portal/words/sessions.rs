//! Where a person is signed in.

super::words! {
    /// What the page says.
    pub struct Sessions {
        title: "Where you are signed in", "Di mana Anda masuk", "您的登录位置", "Di mana anda dilog masuk";
        lead: "A new sign-in ends the one before it. What you do not know, end, and then change your password.",
            "Masuk yang baru mengakhiri yang sebelumnya. Akhiri yang tidak Anda kenal, lalu ubah kata sandi Anda.",
            "新的登录会结束之前的登录。如有不认识的会话，请结束它并更改密码。",
            "Log masuk baharu menamatkan yang sebelumnya. Tamatkan yang anda tidak kenal, kemudian tukar kata laluan anda.";
        where_signed_in: "Sessions", "Sesi", "会话", "Sesi";
        here: "This browser", "Browser ini", "此浏览器", "Pelayar ini";
        unknown: "Unknown address", "Alamat tidak diketahui", "未知地址", "Alamat tidak diketahui";
        started: "Since", "Sejak", "开始于", "Sejak";
        seen: "last used", "terakhir dipakai", "最近使用", "terakhir digunakan";
        end: "Sign out there", "Keluar di sana", "在那里退出", "Log keluar di sana";
        end_what: "Sign out there: {}", "Keluar di sana: {}", "在那里退出：{}", "Log keluar di sana: {}";
        ended: "The session is ended.", "Sesi sudah diakhiri.", "会话已结束。", "Sesi telah ditamatkan.";
        waiting: "The session is over for us, and ends everywhere in a moment.",
            "Sesi sudah berakhir di sini, dan segera berakhir di mana-mana.",
            "该会话在本服务中已结束，很快会在所有地方结束。", "Sesi telah tamat di sini, dan akan tamat di mana-mana sebentar lagi.";
        refused: "The session could not be ended everywhere. If it is still listed, please try again.",
            "Sesi tidak bisa diakhiri di mana-mana. Jika masih ada di daftar, silakan coba lagi.",
            "未能在所有地方结束该会话。如果它仍在列表中，请再试一次。",
            "Sesi tidak dapat ditamatkan di mana-mana. Jika masih disenaraikan, sila cuba lagi.";
        empty: "There is no session to show.", "Tidak ada sesi untuk ditampilkan.", "没有可显示的会话。", "Tiada sesi untuk dipaparkan.";
        unavailable: "Your sessions cannot be shown just now. Please try again in a few minutes.",
            "Sesi Anda belum bisa ditampilkan. Coba lagi beberapa menit lagi.",
            "目前无法显示您的会话，请几分钟后再试。", "Sesi anda tidak dapat dipaparkan buat masa ini. Cuba lagi dalam beberapa minit.";
    }
}
